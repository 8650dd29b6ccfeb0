import assert from "node:assert/strict";
import fc from "fast-check";
import { registry } from "../../../files/registry";
import type { Billed } from "../../../model/cost/bill";
import { type Cost, costOf, notCounted } from "../../../model/cost/cost";
import type { PriceList } from "../../../model/cost/price-list";
import type { EnvironmentPlan } from "../../../model/plan/types";
import { cloudOf } from "../../../model/registry";
import { awsPlan } from "../../support/aws";
import { merge, samplePlan } from "../../support/plan";
import { ON_VSPHERE } from "../../support/vsphere";

const HEAD = { currency: "USD", date: "2026-01-01", source: "invented" } as const;
const OPENSTACK: PriceList = {
  ...HEAD,
  ...{ provider: "openstack", unit: "month" },
  machines: { "m1.small": 20, "m1.large": { processors: 4, memoryGiB: 8 }, "m1.xlarge": 200, "m1.medium": 40 },
  capacity: { processor: 10, memoryGiB: 5 },
  volumes: { ssd: 0.5, default: 0.1 },
  addresses: { floating: 3 },
  balancers: { amphora: 25 },
  gateways: { router: 7 },
};

function cost(plan: EnvironmentPlan, list: PriceList): Cost {
  return costOf(cloudOf(plan.provider, registry).bill.of(plan), list);
}

/** Each line as a text. */
function lines(found: Cost): string[] {
  return found.lines.map(({ kind, group, name, count, sizeGiB, price, perMonth }) =>
    [kind, group, name, count, sizeGiB && `${sizeGiB} GiB`, price === undefined ? "not priced" : `${price} → ${perMonth}`]
      .filter((each) => each !== undefined)
      .join(" "),
  );
}

function without(list: PriceList, section: "machines" | "volumes" | "addresses" | "balancers" | "gateways", name: string): PriceList {
  return { ...list, [section]: Object.fromEntries(Object.entries(list[section] ?? {}).filter(([each]) => each !== name)) };
}

