import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { compileSteps } from "../../../model/cluster/steps/compile";
import { planFirewalls, replacing } from "../../../model/plan/nftables";
import { RSA } from "../../support/certificates";
import { plannedFile } from "../../support/environment";
import { HOSTS, hostsFile } from "../../support/existing";

const near = { ...HOSTS, b: { address: "10.0.0.13" } };
const access = { adminCidrs: ["203.0.113.0/24"], ingressCidrs: ["0.0.0.0/0"], ssh: { privateKey: { env: "K" } } };
const planOf = (existing: Record<string, unknown> = {}, cluster: Record<string, unknown> = {}) => {
  const file = hostsFile(
    { hosts: near, firewall: "nftables", ...existing },
    {},
    {
      network: { cidr: "10.0.0.0/24" },
      access,
    },
  );
  return plannedFile({ ...file, cluster: { ...(file.cluster as object), ...cluster } }).plan;
};

/** Texts that lead each host to its own of the rules: they change with those. */
const FOLLOWING = ["kpaas_firewall", "kpaas_firewall_of"];

/** The rules that let somebody in. */
const accepted = (text = ""): string[] => text.split("\n").flatMap((line) => /^\t\t(.*) accept$/.exec(line)?.[1] ?? []);

describe("the flows as rules of nftables", () => {
  it("let in on each host what the plan allows it, from those it allows it to", () => {
    const texts = planFirewalls(planOf());
    assert.deepEqual(Object.keys(texts), ["control-plane+etcd+nfs", "worker"]);
    const worker = accepted(texts.worker);
    for (const rule of [
      "ip saddr 10.0.0.0/24 tcp dport { 22, 2222 }",
      "ip saddr 203.0.113.0/24 tcp dport { 22, 2222 }",
      "meta nfproto ipv4 tcp dport { 80, 443 }",
      "ip saddr @nodes udp dport { 4789, 7946 }",
      "ip saddr @nodes tcp dport { 7946, 10250 }",
      "ip saddr @nodes meta l4proto icmp",
    ])
      assert.ok(worker.includes(rule), `${rule} in\n${texts.worker}`);
    assert.ok(!worker.some((rule) => /6443|2379|2049/.test(rule)));
    const controlPlane = accepted(texts["control-plane+etcd+nfs"]);
    for (const port of ["6443", "2379-2380", "2049"])
      assert.ok(
        controlPlane.some((rule) => rule.includes(port)),
        port,
      );
    assert.ok(!controlPlane.some((rule) => /\b443\b/.test(rule)));
    assert.match(texts.worker ?? "", /set nodes \{\n\t\ttype ipv4_addr\n\t\telements = \{ 10\.0\.0\.11, 10\.0\.0\.12, 10\.0\.0\.13 \}/);
  });

  it("are one table of our own, which looks at nothing that passes through on its way to pods", () => {
    for (const text of Object.values(planFirewalls(planOf()))) {
      assert.deepEqual(
        [...text.matchAll(/^table (.*) \{$/gm)].map(([, name]) => name),
        ["inet kpaas_firewall"],
      );
      assert.deepEqual(
        [...text.matchAll(/hook (\w+) .*policy (\w+)/g)].map(([, hook, policy]) => [hook, policy]),
        [["prerouting", "accept"]],
      );
      assert.doesNotMatch(text, /flush|hook forward|hook output|\{\{|\{%|\{#/);
      // What is refused is so in the chain that only the host's own traffic, and that of Services' addresses, is led to.
      assert.deepEqual(
        [...text.matchAll(/^\t\t(.*) goto allowed$/gm)].map(([, rule]) => rule),
        ["fib daddr type local", "fib daddr type { broadcast, multicast } meta l4proto { 4, udp }", "ip daddr 10.0.0.200-10.0.0.220"],
      );
      assert.equal(text.match(/drop/g)?.length, 1);
    }
  });

  it("let pods in by the interfaces that lead to them alone, and know of pods and Services only where there are some", () => {
    const hosts = { ...near, nfs: { address: "10.0.0.14" } };
    const by = (...links: string[]) => links.map((link) => `iifname "${link}" ip saddr 10.233.64.0/18`);
    for (const [cluster, rules] of [
      [{}, by("cali*", "vxlan.calico")],
      [{ network: { encapsulation: "ipip" } }, by("cali*", "tunl0")],
      [{ variables: { calico_wireguard_enabled: true } }, by("cali*", "vxlan.calico", "wireguard.cali")],
      [{ network: { encapsulation: "none" } }, ["ip saddr 10.233.64.0/18"]],
      [{ network: { plugin: "cilium" } }, by("lxc*", "cilium_*")],
      [{ network: { plugin: "flannel" } }, by("cni0", "flannel*")],
    ] as const) {
      const texts = planFirewalls(planOf({ hosts, nfs: "nfs" }, cluster));
      assert.deepEqual(Object.keys(texts), ["control-plane+etcd", "nfs", "worker"]);
      for (const [kind, text] of Object.entries(texts)) {
        assert.deepEqual(
          accepted(text).filter((rule) => rule.includes("10.233.64.0/18")),
          kind === "nfs" ? [] : rules,
        );
        assert.equal(text.includes("ip daddr 10.0.0.200-10.0.0.220 goto allowed"), kind !== "nfs");
      }
    }
  });

  it("do not name again what lies within another rule, but say why both", () => {
    const kept = planFirewalls(planOf({}, { apiEndpoint: { kind: "virtualIp", address: "10.0.0.250", by: "keepalived" } }));
    const controlPlane = kept["control-plane+etcd+nfs"] ?? "";
    assert.deepEqual(
      accepted(controlPlane).filter((rule) => rule.includes("@control_plane")),
      ["ip saddr @control_plane meta l4proto 112"],
    );
    assert.match(controlPlane, /# etcd members among each other; etcd clients\n\t\tip saddr @etcd tcp dport \{ 2379-2380 \} accept/);
    assert.match(controlPlane, /# API servers behind HAProxy, .*\n\t\tip saddr @nodes tcp dport \{ 2049, 6443, 7946, 10250 \} accept/);
    const apart = planFirewalls(planOf({}, { etcd: { placement: "external", nodes: { b: {} } }, pools: { worker: { nodes: { a: {} } } } }));
    assert.ok(accepted(apart.etcd).includes("ip saddr @control_plane tcp dport { 2379 }"));
    assert.ok(accepted(apart.etcd).includes("ip saddr @etcd tcp dport { 2379-2380 }"));
    const any = planFirewalls(planOf({}, { network: { encapsulation: "none" } })).worker ?? "";
    assert.deepEqual(
      accepted(any).filter((rule) => rule.includes("@nodes")),
      ["ip saddr @nodes"],
    );
    assert.match(any, /# .*kubelet API for the control plane and metrics-server.*\n\t\tip saddr @nodes accept/);
  });

  it("travel with the cluster where the file asks for them, each text once", () => {
    const { variables } = planOf().cluster;
    assert.deepEqual(variables.kpaas_firewall_of, { cp: "control-plane+etcd+nfs", a: "worker", b: "worker" });
    assert.deepEqual(variables.kpaas_firewalls, planFirewalls(planOf()));
    assert.equal("kpaas_firewalls" in planOf({ firewall: "none" }).cluster.variables, false);
    assert.deepEqual(variables.kpaas_nfs, { path: "/home/share/nfs", clients: "10.0.0.0/24" });
  });

  it("are applied when they change, as is all that our playbooks set hosts up by", () => {
    const { cluster } = planOf({}, { backups: { etcd: { encryptTo: RSA } } });
    const ours = Object.keys(cluster.variables).filter((name) => name.startsWith("kpaas_") && !FOLLOWING.includes(name));
    assert.deepEqual(ours.sort(), ["kpaas_backup", "kpaas_firewalls", "kpaas_nfs", "kpaas_nfs_client", "kpaas_pod_filter"]);
    for (const name of ours) {
      const before = { ...cluster, variables: { ...cluster.variables, [name]: "as it was before" } };
      const { steps } = compileSteps(before, cluster);
      assert.equal(steps.length, 1, name);
      assert.deepEqual(steps[0]?.inventory.variables[name], cluster.variables[name]);
    }
  });

  it("are what nft takes, again and again", function () {
    const private_ = (script: string, input: string) => spawnSync("unshare", ["--net", "sh", "-c", script], { input, encoding: "utf8" });
    if (process.getuid?.() !== 0 || private_("nft --version", "").status !== 0) {
      console.warn("      SKIPPED: nft in a network namespace of its own needs root and nftables");
      this.skip();
    }
    const plans = [
      planOf(),
      planOf({ bastion: "cp" }),
      planOf({}, { network: { encapsulation: "ipip" } }),
      planOf({}, { network: { encapsulation: "none" } }),
      planOf({}, { network: { plugin: "cilium" } }),
      planOf({}, { etcd: { placement: "external", nodes: { b: {} } }, pools: { worker: { nodes: { a: {} } } } }),
    ];
    for (const text of new Set(plans.flatMap((plan) => Object.values(planFirewalls(plan))))) {
      const file = replacing(text);
      const { status, stderr, stdout } = private_(
        "cat > /dev/shm/kpaas-nft-$$; for i in 1 2; do nft -f /dev/shm/kpaas-nft-$$ || exit 1; done; rm /dev/shm/kpaas-nft-$$; nft list tables",
        file,
      );
      assert.deepEqual([status, stderr, stdout], [0, "", "table inet kpaas_firewall\n"], file);
    }
  });
});
