import assert from "node:assert/strict";
import fc from "fast-check";
import type { MachinePlan } from "../../model/plan/infrastructure-types";
import type { EnvironmentPlan } from "../../model/plan/types";
import { clouds } from "../../providers/clouds";
import type { Graph } from "../../testing/graph";
import { plannedFile } from "../support/environment";
import { NAMES } from "../support/name-limits";
import { OUTSIDE } from "../support/probes";
import { passes, reaches } from "../support/reachability";
import { SHAPES } from "../support/shapes";
import type { Shape } from "../support/shapes/shape";
import { fileOf, NEAR, type Wish, wishes } from "../support/wishes";

/** What a cloud makes of a wish. */
interface Made {
  readonly cloud: string;
  readonly shape: Shape;
  /** Those of its zones that the file names. */
  readonly zones: readonly string[];
  readonly plan: EnvironmentPlan;
  readonly graph: Graph;
}

const RUNS = 5;
const { KPAAS_SEED: seed = String(Date.now() % 1_000_000) } = process.env;
const built = new Map<string, Promise<readonly Made[]>>();

/** The same wishes are looked at by all properties, and built once. */
function make(wish: Wish): Promise<readonly Made[]> {
  const key = JSON.stringify(wish);
  const found = built.get(key) ?? makeAll(wish);
  built.set(key, found);
  return found;
}

async function makeAll(wish: Wish): Promise<readonly Made[]> {
  const all: Made[] = [];
  for (const [cloud, shape] of Object.entries(SHAPES)) {
    const zones = shape.zones.slice(0, wish.zones);
    const { plan } = plannedFile(fileOf(wish, shape.infrastructure(wish, zones)));
    all.push({ cloud, shape, zones, plan, graph: await shape.build(plan) });
  }
  return all;
}

/** Holds for what every cloud makes of wishes of all sorts. */
async function holds(check: (made: Made, wish: Wish, all: readonly Made[]) => void): Promise<void> {
  await fc.assert(
    fc.asyncProperty(wishes, async (wish) => {
      const all = await make(wish);
      for (const made of all) check(made, wish, all);
    }),
    { numRuns: RUNS, seed: Number(seed), examples: [[NEAR]] },
  );
}

const namesOf = (machines: readonly Pick<MachinePlan, "name">[]): string[] => machines.map(({ name }) => name).sort();
const withRole = ({ machines }: EnvironmentPlan, role: MachinePlan["roles"][number]): MachinePlan[] =>
  machines.filter(({ roles }) => roles.includes(role));

