import assert from "node:assert/strict";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { mendBackend } from "../../../engine/backend";
import { findable } from "../../../engine/state/findable";
import {
  adoptRefused,
  namedByRefusals,
  namesStanding,
  type PendingStack,
  rememberMore,
  resolvePending,
  tellPending,
  tellUnanswered,
} from "../../../engine/state/pending";
import type { PendingOperation } from "../../../engine/state/state";
import { fingerprintOf } from "../../../model/canonical";
import { type Problem, RefusedError } from "../../../model/problems";
import { temporaryFolders } from "../../support/temporary";

const urn = (type: string, name: string): string => `urn:pulumi:seoul::kpaas::${type}::${name}`;

function creating(type: string, name: string, inputs: Record<string, unknown>, more: Record<string, unknown> = {}): PendingOperation {
  return { type: "creating", resource: { urn: urn(type, name), type, custom: true, inputs, ...more } };
}

const ACCOUNT = "kubernetes:core/v1:ServiceAccount";
const GROUP = "openstack:compute/serverGroup:ServerGroup";
const RULE = "openstack:networking/secGroupRule:SecGroupRule";
const account = creating(ACCOUNT, "account", { metadata: { name: "default", namespace: "portal" } });
const accountUrn = urn(ACCOUNT, "account");

/** A stack in memory that drops open operations on import, as the engine does. */
class FakeStack implements PendingStack {
  readonly refreshed: string[][] = [];
  readonly deleted: string[][] = [];
  private kept: readonly PendingOperation[] = [];

  constructor(
    public resources: readonly { readonly urn: string; readonly type: string; readonly id?: string; readonly delete?: boolean }[],
    public operations: readonly PendingOperation[],
    private readonly refreshFails = false,
    /** When the state was last written. */
    private readonly time = "2027-01-01T00:00:00Z",
  ) {}

  async exportState(): Promise<string> {
    const { resources, operations, time } = this;
    return JSON.stringify({ version: 3, deployment: { manifest: { time }, resources, pending_operations: operations } });
  }

  async importState(state: string): Promise<void> {
    this.resources = JSON.parse(state).deployment.resources;
    this.operations = [];
  }

  remembered(): readonly PendingOperation[] {
    return this.kept;
  }

  remember(operations: readonly PendingOperation[]): void {
    this.kept = operations;
  }

  async refresh(urns: readonly string[]): Promise<void> {
    if (this.refreshFails) throw new Error("unreachable");
    this.refreshed.push([...urns]);
  }

  async delete(urns: readonly string[]): Promise<void> {
    this.deleted.push([...urns]);
  }

  async ask(): Promise<void> {
    throw new Error("nothing here has to be asked");
  }

  tell(_text: string): void {}
}

const resolve = (stack: PendingStack, approvals: string[] = [], destroying = false) =>
  resolvePending(stack, "seoul", approvals, destroying);

/** What a person has to look into. */
async function refusalOf(stack: PendingStack, approvals: string[] = []): Promise<Problem> {
  try {
    await resolve(stack, approvals);
  } catch (error) {
    assert.ok(error instanceof RefusedError && error.problems[0]);
    return error.problems[0];
  }
  throw new Error("nothing was refused");
}

/** The approval that the refusal prints. */
async function absenceIn(stack: PendingStack): Promise<string> {
  const [, approval = ""] = /--approve (group:absent@[0-9a-f]{12})$/.exec((await refusalOf(stack)).remedy) ?? [];
  return approval;
}

