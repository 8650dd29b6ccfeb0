import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { answer } from "../../engine/state/answer";
import { findable } from "../../engine/state/findable";
import { registry } from "../../files/registry";
import type { Findable } from "../../model/findable";
import { revealAll } from "../../sandbox/values";
import { packageOf } from "../support/cloud-files";
import { plannedFile } from "../support/environment";
import { LARGE_FILES } from "../support/large-environments";
import { Simulated, type Standing } from "../support/simulated";

/** Each cloud's environment, made once and looked at by all tests. */
class Environments {
  private readonly root = mkdtempSync(join(tmpdir(), "kpaas-simulated-"));
  private readonly made = new Map<string, Promise<{ readonly it: Simulated; readonly standing: readonly Standing[] }>>();
  private copies = 0;

  of(cloud: string) {
    const made = this.made.get(cloud) ?? this.make(cloud);
    this.made.set(cloud, made);
    return made;
  }

  folder(): string {
    return join(this.root, String(this.copies++));
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }

  private async make(cloud: string) {
    const it = new Simulated(cloud, this.folder());
    return { it, standing: await it.make(plannedFile(LARGE_FILES[cloud]).plan) };
  }
}

describe("what an environment makes in a simulated cloud", function () {
  this.timeout(120_000);
  const environments = new Environments();
  after(() => environments.remove());

  it("is of every type that is found again after a broken creation", async () => {
    const registered = new Map<string, Set<string>>();
    for (const cloud of Object.keys(LARGE_FILES)) {
      const types = registered.get(packageOf(cloud)) ?? new Set();
      registered.set(packageOf(cloud), types);
      for (const { resource } of (await environments.of(cloud)).standing) types.add(resource.type);
    }
    for (const { sdk = "", state } of Object.values(registry.clouds)) {
      const types = registered.get(sdk.slice(sdk.lastIndexOf("/") + 1)) ?? new Set();
      assert.deepEqual(
        Object.keys(state?.findable ?? {}).filter((type) => !types.has(type)),
        [],
      );
    }
  });

  for (const cloud of Object.keys(LARGE_FILES)) {
    it(`is found by what it was asked for, alone, or is refused a second time: ${cloud}`, async () => {
      const { it: made, standing } = await environments.of(cloud);
      const it = made.copy(environments.folder());
      const asked: string[] = [];
      for (const one of standing) {
        const { name, type } = one.resource;
        const objects = it.objects().length;
        const way = findable(one.resource);
        const found = await idFound(it, one, way);
        if (found !== "") {
          assert.equal(found, one.id, name);
          // It was broken off before the state had anything but what was asked for.
          const read = await it.read(type, one.id, one.inputs, one.inputs);
          assert.deepEqual([read.id, await it.changes(one, read)], [one.id, []], name);
        } else if (way.how === "person") asked.push(type.split(":").at(-1) ?? "");
        else if (way.how === "refusal") await assert.rejects(it.create(one), way.words, name);
        else await it.create(one);
        assert.equal(it.objects().length, objects, `${name} was made twice`);
      }
      assert.deepEqual([...new Set(asked)], BY_PERSON[cloud] ?? []);
    });

    it(`goes in every order that the engine may choose, and is found no more: ${cloud}`, async () => {
      const { it: made, standing } = await environments.of(cloud);
      for (let seed = 1; seed <= 3; seed++) {
        const it = made.copy(environments.folder());
        for (const one of destroyOrder(standing, seed)) {
          await it.delete(one).catch((error) => assert.fail(`seed ${seed}, ${one.resource.name}: ${error.message}`));
          const way = findable(one.resource);
          if (way.how === "lookup") assert.equal(await idFound(it, one, way), "", one.resource.name);
        }
        assert.deepEqual(it.objects(), [], `seed ${seed}`);
      }
    });

    it(`does not go before what uses it, but for what the cloud lets go: ${cloud}`, async () => {
      const { it: made, standing } = await environments.of(cloud);
      const went = new Set<string>();
      const tried = new Set<string>();
      // One of each type: the first by name, in whatever order they were made.
      for (const one of [...standing].sort((a, b) => (a.resource.name < b.resource.name ? -1 : 1))) {
        const { type, name } = one.resource;
        const users = standing.filter(({ resource: { options } }) => Object.values(options.propertyDependencies).flat().includes(name));
        if (tried.has(type) || users.length === 0) continue;
        tried.add(type);
        const refused = await made
          .copy(environments.folder())
          .delete(one)
          .then(
            () => false,
            () => true,
          );
        if (!refused) went.add(`${short(type)} of ${[...new Set(users.map(({ resource }) => short(resource.type)))].sort().join(", ")}`);
      }
      assert.deepEqual([...went].sort(), GOES[cloud]);
    });
  }
});

