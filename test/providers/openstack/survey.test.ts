import assert from "node:assert/strict";
import { RunError } from "@pulumi/pulumi";
import type { EnvironmentPlan } from "../../../model/plan/types";
import { InvalidInputError, RefusedError } from "../../../model/problems";
import type { Limit } from "../../../providers/asking/quotas";
import { ask } from "../../../providers/openstack/ask";
import { OpenStackInfrastructure } from "../../../providers/openstack/infrastructure";
import { demandOf, findShortages, type Quota } from "../../../providers/openstack/quotas";
import { type Graph, graph } from "../../../testing/graph";
import type { Bag, Invokes } from "../../../testing/mocks";
import { samplePlan } from "../../support/plan";

const ids = { network: "11111111-0000-4000-8000-000000000001", flavor: "8f84ceab-0000-4dfb-9ef6-000000000001" };
const NOTHING = "invoking it: 1 error occurred:\n\t* Your query returned no results. Please change your search criteria and try again.\n\n";

const tokens = {
  image: "openstack:images/getImage:getImage",
  flavor: "openstack:compute/getFlavor:getFlavor",
  zones: "openstack:compute/getAvailabilityZones:getAvailabilityZones",
  keyPair: "openstack:compute/getKeypair:getKeypair",
  network: "openstack:networking/getNetwork:getNetwork",
  subnet: "openstack:networking/getSubnet:getSubnet",
  router: "openstack:networking/getRouter:getRouter",
  floating: "openstack:networking/getFloatingIp:getFloatingIp",
  project: "openstack:identity/getAuthScope:getAuthScope",
  limits: "openstack:compute/getLimitsV2:getLimitsV2",
  ports: "openstack:networking/getQuotaV2:getQuotaV2",
  volumes: "openstack:blockstorage/getQuotasetV3:getQuotasetV3",
};

function fails(message: string): () => Bag {
  return () => {
    // As gRPC's errors have it.
    throw Object.assign(new Error(message), { details: message });
  };
}

/** What an update with this cloud registers, and how its look at the cloud ends. */
async function survey(
  plan: EnvironmentPlan,
  invokes: Invokes,
  standing: readonly string[] = [],
): Promise<{ graph?: Graph; error?: Error }> {
  let checked: Promise<void> | undefined;
  let error: Error | undefined;
  const run = graph(
    () => {
      const infrastructure = new OpenStackInfrastructure("seoul", { plan, secrets: {}, standing: async () => new Set(standing) });
      checked = infrastructure.checked.catch((each: Error) => {
        error = each;
      });
      return infrastructure;
    },
    { invokes },
  );
  const g = await run.catch(() => undefined);
  await checked;
  return { ...(g && { graph: g }), ...(error && { error }) };
}

function paths(error: Error | undefined): string[] {
  return error instanceof InvalidInputError || error instanceof RefusedError ? error.problems.map(({ path }) => path) : [];
}

const given = { existing: { network: "net", subnets: { node: "sub" }, router: "rou" }, floating: { api: "203.0.113.9" } };
const withKeyPair = { access: { ssh: { keyPair: "ours", privateKey: { env: "KEY" } } } };

