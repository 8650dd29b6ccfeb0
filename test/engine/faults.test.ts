import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CustomResource, type Input, Output } from "@pulumi/pulumi";
import { InterruptedError, OperationFailedError } from "../../engine/errors";
import type { Progress } from "../../engine/events";
import { runOperation } from "../../engine/run-operation";
import { STATE } from "../../engine/state/at-end";
import type { EngineTarget, RunOptions } from "../../engine/types";
import { engineForTests } from "../support/engine";
import { temporaryFolders } from "../support/temporary";
import { emptyPlan } from "./plan";

// What a failure leaves is in a state that is written as a real cloud's is.
process.env[STATE] = "each-step";

class Network extends CustomResource {
  constructor(name: string) {
    super("openstack:networking/network:Network", name, { name });
  }
}

class Subnet extends CustomResource {
  constructor(name: string, networkId: Input<string>) {
    super("openstack:networking/subnet:Subnet", name, { name, networkId, cidr: "10.0.0.0/24" });
  }
}

class Group extends CustomResource {
  constructor(name: string) {
    super("openstack:networking/secGroup:SecGroup", name, { name });
  }
}

class Rule extends CustomResource {
  constructor(name: string, securityGroupId: Input<string>, port: number) {
    const rule = { direction: "ingress", ethertype: "IPv4", protocol: "tcp", remoteIpPrefix: "10.0.0.0/24", portRangeMin: port };
    super("openstack:networking/secGroupRule:SecGroupRule", name, { ...rule, portRangeMax: port, securityGroupId });
  }
}

const NAMES = ["a", "b", "c", "d"];
const program = async () => {
  const [first] = NAMES.map((name) => new Network(`net-${name}`));
  new Subnet("subnet", first?.id ?? Output.create(""));
};

