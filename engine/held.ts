import { rmSync } from "node:fs";
import { join } from "node:path";
import { ConcurrentUpdateError, StackAlreadyExistsError, StackNotFoundError } from "@pulumi/pulumi/automation/errors";
import { stringify } from "yaml";
import { keepFile, makeFolder, PRIVATE } from "../host/files";
import { makeOwnFolder } from "../host/own-folder";
import { heldStackName } from "../model/layers";
import { holderOf, removeDeadMutexes } from "./backend";
import type { EngineCommand } from "./command";
import { StackBusyError } from "./errors";
import { messageOf } from "./events";
import { locateEngine } from "./locate";
import { pastOwnLocks, removeOwnLocks } from "./own-locks";
import { holderIn, translateErrors } from "./translate";
import type { EngineTarget, OperationKind, RunOptions, StateJob } from "./types";
import { Watch } from "./watch";
import { type EngineSetting, openWorkspace, realSetting } from "./workspace";

/*
 * Three stacks have three locks, each held only while the engine works on its own: between two of them another host could begin, and take away
 * what the next one stands on. So one more stack, which holds nothing, stands for all: an engine of its own works on it, by a program that
 * waits, as long as an operation lasts. What keeps a second host off is thus the backend's own lock, whichever backend it is. One stack has one
 * lock, and needs that only while a state with open operations is read, found out about and written again.
 */

/** It has no secrets: nothing is hidden by this. */
const PASSPHRASE = { PULUMI_CONFIG_PASSPHRASE: "kpaas", PULUMI_CONFIG_PASSPHRASE_FILE: undefined };

/** Whose environment is held. */
type Whose = Pick<EngineTarget, "root" | "sandbox" | "adoption"> & { readonly plan: Pick<EngineTarget["plan"], "environment" | "layers"> };

/**
 * Does something with an environment that three stacks hold, while no other host does. The sandbox's backend is one host's alone.
 * @throws StackBusyError that names who works on it
 */
export async function asOnlyHost<T>(
  what: OperationKind | StateJob,
  target: EngineTarget,
  options: RunOptions,
  work: () => Promise<T>,
): Promise<T> {
  if (target.plan.layers === "one" || isOneHosts(target)) return await work();
  return await held(what, target, options, work, what === "destroy" && target.layer === undefined);
}

/**
 * Finds out, as the only host, what became of operations that are open in an environment in one stack. Between its reading and its writing of
 * the state no lock of the engine's is held; whoever else sees them comes here too. Of three stacks the whole operation is held already.
 * @throws StackBusyError that names who is at it
 */
export async function asOnlyResolver<T>(
  what: OperationKind,
  target: EngineTarget,
  options: RunOptions,
  work: () => Promise<T>,
): Promise<T> {
  return target.plan.layers === "three" ? await work() : await asOnlyWriter(what, target, options, work);
}

/**
 * Writes states in place of those of an environment, in one stack or in three, while no other host does that, finds out about operations that
 * are open, or works on three stacks. In one stack a look right before the writing has to tell of an operation that went by meanwhile.
 * @throws StackBusyError that names who is at it
 */
export async function asOnlyWriter<T>(
  what: OperationKind | StateJob,
  target: EngineTarget,
  options: RunOptions,
  work: () => Promise<T>,
): Promise<T> {
  if (isOneHosts(target)) return await work();
  return await held(what, target, options, work, target.plan.layers === "one");
}

function isOneHosts({ sandbox, adoption }: EngineTarget): boolean {
  return sandbox || adoption !== undefined;
}

/** @param over whether nothing is held by that name any more afterwards */
async function held<T>(
  what: OperationKind | StateJob,
  target: EngineTarget,
  options: RunOptions,
  work: () => Promise<T>,
  over: boolean,
): Promise<T> {
  const tell = (text: string) => options.onProgress?.({ kind: "engine", text });
  const engine = await locateEngine({ onProgress: tell, ...(options.signal ? { signal: options.signal } : {}) });
  const setting = heldSetting(target);
  const { backendFolder, project, stack } = setting;
  if (backendFolder !== undefined) removeDeadMutexes(backendFolder, project, stack);
  // Whoever interrupts the work has it end first.
  const { onProgress } = options;
  const control = onProgress === undefined ? {} : { onProgress };
  const { command } = await openWorkspace(engine, setting, undefined, control);
  const cancel = () => removeOwnLocks(command, setting, tell);
  const begin = () => pastOwnLocks(setting.engines, cancel, () => hold(setting, command, engine, control));
  const holder = await translateErrors(what, target, options, undefined, () =>
    begin().catch((error: unknown) => {
      if (!(error instanceof ConcurrentUpdateError)) throw error;
      const file = backendFolder === undefined ? undefined : holderOf(backendFolder, project, stack)?.file;
      throw busyElsewhere(target, error.message, stack, file);
    }),
  );
  let ended = false;
  holder.lost.catch((error: unknown) => {
    if (ended) return;
    const reason = error instanceof Error ? error.message.trim().split("\n").at(-1) : String(error);
    options.onProgress?.(
      messageOf("warning", `${stack} is not held any more: let no other host work on ${target.plan.environment}: ${reason}`),
    );
  });
  try {
    return await work();
  } finally {
    ended = true;
    await holder.release();
    if (over) await forget(setting, command);
  }
}