describe("what an environment costs", () => {
  it("has a line for each thing of one price: machines by what they were declared under, volumes, addresses, balancers, ways out", () => {
    const found = cost(samplePlan("highAvailability"), OPENSTACK);
    assert.deepEqual(lines(found), [
      "machine bastion m1.small 1 20 → 20",
      "machine control-plane m1.large 3 80 → 240",
      "machine general m1.xlarge 3 200 → 600",
      "machine nfs m1.medium 1 40 → 40",
      "volume boot ssd 8 400 GiB 0.5 → 200",
      "volume data ssd 3 300 GiB 0.5 → 150",
      "volume data default 1 200 GiB 0.1 → 20",
      "address floating 3 3 → 9",
      "balancer amphora 1 25 → 25",
      "gateway router 1 7 → 7",
    ]);
    assert.deepEqual([found.total, found.lowerBound, found.currency], [1311, false, "USD"]);
  });

  it("counts a month with 730 hours where prices are by the hour, and volumes by the month", () => {
    const list: PriceList = { ...OPENSTACK, unit: "hour", machines: { "m1.large": 0.1, "m1.xlarge": 0.2, "m1.medium": 0.05 } };
    const { lines: found } = cost(samplePlan("minimal"), list);
    const of = (name: string) => found.find((line) => line.name === name);
    assert.deepEqual([of("m1.xlarge")?.per, of("m1.xlarge")?.perMonth], ["hour", 2 * 0.2 * 730]);
    assert.deepEqual([of("default")?.per, of("default")?.unit, of("default")?.perMonth], ["month", "GiB", 4 * 40 * 0.1]);
    assert.equal(of("router")?.perMonth, 7 * 730);
  });

  it("counts on AWS the ways out, and the addresses that AWS gives to balancers", () => {
    const list: PriceList = {
      ...HEAD,
      ...{ provider: "aws", unit: "hour", volumes: { gp3: 0.1 }, addresses: { elastic: 0.005, balancer: 0.006 } },
      ...{ balancers: { network: 0.02 }, gateways: { nat: 0.06 } },
    };
    const count = (overrides: object = {}) =>
      Object.fromEntries(
        cost(awsPlan("highAvailability", overrides as never), list)
          .lines.filter(({ kind }) => !["machine", "volume"].includes(kind))
          .map(({ kind, name, count }) => [`${kind} ${name}`, count]),
      );
    assert.deepEqual(count(), { "address elastic": 4, "address balancer": 6, "balancer network": 4, "gateway nat": 3 });
    assert.deepEqual(count({ infrastructure: { aws: { natGateways: "one" } } }), {
      ...{ "address elastic": 2, "address balancer": 6, "balancer network": 4, "gateway nat": 1 },
    });
    const given = { infrastructure: { network: { floating: { api: "203.0.113.9", bastion: "203.0.113.8" } } } };
    assert.deepEqual(count(given), { "address elastic": 3, "address balancer": 3, "balancer network": 4, "gateway nat": 3 });
  });

  it("prices vSphere's machines by what they have, and disks by the datastore that they are on", () => {
    const content = {
      infrastructure: { zones: ["az-1", "az-2"], vsphere: { datastore: "hdd", zones: { "az-1": {}, "az-2": { datastore: "ssd" } } } },
      cluster: {
        controlPlane: { nodes: { a: { zone: "az-1" } } },
        pools: { pool: { nodes: { w: { zone: "az-2" } }, size: "8x32", volumes: [{ name: "osd", sizeGiB: 100, type: "thin" }] } },
      },
    };
    const plan = samplePlan("minimal", merge(ON_VSPHERE, content));
    const list: PriceList = { ...HEAD, provider: "vsphere", unit: "month", capacity: { processor: 10, memoryGiB: 5 }, volumes: { hdd: 1 } };
    assert.deepEqual(lines(cost(plan, list)), [
      "machine control-plane 4x16 1 120 → 120",
      "machine pool 8x32 1 240 → 240",
      "machine nfs 2x8 1 60 → 60",
      "volume boot hdd 2 80 GiB 1 → 80",
      "volume boot ssd 1 40 GiB not priced",
      "volume data ssd 1 100 GiB not priced",
      "volume data hdd 1 200 GiB 1 → 200",
    ]);
    assert.match(notCounted(plan, cloudOf("vsphere", registry)).at(-1)?.detail ?? "", /^that was there/);
  });

  it("leaves nothing out that has no price: its line says so, and the total is a lower bound", () => {
    const plan = samplePlan("highAvailability");
    const whole = cost(plan, OPENSTACK);
    for (const { field, name, perMonth = 0 } of whole.lines) {
      const section = field.slice(0, field.indexOf(".")) as "machines";
      const found = cost(plan, without(OPENSTACK, section, name));
      const missing = found.lines.filter((line) => line.price === undefined);
      assert.deepEqual([found.lowerBound, found.lines.length], [true, whole.lines.length], field);
      assert.ok(missing.length > 0 && missing.every((line) => line.name === name && line.field === field && line.perMonth === undefined));
      assert.ok(found.total <= whole.total - perMonth, field);
    }
    assert.equal(cost(plan, { ...HEAD, provider: "openstack", unit: "month" }).total, 0);
    const free = cost(plan, { ...OPENSTACK, balancers: { amphora: 0 } });
    assert.deepEqual([free.lowerBound, free.total], [false, whole.total - 25], "a price of nothing is a price");
  });

  it("takes no name of an object's own for one of the list", () => {
    const billed: Billed[] = [{ kind: "machine", name: "constructor", resource: "a" }];
    assert.equal(costOf(billed, OPENSTACK).lowerBound, true);
  });

  it("prices a machine by what the name of its size tells, unless the list has that size", () => {
    const billed: Billed[] = ["4x16", "m1.small"].map((name) => ({
      ...{ kind: "machine", name, resource: name, capacity: { processors: 4, memoryGiB: 16 } },
    }));
    assert.deepEqual(lines(costOf(billed, OPENSTACK)), ["machine 4x16 1 120 → 120", "machine m1.small 1 20 → 20"]);
    assert.equal(costOf(billed, { ...OPENSTACK, capacity: undefined }).lines[0]?.price, undefined);
  });

  const names = ["m1.small", "m1.large", "m1.xlarge", "unknown"];
  const billed = fc.array(
    fc.oneof(
      fc.record({
        kind: fc.constant("machine" as const),
        name: fc.constantFrom(...names),
        group: fc.constantFrom("a", "b"),
        resource: fc.string(),
      }),
      fc.record({
        kind: fc.constant("volume" as const),
        name: fc.constantFrom("ssd", "default", "slow"),
        resource: fc.string(),
        sizeGiB: fc.nat(9999),
      }),
      fc.record({
        kind: fc.constant("address" as const),
        name: fc.constant("floating"),
        resource: fc.string(),
        count: fc.integer({ min: 1, max: 9 }),
      }),
    ),
  );
  const near = (a: number, b: number): void => assert.ok(Math.abs(a - b) <= 1e-9 * Math.max(1, a, b), `${a} is not ${b}`);

  it("is the sum of what its parts cost, in whatever order they come", () => {
    fc.assert(
      fc.property(billed, billed, (one, other) => {
        const [first, second, both] = [one, other, [...one, ...other]].map((each) => costOf(each, OPENSTACK)) as [Cost, Cost, Cost];
        near(both.total, first.total + second.total);
        assert.equal(both.lowerBound, first.lowerBound || second.lowerBound);
        near(costOf([...other, ...one].reverse(), OPENSTACK).total, both.total);
        const counted = both.lines.reduce((sum, { count }) => sum + count, 0);
        assert.equal(
          counted,
          [...one, ...other].reduce((sum, each) => sum + ("count" in each ? each.count : 1), 0),
        );
      }),
    );
  });

  it("grows with each worker by a machine and its volumes, and is the same for the same plan", () => {
    const of = (nodes: number) =>
      cost(
        samplePlan("highAvailability", {
          cluster: { pools: { general: { nodes, volumes: [{ name: "osd", sizeGiB: 100, type: "ssd" }] } } },
        }),
        OPENSTACK,
      );
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), (nodes) => {
        near(of(nodes + 1).total - of(nodes).total, 200 + 50 * 0.5 + 100 * 0.5);
        assert.deepEqual(of(nodes), of(nodes));
      }),
      { numRuns: 20 },
    );
  });

  it("names what is not counted", () => {
    const what = (plan: EnvironmentPlan) =>
      notCounted(plan, cloudOf(plan.provider, registry)).map((each) => `${each.what}: ${each.detail}`);
    const always = what(samplePlan("minimal", { infrastructure: { network: { floating: undefined } } })).map((each) => each.split(":")[0]);
    assert.deepEqual(always, ["traffic", "what is made in the cluster"]);
    const given = what(
      samplePlan("minimal", {
        infrastructure: {
          network: { existing: { network: "net", subnets: { node: "sub" }, router: "way" }, floating: { api: "203.0.113.9" } },
        },
        platform: { storage: { kind: "existing", className: "fast" } },
      }),
    ).slice(2);
    assert.deepEqual(given.length, 3, given.join("\n"));
    assert.match(given[0] ?? "", /^claims of services: of the storage class fast: mariadb \d+ GiB/);
    assert.match(given[1] ?? "", /^the network: that was there/);
    assert.match(given[2] ?? "", /^addresses made beforehand: api 203\.0\.113\.9$/);
    const inCluster = { loadBalancer: { kind: "cloud" }, storage: { kind: "cloud" } };
    const made = what(samplePlan("minimal", { infrastructure: { network: { floating: undefined } }, platform: inCluster })).slice(2);
    assert.equal(made[0], "the ingress's balancer: that the cloud's controller makes in the cluster");
    assert.match(made[1] ?? "", /^claims of services: of the storage class cp-storageclass: mariadb \d+ GiB/);
    assert.equal(made.length, 2);
  });
});
