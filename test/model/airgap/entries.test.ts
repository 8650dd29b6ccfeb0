import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { loadEnvironment } from "../../../files/load";
import { isOneOf, missingIn, parseBundle } from "../../../model/airgap/bundle";
import { checksumOf } from "../../../model/airgap/checksums";
import { airGapEntries, conflictsOf, keyOf, type Workstation } from "../../../model/airgap/entries";
import { chartTag, imageName } from "../../../model/airgap/image";
import { chartsOf } from "../../../model/charts/charts-of";
import { HOMES, ORIGINS } from "../../../model/cluster/sources";
import { merge } from "../../../model/data";
import type { EnvironmentPlan } from "../../../model/plan/types";
import { environmentFile, planFile, plannedFile } from "../../support/environment";

const ROOT = join(__dirname, "..", "..", "..", "..");
const workstation: Workstation = {
  engine: "3.259.0",
  platform: { engine: "linux-x64", plugin: "linux-amd64" },
  plugins: [{ name: "openstack", version: "5.4.1" }],
  index: "https://pypi.org/simple",
  python: [{ name: "netaddr", version: "1.3.0", hashes: ["sha256:a", "sha256:b"] }],
  modules: [{ name: "@scope/part", version: "1.2.3", integrity: "sha512-x", licence: "MIT" }],
  commit: "0".repeat(40),
};
const mirrors = { registry: "registry.intra:5000", files: "https://files.intra", charts: "charts" };
const closed = { cluster: { airGap: mirrors }, platform: { domain: "apps.intra", tls: { kind: "selfSigned" } } };

describe("an image's name", () => {
  it("is read as runtimes read it", () => {
    const rows: readonly (readonly [string, string, string, string, string?])[] = [
      ["nginx", "docker.io", "library/nginx", "latest"],
      ["nginx:1.29", "docker.io", "library/nginx", "1.29"],
      ["docker.io/library/nginx:1.29", "docker.io", "library/nginx", "1.29"],
      ["grafana/loki:3", "docker.io", "grafana/loki", "3"],
      ["quay.io/calico/node:v3.30.3", "quay.io", "calico/node", "v3.30.3"],
      ["registry.intra:5000/a/b/c:1", "registry.intra:5000", "a/b/c", "1"],
      ["ghcr.io/a/b:1@sha256:abc", "ghcr.io", "a/b", "1", "sha256:abc"],
      ["localhost:5000/a", "localhost:5000", "a", "latest"],
    ];
    for (const [reference, home, path, tag, digest] of rows)
      assert.deepEqual(imageName(reference), { home, path, tag, ...(digest === undefined ? {} : { digest }) }, reference);
    assert.equal(chartTag("1.2.3+k3s1"), "1.2.3_k3s1");
  });
});

