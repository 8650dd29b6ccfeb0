import type { EngineEvent, Stack } from "@pulumi/pulumi/automation";
import { RefusedError } from "../model/problems";
import { type EventCollector, recordable } from "./events";
import { asOnlyResolver } from "./held";
import type { Judgements } from "./judgements";
import { outputsOf } from "./read";
import { beginDestroy, recallForgotten, tellBrokenDestroy } from "./state/broken-destroy";
import { forgetCopy } from "./state/copy";
import { withRetained } from "./state/loss";
import { forgetObjects, mayForget } from "./state/lost";
import { adoptRefused, namedByRefusals, namesStanding, type Resolution, resolvePending, tellPending } from "./state/pending";
import { keptByProtection, type Protection } from "./state/protection";
import type { OpenedStack } from "./state/stack";
import { parseState, type StateResource } from "./state/state";
import type { EngineTarget, OperationKind, RunOptions } from "./types";
import type { EngineSetting, OpenWorkspace } from "./workspace";
import { clearWorld } from "./world";

/** One operation on one stack, under way. */
export interface Run extends OpenWorkspace {
  readonly kind: OperationKind;
  readonly target: EngineTarget;
  readonly options: RunOptions;
  readonly setting: EngineSetting;
  readonly stack: Stack;
  /** The same stack's state, and what is kept beside it. */
  readonly open: OpenedStack;
  readonly judgements: Judgements;
  /** What the engine is told beside what the Automation API knows. */
  readonly operationOptions: string[];
  /** Whether it started the sandbox's API server. */
  readonly startedServers: boolean;
}

/** What every kind of operation hands the engine. */
type Handed = NonNullable<Parameters<Stack["refresh"]>[0]>;

/** What is peculiar to one kind of operation; `runOperation` does the rest. */
interface Kind {
  /** Whether the program says what there is to be; else the state alone does. */
  readonly runsProgram: boolean;
  /** Whether it changes anything: then it is the only one at work, nothing open is left behind it, and the state it leaves is copied. */
  readonly changes: boolean;
  /** What is done before the engine runs: foremost what earlier operations left open. */
  before(run: Run): Promise<Resolution>;
  /** Lets the engine delete what is protected and goes with an approved change. */
  yieldTo?(run: Run, given: Protection["given"]): Promise<void>;
  /**
   * @param replace URNs of what is made anew
   * @param unproven URNs of what only a refusal can tell of: they alone are tried
   */
  engine(run: Run, handed: Handed, replace: readonly string[], unproven: readonly string[]): Promise<unknown>;
  /** Answers a failure; true: it is worth another try. */
  answer?(run: Run, unproven: Resolution["unproven"], failed: EventCollector): Promise<boolean>;
  /** What is worth a try alone after a failure that tells of such creations, of which nothing was kept. */
  untold?(run: Run, handed: Handed, replace: readonly string[], failed: EventCollector): Promise<Resolution["unproven"]>;
  /** What is done after the engine; gives the outputs. */
  after(run: Run, done: EventCollector, protection: Protection | undefined): Promise<Record<string, unknown>>;
}

