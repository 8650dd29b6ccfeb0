import assert from "node:assert/strict";
import { checkCluster } from "../../../model/cluster/checks";
import { clusterDownloads } from "../../../model/cluster/downloads";
import { kubesprayRelease, kubesprayTags } from "../../../model/cluster/releases";
import { environmentFile, planFile, plannedFile } from "../../support/environment";

const mirrors = { registry: "registry.intra:5000", files: "http://files.intra:8080" };
const closed = (airGap: Record<string, unknown> = mirrors, cluster: Record<string, unknown> = {}, platform: Record<string, unknown> = {}) =>
  environmentFile({ cluster: { airGap, ...cluster }, platform: { domain: "apps.intra", ...platform } });

describe("an environment without the internet", () => {
  it("has kubespray fetch images and files from the mirrors", () => {
    const { variables } = plannedFile(closed()).plan.cluster;
    const { crio_registries, ...others } = Object.fromEntries(
      Object.entries(variables).filter(([name]) => /_image_repo$|_url$|registr|files_repo/.test(name)),
    );
    assert.deepEqual(others, {
      registry_host: "registry.intra:5000",
      kube_image_repo: "registry.intra:5000",
      gcr_image_repo: "registry.intra:5000",
      docker_image_repo: "registry.intra:5000",
      quay_image_repo: "registry.intra:5000",
      github_image_repo: "registry.intra:5000",
      files_repo: "http://files.intra:8080",
      github_url: "http://files.intra:8080/github.com",
      dl_k8s_io_url: "http://files.intra:8080/dl.k8s.io",
      storage_googleapis_url: "http://files.intra:8080/storage.googleapis.com",
      get_helm_url: "http://files.intra:8080/get.helm.sh",
    });
    const prefixes = (crio_registries as { prefix: string }[]).map(({ prefix }) => prefix);
    assert.deepEqual(prefixes, ["docker.io", "gcr.io", "ghcr.io", "quay.io", "registry.k-paas.org", "registry.k8s.io"]);
  });

  it("has the nodes' runtime ask the registry for what pods name, whichever runtime it is", () => {
    const { variables } = plannedFile(closed(mirrors, { runtime: "containerd" })).plan.cluster;
    assert.ok(!("crio_registries" in variables));
    assert.deepEqual((variables.containerd_registries_mirrors as unknown[])[0], {
      prefix: "docker.io",
      mirrors: [{ host: "https://registry.intra:5000", capabilities: ["pull", "resolve"], skip_verify: false }],
    });
  });

  it("has Cilium's program fetch the chart from the mirror, where kubespray lets it", () => {
    const cilium = { network: { plugin: "cilium" } };
    const { plan } = plannedFile(closed(mirrors, cilium));
    assert.equal(plan.cluster.variables.cilium_install_extra_flags, "--repository http://files.intra:8080/helm.cilium.io");
    for (const file of ["https://helm.cilium.io/index.yaml", "https://helm.cilium.io/cilium-1.18.2.tgz"])
      assert.ok(plan.files.includes(file), file);
    for (const image of ["quay.io/cilium/operator-generic:v1.18.2", "quay.io/cilium/cilium-envoy:"])
      assert.ok(
        plan.images.some((each) => each.startsWith(image)),
        image,
      );
    assert.ok(!plannedFile(closed()).plan.files.some((file) => file.includes("cilium")));
    const older = { ...plan.cluster, kubespray: "v2.28.1", kubernetes: "1.32.8" };
    assert.match(
      checkCluster(older)
        .map(({ reason }) => reason)
        .join(),
      /v2\.28\.1 has Cilium's chart fetched from helm\.cilium\.io/,
    );
  });

  it("has ways to the mirrors where they are at ports of their own", () => {
    const ways = (airGap: Record<string, unknown>, cluster = {}) =>
      plannedFile(closed(airGap, cluster)).plan.flows.flatMap(({ from, to, ports, reason }) =>
        reason.startsWith("mirrors") ? [[from, to, ...ports]] : [],
      );
    assert.deepEqual(ways(mirrors), [
      ["nodes", "cidr:0.0.0.0/0", 5000],
      ["nodes", "cidr:0.0.0.0/0", 8080],
    ]);
    assert.deepEqual(ways({ registry: "10.20.9.9:5000", files: "https://files.intra" }, { etcd: { placement: "external" } }), [
      ["nodes", "cidr:10.20.9.9/32", 5000],
      ["etcd", "cidr:10.20.9.9/32", 5000],
    ]);
  });

  it("needs a domain of its own, certificates that nobody outside signs, and mirrors that can be written so", () => {
    const problems = (file: unknown) =>
      planFile(file)
        .problems.filter(({ severity }) => severity === "error")
        .map(({ path }) => path);
    assert.deepEqual(problems(environmentFile({ cluster: { airGap: mirrors } })), ["platform.domain"]);
    assert.ok(problems(closed(mirrors, {}, { tls: { kind: "acme", email: "a@example.org" } })).includes("platform.tls.kind"));
    assert.deepEqual(problems(closed({ ...mirrors, registry: "https://registry.intra" })), ["cluster.airGap.registry"]);
    assert.deepEqual(problems(closed({ ...mirrors, registry: "registry" })), ["cluster.airGap.registry"]);
    assert.deepEqual(problems(closed({ ...mirrors, files: "files.intra" })), ["cluster.airGap.files"]);
    assert.deepEqual(problems(closed({ ...mirrors, files: "http://files.intra/" })), ["cluster.airGap.files"]);
    assert.deepEqual(problems(closed({ ...mirrors, files: "http://user:pass@files.intra" })), ["cluster.airGap.files"]);
  });
});