describe("what an environment pulls", () => {
  it("is every image, chart and file of its plan, and what the machine that runs kpaas needs, each with a place", () => {
    const { plan } = plannedFile(
      environmentFile(
        merge(closed, {
          platform: {
            tenants: { shop: {} },
            extra: {
              releases: { own: { chart: "shop", version: "1.0.0+1", repository: "https://charts.example.org/x", namespace: "shop" } },
            },
          },
        }) as object as Record<string, unknown>,
      ),
    );
    const entries = airGapEntries(plan, workstation);
    const of = (kind: string) => entries.filter((entry) => entry.kind === kind);
    assert.deepEqual(
      of("image").map(({ source }) => source),
      plan.images,
    );
    assert.deepEqual(
      of("file")
        .map(({ source }) => source)
        .sort(),
      plan.files,
    );
    assert.equal(of("chart").length, plan.services.flatMap((service) => chartsOf(service)).length + 1);
    const find = (name: string) => entries.find((entry) => entry.name === name);
    assert.deepEqual(find("registry.k8s.io/ingress-nginx/controller"), {
      ...{ kind: "image", name: "registry.k8s.io/ingress-nginx/controller", version: "v1.13.3", licence: "Apache-2.0" },
      source: "registry.k8s.io/ingress-nginx/controller:v1.13.3",
      ...{ goes: "registry", path: "ingress-nginx/controller:v1.13.3" },
      digests: ["sha256:1b044f6dcac3afbb59e05d98463f1dec6f3d3fb99940bc12ca5d80270358e3bd"],
    });
    assert.equal(find("docker.io/library/mariadb")?.licence, "GPL-2.0-only");
    assert.equal(find("registry.k8s.io/kube-apiserver")?.licence, "Apache-2.0");
    assert.equal(find("quay.io/calico/node")?.licence, "Apache-2.0");
    assert.deepEqual(
      [find("cert-manager")?.source, find("cert-manager")?.path],
      ["https://charts.jetstack.io", "charts/cert-manager:v1.19.6"],
    );
    assert.equal(find("shop")?.path, "charts/shop:1.0.0_1");
    assert.equal(find("kubelet")?.path, "dl.k8s.io/release/v1.33.5/bin/linux/amd64/kubelet");
    assert.deepEqual([find("kubespray")?.path, find("kubespray")?.version], ["kubespray/v2.29.0.tar.gz", "v2.29.0"]);
    assert.deepEqual(find("netaddr")?.digests, ["sha256:a", "sha256:b"]);
    assert.equal(find("pulumi")?.path, "get.pulumi.com/releases/sdk/pulumi-v3.259.0-linux-x64.tar.gz");
    assert.equal(find("openstack")?.path, "get.pulumi.com/releases/plugins/pulumi-resource-openstack-v5.4.1-linux-amd64.tar.gz");
    assert.deepEqual(
      [find("@scope/part")?.source, find("@scope/part")?.goes],
      ["https://registry.npmjs.org/@scope/part/-/part-1.2.3.tgz", "folder"],
    );
    assert.equal(new Set(entries.map(keyOf)).size, entries.length);
    assert.deepEqual(conflictsOf(entries), []);
  });

  it("is refused where two things would have one place", () => {
    const { plan } = plannedFile(environmentFile());
    const images = ["quay.io/library/nginx:1", "nginx:1", "docker.io/library/nginx:1", "quay.io/library/nginx:2"];
    assert.deepEqual(conflictsOf(airGapEntries({ ...plan, images }, workstation)), [
      { place: "registry library/nginx:1", sources: ["docker.io/library/nginx:1", "quay.io/library/nginx:1"] },
    ]);
  });

  it("leaves out what is in the mirror by its own name", () => {
    const repository = `oci://${mirrors.registry}/own`;
    const release = (chart: string, from: string) => ({
      chart,
      version: "1.0.0",
      repository: from,
      namespace: "shop",
      values: { image: `${mirrors.registry}/${chart}:1` },
    });
    const extra = { releases: { mine: release("mine", repository), theirs: release("theirs", "https://charts.example.org") } };
    const { plan } = plannedFile(environmentFile(merge(closed, { platform: { tenants: { shop: {} }, extra } }) as Record<string, unknown>));
    const entries = airGapEntries(plan, workstation);
    assert.ok(plan.images.includes(`${mirrors.registry}/mine:1`));
    assert.ok(!entries.some(({ source, name }) => source.includes(mirrors.registry) || name === "mine"));
    assert.ok(entries.some(({ name }) => name === "theirs"));
    const repositories = Object.fromEntries((plan.extra?.releases ?? []).map(({ name, chart }) => [name, chart.repository]));
    assert.deepEqual(repositories, { mine: repository, theirs: `oci://${mirrors.registry}/charts` });
  });

  it("has the checksums that the tag has, however its table writes them", () => {
    const table = {
      kubelet_checksums: { amd64: { "1.33.5": `sha256:${"a".repeat(64)}` } },
      etcd_binary_checksums: { amd64: { "v3.5.12": "b".repeat(64) } },
      calico_crds_archive_checksums: { no_arch: { "3.30.3": `sha256:${"c".repeat(64)}` } },
    };
    assert.equal(checksumOf(table, "kubelet", "1.33.5"), `sha256:${"a".repeat(64)}`);
    assert.equal(checksumOf(table, "etcd", "3.5.12"), `sha256:${"b".repeat(64)}`);
    assert.equal(checksumOf(table, "calico_crds", "3.30.3"), `sha256:${"c".repeat(64)}`);
    assert.equal(
      checksumOf({ calico_crds_archive_checksums: { "3.28.1": "d".repeat(64) } }, "calico_crds", "3.28.1"),
      `sha256:${"d".repeat(64)}`,
    );
    assert.equal(checksumOf(table, "kubelet", "1.33.6"), undefined);
    assert.equal(checksumOf(table, "kube", "1.33.5"), undefined);
    assert.equal(checksumOf("torn", "kubelet", "1.33.5"), undefined);
  });
});

describe("a bundle's manifest", () => {
  const digest = `sha256:${"a".repeat(64)}`;
  const artefact = {
    key: "file u n v",
    kind: "file",
    name: "n",
    version: "v",
    source: "u",
    goes: "files",
    path: "host/n",
    digest,
    size: 1,
    blobs: [{ digest, size: 1 }],
  };

  it("is read as it is written, and whatever is none, or leads out of its folder, is named", () => {
    assert.deepEqual(parseBundle({ artefacts: [artefact], environments: { demo: ["k"] } }).bundle, {
      artefacts: [artefact],
      environments: { demo: ["k"] },
    });
    const bad = [
      { path: "../../etc/passwd" },
      { path: "/etc/passwd" },
      { path: "a//b" },
      { digest: "sha256:../../x" },
      { kind: "virus" },
      { goes: "folder" },
      { blobs: [] },
      { blobs: [{ digest: "x", size: 1 }] },
    ];
    const { wrong } = parseBundle({ artefacts: bad.map((each) => ({ ...artefact, ...each })) });
    assert.equal(wrong.length, bad.length);
    assert.deepEqual(parseBundle("torn"), { bundle: { artefacts: [], environments: {} }, wrong: [] });
  });

  it("lacks what was never fetched, and what is something else than it must be by now", () => {
    const entry = { kind: "file", source: "u", name: "n", version: "v", goes: "files", path: "host/n" } as const;
    const { bundle } = parseBundle({ artefacts: [artefact] });
    assert.deepEqual(missingIn(bundle, [entry]), []);
    assert.deepEqual(missingIn(bundle, [{ ...entry, digests: [digest] }]), []);
    assert.equal(
      missingIn(bundle, [
        { ...entry, digests: ["sha256:other"] },
        { ...entry, name: "m" },
      ]).length,
      2,
    );
    assert.equal(missingIn(bundle, [{ ...entry, kind: "module", goes: "folder" }]).length, 0);
    assert.ok(isOneOf({}, digest));
  });
});