describe("Operations that a killed run left open", () => {
  it("are taken into the state by the id that follows from their inputs, and then read", async () => {
    const stack = new FakeStack([], [account]);
    await resolve(stack);
    assert.deepEqual(
      stack.resources.map(({ urn: one, id }) => [one, id]),
      [[accountUrn, "portal/default"]],
    );
    assert.deepEqual(stack.refreshed, [[accountUrn]]);
    assert.deepEqual(stack.remembered(), []);
  });

  it("are forgotten where the resource is nowhere but in the state", async () => {
    const component = creating("kpaas:index:Cluster", "cluster", {}, { custom: false });
    const stack = new FakeStack([], [creating("random:index/randomPassword:RandomPassword", "password", { length: 20 }), component]);
    await resolve(stack);
    assert.deepEqual([stack.resources, stack.operations, stack.refreshed], [[], [], []]);
  });

  it("are refused, and stay as they are, where only a person can look", async () => {
    const stack = new FakeStack([], [creating(GROUP, "group", { name: "seoul-worker" }), account]);
    const { path, reason } = await refusalOf(stack);
    assert.equal(path, "group");
    assert.match(reason, /ServerGroup "seoul-worker"/);
    assert.equal(stack.operations.length, 2);
    const approval = await absenceIn(stack);
    assert.deepEqual((await resolve(stack, [approval])).counted, [approval]);
    assert.deepEqual(stack.refreshed, [[accountUrn]]);
  });

  it("are told of with the way out, where only a person can look, by what was broken off and by a preview", async () => {
    const lost = creating(GROUP, "group", { name: "seoul-worker" });
    const stack = new FakeStack([], []);
    rememberMore(stack, [lost, account]);
    const [told = "", ...others] = tellUnanswered(stack);
    assert.match(told, /^Whether group was made .*`openstack server group list`.*--approve group:absent@[0-9a-f]{12}\.$/);
    assert.deepEqual(others, [], "the account is found without anybody");
    assert.ok(told.includes((await refusalOf(stack)).remedy), "the same approval as the next `up` asks for");
    const preview: string[] = [];
    stack.tell = (text: string) => void preview.push(text);
    await tellPending(stack);
    assert.equal(preview.at(-1), told);
    await tellPending(stack, [await absenceIn(stack)]);
    assert.match(preview.at(-1) ?? "", /first finds out/);
  });

  it("are forgotten by an approval of their own only: a later creation of the same name needs another", async () => {
    const open = creating(GROUP, "group", { name: "seoul-worker" });
    const stack = new FakeStack([], [open]);
    const approval = await absenceIn(stack);
    assert.equal(await absenceIn(stack), approval, "the same as long as nobody looked");
    const later = new FakeStack([], [open], false, "2027-01-02T00:00:00Z");
    assert.notEqual(await absenceIn(later), approval);
    assert.match((await refusalOf(later, [approval])).reason, /is another operation's/);
    assert.match((await refusalOf(later, ["group:absent"])).reason, /needs what is behind the @/);
    await resolve(stack, [approval]);
    assert.deepEqual(stack.operations, []);
    // The same for those that the engine forgot, kept beside the state with the time of their failure.
    const kept = new FakeStack([], []);
    rememberMore(kept, [open]);
    await resolve(kept, [await absenceIn(kept)]);
    assert.deepEqual(kept.remembered(), []);
  });

  it("are what they were asked to be, in OpenStack, whose provider cannot read all of it back", async () => {
    const inputs = { instanceId: "i", volumeId: "v", vendorOptions: { ignoreVolumeConfirmation: true }, __defaults: [] };
    const stack = new FakeStack([], [creating("openstack:compute/volumeAttach:VolumeAttach", "attach", inputs)]);
    await resolve(stack);
    const { __defaults: _defaults, ...outputs } = inputs;
    const [made] = stack.resources;
    assert.ok(made && "outputs" in made);
    assert.deepEqual([made.id, made.outputs], ["i/v", outputs]);
  });

  it("were not made where another resource is that object", async () => {
    const keypair = (name: string) => creating("openstack:compute/keypair:Keypair", name, { name: "seoul-1a2b3c4d" });
    const stack = new FakeStack([{ ...keypair("key").resource, id: "seoul-1a2b3c4d" }], [keypair("other")]);
    await resolve(stack);
    assert.deepEqual(
      stack.resources.map(({ urn: one }) => one),
      [urn("openstack:compute/keypair:Keypair", "key")],
    );
  });

  it("are not looked for where a person has made sure that nothing is there, whatever they are", async () => {
    const port = creating("openstack:networking/port:Port", "port", { name: "seoul-cp-1" });
    const stack = new FakeStack([], [port]);
    await resolve(stack, [`port:absent@${fingerprintOf([port.resource.urn, "2027-01-01T00:00:00Z"])}`]);
    assert.deepEqual([stack.resources, stack.operations], [[], []]);
  });

  it("are read afresh where something was changed or deleted", async () => {
    const there = { urn: accountUrn, type: ACCOUNT, id: "portal/default" };
    const stack = new FakeStack([there], [{ type: "deleting", resource: there }]);
    await resolve(stack);
    assert.deepEqual(stack.refreshed, [[accountUrn]]);
  });

  it("turn the resource that was being replaced into one that goes", async () => {
    const stack = new FakeStack([{ urn: accountUrn, type: ACCOUNT, id: "portal/former" }], [account]);
    await resolve(stack);
    assert.deepEqual(
      stack.resources.map(({ id, delete: goes }) => [id, goes ?? false]),
      [
        ["portal/former", true],
        ["portal/default", false],
      ],
    );
  });

  it("take along what an earlier run has found unfinished and could not delete", async () => {
    const left = {
      urn: `${urn("vsphere:index/virtualMachine:VirtualMachine", "cp-1")} (unfinished)`,
      type: "vsphere:index/virtualMachine:VirtualMachine",
      id: "1",
    };
    const stack = new FakeStack([left], [account]);
    await resolve(stack);
    assert.deepEqual([stack.deleted, stack.refreshed], [[[left.urn]], [[accountUrn]]]);
  });

  it("need no look when the cluster they are in is destroyed anyway", async () => {
    const inCluster = creating(ACCOUNT, "account", {}, { deletedWith: urn("kpaas:kubespray:Cluster", "cluster") });
    const stack = new FakeStack([], [inCluster]);
    await resolve(stack, [], true);
    assert.deepEqual([stack.resources, stack.refreshed], [[], []]);
  });

  it("are not lost when reading them fails", async () => {
    const stack = new FakeStack([], [account], true);
    await assert.rejects(resolve(stack), /unreachable/);
    assert.deepEqual(
      stack.remembered().map(({ resource }) => resource.urn),
      [accountUrn],
    );
    const again = new FakeStack(stack.resources, []);
    again.remember(stack.remembered());
    await resolve(again);
    assert.equal(again.resources.length, 1);
    assert.deepEqual(again.refreshed, [[accountUrn]]);
  });

  it("are found by the refusal to make them twice where the cloud cannot be asked", async () => {
    const id = "0b7d8f3e-1111-4222-8333-444455556666";
    const stack = new FakeStack([], [creating(RULE, "rule", { direction: "ingress" })]);
    const { unproven } = await resolve(stack);
    assert.equal(await adoptRefused(stack, unproven, new Map([[urn(RULE, "rule"), "Quota exceeded"]])), false);
    const refusal = `409: Security group rule already exists. Rule id is ${id}.`;
    assert.equal(await adoptRefused(stack, unproven, new Map([[urn(RULE, "rule"), refusal]])), true);
    assert.deepEqual(
      stack.resources.map((one) => one.id),
      [id],
    );
  });
});

describe("Creations that a refusal names what is there of", () => {
  it("are those in an object of the state's own, and no others", () => {
    const rule = (name: string, inputs: object) => creating(RULE, name, { direction: "ingress", ...inputs }).resource;
    const [unknown, nameless] = [rule("unknown", { securityGroupId: "04da6b54-80e4-46f7-96ec-b56ff0331ba9" }), rule("nameless", {})];
    const own = rule("own", { securityGroupId: "g1" });
    const resources = [
      { urn: urn("openstack:networking/secGroup:SecGroup", "group"), type: "openstack:networking/secGroup:SecGroup", id: "g1" },
      { urn: urn("kpaas:index:Infrastructure", "component"), type: "kpaas:index:Infrastructure" },
    ];
    const others = [
      rule("foreign", { securityGroupId: "g2" }),
      unknown,
      nameless,
      creating(GROUP, "group", { securityGroupId: "g1" }).resource,
    ];
    assert.deepEqual(namedByRefusals({ version: 3, deployment: { resources } }, [...others, own]), [own]);
  });

  it("are looked for where a refusal names one by its id", () => {
    const id = "0b7d8f3e-1111-4222-8333-444455556666";
    const said = (type: string, text: string) => namesStanding(new Map([[urn(`kpaas:index:Infrastructure$${type}`, "one"), text]]));
    assert.equal(said(RULE, `409: Security group rule already exists. Rule id is ${id}.`), true);
    assert.equal(said(RULE, "409: Quota exceeded for resources: ['security_group_rule']."), false);
    assert.equal(said("openstack:networking/network:Network", `Rule id is ${id}`), false);
  });
});

describe("What a resource is found by", () => {
  it("is a machine's own port for a machine, for a cloud knows no machine by name", () => {
    const way = findable({ type: "openstack:compute/instance:Instance" });
    assert.ok(way.how === "lookup");
    const [question] = way.ways[0]?.ask ?? [];
    assert.ok(question !== undefined && "token" in question);
    assert.deepEqual(question.args({ networks: [{ port: "p1" }] }, {}), { portId: "p1" });
    assert.equal(way.ways[0]?.id({ id: "p1", deviceId: "" }, {}), "", "the port has no machine: none was made");
  });

  it("is the word of a person for types kpaas does not know", () => {
    assert.equal(findable({ type: "aws:s3/bucket:Bucket" }).how, "person");
  });
});

describe("A backend whose engine was killed", () => {
  const folder = temporaryFolders();

  it("loses the attributes that were half written, never the state, and nothing while somebody holds the stack", () => {
    const backend = folder();
    const [stacks, locks] = [join(backend, ".pulumi/stacks/kpaas"), join(backend, ".pulumi/locks/organization/kpaas/seoul")];
    for (const one of [stacks, locks]) mkdirSync(one, { recursive: true });
    const before = ["seoul.json", "seoul.json.1a.tmp", "seoul.json.attrs", "seoul.json.bak.attrs"];
    for (const name of before) writeFileSync(join(stacks, name), name.endsWith("bak.attrs") ? "{}" : "");
    writeFileSync(join(locks, "one.json"), "{}");
    mendBackend(backend, "kpaas", "seoul");
    assert.deepEqual(readdirSync(stacks), before);
    mendBackend(backend, "kpaas", "busan");
    assert.deepEqual(readdirSync(stacks), before);
  });

  it("reads on without them", () => {
    const backend = folder();
    const stacks = join(backend, ".pulumi/stacks/kpaas");
    mkdirSync(stacks, { recursive: true });
    for (const name of ["seoul.json", "seoul.json.1a.tmp", "seoul.json.attrs"]) writeFileSync(join(stacks, name), "");
    writeFileSync(join(stacks, "seoul.json.bak.attrs"), "{}");
    mendBackend(backend, "kpaas", "seoul");
    assert.deepEqual(readdirSync(stacks), ["seoul.json", "seoul.json.bak.attrs"]);
  });
});
