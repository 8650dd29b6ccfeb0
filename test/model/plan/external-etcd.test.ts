import assert from "node:assert/strict";
import type { Inventory } from "../../../model/plan/infrastructure-types";
import { groupsOf } from "../../../model/plan/rules";
import { environmentFile, planFile, plannedFile } from "../../support/environment";

const zones = ["az-1", "az-2", "az-3"];
const external = (etcd: Record<string, unknown> = {}, over: Record<string, unknown> = {}) =>
  environmentFile({ infrastructure: { provider: "openstack", zones }, cluster: { etcd: { placement: "external", ...etcd }, ...over } });
const hosts = (inventory: Inventory, group: string) => (inventory[group] as { hosts: string[] }).hosts;

describe("etcd on machines of its own", () => {
  const { plan, lock } = plannedFile(external());

  it("is three machines of the control planes' flavor, each with an address, a place and a member's name", () => {
    const machines = plan.machines.filter(({ group }) => group === "etcd");
    assert.deepEqual(
      machines.map(({ name, roles, size }) => [name, roles, size]),
      [1, 2, 3].map((number) => [`etcd-${number}`, ["etcd"], "m1.large"]),
    );
    assert.deepEqual(machines.map(({ zone }) => zone).sort(), zones);
    assert.deepEqual(
      machines.map(({ key, address }) => [
        lock.machines[key]?.address === address,
        lock.machines[key]?.order,
        lock.machines[key]?.etcdMember,
      ]),
      [1, 2, 3].map((order) => [true, order, `etcd-${order}`]),
    );
    assert.deepEqual(plannedFile(external(), lock).lockChanges, []);
  });

  it("stands in the inventory's group etcd, and nowhere among Kubernetes' nodes", () => {
    const { inventory } = plan;
    assert.deepEqual(hosts(inventory, "etcd"), ["etcd-1", "etcd-2", "etcd-3"]);
    assert.deepEqual(hosts(inventory, "kube_control_plane"), ["cp-1"]);
    assert.deepEqual(hosts(inventory, "kube_node"), ["worker-1", "worker-2"]);
    assert.equal(inventory._meta.hostvars["etcd-2"]?.etcd_member_name, "etcd-2");
    assert.equal(inventory._meta.hostvars["cp-1"]?.etcd_member_name, undefined);
  });

  it("is let to what etcd needs, and to nothing that nodes have among each other", () => {
    const own = plan.machines.find(({ name }) => name === "etcd-1");
    assert.deepEqual(own && groupsOf(own), ["etcd"]);
    const ways = plan.flows
      .filter(({ from, to }) => from === "etcd" || to === "etcd")
      .map(({ from, to, protocol, ports }) => [from, to, protocol, ...ports].join(" "));
    assert.deepEqual(ways.sort(), [
      "cidr:10.20.0.0/16 etcd tcp 22",
      "control-plane etcd icmp",
      "control-plane etcd tcp 2379",
      "etcd cidr:0.0.0.0/0 tcp 80 443",
      "etcd cidr:0.0.0.0/0 udp 123",
      "etcd cidr:10.20.0.0/16 tcp 53",
      "etcd cidr:10.20.0.0/16 udp 53",
      "etcd cidr:10.20.0.0/16 udp 67",
      "etcd cidr:169.254.169.254/32 tcp 80",
      "etcd control-plane icmp",
      "etcd etcd icmp",
      "etcd etcd tcp 2379-2380",
    ]);
  });

  it("fetches by the same proxy as nodes do", () => {
    const { flows } = plannedFile(external({}, { variables: { http_proxy: "http://10.20.9.9:3128" } })).plan;
    assert.deepEqual(
      flows.filter(({ ports }) => ports.includes(3128)).map(({ from, to }) => [from, to]),
      [
        ["nodes", "cidr:10.20.9.9/32"],
        ["etcd", "cidr:10.20.9.9/32"],
      ],
    );
  });

  it("is an odd number, of any flavor and with any keys; the control planes are any number", () => {
    const problems = (file: unknown) =>
      planFile(file)
        .problems.filter(({ severity }) => severity === "error")
        .map(({ path }) => path);
    assert.deepEqual(problems(external({ nodes: 2 })), ["cluster.etcd.nodes"]);
    assert.deepEqual(problems(external({ nodes: 4, size: "fat" })), ["cluster.etcd.nodes"]);
    assert.deepEqual(problems(external({ nodes: 5 }, { controlPlane: { nodes: 2 } })), []);
    const named = plannedFile(external({ nodes: { "db-a": { zone: "az-2", size: "fat", address: "10.20.7.7" } } })).plan;
    const machine = named.machines.find(({ group }) => group === "etcd");
    assert.deepEqual([machine?.name, machine?.zone, machine?.size, machine?.address], ["db-a", "az-2", "fat", "10.20.7.7"]);
  });

  it("has no machines where it is stacked", () => {
    const { problems } = planFile(environmentFile({ cluster: { etcd: { placement: "stacked", nodes: 3, size: "fat" } } }));
    assert.deepEqual(
      problems.map(({ path }) => path),
      ["cluster.etcd.nodes", "cluster.etcd.size"],
    );
  });
});