/** An engine that holds a stack. */
interface Held {
  /** Rejected where it ended before it was told to. */
  readonly lost: Promise<void>;
  /** Has it end, and waits for that. */
  release(): Promise<void>;
}

async function hold(
  setting: EngineSetting,
  command: EngineCommand,
  engine: Parameters<typeof openWorkspace>[0],
  { onProgress }: Pick<RunOptions, "onProgress">,
): Promise<Held> {
  const { Stack } = await import("@pulumi/pulumi/automation/stack.js");
  const begin = async (): Promise<Held> => {
    const [reached, over] = [signal(), signal()];
    // As long as it holds it has nothing to tell.
    const watch = new Watch({ tell: (text) => onProgress?.(messageOf("warning", text)) });
    let end = () => {};
    const { workspace } = await openWorkspace(
      engine,
      setting,
      async () => {
        reached.give();
        await over.given;
      },
      {
        onOperation(ends) {
          end = ends;
          watch.begin(ends);
        },
      },
    );
    workspace.selectStack = async () => {};
    workspace.stackOutputs = async () => ({});
    const stack = await Stack.select(setting.stack, workspace);
    stack.info = async () => undefined;
    const up = stack.up({ suppressProgress: true }).then(() => undefined);
    const ended = up.finally(() => watch.done());
    ended.catch(() => undefined);
    await Promise.race([reached.given, ended]);
    watch.done();
    const release = async () => {
      over.give();
      watch.begin(end);
      watch.ending();
      // Where it was lost that was told when it happened.
      await up.catch(() => undefined);
      watch.done();
    };
    return { lost: up, release };
  };
  return await begin().catch(async (error: unknown) => {
    if (!(error instanceof StackNotFoundError)) throw error;
    await command.run(["stack", "init", setting.stack, "--no-select"], setting.workDir, {}).catch((failure: unknown) => {
      if (!(failure instanceof StackAlreadyExistsError)) throw failure;
    });
    return await begin();
  });
}

/** Something that one waits for and another one gives. */
function signal(): { readonly given: Promise<void>; give(): void } {
  let give = () => {};
  const given = new Promise<void>((resolve) => {
    give = resolve;
  });
  return { given, give: () => give() };
}

/** What is destroyed is held by nobody: the stack goes, unless another host has come meanwhile. */
async function forget({ workDir, stack }: EngineSetting, command: EngineCommand): Promise<void> {
  try {
    await command.run(["stack", "rm", "--yes", "--force", "--stack", stack], workDir, {});
    rmSync(join(workDir, `Pulumi.${stack}.yaml`), { force: true });
  } catch (error) {
    if (!(error instanceof ConcurrentUpdateError || error instanceof StackNotFoundError)) throw error;
  }
}

/** The same project and backend, in a folder of its own: the user's configuration stays as it is. */
function heldSetting({ root, plan }: Whose): EngineSetting {
  const { project, env, backendFolder, backend, engines: _engines } = realSetting(root, plan);
  const stack = heldStackName(plan.environment);
  makeOwnFolder(root);
  const workDir = join(root, ".kpaas", "held");
  makeFolder(workDir);
  keepFile(join(workDir, "Pulumi.yaml"), stringify({ name: project, runtime: "nodejs", description: "Held while kpaas works." }), {
    mode: PRIVATE,
  });
  const url = backendFolder === undefined ? backend : `file://${backendFolder}`;
  return {
    ...{ workDir, project, stack },
    env: { ...env, ...PASSPHRASE, ...(url === undefined ? {} : { PULUMI_BACKEND_URL: url }) },
    ...(backendFolder === undefined ? { engines: join(root, ".kpaas", "working", `${stack}.engines`) } : { backendFolder }),
  };
}

function busyElsewhere({ plan }: Whose, refusal: string, stack: string, file: string | undefined): StackBusyError {
  const wayOut = file === undefined ? `run \`pulumi cancel --stack ${stack}\` in .kpaas/held/` : `delete ${file}`;
  return new StackBusyError(
    `Environment ${plan.environment} is being changed by ${holderIn(refusal)}. Wait for it to end; if it has died on another host, ${wayOut}.`,
  );
}