/** What of a plan would be asked for at another host than the mirrors'. */
function asksElsewhere(plan: EnvironmentPlan): string[] {
  const { variables } = plan.cluster;
  const said = JSON.stringify(variables);
  const mirrored = new Set(Array.from(said.matchAll(/"prefix":"([^"]+)"/g), ([, prefix]) => prefix));
  const [registry, files] = [mirrors.registry, mirrors.files];
  const own = Object.values(ORIGINS) as string[];
  return [
    ...Object.keys(HOMES).filter((name) => variables[name] !== registry),
    ...Object.entries(ORIGINS).flatMap(([name, host]) => (variables[name] === `${files}/${host}` ? [] : [name])),
    ...plan.images.filter((image) => !mirrored.has(imageName(image).home) && imageName(image).home !== registry),
    ...plan.files.filter((file) => {
      const { host } = new URL(file);
      return !own.includes(host) && !said.includes(`${files}/${host}`);
    }),
    ...[...plan.services, ...(plan.extra?.releases ?? [])]
      .flatMap((each) => chartsOf(each).map(({ repository }) => repository))
      .filter((repository) => repository !== `oci://${registry}/charts`),
    // Whatever else of the variables is an address: none but the mirrors' and those of the environment itself.
    ...Array.from(said.matchAll(/https?:\/\/[^/"]+/g), ([url]) => url).filter(
      (url) => url !== files && url !== `https://${registry}` && !/^https?:\/\/(10\.|127\.|169\.254\.|\{\{)/.test(url),
    ),
  ];
}

describe("an environment with mirrors of all it pulls", () => {
  const names = readdirSync(join(ROOT, "environments")).flatMap((file) => /^(.*)(?<!-base)(?<!\.lock)\.yaml$/.exec(file)?.[1] ?? []);

  it("names no other host, whichever example, profile, plugin or runtime it is", () => {
    const contents = names.map((name) => [name, loadEnvironment(join(ROOT, "environments", `${name}.yaml`), ROOT).content] as const);
    assert.ok(contents.length >= 15);
    const profiles = ["minimal", "standard", "highAvailability"].flatMap((profile) =>
      ["calico", "cilium", "flannel"].flatMap((plugin) =>
        ["crio", "containerd"].map(
          (runtime) =>
            [`${profile} ${plugin} ${runtime}`, environmentFile({ profile, cluster: { network: { plugin }, runtime } })] as const,
        ),
      ),
    );
    const ceph = environmentFile({
      release: "1.7.0+maintained",
      cluster: { pools: { worker: { nodes: 3, volumes: [{ name: "osd", sizeGiB: 100 }] } } },
      platform: { storage: { kind: "rookCeph", pool: "worker" } },
    });
    for (const [name, content] of [...contents, ...profiles, ["a service of two charts", ceph] as const]) {
      const { problems, planned } = planFile(merge(content, closed));
      const errors = problems.filter(({ severity }) => severity === "error");
      assert.deepEqual(errors, [], name);
      assert.deepEqual(asksElsewhere(planned!.plan), [], name);
      const { plan } = planned!;
      const { plan: open } = planFile(content).planned!;
      assert.deepEqual(
        airGapEntries(plan, workstation).map(keyOf),
        airGapEntries(open, workstation).map(keyOf),
        `${name}: what is fetched for the mirrors is what is fetched without them`,
      );
    }
  });

  it("asks elsewhere where one of the mirrors is not named, which the check above would tell", () => {
    const { airGap, ...rest } = closed.cluster;
    const without = plannedFile(
      environmentFile({ ...closed, cluster: { ...rest, airGap: { registry: airGap.registry, files: airGap.files } } }),
    ).plan;
    assert.ok(asksElsewhere(without).every((each) => each.startsWith("https://")) && asksElsewhere(without).length > 3);
    assert.ok(asksElsewhere(plannedFile(environmentFile()).plan).length > 20);
  });
});

it("the documentation of the air gap names every kind", () => {
  const page = readFileSync(join(ROOT, "docs", "airgap.md"), "utf8");
  for (const kind of ["image", "chart", "file", "kubespray", "python", "engine", "plugin", "module"])
    assert.match(page, new RegExp(`\\| \`${kind}\` \\|`));
});
