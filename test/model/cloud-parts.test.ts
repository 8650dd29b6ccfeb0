import assert from "node:assert/strict";
import { parse } from "yaml";
import { planContent } from "../../files/plan-content";
import { registry } from "../../files/registry";
import { findRelease, knownReleases } from "../../model/catalog";
import { chartValues } from "../../model/charts/chart";
import type { CloudDefinition } from "../../model/cloud";
import type { CloudPartName } from "../../model/cloud-parts";
import { minorOf } from "../../model/cluster/releases";
import { Findings } from "../../model/problems";
import { planFile } from "../support/environment";
import { type FileContent, merge } from "../support/plan";

const FIELDS: Readonly<Record<CloudPartName, readonly [field: string, platform: FileContent]>> = {
  controller: ["platform.loadBalancer", { loadBalancer: { kind: "cloud", services: true } }],
  volumes: ["platform.storage", { storage: { kind: "cloud" } }],
};
const PARTS = Object.keys(FIELDS) as CloudPartName[];

/** What `init` writes for a cloud, with a part of its platform. */
function planned({ name, template }: CloudDefinition, platform: FileContent) {
  const written = parse(`name: seoul\ninfrastructure:\n  provider: ${name}\n${template}`) as FileContent;
  return planFile(merge(written, { platform }));
}

describe("what clouds have of their own in the cluster", () => {
  for (const cloud of Object.values(registry.clouds))
    for (const part of PARTS) {
      const [field, platform] = FIELDS[part];
      const own = cloud.inCluster?.[part];
      const { problems, planned: found } = planned(cloud, platform);
      const errors = problems.filter(({ severity, path }) => severity === "error" && path.startsWith(field));
      if (own === undefined) {
        it(`is refused for ${cloud.title}, which has no ${part}, with the way out`, () => {
          assert.equal(errors.length, 1, JSON.stringify(problems));
          assert.match(errors[0]?.reason ?? "", new RegExp(`^${cloud.title} has `));
          assert.match(errors[0]?.remedy ?? "", /^(use|take it out)/);
        });
        continue;
      }
      it(`is planned for ${cloud.title}: ${part}, from the catalogue, before who takes of it`, () => {
        assert.deepEqual(errors, []);
        const plan = found?.plan;
        const service = plan?.services.find(({ needs }) => (needs?.cloud as { part?: string } | undefined)?.part === part);
        assert.ok(plan && service, "no such service");
        for (const release of knownReleases) assert.ok(findRelease(release)?.clouds?.[cloud.name]?.[part]?.licence);
        assert.equal(service.chart === undefined, own.values === undefined, "a chart where there are values of it, and nowhere else");
        assert.equal(service.chart && chartValues(service.chart.name, service.chart.version)?.version, service.chart?.version);
        const kind = part === "controller" ? "loadBalancer" : "storage";
        const takers = plan.services.filter(({ needs = {}, name }) => kind in needs && name !== service.name);
        for (const { name, dependsOn } of takers) assert.ok(dependsOn.includes(service.name), name);
        assert.ok(plan.services.indexOf(service) < Math.min(...takers.map((each) => plan.services.indexOf(each))));
        assert.ok(!plan.services.some(({ name }) => name === (part === "controller" ? "metallb" : "storage")));
      });
      it(`opens nothing to the world that the file does not, on ${cloud.title}: ${part}`, () => {
        const flows = found?.plan.flows ?? [];
        const before = planned(cloud, {}).planned?.plan.flows ?? [];
        const added = flows.filter((flow) => !before.some((each) => JSON.stringify(each) === JSON.stringify(flow)));
        const { adminCidrs = [], ingressCidrs = [] } = found?.plan.access ?? {};
        const allowed = [found?.plan.network.cidr, ...adminCidrs, ...ingressCidrs].map((cidr) => `cidr:${cidr}`);
        for (const { from, reason } of added) assert.ok(!from.startsWith("cidr:") || allowed.includes(from), `${from}: ${reason}`);
      });
    }

  it("is warned of where its project makes one for each minor of Kubernetes, and the cluster is of another", () => {
    const said = (kubernetes: string) => {
      const content = {
        name: "demo",
        infrastructure: { provider: "openstack" },
        cluster: { kubernetes },
        platform: { loadBalancer: { kind: "cloud" } },
      };
      const given = { registry, content, whole: true, fallbackName: "demo", readLock: () => undefined };
      return planContent(given, new Findings(), "2026-11-26")
        .problems.filter(({ reason }) => reason.includes("cloud-controller-manager"))
        .map(({ severity, path, reason, remedy }) => `${severity} ${path}: ${reason}; ${remedy}`);
    };
    for (const fits of ["1.33.5", "1.34.3"]) assert.deepEqual(said(fits), [], fits);
    for (const other of ["1.32.9", "1.35.1"]) {
      assert.equal(said(other).length, 1, other);
      assert.match(
        said(other)[0] ?? "",
        /^warning cluster\.kubernetes: .*openstack-cloud-controller-manager 1\.33\.1 is for Kubernetes 1\.33 and 1\.34, .*; use a version of 1\.33, or metallb/,
      );
    }
    for (const release of knownReleases) {
      const { clouds = {}, kubernetes = "" } = findRelease(release) ?? {};
      for (const { kubernetes: minors } of Object.values(clouds).flatMap((parts) => Object.values(parts)))
        assert.ok(minors === undefined || minors.includes(minorOf(kubernetes)), "each goes with its own release");
    }
  });

  it("keeps a cluster's Services with whoever gave them their addresses", () => {
    const file = (loadBalancer: object) => ({ name: "demo", infrastructure: { provider: "openstack" }, platform: { loadBalancer } });
    assert.deepEqual(
      planFile(file({ kind: "cloud", services: false }))
        .problems.map(({ path, reason }) => `${path}: ${reason}`)
        .filter((each) => /loadB/.test(each)),
      ["platform.loadBalancer.services: without the cloud's controller nothing would lead to the ingress"],
    );
  });
});
