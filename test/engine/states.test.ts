import assert from "node:assert/strict";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { dirname, join } from "node:path";
import { StackBusyError } from "../../engine/errors";
import { listStates } from "../../engine/list-states";
import { stateFile } from "../../engine/state/copy";
import { parseState, type StateResource } from "../../engine/state/state";
import { openState, readStates, replaceStates, type StoredStack } from "../../engine/states";
import type { EngineTarget } from "../../engine/types";
import { realSetting } from "../../engine/workspace";
import { ENVIRONMENT } from "../../model/type-tokens";
import { ownVariables, seoulIn } from "../support/backend";
import { engineForTests } from "../support/engine";
import { temporaryFolders } from "../support/temporary";

/** A machine that was being made when its engine was killed. */
const HALF: StateResource = {
  urn: "urn:pulumi:seoul::kpaas::openstack:compute/instance:Instance::vm",
  type: "openstack:compute/instance:Instance",
  custom: true,
  inputs: { name: "vm" },
};

/** A state as it is, with one thing of it changed. */
function changed(stored: StoredStack, change: (state: StoredStack["state"]) => StoredStack["state"]): StoredStack {
  const state = change(stored.state);
  return { ...stored, state, exported: JSON.stringify(state) };
}

/** Plays somebody on another host who holds the stack. */
function hold({ root, plan }: EngineTarget): string {
  const { backendFolder = "", project } = realSetting(root, plan);
  const path = join(backendFolder, ".pulumi", "locks", "organization", project, "seoul", "another.json");
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, JSON.stringify({ pid: 1, username: "other", hostname: `not-${hostname()}`, timestamp: new Date().toISOString() }));
  return path;
}

describe("the states of an environment, on the real engine", function () {
  this.timeout(180_000);
  before(engineForTests);
  const folder = temporaryFolders();
  const set = ownVariables();

  it("are read whole, put back where they were lost, and keep what was open", async () => {
    const root = folder();
    const { target, up, pulumi } = seoulIn(root, set);
    assert.deepEqual(await readStates(target), []);
    await up();
    const [stored] = await readStates(target);
    assert.ok(stored);
    assert.doesNotMatch(stored.exported, /hunter2/);
    const { backendFolder = "", project } = realSetting(root, target.plan);
    rmSync(stateFile(backendFolder, project, "seoul"));
    rmSync(join(root, ".kpaas", "states"), { recursive: true });
    assert.deepEqual(await readStates(target), []);
    const open = [{ type: "creating", resource: HALF }];
    const wanted = changed(stored, (state) => ({ ...state, deployment: { ...state.deployment, pending_operations: open } }));
    await replaceStates(target, [wanted], [], (present) => assert.deepEqual(present, []));
    assert.match(await pulumi(undefined, "stack", "output", "--show-secrets", "password"), /hunter2/);
    assert.deepEqual(
      (await openState(target, undefined, {})).stack.remembered().map(({ type, resource }) => [type, resource.urn]),
      [["creating", HALF.urn]],
      "the engine drops open operations of what it imports",
    );
    const [again] = await readStates(target);
    assert.ok(again);
    assert.equal(again.state.deployment.pending_operations?.length, 1, "what is beside the state belongs to a backup of it");
    const older = changed(again, (state) => ({ ...state, deployment: { ...state.deployment, pending_operations: [] } }));
    await replaceStates(target, [older], [again], () => undefined);
    assert.deepEqual(
      (await openState(target, undefined, {})).stack.remembered().map(({ resource }) => resource.urn),
      [HALF.urn],
      "what had begun when an older one took its place has begun all the same",
    );
  });

  it("are neither read nor replaced while somebody works on them, nor replaced where they are others than were shown", async () => {
    const { target, up } = seoulIn(folder(), set);
    await up();
    const shown = await readStates(target);
    const held = hold(target);
    await assert.rejects(readStates(target), (error) => error instanceof StackBusyError && /other@not-/.test(error.message));
    await assert.rejects(
      replaceStates(target, shown, shown, () => assert.fail()),
      StackBusyError,
    );
    rmSync(held);
    await up(undefined, { more: "since" });
    await assert.rejects(
      replaceStates(target, shown, shown, () => assert.fail("nothing is replaced")),
      /another than was shown/,
    );
    const now = await readStates(target);
    const kept: string[] = [];
    await replaceStates(target, shown, now, (present) => void kept.push(...present.map(({ exported }) => exported)));
    assert.deepEqual(
      kept,
      now.map(({ exported }) => exported),
    );
    const outputs = (states: readonly StoredStack[]) => Object.keys(states[0]?.state.deployment.resources?.[0]?.outputs ?? {});
    assert.deepEqual([outputs(now), outputs(await readStates(target))], [["more", "password"], ["password"]]);
  });

  it("are listed with who holds them and how their secrets are encrypted; stacks that hold something else are not", async () => {
    const root = folder();
    const { target, up } = seoulIn(root, set);
    await up();
    await up("cluster");
    const [one, cluster] = await readStates(target);
    assert.ok(one && cluster);
    const environment = { urn: `urn:pulumi:seoul::kpaas::${ENVIRONMENT}::seoul`, type: ENVIRONMENT, inputs: { release: "1.7.0" } };
    const wanted = changed(one, (state) => ({
      ...state,
      deployment: { ...state.deployment, resources: [...(state.deployment.resources ?? []), environment] },
    }));
    await replaceStates(target, [wanted], [one, cluster], () => undefined);
    const listed = await listStates({ root, sandbox: false, environments: [] });
    assert.deepEqual(
      listed.map(({ stack, lock, secrets, release, resources, open }) => ({ stack, lock, secrets, release, resources, open })),
      [{ stack: "seoul", lock: null, secrets: "passphrase", release: "1.7.0", resources: 1, open: 0 }],
    );
    hold(target);
    const both = await listStates({ root, sandbox: false, environments: ["seoul"] });
    assert.deepEqual(
      both.map(({ stack, layer }) => [stack, layer]),
      [
        ["seoul", undefined],
        ["seoul.cluster", "cluster"],
      ],
      "a stack without resources is of the environment that is called so",
    );
    assert.match(both[0]?.lock ?? "", /other@not-/);
    const { backendFolder = "", project } = realSetting(root, target.plan);
    writeFileSync(stateFile(backendFolder, project, "seoul.cluster"), "{");
    const torn = await listStates({ root, sandbox: false, environments: [] });
    assert.deepEqual(
      torn.map(({ stack, unreadable }) => [stack, unreadable !== undefined]),
      [
        ["seoul", false],
        ["seoul.cluster", true],
      ],
      "one that cannot be read hinders no other",
    );
    assert.ok(parseState(wanted.exported));
  });
});