/** The kinds of operation, side by side. */
export const KINDS: Readonly<Record<OperationKind, Kind>> = {
  preview: {
    runsProgram: true,
    changes: false,
    before: async ({ open, target, judgements }) => {
      const told = await tellPending(open, target.approvals);
      judgements.count(told.counted);
      tellBrokenDestroy(open);
      return told;
    },
    // It changes nothing, the state's marks neither: it is told to look past them.
    yieldTo: async ({ operationOptions }) => void operationOptions.push("--ignore-protect"),
    engine: ({ stack }, handed, replace) => stack.preview({ ...handed, replace: [...replace] }),
    after: async ({ target }, done, protection) => {
      if (protection !== undefined) refuseProtected(target.plan.environment, protection, done);
      return done.outputs;
    },
  },

  up: {
    runsProgram: true,
    changes: true,
    before: resolveAndRecall,
    yieldTo: unprotect,
    // Of what is looked for as much is found as there is. What is changed stops at the first failure: what is deleted may depend on what failed.
    engine: ({ stack, target }, handed, replace, unproven) =>
      unproven.length > 0
        ? stack.up({ ...handed, target: [...unproven], continueOnError: true })
        : stack.up({ ...handed, replace: [...replace], continueOnError: target.adoption !== undefined }),
    answer: ({ open }, unproven, failed) => adoptRefused(open, unproven, failed.refusals),
    untold: async ({ open, stack }, handed, replace, { refusals }) => {
      if (!namesStanding(refusals)) return [];
      const creations: StateResource[] = [];
      const onEvent = (event: EngineEvent) => {
        handed.onEvent?.(event);
        const { op, new: wanted } = event.resourcePreEvent?.metadata ?? {};
        if (op === "create" && wanted) creations.push(recordable(wanted));
      };
      // Only a preview knows all of them: an `up` stops at its first failure. Why one fails, the next `up` tells, and what it has named until then counts.
      await stack.preview({ ...handed, onEvent, replace: [...replace] }).catch(() => undefined);
      return namedByRefusals(parseState(await open.exportState(false)), creations);
    },
    after: async ({ open, command, setting, options }, done) => {
      // What only a refusal could have told was made now.
      open.remember([]);
      return options.showSecrets === true ? await outputsOf(command, setting, true) : done.outputs;
    },
  },

  refresh: {
    runsProgram: false,
    changes: true,
    before: resolveAndRecall,
    engine: ({ stack }, handed) => stack.refresh(handed),
    after: ({ command, setting, options }) => outputsOf(command, setting, options.showSecrets ?? false),
  },

  drift: {
    runsProgram: false,
    changes: false,
    before: async ({ open, target, judgements }) => {
      const told = await tellPending(open, target.approvals);
      judgements.count(told.counted);
      return told;
    },
    engine: ({ stack }, handed) => stack.previewRefresh(handed),
    after: async (_run, done) => done.outputs,
  },

  destroy: {
    runsProgram: false,
    changes: true,
    before: async (run) => {
      const { open, target, judgements, operationOptions } = run;
      if (mayForget(target.approvals))
        judgements.count(await alone(run, () => forgetObjects(open, target.plan.environment, target.approvals)));
      const resolution = await resolve(run, true);
      await beginDestroy(open);
      // The engine goes by what the state says, and the file may say more than any `up` has recorded.
      const retained = async () => withRetained(parseState(await open.exportState(false)), target.plan.retain);
      if ((await retained()) !== undefined)
        await alone(run, async () => {
          const state = await retained();
          if (state !== undefined) await open.importState(JSON.stringify(state));
        });
      // Whoever destroys an environment has been told what is lost; what must stay is retained, not protected.
      operationOptions.push("--ignore-protect");
      return resolution;
    },
    engine: ({ stack }, handed) => stack.destroy(handed),
    after: async ({ open, target, setting, workspace }) => {
      // What only a refusal could have told goes with what it belongs to.
      open.remember([]);
      open.keepBeforeDestroy(undefined);
      // Before the stack goes, for without one nobody would come back here.
      if (setting.world !== undefined && (target.layer ?? "infrastructure") === "infrastructure")
        await clearWorld(setting.world, target.plan);
      // The user's stack configuration is a committed file of theirs; the sandbox's was made here.
      await workspace.removeStack(setting.stack, { preserveConfig: setting.world === undefined });
      forgetCopy(target.root, setting);
      return {};
    },
  },
};

/** Finds out what became of what earlier operations left open. */
async function resolve(run: Run, destroying: boolean): Promise<Resolution> {
  const { target, judgements } = run;
  const resolution = await resolvePending(run.open, target.plan.environment, target.approvals, destroying, (work) => alone(run, work));
  judgements.count(resolution.counted);
  return resolution;
}

/** Writes into the state what was found out, with nobody else at that. */
async function alone<T>({ kind, open, target, options }: Run, work: () => Promise<T>): Promise<T> {
  return await asOnlyResolver(kind, target, options, async () => {
    // Somebody else may have found it out until now.
    open.changed();
    return await work();
  });
}

/** The same, and takes back what a destroy that was broken off has forgotten. */
async function resolveAndRecall(run: Run): Promise<Resolution> {
  const { state, ...resolution } = await resolve(run, false);
  const broken = run.open.beforeDestroy() !== undefined;
  if (broken) await alone(run, () => recallForgotten(run.open));
  return !broken && state !== undefined ? { state, ...resolution } : resolution;
}

async function unprotect({ command, setting, open }: Run, urns: readonly string[]): Promise<void> {
  await command.run(["state", "unprotect", ...urns, "--yes", "--stack", setting.stack], setting.workDir, {});
  open.changed();
}

/** A preview that looks past protection is as strict as one that does not, but for what is approved. */
function refuseProtected(environment: string, { kept }: Protection, { resources }: EventCollector): void {
  const touched = resources.filter(({ op, urn }) => (op === "delete" || op === "replace") && kept.includes(urn));
  if (touched.length > 0) throw new RefusedError(touched.map(({ urn }) => keptByProtection(environment, urn)));
}
