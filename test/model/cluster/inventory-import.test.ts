import assert from "node:assert/strict";
import { type ImportedLook, importInventory as importTagged } from "../../../model/cluster/inventory-import";
import { kubesprayRelease } from "../../../model/cluster/releases";
import { compileSteps } from "../../../model/cluster/steps/compile";

describe("The import of a cluster made by hand", () => {
  const shared = { kube_version: "1.33.5", kube_network_plugin: "calico", ansible_become: true, registry: { enabled: true, port: 5000 } };
  const host = (n: number, more: object = {}) => ({
    ...shared,
    ansible_host: `192.0.2.${n}`,
    ip: `10.0.0.${n}`,
    ansible_user: "rocky",
    ...more,
  });
  const printed = (changes: Record<string, object> = {}, groups: object = {}) => ({
    _meta: {
      hostvars: {
        a: host(1, changes.a),
        b: host(2, changes.b),
        c: host(3, changes.c),
        w: host(4, { node_labels: { zone: "x" }, node_taints: ["gpu=true:NoSchedule"], ...changes.w }),
      },
    },
    all: { children: ["ungrouped", "etcd", "k8s_cluster"] },
    k8s_cluster: { children: ["kube_control_plane", "kube_node"] },
    kube_control_plane: { hosts: ["b", "a", "c"] },
    etcd: { children: ["kube_control_plane"] },
    kube_node: { hosts: ["w"] },
    ...groups,
  });
  const look = (changes: Partial<ImportedLook["nodes"]> = {}): ImportedLook => ({
    kubernetes: "1.33.5",
    nodes: {
      a: { roles: ["control-plane", "etcd"], address: "10.0.0.1", etcdMember: "etcd1", labels: {}, taints: [] },
      b: { roles: ["control-plane", "etcd"], address: "10.0.0.2", etcdMember: "etcd2", labels: {}, taints: [] },
      c: { roles: ["control-plane", "etcd"], address: "10.0.0.3", etcdMember: "etcd3", labels: {}, taints: [] },
      w: { roles: ["worker"], address: "10.0.0.4", labels: { zone: "x", "kubernetes.io/os": "linux" }, taints: ["gpu=true:NoSchedule"] },
      ...changes,
    } as ImportedLook["nodes"],
  });
  const importInventory = (name: string, inventory: unknown, seen?: ImportedLook) => importTagged(name, inventory, seen, "v2.29.1");
  const told = (imported: { findings: readonly { severity?: string; path: string }[] }) =>
    imported.findings.map(({ severity, path }) => `${severity} ${path}`);

  it("knows the groups by the names that kubespray still takes", () => {
    const { kube_control_plane: planes, kube_node: workers, ...rest } = printed();
    const older = { ...rest, "kube-master": planes, "kube-node": workers, etcd: { children: ["kube-master"] } };
    assert.deepEqual(importInventory("demo", older, look()), importInventory("demo", printed(), look()));
  });

  it("takes groups in their order, members as they are called, addresses, labels, and what all hosts share", () => {
    const { spec, machines, findings } = importInventory("demo", printed(), look());
    assert.deepEqual(findings, []);
    assert.deepEqual(spec.controlPlane, ["b", "a", "c"]);
    assert.deepEqual(spec.etcd, ["b", "a", "c"]);
    assert.deepEqual(spec.nodes.a, {
      key: "a",
      generation: 1,
      roles: ["control-plane", "etcd"],
      address: "10.0.0.1",
      etcdMember: "etcd1",
      labels: {},
      taints: [],
    });
    assert.deepEqual(spec.nodes.w?.labels, { zone: "x" });
    assert.deepEqual(spec.nodes.w?.taints, ["gpu=true:NoSchedule"]);
    assert.deepEqual(spec.variables, { kube_network_plugin: "calico", registry: { enabled: true, port: 5000 } });
    assert.deepEqual([spec.kubernetes, spec.apiEndpoint], ["1.33.5", { host: "10.0.0.2", port: 6443, kind: "node" }]);
    assert.deepEqual(machines.w, { machineId: "w@10.0.0.4", dialAddress: "192.0.2.4", sshUser: "rocky" });
    assert.equal(spec.kubespray, "v2.29.1");
  });

  it("takes the tag whose own version it is where nobody says, and says so", () => {
    const { spec, findings } = importTagged("demo", printed(), look());
    const release = kubesprayRelease(spec.kubespray);
    assert.equal(release?.kubernetes.default, "1.33.5");
    assert.deepEqual(told({ findings }), ["warning kubespray"]);
  });

  it("names etcd's members as kubespray does where nobody can be asked", () => {
    const { spec } = importInventory("demo", printed({ c: { etcd_member_name: "own" } }));
    assert.deepEqual(
      ["b", "a", "c"].map((name) => spec.nodes[name]?.etcdMember),
      ["etcd1", "etcd2", "own"],
    );
  });

  it("finds the endpoint of a load balancer by its name", () => {
    const balancer = {
      loadbalancer_apiserver: { address: "10.0.0.9", port: "8443" },
      apiserver_loadbalancer_domain_name: "api.example.com",
    };
    const { spec } = importInventory("demo", printed({ a: balancer, b: balancer, c: balancer, w: balancer }));
    assert.deepEqual(spec.apiEndpoint, { host: "api.example.com", port: 8443, kind: "loadBalancer" });
  });

  it("gives a plan that changes nothing", () => {
    const { spec } = importInventory("demo", printed(), look());
    assert.deepEqual(compileSteps(spec, spec), { steps: [], refusals: [] });
  });

  it("says what does not come along, and where inventory and cluster disagree", () => {
    assert.deepEqual(told(importInventory("demo", printed({ w: { kubelet_max_pods: 50 } }))), ["warning variables.kubelet_max_pods"]);
    const sealed = { kube_password: { __ansible_vault: "$ANSIBLE_VAULT;1.1" } };
    assert.deepEqual(told(importInventory("demo", printed({ a: sealed, b: sealed, c: sealed, w: sealed }))), [
      "error variables.kube_password",
    ]);
    assert.deepEqual(told(importInventory("demo", printed(), look({ w: undefined as never }))), ["error nodes.w"]);
    assert.deepEqual(told(importInventory("demo", printed(), look({ x: look().nodes.w! }))), ["error nodes.x"]);
    assert.deepEqual(told(importInventory("demo", printed(), look({ w: { ...look().nodes.w!, address: "10.9.9.9" } }))), ["error nodes.w"]);
    assert.deepEqual(told(importInventory("demo", printed(), look({ w: { ...look().nodes.w!, roles: ["control-plane"] } }))), [
      "error nodes.w",
    ]);
    assert.deepEqual(told(importInventory("demo", printed(), { ...look(), kubernetes: "1.12.0" })), []);
    assert.deepEqual(told(importTagged("demo", printed(), { ...look(), kubernetes: "1.12.0" })), ["error kubespray"]);
  });

  it("refuses what is no inventory of kubespray's", () => {
    assert.throws(() => importInventory("demo", { a: 1 }), /no inventory as/);
    assert.throws(
      () => importInventory("demo", { _meta: { hostvars: {} }, web: { hosts: ["a"] } }),
      /no hosts in kube_control_plane and etcd/,
    );
  });
});
