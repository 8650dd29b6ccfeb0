import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { answer } from "../../../engine/state/answer";
import { NOT_FOUND, SEVERAL, TYPES } from "../../../engine/state/findable";
import { writeWhole } from "../../../host/files";
import type { Values } from "../../../model/findable";
import { OpenStackInfrastructure } from "../../../providers/openstack/infrastructure";
import { createCloudProvider } from "../../../sandbox/cloud/provider";
import { OPENSTACK } from "../../../sandbox/openstack/cloud";
import { opensshKeyPair } from "../../../sandbox/openstack/keypairs";
import { graph, type RecordedResource } from "../../../testing/graph";
import { computedOutputs, unwrapSecret } from "../../../testing/mocks";
import { type FileContent, samplePlan } from "../../support/plan";
import { ProviderClient } from "../../support/provider-client";

interface Made {
  readonly type: string;
  readonly name: string;
  readonly id: string;
  readonly inputs: Values;
}

const WORLD = {
  images: ["ubuntu-22.04"],
  flavors: ["m1.large", "m1.xlarge", "m1.medium", "m1.small"],
  zones: ["az-1", "az-2", "az-3"],
  externalNetworks: ["public"],
  volumeTypes: ["ssd"],
  networks: ["shared-network"],
  subnets: ["shared-subnet"],
  routers: ["shared-router"],
  dnsZones: ["example.org."],
  roles: ["member"],
};

const EXISTING = { network: "shared-network", subnets: { node: "shared-subnet" }, router: "shared-router" };

/** In place of the recording engine's, which is none. */
const { publicKey } = opensshKeyPair();

/** What the environments look up because it was there before them. */
const BEFOREHAND = [
  ["networking/getNetwork:getNetwork", { name: "public", external: true }],
  ["networking/getNetwork:getNetwork", { name: EXISTING.network }],
  ["networking/getSubnet:getSubnet", { name: EXISTING.subnets.node }],
  ["networking/getRouter:getRouter", { name: EXISTING.router }],
  ["images/getImage:getImage", { name: "ubuntu-22.04" }],
  ["dns/getDnsZone:getDnsZone", { name: "example.org." }],
] as const;

/** An environment with a worker of that key, and with some that are named as what else has a port. */
function environment(name: string, key: string, cidr: string, existing: boolean): FileContent {
  const network = { cidr, ...(existing ? { existing: EXISTING } : {}) };
  const openstack = { dns: { zone: "example.org" }, applicationCredential: { uses: ["volumes"] } };
  return {
    name,
    infrastructure: { network, openstack },
    cluster: { pools: { general: { nodes: { [key]: {}, ingress: {}, api: {} } } } },
    platform: { domain: `${name}.example.org` },
  };
}

