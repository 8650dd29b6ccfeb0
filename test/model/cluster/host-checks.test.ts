import assert from "node:assert/strict";
import { type HostReport, hostCheckNames, hostFindingTexts, judgeHosts } from "../../../model/cluster/host-checks";
import { type HostFacts, parseHostFacts, portsFrom } from "../../../model/cluster/host-facts";
import { sourcesOf } from "../../../model/cluster/sources";
import type { ClusterSpec } from "../../../model/cluster/types";
import { cluster } from "./fixtures";

describe("Looking at hosts before a change", () => {
  const spec = cluster(undefined, { kubernetes: "1.33.5", variables: { kube_network_plugin: "calico", kube_proxy_mode: "ipvs" } });
  const names = Object.keys(spec.nodes);
  const first = spec.controlPlane[0] ?? "";
  const last = names.at(-1) ?? "";

  /** A host that is fit for anything. */
  const host = (name: string, changes: Partial<HostFacts> = {}): HostFacts => ({
    hostname: name,
    system: { id: "ubuntu", version: "24.04" },
    kernel: "6.8.0-45-generic",
    python: "3.12.3",
    systemd: true,
    memoryMb: 8_000,
    processors: 4,
    diskFreeMb: 60_000,
    swap: [],
    cgroups: 2,
    machineId: `id-${name}`,
    addresses: ["127.0.0.1", spec.nodes[name]?.address ?? ""],
    nameservers: ["10.0.0.2"],
    modules: { overlay: "there", br_netfilter: "there", vxlan: "there", ip_vs: "there" },
    firewalls: [],
    kubernetes: [],
    clusters: [],
    clock: { aheadMs: 0, uncertainMs: 20, synchronized: true },
    filtered: [],
    unreached: {},
    ...changes,
  });
  const judge = (changes: Partial<HostFacts>, at = last, of: ClusterSpec = spec, joining: readonly string[] = names) => {
    const reports = names.map((node): HostReport => ({ node, facts: host(node, node === at ? changes : {}) }));
    return judgeHosts(reports, { spec: of, nodes: names, joining });
  };
  const told = (changes: Partial<HostFacts>, at?: string, of?: ClusterSpec, joining?: readonly string[]) =>
    judge(changes, at, of, joining).map(({ node, check, severity }) => `${node} ${check} ${severity}`);

  it("finds nothing wrong with hosts that are fit", () => {
    assert.deepEqual(told({}), []);
  });

  const wrong: readonly (readonly [string, "error" | "warning", Partial<HostFacts>])[] = [
    ["system", "error", { system: { id: "gentoo", version: "1" } }],
    ["systemd", "error", { systemd: false }],
    ["address", "error", { addresses: ["192.0.2.7"] }],
    ["memory", "error", { memoryMb: 900 }],
    ["disk", "error", { diskFreeMb: 2_000 }],
    ["disk", "warning", { diskFreeMb: 9_000 }],
    ["time", "error", { clock: { aheadMs: -90_000, uncertainMs: 20 } }],
    ["time", "warning", { clock: { aheadMs: 800, uncertainMs: 20 } }],
    ["time", "warning", { clock: { aheadMs: 0, uncertainMs: 20, synchronized: false } }],
    ["swap", "warning", { swap: ["/swap.img"] }],
    ["cgroups", "warning", { cgroups: 1 }],
    ["modules", "error", { modules: { overlay: "there", br_netfilter: "there", vxlan: "there", ip_vs: "missing" } }],
    ["modules", "warning", { modules: { overlay: "there", br_netfilter: "unknown", vxlan: "there", ip_vs: "there" } }],
    ["cluster", "error", { kubernetes: ["/etc/kubernetes/kubelet.conf", "the service kubelet"] }],
    ["cluster", "error", { clusters: ["busan"] }],
    ["restore", "error", { restoring: "etcd-20300101T000000Z" }],
    ["firewall", "warning", { firewalls: ["ufw"] }],
    ["names", "warning", { nameservers: [] }],
    ["ports", "error", { filtered: ["10.20.0.2:6443"] }],
    ["sources", "error", { unreached: { "registry.k8s.io:443": "no answer" } }],
    ["twin", "warning", { machineId: `id-${first}` }],
    ["twin", "error", { machineId: `id-${first}`, addresses: [spec.nodes[first]?.address ?? "", spec.nodes[last]?.address ?? ""] }],
  ];
  for (const [check, severity, changes] of wrong) {
    it(`finds what is wrong with ${check} (${severity}): ${JSON.stringify(changes)}`, () => {
      const expected =
        check === "twin" ? [`${first} ${check} ${severity}`, `${last} ${check} ${severity}`].sort() : [`${last} ${check} ${severity}`];
      assert.deepEqual(told(changes), expected);
    });
  }

  it("demands python of every host, and two processors of control planes", () => {
    const { python: _python, ...without } = host(last);
    const findings = judgeHosts([{ node: last, facts: without }], { spec, nodes: names, joining: [] });
    assert.deepEqual(
      findings.map(({ check }) => check),
      ["python"],
    );
    assert.deepEqual(told({ processors: 1 }, first), [`${first} processors error`]);
    assert.deepEqual(told({ processors: 1 }, last), []);
  });

  it("asks of hosts that are nodes already only what a run needs", () => {
    const old = { memoryMb: 900, kubernetes: ["the service kubelet"], swap: ["/dev/sda2"], filtered: ["10.0.0.1:1"], diskFreeMb: 9_000 };
    assert.deepEqual(told(old, last, spec, []), []);
    assert.deepEqual(told({ diskFreeMb: 100 }, last, spec, []), [`${last} disk error`]);
  });

  it("takes what a broken run of this cluster left for its own", () => {
    assert.deepEqual(told({ kubernetes: ["/etc/kubernetes/kubelet.conf"], clusters: [spec.name] }), []);
  });

  it("lets a broken restore be gone on with, and nothing else", () => {
    assert.deepEqual(told({ restoring: "etcd-20300101T000000Z" }, first, spec, []), [`${first} restore error`]);
    const reports: HostReport[] = [{ node: first, facts: host(first, { restoring: "etcd-20300101T000000Z" }) }];
    assert.deepEqual(judgeHosts(reports, { spec, nodes: [first], joining: [], restores: true }), []);
  });

  it("goes by what the cluster's variables and version say", () => {
    const of = (variables: object, kubernetes = "1.33.5") => ({ ...spec, kubernetes, variables: { ...spec.variables, ...variables } });
    assert.deepEqual(told({ cgroups: 1 }, last, of({}, "1.35.1")), [`${last} cgroups error`]);
    assert.deepEqual(told({ cgroups: 1 }, last, of({ kubelet_fail_cgroup_v1: false }, "1.35.1")), [`${last} cgroups warning`]);
    assert.deepEqual(told({ swap: ["/swap"] }, last, of({ kubelet_fail_swap_on: false })), []);
    assert.deepEqual(told({ kernel: "5.4.0-1-x" }, last, of({ kube_network_plugin: "cilium" })), [`${last} kernel error`]);
    assert.deepEqual(told({ kernel: "5.10.0" }, last, of({ kube_network_plugin: "cilium" })), []);
    assert.deepEqual(told({ memoryMb: 900 }, last, of({ ignore_assert_errors: true })), [`${last} memory warning`]);
    assert.deepEqual(told({ unreached: { "quay.io:443": "no" } }, last, of({ download_run_once: true })), [`${last} sources warning`]);
  });

  it("lists hosts that let nobody in or nobody be root, each with a way on", () => {
    const findings = judgeHosts(
      [
        { node: "b", missing: "sudo", reason: "it does not let us be root: sudo: a password is required" },
        { node: "a", missing: "ssh", reason: "it does not let us in: Connection timed out" },
      ],
      { spec, nodes: ["a", "b"], joining: [] },
    );
    assert.deepEqual(
      findings.map(({ node, check, severity }) => `${node} ${check} ${severity}`),
      ["a ssh error", "b sudo error"],
    );
    assert.match(hostFindingTexts(findings)[0] ?? "", /^ {2}a \(ssh\): it does not let us in: Connection timed out\n {4}look/);
    assert.deepEqual(hostCheckNames.slice(0, 3), ["ssh", "sudo", "python"]);
  });

  it("asks each host for the ports that its roles need, where one of the two joins", () => {
    assert.deepEqual(portsFrom(last, spec, []), []);
    const api = `${spec.nodes[first]?.address}:6443`;
    assert.ok(portsFrom(last, spec, [last]).includes(api));
    assert.ok(!portsFrom(last, spec, [last]).some((place) => place.endsWith(":2380")), "no etcd there");
  });

  it("knows where images and files come from", () => {
    const of = (variables: Record<string, unknown>) => sourcesOf({ ...spec, variables: { ...spec.variables, ...variables } });
    // Every worker's own load balancer is an image of Docker's.
    const all = ["dl.k8s.io:443", "github.com:443", "quay.io:443", "registry-1.docker.io:443", "registry.k8s.io:443"];
    assert.deepEqual(of({}), all);
    assert.deepEqual(of({ container_manager: "crio" }), [...all, "storage.googleapis.com:443"]);
    assert.ok(!of({ kube_network_plugin: "flannel" }).includes("quay.io:443"));
    const own = {
      ...spec,
      variables: {
        ...spec.variables,
        kube_image_repo: "10.0.0.1:5000",
        quay_image_repo: "10.0.0.1:5000",
        docker_image_repo: "10.0.0.1:5000",
        dl_k8s_io_url: "http://files/k8s",
        github_url: "{{ files_repo }}",
      },
    };
    assert.deepEqual(sourcesOf(own), ["10.0.0.1:5000", "files:80"]);
  });

  it("reads what the script prints", () => {
    const printed =
      "hostname a\nsystem debian\nsystem-version 12\nmemory-kb 2048000\nmodule ip_vs missing\nmodule overlay there\nunreached quay.io:443 its name is not found\nfiltered 10.0.0.1:6443\nsynchronized no\n";
    const facts = parseHostFacts(printed, { aheadMs: 3, uncertainMs: 4 });
    assert.deepEqual(facts.system, { id: "debian", version: "12" });
    assert.deepEqual(facts.modules, { ip_vs: "missing", overlay: "there" });
    assert.deepEqual(facts.unreached, { "quay.io:443": "its name is not found" });
    assert.deepEqual(
      [facts.memoryMb, facts.filtered, facts.clock],
      [2_000, ["10.0.0.1:6443"], { aheadMs: 3, uncertainMs: 4, synchronized: false }],
    );
    assert.equal(facts.python, undefined);
  });
});