/** What a cloud lets go although something uses it. */
const GOES: Readonly<Record<string, readonly string[]>> = {
  openstack: [
    "FloatingIp of FloatingIpAssociate",
    "Instance of VolumeAttach",
    "Keypair of Instance",
    "Listener of Pool",
    "Pool of Member, Monitor",
    "Port of FloatingIpAssociate",
    "ServerGroup of Instance",
    "Volume of VolumeAttach",
  ],
  nhn: [
    "FloatingIp of FloatingIpAssociate",
    "Instance of VolumeAttach",
    "Keypair of Instance",
    "Port of FloatingIpAssociate",
    "ServerGroup of Instance",
    "Volume of VolumeAttach",
  ],
  aws: [
    // The provider takes it off first.
    "Eip of EipAssociation",
    "Instance of EipAssociation",
    "InstanceProfile of Instance",
    "KeyPair of Instance",
    "LoadBalancer of Listener",
    "NatGateway of Route",
  ],
  gcp: ["Account of Firewall, Instance", "IAMCustomRole of IAMMember", "Image of Instance", "Instance of InstanceGroupMembership"],
  azure: ["LoadBalancer of NetworkInterface", "UserAssignedIdentity of RoleAssignment, VirtualMachine"],
  vsphere: ["Tag of VirtualMachine", "TagCategory of Tag", "VirtualMachine of ComputeClusterVmAntiAffinityRule"],
};

/** Types of which only a person can tell whether one was made. */
const BY_PERSON: Readonly<Record<string, readonly string[]>> = { openstack: ["ServerGroup"], nhn: ["ServerGroup", "FloatingIp"] };

const short = (type: string): string => type.split(":").at(-1) ?? "";

/** The id that a resource is found by; empty where the cloud is not asked. */
async function idFound(it: Simulated, { resource: { urn, type, name }, inputs }: Standing, way: Findable): Promise<string> {
  const known = revealAll(inputs);
  if (way.how === "id") return way.id(known);
  if (way.how !== "lookup") return "";
  const { id, trouble } = await answer({ resource: { urn, type }, inputs: known, ways: way.ways }, async (question, before) => {
    if ("token" in question) return it.invoke(question.token, question.args(known, before));
    const asked = question.id(known, before);
    if (asked === "") return undefined;
    const read = await it.read(question.read, asked);
    if (read.id === "") throw new Error(`${asked} not found`);
    return { ...revealAll(read.properties), id: read.id };
  });
  assert.equal(trouble, undefined, name);
  return id ?? "";
}

/** An order in which everything goes before what it depends on; what goes with another is not deleted itself. */
function destroyOrder(standing: readonly Standing[], seed: number): Standing[] {
  const order: Standing[] = [];
  const left = new Map(standing.map((one) => [one.resource.name, one]));
  const needs = ({ resource: { options } }: Standing) => [
    ...options.dependsOn,
    ...Object.values(options.propertyDependencies).flat(),
    ...(options.deletedWith === undefined ? [] : [options.deletedWith]),
  ];
  for (let step = seed; left.size > 0; step = (step * 48_271) % 2_147_483_647) {
    const needed = new Set([...left.values()].flatMap(needs));
    const ready = [...left.values()].filter(({ resource }) => !needed.has(resource.name));
    const next = ready[step % ready.length];
    assert.ok(next, "something depends on itself");
    left.delete(next.resource.name);
    if (!left.has(next.resource.options.deletedWith ?? "")) order.push(next);
  }
  return order;
}
