import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { planContent } from "../../files/plan-content";
import { registry as own } from "../../files/registry";
import type { CloudDefinition } from "../../model/cloud";
import { environmentJsonSchema } from "../../model/environment/json-schema";
import { appliedState } from "../../model/guard/applied";
import { changeRows } from "../../model/guard/changes";
import { findDangers } from "../../model/guard/dangers";
import { laterChanges } from "../../model/guard/later";
import type { Lock } from "../../model/lock";
import { Findings } from "../../model/problems";
import type { Registry } from "../../model/registry";

/** A cloud of zonal subnets that has neither balancers nor floating addresses. */
const zonia: CloudDefinition = {
  ...own.clouds.openstack!,
  ...{ name: "zonia", title: "Zonia", sdk: "@pulumi/zonia", subnets: "perZone" },
  options: (z) => ({ shape: z.string().optional().meta({ description: "the shape of its disks", byDefault: "`round`" }) }),
  resolve: (given) => ({ shape: "round", ...given }),
  defaults: { ...own.clouds.openstack!.defaults, image: "zonia-1", sshUser: "zoe", apiEndpoint: "node" },
  can: { machines: true, balancers: false, floatingAddresses: false, zones: true, spread: false, virtualAddresses: true },
  reserved: ({ first, last }) => [first + 2, first + 3, last - 1],
  flows: () => [],
  check: () => undefined,
  checkPlan: () => undefined,
  place: (options) => ({ shape: String(Object.values(options)[0]) }),
  firstBoot: () => ({}),
  changes: { refused: ["shape"], built: [] },
  bill: {
    names: {},
    of: ({ machines }) => machines.map(({ name, group, size }) => ({ kind: "machine", name: size, group, resource: name })),
  },
};
const registry: Registry = { ...own, clouds: { ...own.clouds, zonia } };

function plan(infrastructure: object, more: object = {}, lock?: Lock) {
  const content = { name: "seoul", infrastructure: { provider: "zonia", ...infrastructure }, ...more };
  const { planned, problems } = planContent(
    { registry, content, whole: true, fallbackName: "seoul", readLock: () => lock },
    new Findings(),
    "2025-01-01",
  );
  const errors = problems.filter(({ severity }) => severity === "error").map(({ path, reason }) => `${path}: ${reason}`);
  return { planned, errors };
}

const ZONES = { zones: ["a", "b"], access: { adminCidrs: ["203.0.113.0/24"], ingressCidrs: ["0.0.0.0/0"] } };

describe("a cloud that is added to the registry", () => {
  it("brings schema, defaults, subnets, and what can change", () => {
    const { planned, errors } = plan({ ...ZONES, zonia: { shape: "square" } });
    assert.deepEqual(errors, []);
    const { plan: made, lock } = planned!;
    assert.deepEqual(made.cloud, { provider: "zonia", shape: "square", place: { shape: "square" }, firstBoot: {} });
    assert.deepEqual([made.machines[0]?.image, made.access.ssh.user, made.apiEndpoint.kind], ["zonia-1", "zoe", "node"]);
    assert.deepEqual(made.network.floating, {});
    assert.deepEqual(
      made.network.subnets.map(({ name, cidr }) => `${name} ${cidr}`),
      ["node-a 10.20.0.0/19", "node-b 10.20.32.0/19"],
    );
    assert.deepEqual(Object.keys(lock.network.subnets ?? {}), ["node-a", "node-b"]);
    assert.equal(plan(ZONES, {}, lock).planned?.lockState, "current");
    assert.ok(made.machines.every(({ spread }) => !spread));
    assert.ok(!made.flows.some(({ reason }) => reason === "DHCP"));
    const { properties } = environmentJsonSchema(registry) as { properties: { infrastructure: { properties: Record<string, unknown> } } };
    assert.match(
      JSON.stringify(properties.infrastructure.properties.zonia),
      /The shape of its disks\. Default: round\. A change is refused\./,
    );
    assert.deepEqual(
      changeRows(registry).filter(({ path }) => path.startsWith("infrastructure.zonia")),
      [{ path: "infrastructure.zonia.shape", how: "refused" }],
    );
  });

  it("is held to where it is, subnet by subnet", () => {
    const before = plan(ZONES).planned!;
    const applied = appliedState(before.plan);
    const dangers = (infrastructure: object, lock?: Lock): string[] =>
      findDangers(applied, plan(infrastructure, {}, lock).planned!.plan).map(({ path, action }) => `${path} ${action}`);
    assert.deepEqual(dangers(ZONES, before.lock), []);
    assert.deepEqual(dangers({ ...ZONES, zones: ["a", "b", "c"] }, before.lock), []);
    assert.deepEqual(dangers({ ...ZONES, zonia: { shape: "square" } }, before.lock), ["infrastructure.zonia.shape never"]);
    assert.ok(dangers({ ...ZONES, zones: ["b", "a"] }).includes("lock.network.subnets never"));
    assert.deepEqual(laterChanges(applied, before.plan), []);
  });

  it("refuses by name what it cannot do, and options of another", () => {
    const cluster = { apiEndpoint: { kind: "loadBalancer" }, controlPlane: { nodes: 3 }, pools: { worker: { nodes: 1, spread: true } } };
    const { errors } = plan({ ...ZONES, network: { floating: { api: "198.51.100.1" } }, openstack: { bootVolumeGiB: 9 } }, { cluster });
    for (const expected of [
      /^cluster\.apiEndpoint\.kind: Zonia makes no balancer/,
      /^infrastructure\.network\.floating: Zonia makes no addresses outside/,
      /^cluster\.pools\.worker\.spread: Zonia cannot keep machines on different hosts/,
      /^infrastructure\.openstack: holds options of openstack, but the provider is zonia/,
    ])
      assert.ok(
        errors.some((error) => expected.test(error)),
        `${expected} in ${errors.join("\n")}`,
      );
  });

  it("is not there without it", () => {
    const { azure: _without, ...clouds } = own.clouds;
    const content = { name: "seoul", infrastructure: { provider: "azure" } };
    const { problems } = planContent(
      { registry: { ...own, clouds }, content, whole: true, fallbackName: "seoul", readLock: () => undefined },
      new Findings(),
      "2025-01-01",
    );
    assert.deepEqual(
      problems.filter(({ severity }) => severity === "error").map(({ path, reason, remedy }) => `${path}: ${reason}; ${remedy}`),
      [`infrastructure.provider: is not one of the allowed values; use one of: ${Object.keys(clouds).join(", ")}`],
    );
  });

  it("loads no SDK before its component is made", () => {
    const script =
      "require('./files/registry.js'); console.log(Object.keys(require.cache).filter((file) => file.includes('@pulumi')).length)";
    const { stdout } = spawnSync(process.execPath, ["-e", script], { cwd: join(__dirname, "..", ".."), encoding: "utf8" });
    assert.equal(stdout.trim(), "0");
  });
});