describe("A sandbox with faults, on the real engine,", function () {
  this.timeout(120_000);
  before(engineForTests);
  const folder = temporaryFolders();

  interface Sandbox {
    readonly world: string;
    readonly backend: string;
    faults(...rules: readonly object[]): void;
    up(options?: RunOptions, run?: () => Promise<void>): ReturnType<typeof runOperation>;
    preview(): ReturnType<typeof runOperation>;
    /** How many networks the simulated cloud has. */
    networks(): number;
    locks(): string[];
  }

  function sandbox(): Sandbox {
    const root = folder();
    const target: EngineTarget = { plan: emptyPlan("seoul"), root, sandbox: true, approvals: [] };
    const world = join(root, ".kpaas/sandbox/world/seoul");
    const backend = join(root, ".kpaas/sandbox/backend/.pulumi");
    mkdirSync(world, { recursive: true });
    const names = (path: string) => (existsSync(path) ? readdirSync(path).filter((name) => name.endsWith(".json")) : []);
    return {
      world,
      backend,
      faults: (...rules) => {
        const all = rules.map((rule) => ({ package: "openstack", ...rule }));
        writeFileSync(join(world, "faults.json"), JSON.stringify({ rules: all }));
      },
      up: (options = {}, run = program) => runOperation("up", target, run, options),
      preview: () => runOperation("preview", target, program, {}),
      networks: () => names(join(world, "openstack/network")).length,
      locks: () => names(join(backend, "locks/organization/kpaas/seoul")),
    };
  }

  async function failing(up: Promise<unknown>): Promise<string> {
    const error: unknown = await up.then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    assert.ok(error instanceof OperationFailedError, String(error));
    return error.message;
  }

  it("fails at the n-th call, names the resource, and converges on the next up", async () => {
    const seoul = sandbox();
    seoul.faults({ type: "Network", operation: "create", failAt: { call: 3 } });
    assert.match(
      await failing(seoul.up()),
      /^up of seoul failed:\n {2}openstack:networking\/network:Network net-[a-d] \(create\): 500: Internal Server Error: .*\nThe cloud failed: run the same command again/,
    );
    const { changes } = await seoul.up();
    assert.ok(changes.create > 0);
    assert.equal(seoul.networks(), NAMES.length, "nothing is there twice");
    assert.deepEqual((await seoul.up()).changes, { create: 0, update: 0, replace: 0, delete: 0, same: 6 });
  });

  it("comes up, only slower, in a slow cloud", async () => {
    const seoul = sandbox();
    seoul.faults({ latencyMs: [20, 60] });
    assert.equal((await seoul.up()).changes.create, 6);
  });

  it("is told that the cloud throttles, and goes on from what was done", async () => {
    const seoul = sandbox();
    seoul.faults({ type: "Network", throttle: { callsPerSecond: 1 } });
    assert.match(await failing(seoul.up({ parallel: 1 })), /net-[a-d] \(create\): 429: Over Limit.*\nThe cloud limits how often/);
    assert.equal(seoul.networks(), 1);
    rmSync(join(seoul.world, "faults.json"));
    assert.equal((await seoul.up()).changes.create, 4);
  });

  it("is told that the credentials have expired", async () => {
    const seoul = sandbox();
    seoul.faults({ type: "Network", expiredCredentials: { from: 1 } });
    const message = await failing(seoul.up());
    assert.match(message, /net-[a-d] \(create\): 401: Unauthorized: .*requires authentication\./);
    assert.match(message, /\nThe credentials are not accepted, or have expired: renew them, then run the same command again\.$/);
  });

  it("misses an object that is not to be seen yet, and finds it on the next up", async () => {
    const seoul = sandbox();
    seoul.faults({ type: "Network", name: "net-a", eventuallyConsistent: { calls: 1 } });
    assert.match(
      await failing(seoul.up()),
      /Subnet subnet \(create\): 404: Network \S+ could not be found\.\nWhat is missing may be too new/,
    );
    assert.equal((await seoul.up()).changes.create, 1);
  });

  it("ends within seconds when it is interrupted while a provider hangs, and leaves no lock", async () => {
    const seoul = sandbox();
    seoul.faults({ type: "Network", name: "net-b", operation: "create", hang: { call: 1 } });
    const interrupt = new AbortController();
    let interrupted = 0;
    const told: Progress[] = [];
    const up = seoul.up({
      signal: interrupt.signal,
      onProgress: (event) => {
        told.push(event);
        if (event.kind !== "message" || event.text !== "openstack does not answer") return;
        interrupted = performance.now();
        interrupt.abort();
      },
    });
    await assert.rejects(up, InterruptedError);
    assert.ok(interrupted > 0 && performance.now() - interrupted < 5_000);
    assert.deepEqual(seoul.locks(), []);
    await seoul.up();
    assert.equal(seoul.networks(), NAMES.length);
  });

  it("is told of a full disk, with the state intact", async () => {
    const seoul = sandbox();
    seoul.faults({ type: "Network", name: "net-d", diskFull: { call: 1 } });
    assert.match(await failing(seoul.up()), /net-d \(create\): ENOSPC: no space left on device.*\nA disk is full: free some space/);
    await seoul.up();
    assert.equal(seoul.networks(), NAMES.length);
  });

  it("is refused over a quota with the cloud's words", async () => {
    const seoul = sandbox();
    writeFileSync(join(seoul.world, "world.json"), JSON.stringify({ quotas: { securityGroups: 1 } }));
    const groups = async () => void [new Group("one"), new Group("two")];
    assert.match(
      await failing(seoul.up({}, groups)),
      /SecGroup (one|two) \(create\): 409: Quota exceeded for resources: \['security_group'\]\.\nThe cloud's quota is used up/,
    );
  });

  it("is told of a faults.json that cannot be used", async () => {
    const seoul = sandbox();
    seoul.faults({ latencyMs: "long" });
    assert.match(await failing(seoul.up()), /faults\.json cannot be used.*\n +rules\[0\]\.latencyMs: must be milliseconds/);
    assert.equal(seoul.networks(), 0);
  });

  // What stands in for a backend that cannot be written: a file where its folder was. Taking rights away would not stop a superuser.
  function obstruct(path: string): () => void {
    renameSync(path, `${path}.away`);
    writeFileSync(path, "");
    return () => {
      rmSync(path);
      renameSync(`${path}.away`, path);
    };
  }

  it("goes on with a stack of which a kill has left the name alone", async () => {
    for (const first of ["preview", "up"] as const) {
      const seoul = sandbox();
      await seoul.up({}, async () => {});
      const state = join(seoul.backend, "stacks/kpaas/seoul.json");
      // What the engine writes first where it makes one; its configuration comes later.
      writeFileSync(state, JSON.stringify({ version: 3, checkpoint: { stack: "organization/kpaas/seoul" } }));
      rmSync(join(seoul.world, "../../project/seoul/Pulumi.seoul.yaml"));
      assert.equal((await seoul[first]()).changes.create, 6);
      assert.ok(JSON.parse(readFileSync(state, "utf8")).checkpoint.latest, "an engine cannot preview whole environments without");
      const { create, same } = (await seoul.up()).changes;
      assert.deepEqual([create, same], first === "up" ? [0, 6] : [6, 0]);
    }
  });

  it("takes up rules that are there already in groups of its own, whoever has made them, and no others'", async () => {
    const seoul = sandbox();
    const ports = Array.from({ length: 40 }, (_, index) => 1_000 + index);
    const rules = (own: readonly number[], foreign?: string) => async () => {
      const { id } = new Group("own");
      for (const port of own) new Rule(`rule-${port}`, id, port);
      if (foreign !== undefined) new Rule("foreign", foreign, 22);
    };
    const state = join(seoul.backend, "stacks/kpaas/seoul.json");
    /** Has the state forget what bears such names; gives back the id of one. */
    const forget = (names: RegExp): string => {
      const stored = JSON.parse(readFileSync(state, "utf8"));
      const { latest } = stored.checkpoint;
      const gone = latest.resources.filter(({ urn }: { readonly urn: string }) => names.test(urn));
      latest.resources = latest.resources.filter((one: object) => !gone.includes(one));
      writeFileSync(state, JSON.stringify(stored));
      return gone[0].id;
    };
    const there = () => readdirSync(join(seoul.world, "openstack/secGroupRule")).length;
    const other = async () => {
      new Rule("theirs", new Group("other").id, 22);
    };
    await seoul.up({}, other);
    forget(/::theirs$/);
    const foreign = forget(/::other$/);
    await seoul.up({}, rules(ports));
    const before = there();
    forget(/::rule-/);
    const told: string[] = [];
    const onProgress = (event: Progress) => void (event.kind === "engine" && told.push(event.text));
    const { changes } = await seoul.up({ onProgress }, rules([...ports, 2_000]));
    assert.deepEqual([changes.create, changes.same, there() - before], [1, ports.length + 2, 1]);
    assert.equal(told.filter((text) => /are tried alone/.test(text)).length, 1, told.join("\n"));
    assert.equal((await seoul.up({}, rules([...ports, 2_000]))).changes.create, 0);
    assert.match(await failing(seoul.up({}, rules(ports, foreign))), /SecGroupRule foreign \(create\): 409: .*already exists/);
  });

  it("is told of a backend that refuses its locks or its stacks, with the state intact", async () => {
    const seoul = sandbox();
    await seoul.up();
    const state = join(seoul.backend, "stacks/kpaas/seoul.json");
    const before = readFileSync(state, "utf8");
    for (const part of ["locks", "stacks"]) {
      const restore = obstruct(join(seoul.backend, part));
      const message = await failing(seoul.up({}, async () => void new Network("another")));
      assert.match(message, /not a directory/);
      assert.match(message, /\nThe backend that keeps the state refused: make sure that it is there and can be written/);
      restore();
      assert.equal(readFileSync(state, "utf8"), before);
      assert.equal(seoul.networks(), NAMES.length);
    }
    assert.equal((await seoul.up()).changes.same, 6);
  });
});
