import { LAYERS, type Layer } from "../model/layers";
import type { EngineCommand } from "./command";
import { StackBusyError } from "./errors";
import { forgetHalfRecovered } from "./half-recovered";
import { asOnlyWriter } from "./held";
import { asOnlyOne } from "./only-one";
import { commandPastOwnLocks } from "./own-locks";
import { prepareStack, requireFree } from "./prepare";
import { found } from "./read";
import { PROJECT } from "./sandbox";
import { copyState } from "./state/copy";
import { rememberMore } from "./state/pending";
import { type OpenedStack, pendingStack } from "./state/stack";
import { type PendingOperation, parseState, type State } from "./state/state";
import { translateErrors } from "./translate";
import type { EngineTarget, RunOptions, StateJob } from "./types";
import { type EngineSetting, openWorkspace, realSetting } from "./workspace";

/** A stack of an environment as its backend has it. */
export interface StoredStack {
  readonly stack: string;
  /** Undefined where it holds the whole environment. */
  readonly layer?: Layer;
  /** As `pulumi stack export` prints it, secrets encrypted; with the operations of which only what is beside the state knows. */
  readonly exported: string;
  readonly state: State;
}

/** A stack of an environment, opened for what is done with its state. */
export interface OpenedState {
  readonly target: EngineTarget;
  readonly setting: EngineSetting;
  /** It goes past the locks of engines that were started here and have died. */
  readonly command: Pick<EngineCommand, "run">;
  readonly stack: OpenedStack;
}

/** The Pulumi project that an environment's stacks are of. */
export function projectOf({ root, sandbox, plan }: EngineTarget): string {
  return sandbox ? PROJECT : realSetting(root, plan).project;
}

/** Opens one of the stacks that may hold an environment. */
export async function openState(
  { layer: _own, ...whole }: EngineTarget,
  layer: Layer | undefined,
  options: RunOptions,
): Promise<OpenedState> {
  const target = layer === undefined ? whole : { ...whole, layer };
  const { engine, setting } = await prepareStack(target, options);
  const opened = await openWorkspace(engine, setting, undefined, options);
  const tell = (text: string) => options.onProgress?.({ kind: "engine", text });
  const command = commandPastOwnLocks(opened.command, setting, tell);
  return { target, setting, command, stack: pendingStack(target.root, { engine, setting, command }, options, tell) };
}

/**
 * Reads the states of all stacks that an environment has, each whole and all of one moment: nobody works on them, or changes them while they
 * are read. None where it has no stack.
 * @throws StackBusyError
 */
export async function readStates(target: EngineTarget, options: RunOptions = {}): Promise<StoredStack[]> {
  return await asOnlyOne(target, () => readQuiet("state backup", target, options));
}

/** The same, for who is the only one at work already. */
export async function readQuiet(what: StateJob, target: EngineTarget, options: RunOptions): Promise<StoredStack[]> {
  return await translateErrors(what, target, options, undefined, async () => {
    const states = await readAll(target, options);
    // Not every backend tells who is at work in it, but whoever is writes at each step.
    if (isSame(states, await readAll(target, options))) return states;
    throw new StackBusyError(
      `The state of ${target.plan.environment} changes while it is read: an operation is under way. Wait for it to end.`,
    );
  });
}

async function readAll(target: EngineTarget, options: RunOptions): Promise<StoredStack[]> {
  const states: StoredStack[] = [];
  for (const layer of [undefined, ...LAYERS]) {
    const { setting, stack } = await openState(target, layer, options);
    const exported = await found(stack.exportState(false));
    if (exported === undefined) continue;
    requireFree(target, setting);
    const state = withOpen(parseState(exported), stack);
    states.push({ stack: setting.stack, ...(layer ? { layer } : {}), exported: JSON.stringify(state), state });
  }
  return states;
}

function openIn(one: Pick<StoredStack, "state"> | undefined): PendingOperation[] {
  return one?.state.deployment.pending_operations ?? [];
}

/** A state with the operations that are kept beside it, as they would be in it, had the engine written it then. */
function withOpen(state: State, stack: OpenedStack): State {
  const { pending_operations: own = [] } = state.deployment;
  const more = stack.remembered().filter(({ resource }) => !own.some((one) => one.resource.urn === resource.urn));
  return more.length === 0 ? state : { ...state, deployment: { ...state.deployment, pending_operations: [...own, ...more] } };
}

/** Whether two readings found the same. */
export function isSame(some: readonly StoredStack[], others: readonly StoredStack[]): boolean {
  const text = (states: readonly StoredStack[]) => states.map(({ stack, exported }) => `${stack}\n${exported}`).join("\n");
  return text(some) === text(others);
}

/**
 * Puts states in place of those that an environment has. Broken off, it is done again from the beginning.
 * @param shown what was there when it was agreed to
 * @param keep keeps what is there, before anything of it is replaced
 * @throws StackBusyError where something else is there by now, or somebody works on it
 */
export async function replaceStates(
  target: EngineTarget,
  wanted: readonly StoredStack[],
  shown: readonly StoredStack[],
  keep: (present: readonly StoredStack[]) => void,
  options: RunOptions = {},
): Promise<void> {
  const tell = (text: string) => options.onProgress?.({ kind: "engine", text });
  const alone = (work: () => Promise<void>) => asOnlyOne(target, () => asOnlyWriter("state restore", target, options, work));
  await alone(async () => {
    const present = await readQuiet("state restore", target, options);
    if (!isSame(present, shown))
      throw new StackBusyError(`The state of ${target.plan.environment} is another than was shown: run the same command again.`);
    keep(present);
    await translateErrors("state restore", target, options, undefined, async () => {
      for (const { layer, stack: name, exported, state } of wanted) {
        const { setting, stack } = await openState(target, layer, options);
        if (!present.some((one) => one.stack === name)) await stack.create();
        tell(`restoring the state of ${name}`);
        const [now] = present.filter((one) => one.stack === name);
        // The engine drops them of what it imports. Those of what is replaced have begun all the same: the next operation finds out.
        const since = openIn(now);
        const then = openIn({ state }).filter(({ resource }) => !since.some((one) => one.resource.urn === resource.urn));
        rememberMore(stack, [...since, ...then]);
        await stack.exportState(false);
        await stack.importState(exported);
        copyState(target.root, setting, tell);
      }
    });
    forgetHalfRecovered(target);
  });
}