describe("what a cluster fetches", () => {
  it("is listed with the plan: what its plugin, runtime and endpoint need, of its version", () => {
    const { images, files, bom } = plannedFile(environmentFile()).plan;
    for (const each of [
      "registry.k8s.io/kube-apiserver:v1.33.5",
      "quay.io/calico/node:v3.30.3",
      "registry.k8s.io/coredns/coredns:v1.12.0",
      "registry.k8s.io/pause:3.10",
    ])
      assert.ok(images.includes(each), each);
    assert.ok(images.some((image) => image.includes("library/nginx:")));
    assert.ok(!images.some((image) => /cilium|flannel|kube-vip/.test(image)));
    assert.ok(files.includes("https://dl.k8s.io/release/v1.33.5/bin/linux/amd64/kubelet"));
    assert.ok(files.some((file) => file.includes("cri-o")) && !files.some((file) => file.includes("containerd")));
    assert.deepEqual(bom.filter(({ kind }) => kind === "image").length, images.length);
    assert.deepEqual(
      bom.filter(({ kind }) => kind === "file").map(({ source }) => source),
      files,
    );
    const part = (name: string) => bom.find((each) => each.name === name && each.kind !== "chart");
    assert.deepEqual(part("etcd"), {
      ...{ kind: "software", name: "etcd", version: "3.5.23", licence: "Apache-2.0", source: "https://github.com/etcd-io/etcd" },
      endOfLife: "2027-07-08",
    });
    assert.deepEqual([part("cri-o")?.version, part("calico")?.endOfLife, part("containerd")], ["1.33.5", "2026-04-30", undefined]);
    assert.match(part("registry.k8s.io/ingress-nginx/controller")?.digest ?? "", /^sha256:1b044f6d/);
    for (const { kind, name, licence, source } of bom) if (kind === "software") assert.ok(licence && source, name);
    const other = plannedFile(
      environmentFile({
        profile: "highAvailability",
        cluster: { runtime: "containerd", network: { plugin: "cilium" }, kubernetes: "1.32.9", apiEndpoint: { kind: "virtualIp" } },
      }),
    ).plan;
    assert.ok(other.images.some((image) => image.includes("kube-vip")) && !other.images.some((image) => image.includes("library/nginx:")));
    assert.ok(other.images.includes("registry.k8s.io/coredns/coredns:v1.11.3"));
    assert.ok(other.files.some((file) => /containerd-\d/.test(file)) && !other.files.some((file) => /cri-o/.test(file)));
  });

  it("is whole references and addresses of the hosts that have mirrors, for every tag, minor and choice", () => {
    for (const kubespray of kubesprayTags)
      for (const kubernetes of kubesprayRelease(kubespray)?.kubernetes.versions ?? [])
        for (const kube_network_plugin of ["calico", "cilium", "flannel"])
          for (const container_manager of ["crio", "containerd"]) {
            const { images, files } = clusterDownloads({
              kubespray,
              kubernetes,
              variables: { kube_network_plugin, container_manager, kube_vip_enabled: true },
            });
            assert.ok(images.length > 10 && files.length > 7, `${kubespray} ${images.length} ${files.length}`);
            for (const image of images) assert.match(image, /^(registry\.k8s\.io|quay\.io|docker\.io|ghcr\.io)\/[a-z0-9./-]+:v?\d[\w.-]*$/);
            for (const file of files)
              assert.match(file, /^https:\/\/(github\.com|dl\.k8s\.io|storage\.googleapis\.com|helm\.cilium\.io)\/[\w./-]+$/);
          }
  });
});
