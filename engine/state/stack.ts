import { rmSync } from "node:fs";
import { join } from "node:path";
import type { Stack as AutomationStack, EngineEvent } from "@pulumi/pulumi/automation";
import { StackAlreadyExistsError } from "@pulumi/pulumi/automation/errors";
import { PRIVATE, readIfThere, writeWhole } from "../../host/files";
import { makeOwnFolder } from "../../host/own-folder";
import { parseStackName } from "../../model/layers";
import { RefusedError } from "../../model/problems";
import type { EngineCommand, EngineCommandOptions } from "../command";
import { OperationFailedError, StackBusyError } from "../errors";
import { EventCollector, messageOf } from "../events";
import type { Engine } from "../locate";
import { secretsOptions } from "../stack-config";
import { Watch } from "../watch";
import { type EngineSetting, openWorkspace } from "../workspace";
import type { DestroyedStack } from "./broken-destroy";
import { exportedState } from "./copy";
import type { PendingStack } from "./pending";
import { isNameAlone, parseOperations, parseResources } from "./state";

/** The state of a stack that was made just now. */
const EMPTY = JSON.stringify({ version: 3, deployment: {} });

/** A stack of which the state is read once, as long as nothing is written. */
export type OpenedStack = PendingStack &
  DestroyedStack & {
    /** Makes it, where there is none or its name alone. */
    create(): Promise<void>;
    /** Called where the state was written by other means. */
    changed(): void;
  };

/** The stack of a setting as {@link PendingStack} has it. What is kept beside the state is under `.kpaas/pending/`; no secret in clear gets there. */
export function pendingStack(
  root: string,
  { engine, setting, command }: { readonly engine: Engine; readonly setting: EngineSetting; readonly command: Pick<EngineCommand, "run"> },
  control: Omit<EngineCommandOptions, "env">,
  tell: (text: string) => void,
): OpenedStack {
  const { workDir, stack } = setting;
  const { environment } = parseStackName(stack);
  const folder = join(root, ".kpaas", "pending");
  const own = join(folder, `${setting.world === undefined ? "" : "sandbox-"}${stack}`);
  const [memory, destroyed] = [`${own}.json`, `${own}.destroy.json`];
  const write = (path: string, content: string) => {
    makeOwnFolder(root);
    writeWhole(path, content, { mode: PRIVATE });
  };
  const watched = async (
    program: (() => Promise<void>) | undefined,
    operation: (stack: AutomationStack, take: (event: EngineEvent) => void) => Promise<unknown>,
  ) => {
    const watch = new Watch({ tell: (text) => control.onProgress?.(messageOf("warning", text)) });
    const { workspace } = await openWorkspace(engine, setting, program, { ...control, onOperation: (end) => watch.begin(end) });
    const { Stack } = await import("@pulumi/pulumi/automation/stack.js");
    try {
      await operation(await Stack.select(stack, workspace), (event) => watch.take(event));
    } catch (error) {
      if (watch.why !== undefined)
        throw new OperationFailedError(`what was broken off could not be found out: ${watch.why}`, { cause: error });
      throw error;
    } finally {
      watch.done();
    }
  };
  const exported = async (...args: readonly string[]): Promise<string> =>
    (args.length === 0 ? exportedState(setting) : undefined) ??
    (await command.run(["stack", "export", "--stack", stack, ...args], workDir, {})).stdout;
  // What it is known to be, and what it was when it was read.
  let [known, basis]: (string | undefined)[] = [];
  const changed = (now?: string) => {
    [known, basis] = [now, undefined];
  };
  const targeted = async (
    what: string,
    operation: (
      stack: AutomationStack,
      options: { readonly suppressProgress: true; readonly onEvent: (event: EngineEvent) => void },
    ) => Promise<unknown>,
  ) => {
    changed();
    const collector = new EventCollector();
    try {
      await watched(undefined, (opened, take) =>
        operation(opened, {
          suppressProgress: true,
          onEvent: (event) => {
            take(event);
            collector.take(event);
          },
        }),
      );
    } catch (error) {
      if (collector.failure === undefined) throw error;
      throw new OperationFailedError(`what was broken off could not be ${what}:\n${collector.failure}`, { cause: error });
    }
  };
  const importState = async (state: string) => {
    // Exporting locks nothing: what another operation wrote since then would be lost.
    if (basis !== undefined && (await exported()) !== basis)
      throw new StackBusyError(
        `The state of ${stack} changes while this operation looks at it: another one is under way. Wait for it to end.`,
      );
    changed();
    const file = join(folder, `${stack}.${process.pid}.import`);
    write(file, state);
    try {
      await command.run(["stack", "import", "--stack", stack, "--file", file], workDir, {});
    } finally {
      rmSync(file, { force: true });
    }
  };
  return {
    async create() {
      try {
        await command.run(["stack", "init", stack, ...secretsOptions(setting)], workDir, {});
        changed(EMPTY);
      } catch (error) {
        // Another operation may have made it in the meantime.
        if (!(error instanceof StackAlreadyExistsError)) throw error;
        if (known !== undefined && isNameAlone(known)) await importState(EMPTY);
      }
    },
    changed: () => changed(),
    async exportState(showSecrets) {
      if (showSecrets) return await exported("--show-secrets");
      if (known === undefined) known = basis = await exported();
      return known;
    },
    importState,
    remembered: () => kept(memory, (text) => parseOperations(text, environment)) ?? [],
    remember(operations) {
      if (operations.length > 0) write(memory, JSON.stringify(operations));
      else rmSync(memory, { force: true });
    },
    beforeDestroy: () => kept(destroyed, (text) => parseResources(text, environment)),
    keepBeforeDestroy(resources) {
      if (resources === undefined) rmSync(destroyed, { force: true });
      else write(destroyed, JSON.stringify(resources));
    },
    refresh: (urns) => targeted("read from the cloud", (opened, options) => opened.refresh({ ...options, target: [...urns] })),
    delete: (urns) => targeted("deleted", (opened, options) => opened.destroy({ ...options, target: [...urns] })),
    async ask(program) {
      await watched(program, (opened, onEvent) => opened.preview({ suppressProgress: true, onEvent }));
    },
    tell,
  };
}

/**
 * What is kept in a file beside the state; undefined where there is none.
 * @throws OperationFailedError where half of it is lost, RefusedError where a later version wrote it
 */
function kept<T>(path: string, parse: (text: string) => T): T | undefined {
  const content = readIfThere(path);
  try {
    return content === undefined ? undefined : parse(content);
  } catch (error) {
    if (error instanceof RefusedError) throw error;
    throw new OperationFailedError(
      `${path} is torn: it names what was under way in the cloud when an operation was broken off. Look there for what is too much, delete that, then this file, and run the same command again.`,
      { cause: error },
    );
  }
}