/** What is missing: the part of the file that names it, the cloud's answer, and the field it is told at. */
const missing: readonly (readonly [
  what: string,
  infrastructure: Record<string, unknown>,
  invokes: Invokes,
  path: string,
  reason: RegExp,
])[] = [
  ["image", {}, { [tokens.image]: fails(NOTHING) }, "infrastructure.image", /no image/],
  ["image there twice", {}, { [tokens.image]: fails("Your query returned more than one result.") }, "infrastructure.image", /several/],
  ["external network", {}, { [tokens.network]: fails(NOTHING) }, "infrastructure.openstack.externalNetwork", /no external network/],
  ["zone", { zones: ["az-9"] }, { [tokens.zones]: () => ({ names: ["az-1"] }) }, "infrastructure.zones", /no availability zone/],
  [
    "volume type",
    { openstack: { bootVolumeType: "fast" } },
    { [tokens.project]: () => ({ projectId: "p" }), [tokens.volumes]: () => ({ volumeTypeQuota: { volumes_ssd: "-1" } }) },
    "infrastructure.openstack.bootVolumeType",
    /no volume type/,
  ],
  [
    "key pair",
    withKeyPair,
    { [tokens.keyPair]: fails("got 404 instead") },
    "infrastructure.access.ssh.keyPair",
    /no key pair of that name, or/,
  ],
  ["network", { network: given }, { [tokens.network]: fails(NOTHING) }, "infrastructure.network.existing.network", /no network/],
  [
    "subnet",
    { network: given },
    { [tokens.subnet]: fails("Your query returned no openstack_networking_subnet_v2. Please") },
    "infrastructure.network.existing.subnets.node",
    /no subnet/,
  ],
  [
    "subnet of another range",
    { network: given },
    { [tokens.subnet]: () => ({ cidr: "10.9.0.0/16" }) },
    "infrastructure.network.cidr",
    /10\.9/,
  ],
  ["router", { network: given }, { [tokens.router]: fails("No Router found") }, "infrastructure.network.existing.router", /no router/],
  [
    "floating address",
    { network: given },
    { [tokens.floating]: fails("No openstack_networking_floatingip_v2 found") },
    "infrastructure.network.floating.api",
    /no such floating address/,
  ],
  [
    "floating address in use",
    { network: given },
    { [tokens.floating]: () => ({ portId: "p", fixedIp: "10.77.0.4" }) },
    "infrastructure.network.floating.api",
    /points to 10\.77\.0\.4/,
  ],
];

