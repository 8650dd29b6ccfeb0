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
import { type EngineSetting, openWorkspace, realSetting } from "./workspace";

/*
 * Three stacks have three locks, each held only while the engine works on its own: between two of them another host could begin, and take away
 * what the next one stands on. So one more stack, which holds nothing, stands for all: an engine of its own works on it, by a program that
 * waits, as long as an operation lasts. What keeps a second host off is thus the backend's own lock, whichever backend it is.
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
  if (target.plan.layers === "one" || target.sandbox || target.adoption !== undefined) return await work();
  const tell = (text: string) => options.onProgress?.({ kind: "engine", text });
  const engine = await locateEngine({ onProgress: tell, ...(options.signal ? { signal: options.signal } : {}) });
  const setting = heldSetting(target);
  const { backendFolder, project, stack } = setting;
  if (backendFolder !== undefined) removeDeadMutexes(backendFolder, project, stack);
  // Whoever interrupts the work has it end first.
  const { command } = await openWorkspace(engine, setting, undefined, {});
  const cancel = () => removeOwnLocks(command, setting, tell);
  const begin = () => pastOwnLocks(setting.engines, cancel, () => hold(setting, command, engine));
  const held = await translateErrors(what, target, options, undefined, () =>
    begin().catch((error: unknown) => {
      if (!(error instanceof ConcurrentUpdateError)) throw error;
      const file = backendFolder === undefined ? undefined : holderOf(backendFolder, project, stack)?.file;
      throw busyElsewhere(target, error.message, stack, file);
    }),
  );
  let ended = false;
  held.lost.catch((error: unknown) => {
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
    await held.release();
    if (what === "destroy" && target.layer === undefined) await forget(setting, command);
  }
}

/** An engine that holds a stack. */
interface Held {
  /** Rejected where it ended before it was told to. */
  readonly lost: Promise<void>;
  /** Has it end, and waits for that. */
  release(): Promise<void>;
}

async function hold(setting: EngineSetting, command: EngineCommand, engine: Parameters<typeof openWorkspace>[0]): Promise<Held> {
  const { Stack } = await import("@pulumi/pulumi/automation/stack.js");
  const begin = async (): Promise<Held> => {
    const [reached, over] = [signal(), signal()];
    const { workspace } = await openWorkspace(
      engine,
      setting,
      async () => {
        reached.give();
        await over.given;
      },
      {},
    );
    workspace.selectStack = async () => {};
    workspace.stackOutputs = async () => ({});
    const stack = await Stack.select(setting.stack, workspace);
    stack.info = async () => undefined;
    const up = stack.up({ suppressProgress: true }).then(() => undefined);
    await Promise.race([reached.given, up]);
    const release = async () => {
      over.give();
      // Where it was lost that was told when it happened.
      await up.catch(() => undefined);
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
