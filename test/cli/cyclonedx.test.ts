import assert from "node:assert/strict";
import { Spec, Validation } from "@cyclonedx/cyclonedx-library";
import { cycloneDx } from "../../cli/cyclonedx";
import { registry } from "../../files/registry";
import { findRelease, knownReleases } from "../../model/catalog";
import { planBom } from "../../model/plan/bom";
import type { BomEntry } from "../../model/plan/types";
import { switchedServices } from "../../model/registry";
import { allServices, cloudPlans, planOfRelease } from "../components/platform/fixtures";
import { plannedContent } from "../support/plan";

interface Document {
  readonly components: readonly { readonly "bom-ref": string; readonly type: string; readonly name: string; readonly hashes?: object[] }[];
}

/** What the official schema of CycloneDX 1.6, with SPDX's list of licences, has against a document. */
const validator = new Validation.JsonStrictValidator(Spec.Version.v1dot6);

function documentOf(bom: readonly BomEntry[], release = "1.7.0"): Document {
  return cycloneDx({ environment: "seoul", release, bom: [...bom] }, "0.1.0") as Document;
}

async function holdsSchema(document: Document): Promise<void> {
  assert.equal(await validator.validate(JSON.stringify(document)), null);
  const refs = document.components.map((each) => each["bom-ref"]);
  assert.deepEqual(
    refs.filter((ref, index) => refs.indexOf(ref) !== index),
    [],
  );
}

describe("a bill of materials as CycloneDX", () => {
  for (const number of knownReleases)
    it(`is one by the official schema, of every service and every cloud's own parts of ${number}`, async () => {
      const release = findRelease(number)!;
      for (const { provider, cluster, services } of [planOfRelease(number), ...Object.values(cloudPlans(number))]) {
        const images = [...new Set(services.flatMap((each) => Object.values(each.images)))];
        const known = { ...registry, services: allServices };
        await holdsSchema(documentOf(planBom({ release, registry: known, provider, cluster, services, images, files: [] }), number));
      }
    });

  it("has the cluster's own images and files, those that a chart's values name, and the digests that are known", async () => {
    const { plan } = plannedContent({
      name: "seoul",
      infrastructure: { provider: "openstack" },
      platform: {
        services: {
          ...Object.fromEntries(switchedServices(registry).map(({ name }) => [name, true])),
          metricsServer: { values: { image: { repository: "registry.example.org:5000/metrics", tag: "v9" } } },
        },
      },
    });
    const document = documentOf(plan.bom);
    await holdsSchema(document);
    const named = (type: string) => document.components.filter((each) => each.type === type).map(({ name }) => name);
    for (const image of ["registry.k8s.io/kube-apiserver", "quay.io/calico/node", "registry.example.org:5000/metrics"])
      assert.ok(named("container").includes(image), image);
    assert.equal(named("container").length, plan.images.length);
    assert.equal(named("file").length, plan.files.length);
    assert.ok(named("file").includes("kubelet"));
    const controller = document.components.find(({ name }) => name === "registry.k8s.io/ingress-nginx/controller");
    assert.equal(controller?.hashes?.length, 1);
  });

  it("is refused by the schema where a licence is none of SPDX's, which shows that it looks", async () => {
    const document = documentOf([{ kind: "software", name: "x", version: "1", licence: "My own", source: "https://x.example.org" }]);
    assert.notEqual(await validator.validate(JSON.stringify(document)), null);
  });
});