describe("a look at the cloud before anything is made", () => {
  for (const [what, infrastructure, invokes, path, reason] of missing) {
    it(`tells of a missing or wrong ${what} at its field, and makes nothing`, async () => {
      const { graph: g, error } = await survey(samplePlan("minimal", { infrastructure }), invokes);
      assert.ok(error instanceof InvalidInputError, String(error));
      assert.deepEqual(
        [...new Set(paths(error))].filter((each) => each === path),
        [path],
      );
      assert.match(error.message, reason);
      assert.equal(g, undefined, "the run has failed");
    });
  }

  it("passes on, as it is, the refusal of what it waits for: it is told once", async () => {
    const refusal = new RunError("refused, not found");
    const question = { path: "infrastructure.image", value: "ubuntu", what: "image", ask: () => Promise.reject(refusal) };
    await assert.rejects(ask(question), (error) => error === refusal);
  });

  it("tells of every missing flavor at the field of its machines", async () => {
    const nodes = { a: {}, b: { size: "odd" } };
    const plan = samplePlan("standard", { cluster: { controlPlane: { size: "18" }, pools: { x: { nodes, size: ids.flavor } } } });
    const asked: Bag[] = [];
    const { error } = await survey(plan, {
      [tokens.flavor]: (args) => {
        asked.push(args);
        return fails(args.flavorId ? "No Flavor found" : NOTHING)();
      },
    });
    assert.deepEqual(paths(error).sort(), [
      "cluster.controlPlane.size",
      "cluster.pools.x.nodes.a.size",
      "cluster.pools.x.nodes.b.size",
      "infrastructure.access.bastion.size",
      "platform.storage.size",
    ]);
    assert.ok(
      asked.some(({ flavorId }) => flavorId === "18"),
      "an id can be any text",
    );
    assert.ok(!asked.some(({ name }) => name === ids.flavor), "what looks like an id is never taken for a name");
  });

  it("takes names and ids, and gives each resource what it takes", async () => {
    const plan = samplePlan("minimal", {
      infrastructure: { openstack: { externalNetwork: ids.network } },
      cluster: { controlPlane: { size: "18" } },
    });
    const invokes: Invokes = {
      [tokens.network]: ({ networkId }) => ({ id: networkId, name: "public" }),
      [tokens.flavor]: ({ name, flavorId }) =>
        name === "18" ? fails(NOTHING)() : { id: "x", name: flavorId === "18" ? "m1.large" : name },
    };
    const { graph: g, error } = await survey(plan, invokes);
    assert.equal(error, undefined);
    assert.equal(g?.get("seoul-router").inputs.externalNetworkId, ids.network);
    assert.equal(g?.get("seoul-floating-ip-api").inputs.pool, "public", "the provider looks a pool up by name only");
    assert.equal(g?.get("seoul-machine-cp-1").inputs.flavorName, "m1.large");
  });

  it("stops nothing that stands: machines keep the image they were made from", async () => {
    const plan = samplePlan("minimal");
    const machines = plan.machines.map(({ name }) => `seoul-machine-${name}`);
    assert.equal((await survey(plan, { [tokens.image]: fails(NOTHING) }, machines)).error, undefined);
    assert.deepEqual(paths((await survey(plan, { [tokens.image]: fails(NOTHING) }, machines.slice(1))).error), ["infrastructure.image"]);
  });

  it("leaves out what may not be asked, and fails where nothing can be asked", async () => {
    const plan = samplePlan("minimal", { infrastructure: { zones: ["az-1"] } });
    const forbidden = Object.fromEntries(Object.values(tokens).map((token) => [token, fails("got 403 instead: policy does not allow")]));
    const { graph: g, error } = await survey(plan, forbidden);
    assert.equal(error, undefined);
    assert.equal(g?.get("seoul-machine-cp-1").inputs.flavorName, "m1.large");
    const down = await survey(plan, { [tokens.image]: fails("Unable to query images: connection refused") });
    assert.match(String(down.error), /could not be asked for image ubuntu-22\.04: .*connection refused/);
  });

  it("refuses quotas that do not suffice", async () => {
    const { error } = await survey(samplePlan("minimal"), { [tokens.limits]: () => ({ maxTotalInstances: 2, totalInstancesUsed: 0 }) });
    assert.ok(error instanceof RefusedError);
    assert.match(error.message, /cluster\.pools: 4 machines are needed, and the project's quota is 2/);
  });
});

describe("the quotas", () => {
  it("are counted as the resources are made", async () => {
    const types: Readonly<Partial<Record<Quota, RegExp>>> = {
      instances: /instance:Instance$/,
      serverGroups: /serverGroup:ServerGroup$/,
      networks: /network:Network$/,
      subnets: /subnet:Subnet$/,
      routers: /router:Router$/,
      floatingIps: /floatingIp:FloatingIp$/,
      securityGroups: /secGroup:SecGroup$/,
      securityGroupRules: /secGroupRule:SecGroupRule$/,
    };
    for (const profile of ["minimal", "highAvailability"] as const) {
      const plan = samplePlan(profile);
      const { graph: g } = await survey(plan, {});
      const demands = demandOf(plan, "seoul", {});
      for (const { resource } of demands)
        assert.ok(
          g?.resources.some(({ name }) => name === resource),
          resource,
        );
      for (const [quota, type] of Object.entries(types)) {
        const made = g?.resources.filter((each) => type.test(each.type)).length;
        assert.equal(demands.filter((each) => each.quota === quota).length, made, `${profile} ${quota}`);
      }
    }
  });

  it("suffice or not, with what stands counted once", async () => {
    const demands = ["a", "b", "c"].map((resource) => ({ quota: "instances" as const, resource, amount: 1 }));
    const short = async (limit: Limit, there?: readonly string[]) =>
      (await findShortages(demands, { instances: limit }, there && (async () => new Set(there)))).map(({ reason }) => reason.split(",")[0]);
    assert.deepEqual(await short({ limit: -1, used: 99 }, []), []);
    assert.deepEqual(await short({ limit: 3 }, []), []);
    assert.deepEqual(await short({ limit: 2 }, ["a", "b", "c"]), ["3 machines are needed"]);
    assert.deepEqual(await short({ limit: 5, used: 3 }, ["a", "b", "c"]), []);
    assert.deepEqual(await short({ limit: 5, used: 3 }, ["a"]), []);
    assert.deepEqual(await short({ limit: 5, used: 3 }, []), ["3 machines are to be made"]);
    assert.deepEqual(await short({ limit: 5, used: 3 }), [], "what stands is not known");
  });
});
