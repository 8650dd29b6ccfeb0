import assert from "node:assert/strict";
import { compareCluster, lockOf, unlikeNodes } from "../../../model/cluster/take-over";
import type { ClusterSpec } from "../../../model/cluster/types";
import type { EnvironmentPlan } from "../../../model/plan/types";
import { LOCK, PLAN as PLANNED, planWith } from "../../cli/fixture";

const node = (key: string, changes: object = {}) => ({
  key,
  generation: 1,
  roles: ["control-plane" as const, "etcd" as const],
  address: "10.20.0.11",
  etcdMember: key,
  labels: {},
  taints: [],
  ...changes,
});
const WANTED: ClusterSpec = {
  name: "seoul",
  kubespray: "v2.29.0",
  kubernetes: "1.33.5",
  nodes: { "cp-1": node("cp-1") },
  controlPlane: ["cp-1"],
  etcd: ["cp-1"],
  variables: { kube_proxy_mode: "ipvs", kubernetes_audit: true, ansible_user: "ubuntu" },
  apiEndpoint: { host: "10.20.0.11", port: 6443 },
  onDelete: "forget",
};
const PLAN: EnvironmentPlan = planWith({
  cluster: WANTED,
  machines: PLANNED.machines.map((machine) => ({ ...machine, group: "control-plane" })),
});

describe("a cluster made by hand, beside its file", () => {
  it("differs in nothing where the file says what it is, also by kubespray's defaults", () => {
    const made = { ...WANTED, variables: { kubernetes_audit: true, kube_network_plugin: "calico", ansible_user: "root" } };
    const { spec, differences, dropped } = compareCluster(made, PLAN);
    assert.deepEqual([differences, dropped], [[], []]);
    assert.deepEqual(spec, WANTED);
  });

  it("is recorded as it is, and each difference told at the field of the file", () => {
    const made = {
      ...WANTED,
      kubernetes: "1.33.4",
      nodes: { "cp-1": node("cp-1", { etcdMember: "etcd1", labels: { a: "b" } }) },
      variables: {
        kubernetes_audit: false,
        kube_proxy_mode: "iptables",
        kube_pods_subnet: "10.9.0.0/16",
        bin_dir: "/opt/bin",
        some_password: "x",
      },
    };
    const { spec, differences, dropped } = compareCluster(made, PLAN);
    assert.deepEqual(
      differences.map(({ path, was, becomes }) => [path, was, becomes]),
      [
        ["cluster.kubernetes", "1.33.4", "1.33.5"],
        ["cluster.controlPlane.nodes.cp-1.etcdMember", "etcd1", "cp-1"],
        ["cluster.controlPlane.nodes.cp-1.labels", { a: "b" }, {}],
        ["cluster.network.podCidr", "10.9.0.0/16", undefined],
        ["cluster.network.proxyMode", "iptables", "ipvs"],
        ["cluster.hardening.auditLog", false, true],
      ],
    );
    assert.deepEqual(dropped, ["bin_dir"]);
    assert.deepEqual(
      [spec.kubernetes, spec.nodes["cp-1"]?.etcdMember, spec.variables.kube_pods_subnet],
      ["1.33.4", "etcd1", "10.9.0.0/16"],
    );
    assert.ok(!("some_password" in spec.variables));
  });

  it("takes over no secret, however deep in a variable it stands in the inventory", () => {
    const auth = [{ registry: "r.example.org", username: "puller", password: "canary" }];
    const wanted = [{ registry: "r.example.org", username: "puller", password: { env: "PULL_PASSWORD" } }];
    const made = { ...WANTED, variables: { ...WANTED.variables, crio_registry_auth: auth, http_proxy: "http://me:canary@proxy:3128" } };
    const file = { ...WANTED.variables, crio_registry_auth: wanted, http_proxy: "http://proxy:3128" };
    const compared = compareCluster(made, { ...PLAN, cluster: { ...WANTED, variables: file } });
    assert.ok(!JSON.stringify(compared).includes("canary"), JSON.stringify(compared));
    assert.deepEqual(
      compared.differences.map(({ path }) => path),
      ["cluster.variables.crio_registry_auth", "cluster.variables.http_proxy"],
    );
  });

  it("has the nodes of the file, in their roles", () => {
    const made = { ...WANTED, nodes: { "cp-1": node("cp-1", { roles: ["control-plane"] }), "w-1": node("w-1") } };
    assert.deepEqual(unlikeNodes(WANTED, PLAN), []);
    assert.deepEqual(
      unlikeNodes(made, PLAN).map(({ value, reason }) => `${String(value)} ${reason}`),
      [
        "cp-1 is control-plane by the inventory, and control-plane, etcd by the file",
        "w-1 is a host of the inventory that the file names nowhere",
      ],
    );
    assert.match(unlikeNodes({ ...WANTED, nodes: {} }, PLAN)[0]?.reason ?? "", /the inventory does not have/);
  });

  it("gives the lock its versions, the order of its members and their names", () => {
    const machines = {
      "cp-1": { address: "10.20.0.11", generation: 1, order: 1 },
      "cp-2": { address: "10.20.0.12", generation: 1, order: 2 },
    };
    const made = {
      ...WANTED,
      kubernetes: "1.33.4",
      nodes: { "cp-1": node("cp-1", { etcdMember: "etcd2" }), "cp-2": node("cp-2", { etcdMember: "etcd1" }) },
      controlPlane: ["cp-2", "cp-1"],
      etcd: ["cp-2", "cp-1"],
    };
    const lock = lockOf({ ...LOCK, ingress: "traefik", machines }, made);
    assert.equal(lock.kubernetes, "1.33.4");
    assert.equal(lock.ingress, undefined, "clusters made by hand have ingress-nginx");
    assert.deepEqual(lock.machines["cp-1"], { address: "10.20.0.11", generation: 1, order: 2, etcdMember: "etcd2" });
    assert.deepEqual(lock.machines["cp-2"], { address: "10.20.0.12", generation: 1, order: 1, etcdMember: "etcd1" });
  });
});