describe(`what clouds make of one file (KPAAS_SEED=${seed})`, function () {
  this.timeout(240_000);

  it("is looked at on every cloud that makes machines", () => {
    const making = Object.values(clouds).filter(({ can }) => can.machines);
    assert.deepEqual(Object.keys(SHAPES).sort(), making.map(({ name }) => name).sort(), "test/support/shapes.ts");
  });

  it("are the same machines with the same tasks, over the zones alike", async () => {
    await holds(({ cloud, shape, zones, plan, graph }, _wish, [first]) => {
      const read = shape.machines(graph);
      assert.deepEqual(namesOf(read), namesOf(plan.machines), cloud);
      const placed = ({ name }: Pick<MachinePlan, "name">): number => zones.indexOf(read.find((each) => each.name === name)?.zone ?? "");
      const shapeOf = (of: EnvironmentPlan, zone: (machine: MachinePlan) => number): unknown =>
        of.machines.map((each) => [each.key, each.name, each.roles, zone(each)]);
      assert.deepEqual(shapeOf(plan, placed), first && shapeOf(first.plan, ({ zone = "" }) => first.zones.indexOf(zone)), cloud);
    });
  });

  it("lose no majority of etcd with a zone, where there are three zones and members", async () => {
    await holds(({ cloud, shape, zones, plan, graph }) => {
      const members = namesOf(withRole(plan, "etcd"));
      if (zones.length < 3 || members.length < 3) return;
      const read = shape.machines(graph).filter(({ name }) => members.includes(name));
      for (const lost of zones) {
        const left = read.filter(({ zone }) => zone !== lost).length;
        assert.ok(left > members.length / 2, `${cloud}: ${left} of ${members.length} are left without ${lost}`);
      }
    });
  });

  it("keep machines of a group, and no others, on different hosts of a zone wherever the cloud can", async () => {
    await holds(({ cloud, shape, plan, graph }) => {
      const read = new Map(shape.machines(graph).map((each) => [each.name, each]));
      for (const one of plan.machines)
        for (const other of plan.machines) {
          if (one.name >= other.name) continue;
          const [a, b] = [read.get(one.name), read.get(other.name)];
          const shared = a?.apart.filter((each) => b?.apart.includes(each)) ?? [];
          const wanted = one.spread && other.spread && one.group === other.group;
          if (!wanted) assert.deepEqual(shared, [], `${cloud}: ${one.name} and ${other.name}`);
          else if (a?.zone === b?.zone) assert.equal(shared.length, 1, `${cloud}: ${one.name} and ${other.name}`);
        }
      const can = Object.values(clouds).find(({ name }) => name === cloud)?.can.spread;
      const groups = plan.machines.filter(({ group }) => group === "control-plane" || group === "etcd");
      assert.ok(
        groups.every(({ spread }) => spread === can),
        cloud,
      );
    });
  });

  it("let SSH in from the world to the bastion alone, to nobody where there is none, and to the others from it", async () => {
    await holds(({ cloud, shape, plan, graph }, { bastion }) => {
      const open = [...reaches(shape.firewall(graph, plan), OUTSIDE, [{ protocol: 6, port: 22 }])].map((line) => line.split(" "));
      const machines = namesOf(plan.machines);
      const ways = open.filter(([, to = ""]) => machines.includes(to));
      assert.deepEqual(
        ways.filter(([from]) => from === "visitor"),
        [],
        cloud,
      );
      const from = (whom: string): string[] => ways.flatMap(([source, to = ""]) => (source === whom ? [to] : [])).sort();
      assert.deepEqual(from("administrator"), bastion ? ["bastion"] : [], cloud);
      if (!bastion) return;
      assert.deepEqual(
        from("bastion"),
        machines.filter((name) => name !== "bastion"),
        cloud,
      );
      assert.deepEqual([...new Set(ways.map(([source]) => source))].sort(), ["administrator", "bastion"], cloud);
    });
  });

  it("have one way out for every machine, or none where the file says so", async () => {
    await holds(({ cloud, shape, plan, graph }, wish) => {
      const firewall = shape.firewall(graph, plan);
      const { leadsOut } = shape;
      for (const { name, waysOut } of shape.machines(graph)) {
        // What is met from outside gets out as it came in, whatever the others do; in a network that is there, by whatever that has.
        const met = name === "bastion" && plan.network.floating.bastion !== undefined;
        const leads = met ? leadsOut({ ...wish, nat: "perZone" }) : leadsOut(wish);
        const wanted = met && wish.existing ? waysOut.length <= 1 : waysOut.length === Number(leads);
        assert.ok(wanted, `${cloud}: ${name} gets out by ${waysOut.join(" and ") || "nothing"}`);
        const end = firewall.endpoints.find((each) => each.name === name);
        assert.ok(end && passes(firewall, end, OUTSIDE.visitor, { protocol: 6, port: 443 }), `${cloud}: ${name} is kept in`);
      }
    });
  });

  it("have each data volume in the zone of its machine, attached to it alone", async () => {
    await holds(({ cloud, shape, plan, graph }) => {
      const read = shape.volumes(graph);
      const zones = new Map(shape.machines(graph).map(({ name, zone }) => [name, zone]));
      const wanted = plan.machines.flatMap(({ key, name, volumes }) => volumes.map((volume) => [`${key}.${volume.name}`, [name]]));
      assert.deepEqual(read.map(({ name, on }) => [name, on]).sort(), wanted.sort(), cloud);
      for (const { name, zone, on } of read)
        assert.ok(zone === undefined || zone === zones.get(on[0] ?? ""), `${cloud}: ${name} in ${zone}`);
      // Only OpenStack's may be of all zones.
      if (cloud !== "openstack")
        assert.ok(
          read.every(({ zone }) => zone !== undefined),
          cloud,
        );
    });
  });

  it("have balancers with all that they are for, each once", async () => {
    await holds(({ cloud, shape, plan, graph }) => {
      const read = shape.balancers(graph);
      const roles = { api: "control-plane", ingress: "worker" } as const;
      for (const { what, members } of read)
        assert.deepEqual([...members].sort(), namesOf(withRole(plan, roles[what])), `${cloud}: ${what}`);
      const ledIn = Object.values(clouds).some(({ name, can }) => name === cloud && !can.virtualAddresses);
      const planned = [
        ...(plan.apiEndpoint.kind === "loadBalancer" || (ledIn && plan.network.floating.api !== undefined) ? ["api"] : []),
        ...(plan.platform.ingress.nodePorts === undefined ? [] : ["ingress"]),
      ];
      assert.deepEqual([...new Set(read.map(({ what }) => what))].sort(), planned, cloud);
    });
  });

  it("have names that the cloud takes, none of them twice where it takes each once", async () => {
    await holds(({ cloud, graph }) => {
      const taken = new Map<string, string>();
      for (const { type, name, inputs } of graph.resources.filter((each) => each.custom && !/^(pulumi|tls):/.test(each.type))) {
        const limits = NAMES[type];
        assert.ok(limits, `${type} has no row in test/support/name-limits.ts`);
        for (const [index, { names, is, source, within, among }] of limits.entries())
          for (const given of names(inputs)) {
            assert.match(String(given), is, `${cloud}: ${name}, by ${source}`);
            if (within === undefined) continue;
            const kind = among ?? (index === 0 ? type : `${type} ${index}`);
            const whole = JSON.stringify([kind, within(inputs), String(given).toLowerCase()]);
            assert.equal(taken.get(whole), undefined, `${cloud}: ${name} is called as ${taken.get(whole)}: ${String(given)}`);
            taken.set(whole, name);
          }
      }
    });
  });
});