describe("What a creation without an end is found by, of everything two environments make,", () => {
  let world: string;
  let client: ProviderClient;
  let ours: readonly Made[];

  /** Registers an environment and makes all of it in the simulated cloud. */
  async function make(content: FileContent): Promise<Made[]> {
    const plan = samplePlan("highAvailability", content);
    const { resources } = await graph(() => new OpenStackInfrastructure(plan.environment, { plan, secrets: {} }));
    // What the recording engine gave out, and what the cloud gives instead.
    const real = new Map<unknown, unknown>();
    for (const [token, args] of BEFOREHAND) {
      const { properties } = await client.invoke(`openstack:${token}`, args);
      real.set(`${args.name}-id`, properties.id);
    }
    const translated = (recorded: unknown): unknown => {
      const value = unwrapSecret(recorded);
      if (Array.isArray(value)) return value.map(translated);
      if (typeof value === "object" && value !== null)
        return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, translated(one)]));
      return real.get(value) ?? value;
    };
    const made: Made[] = [];
    const create = async ({ type, name, inputs: recorded }: RecordedResource) => {
      const news = Object.fromEntries(
        Object.entries(recorded).map(([key, value]) => [key, key === "publicKey" ? publicKey : translated(value)]),
      );
      const { inputs, failures } = await client.check({ type, name }, news);
      assert.deepEqual(failures, [], name);
      const { id, properties } = await client.create({ type, name }, inputs);
      if (!type.endsWith(":Keypair")) real.set(`${name}-id`, id);
      for (const [key, value] of Object.entries(computedOutputs(type, name, recorded, undefined))) real.set(value, properties[key]);
      made.push({ type, name, id, inputs });
    };
    // One rule stands for all.
    const [rule, ...rules] = resources.filter(({ type }) => type.endsWith(":SecGroupRule"));
    assert.ok(rule);
    const left = resources.filter((one) => one.type.startsWith("openstack:") && !rules.includes(one));
    const names = new Set(left.map(({ name }) => name));
    while (left.length > 0) {
      const next = left.findIndex(({ options }) =>
        options.dependsOn.every((one) => !names.has(one) || made.some(({ name }) => name === one)),
      );
      for (const resource of left.splice(next, 1)) await create(resource);
    }
    return made;
  }

  const find = async ({ type, inputs }: Made): Promise<{ readonly id?: string; readonly trouble?: string }> => {
    const way = TYPES[type];
    assert.ok(way?.how === "lookup", type);
    const resource = { urn: `urn:pulumi:seoul::kpaas::${type}::it`, type };
    const { id, unfinished, trouble } = await answer({ resource, inputs, ways: way.ways }, async (question, before) => {
      if ("token" in question) {
        const args = Object.entries(question.args(inputs, before)).filter(([, value]) => value !== undefined);
        return (await client.invoke(question.token, Object.fromEntries(args))).properties;
      }
      const asked = question.id(inputs, before);
      if (asked === "") return undefined;
      const read = await client.read({ type: question.read, id: asked }, {}, {});
      return read.id === "" ? undefined : { id: read.id, ...read.properties };
    });
    return {
      ...(id === undefined ? {} : { id: unfinished ? `${id}, to be made anew` : id }),
      ...(trouble === undefined ? {} : { trouble }),
    };
  };

  const kindOf = (type: string): string => {
    const kind = type.split(":").at(-1) ?? "";
    return kind.charAt(0).toLowerCase() + kind.slice(1);
  };
  const pathOf = ({ type, id }: Made, kind = kindOf(type)) => join(world, "openstack", kind, `${id}.json`);
  /** What the cloud has instead of an object while `work` runs; undefined: nothing. */
  async function instead(one: Made, change: (object: Values) => Values | undefined, work: () => Promise<void>): Promise<void> {
    // An interface is a port, a machine and an association show in another object only.
    const kinds: Readonly<Record<string, string>> = { routerInterface: "port", floatingIpAssociate: "floatingIp" };
    const path = pathOf(one, kinds[kindOf(one.type)]);
    const before = readFileSync(path, "utf8");
    const changed = change(JSON.parse(before));
    if (changed === undefined) renameSync(path, `${path}.gone`);
    else writeWhole(path, JSON.stringify(changed));
    await work();
    writeWhole(path, before);
  }

  for (const existing of [true, false]) {
    describe(existing ? "on one existing network" : "on networks of their own", () => {
      before(async function () {
        this.timeout(60_000);
        world = mkdtempSync(join(tmpdir(), "kpaas-test-"));
        writeFileSync(join(world, "world.json"), JSON.stringify(WORLD));
        client = await ProviderClient.serve(createCloudProvider(OPENSTACK, world));
        ours = await make(environment("seoul", "dev-cp-1", "10.20.0.0/16", existing));
        await make(environment("seoul-dev", "worker", "10.21.0.0/16", existing));
      });
      after(() => {
        client.close();
        rmSync(world, { recursive: true });
      });

      const lookedUp = () => ours.filter(({ type }) => TYPES[type]?.how === "lookup");

      it("is that object and no other", async () => {
        for (const one of lookedUp()) assert.deepEqual(await find(one), { id: one.id }, one.name);
        const types = new Set(ours.map(({ type }) => type));
        const without = ["Network", "Subnet", "Router", "RouterInterface"].filter(() => existing);
        const missing = Object.keys(TYPES).filter((type) => type.startsWith("openstack:") && !types.has(type));
        assert.deepEqual(
          missing.map((type) => type.split(":").at(-1)),
          without,
        );
      });

      it("is nothing where it was not made, whatever else is there", async () => {
        for (const one of lookedUp()) {
          switch (kindOf(one.type)) {
            case "instance":
              continue; // its port, which is its own, tells
            case "pool":
              continue; // its listener tells
            case "floatingIpAssociate":
              await instead(
                one,
                ({ portId: _port, ...free }) => free,
                async () => assert.deepEqual(await find(one), {}, one.name),
              );
              break;
            case "loadBalancer":
              await instead(
                one,
                ({ ...all }) => ({ ...all, name: "another" }),
                async () => assert.deepEqual(await find(one), {}, one.name),
              );
              break;
            default:
              await instead(
                one,
                () => undefined,
                async () => assert.deepEqual(await find(one), {}, one.name),
              );
          }
        }
      });

      it("is nothing of which the tags say that it is another environment's", async () => {
        const foreign = ["kpaas-environment=seoul-dev", "team=platform"];
        for (const one of lookedUp().filter(({ inputs }) => "tags" in inputs)) {
          await instead(
            one,
            (object) => ({ ...object, tags: foreign, allTags: foreign }),
            async () => assert.deepEqual(await find(one), {}, one.name),
          );
        }
      });

      it("is what was not tagged yet, but a group is made anew: neutron's own rules may be in it", async () => {
        for (const one of lookedUp().filter(({ type, inputs }) => "tags" in inputs && !type.includes("loadbalancer"))) {
          const expected = { id: kindOf(one.type) === "secGroup" ? `${one.id}, to be made anew` : one.id };
          await instead(
            one,
            (object) => ({ ...object, tags: [], allTags: [] }),
            async () => assert.deepEqual(await find(one), expected, one.name),
          );
        }
      });
    });
  }

  it("is told from what could not be asked by the provider's own words", () => {
    const none = [
      "invoking openstack:networking/getPort:getPort: 1 error occurred:\n\t* No openstack_networking_port_v2 found\n\n",
      "Your query returned no results. Please change your search criteria and try again.",
      "Your query returned no openstack_networking_subnet_v2. Please change your search criteria and try again.",
      "No Router found",
      "No Security Group found with name: seoul-worker",
      "No openstack_networking_floatingip_v2 found",
      "Your openstack_blockstorage_volume_v3 query returned no results",
    ];
    for (const words of none) assert.match(words, NOT_FOUND);
    const several = [
      "More than one openstack_networking_port_v2 found (2)",
      "Your openstack_blockstorage_volume_v3 query returned multiple results",
    ];
    for (const words of several) assert.match(words, SEVERAL);
    for (const words of [...several, "No suitable endpoint could be found in the service catalog.", "Unable to list Routers: EOF"])
      assert.doesNotMatch(words, NOT_FOUND);
  });
});
