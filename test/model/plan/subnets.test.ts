import assert from "node:assert/strict";
import fc from "fast-check";
import { registry } from "../../../files/registry";
import { parseEnvironmentFile } from "../../../model/environment/parse";
import { resolveEnvironment } from "../../../model/environment/resolve";
import { type Block, contains, formatAddress, parseAddress, parseCidr } from "../../../model/ipv4";
import type { Lock } from "../../../model/lock";
import { planAddresses } from "../../../model/plan/addresses";
import type { NetworkPlan } from "../../../model/plan/infrastructure-types";
import { planMachines, planZones } from "../../../model/plan/machines";
import { lockedSubnets, planPools, printedNetwork, type SubnetRules } from "../../../model/plan/subnets";
import { Findings } from "../../../model/problems";
import { plannedFile } from "../../support/environment";

/** A cloud of zonal subnets, of each of which it keeps the first three addresses behind the gateway's and the last but one. */
const zonal: SubnetRules = {
  subnets: "perZone",
  reserved: ({ first, last }: Block) => [first + 1, first + 2, first + 3, last - 1],
};

function plan(fields: { zones: readonly string[]; workers: Record<string, object>; cidr?: string; controlPlane?: object }, lock?: Lock) {
  const findings = new Findings();
  const content = {
    name: "seoul",
    infrastructure: { provider: "openstack", zones: fields.zones, network: { cidr: fields.cidr ?? "10.20.0.0/16" } },
    cluster: { controlPlane: fields.controlPlane ?? {}, pools: { worker: { nodes: fields.workers } } },
  };
  const environment = resolveEnvironment(parseEnvironmentFile(content, registry, findings).file, registry);
  const zones = planZones(environment, lock);
  const pools = planPools(environment, zonal, [...environment.zones, ...zones.values()], lock, findings);
  const addresses = planAddresses(environment, pools, zones, lock, findings);
  const { machines, locked } = planMachines(environment, lock, "image", addresses.machines, zones, {});
  const { subnets, retired } = addresses;
  const versions = { release: "1", kubespray: "1", kubernetes: "1", image: "image" };
  const next: Lock = {
    ...{ version: 1, environment: "seoul", ...versions, machines: locked, retired },
    network: { ...lockedSubnets(subnets), ingressAddress: addresses.ingress },
  };
  return {
    machines,
    subnets,
    addresses,
    lock: next,
    problems: findings.toProblems("seoul").map(({ path, reason }) => `${path}: ${reason}`),
  };
}

describe("subnets", () => {
  it("are one over the whole network where a subnet spans all zones, and the lock and the printed plan have it as ever", () => {
    const { plan: planned, lock } = plannedFile({
      name: "demo",
      infrastructure: { provider: "openstack", zones: ["az-1", "az-2"], network: { cidr: "10.20.0.0/16", gateway: "10.20.0.9" } },
    });
    const range = { first: "10.20.255.193", last: "10.20.255.222" };
    assert.deepEqual(planned.network.subnets, [{ name: "node", cidr: "10.20.0.0/16", gateway: "10.20.0.9", cloudRange: range }]);
    assert.deepEqual(Object.keys(lock.network), ["cloudRange", "loadBalancerRange", "ingressAddress"]);
    assert.deepEqual(Object.keys(printedNetwork(planned.network)).slice(0, 4), ["cidr", "gateway", "dns", "cloudRange"]);
  });

  it("are one for each zone where they lie in one, with room for zones to come", () => {
    const { subnets, machines } = plan({ zones: ["a", "b", "c"], workers: { "w-1": {}, "w-2": {}, "w-3": {} } });
    assert.deepEqual(
      subnets.map(({ name, cidr, zone, gateway }) => [name, cidr, zone, gateway]),
      [
        ["node-a", "10.20.0.0/19", "a", "10.20.0.1"],
        ["node-b", "10.20.32.0/19", "b", "10.20.32.1"],
        ["node-c", "10.20.64.0/19", "c", "10.20.64.1"],
      ],
    );
    assert.deepEqual(
      machines.filter(({ group }) => group === "worker").map(({ zone, address }) => `${zone} ${address}`),
      ["b 10.20.32.4", "c 10.20.64.4", "a 10.20.0.5"],
    );
    assert.ok("subnets" in printedNetwork({ subnets, cidr: "10.20.0.0/16", dns: [] } as unknown as NetworkPlan));
  });

  it("refuse a fixed address of another zone's, and more zones than there is room for", () => {
    const elsewhere = plan({ zones: ["a", "b"], workers: { "w-1": { zone: "b", address: "10.20.0.77" } } });
    assert.match(elsewhere.problems.join("\n"), /w-1\.address: is outside 10\.20\.32\.0\/19, the subnet of the zone b/);
    const many = plan({ zones: ["a", "b", "c", "d", "e", "f", "g", "h", "i"], workers: { "w-1": {} } });
    assert.match(many.problems.join("\n"), /infrastructure\.zones: the network 10\.20\.0\.0\/16 has no subnet left for the zone i/);
    assert.match(plan({ zones: ["a"], workers: { "w-1": {} }, cidr: "10.20.0.0/27" }).problems.join("\n"), /no subnet left/);
  });

  it("give every machine an address of its zone's that nobody else has, and keep what the lock has when zones and machines come and go", () => {
    const zone = fc.constantFrom("a", "b", "c", "d", "e");
    const state = fc.record({
      zones: fc.uniqueArray(zone, { minLength: 1 }),
      workers: fc.dictionary(fc.constantFrom("w-1", "w-2", "w-3", "w-4", "w-5"), fc.constant({}), { minKeys: 1 }),
    });
    fc.assert(
      fc.property(fc.array(state, { minLength: 1, maxLength: 4 }), (states) => {
        let lock: Lock | undefined;
        for (const each of states) {
          const before = lock;
          const planned = plan(each, lock);
          assert.deepEqual(
            planned.problems.filter((problem) => !/workers|cluster\.pools/.test(problem)),
            [],
          );
          lock = planned.lock;
          assert.deepEqual(plan(each, lock).lock, lock, "a second plan chooses the same");
          const addresses = planned.machines.map(({ address }) => address);
          assert.equal(new Set(addresses).size, addresses.length);
          for (const machine of planned.machines) {
            const { cidr = "", cloudRange, gateway } = planned.subnets.find((subnet) => subnet.zone === machine.zone) ?? {};
            const block = parseCidr(cidr);
            assert.ok(
              block && contains(block, parseAddress(machine.address) ?? 0),
              `${machine.key} in ${machine.zone}: ${machine.address}`,
            );
            const kept = [...zonal.reserved(block).map(formatAddress), gateway, cloudRange?.first, cloudRange?.last];
            assert.ok(!kept.includes(machine.address), machine.address);
            const had = before?.machines[machine.key];
            if (had) assert.deepEqual([machine.address, machine.zone], [had.address, had.zone]);
          }
          for (const [name, was] of Object.entries(before?.network.subnets ?? {})) assert.deepEqual(lock.network.subnets?.[name], was);
        }
      }),
      { numRuns: 100 },
    );
  });
});
