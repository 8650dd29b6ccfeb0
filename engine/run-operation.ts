import type { EngineEvent, PulumiFn } from "@pulumi/pulumi/automation";
import { StackNotFoundError } from "@pulumi/pulumi/automation/errors";
import { EngineKilledError } from "./command";
import { EventCollector, messageOf, nameOf } from "./events";
import { refuseHalfChanged } from "./half-changed";
import { refuseHalfRecovered } from "./half-recovered";
import { Judgements } from "./judgements";
import { KINDS, type Run } from "./kinds";
import type { Engine } from "./locate";
import { pastOwnLocks, removeOwnLocks } from "./own-locks";
import { prepareStack, requireFree } from "./prepare";
import { readClusterState } from "./read";
import { isUnreachable } from "./remedies";
import { keepTellingOfFullDisk } from "./room";
import { endUnused, serveKubernetes } from "./servers/world";
import { AT_END, forgetWorld, keepWorld, putWorldBack } from "./state/at-end";
import { copyState } from "./state/copy";
import { deleteFirst, machinesToRemake } from "./state/dead-machines";
import { findInTheWay } from "./state/in-the-way";
import { clusterLost } from "./state/lost";
import { rememberMore, tellUnanswered } from "./state/pending";
import { approvedDeletions, type Protection } from "./state/protection";
import { pendingStack } from "./state/stack";
import { isNameAlone, parseState, type State } from "./state/state";
import { translateErrors, watchProgram } from "./translate";
import type { EngineTarget, OperationKind, OperationResult, RunOptions } from "./types";
import { Watch } from "./watch";
import { openWorkspace } from "./workspace";
import { writeWorld } from "./world";

/** How many resources are worked on at once. They wait for clouds; the engine's own default goes by this machine's processors: four for each. */
const AT_ONCE = 32;

/**
 * One operation of the engine on one stack of an environment, with a given program.
 * @param program what registers the resources; undefined for refresh and destroy, which work from the state alone
 * @param judgements what is found about the approvals
 */
export async function runOperation(
  name: OperationKind,
  target: EngineTarget,
  program: PulumiFn | undefined,
  options: RunOptions,
  judgements = new Judgements(),
): Promise<OperationResult> {
  const started = Date.now();
  const kind = KINDS[name];
  const tell = (text: string) => options.onProgress?.({ kind: "engine", text });
  const { engine, setting } = await prepareStack(target, options);
  if (kind.changes) {
    requireFree(target, setting);
    refuseHalfChanged(target);
    refuseHalfRecovered(target);
    putWorldBack(setting, tell);
  }
  /** URNs of machines that are made anew. */
  let replace: readonly string[] = [];
  const watched =
    program &&
    watchProgram(async () => {
      await deleteFirst(replace);
      return await program();
    });
  const newCollector = (earlier?: EventCollector) =>
    new EventCollector(
      options.onProgress,
      (text) => {
        const thrown = watched?.thrown();
        return thrown instanceof Error && text.includes(thrown.message);
      },
      earlier,
    );
  let collector = newCollector();
  let startedServers = false;
  let forPerson: readonly string[] = [];

  const watch = new Watch({ tell: (text) => options.onProgress?.(messageOf("warning", text)) });
  const work = async (): Promise<Record<string, unknown>> => {
    const onOperation = (end: () => void) => watch.begin(end);
    const run = await openRun(watched?.program, { kind: name, engine, setting, target, options, judgements, onOperation });
    const { open } = run;
    startedServers = run.startedServers;
    const resolution = await kind.before(run);
    const { state } = resolution;
    let { unproven } = resolution;
    let protection: Protection | undefined;
    const clusterState = async (own: State) => ((target.layer ?? "cluster") === "cluster" ? own : await readClusterState(target, options));
    const machinesOf = async (own: State): Promise<string[]> =>
      (target.layer ?? "infrastructure") === "infrastructure"
        ? await machinesToRemake(target.plan, own, () => clusterState(own), tell)
        : [];
    let yieldTo = async (_approvals: readonly string[]): Promise<boolean> => false;
    if (program !== undefined) {
      const before = state ?? parseState(await open.exportState(false));
      yieldTo = async (approvals) => {
        protection = await approvedDeletions(before, () => clusterState(before), target.plan, approvals);
        if (protection !== undefined) await kind.yieldTo?.(run, protection.given);
        return protection !== undefined;
      };
      await yieldTo(target.approvals);
      replace = await machinesOf(before);
    }
    const { parallel = AT_ONCE } = options;
    const handed = (take: (event: EngineEvent) => void) => ({
      onEvent: (event: EngineEvent) => {
        watch.take(event);
        take(event);
      },
      ...{ suppressProgress: true as const, parallel },
    });
    // All at once and nothing beside: an engine that does more stops at the first refusal, and would begin again for each.
    let tried = kind.answer === undefined ? [] : unproven.map(({ urn }) => urn);
    const everTried = new Set(tried);
    /** What the next try is of: these alone, or with none of them the whole program. Throws the error where none is worth it. */
    const tryNext = async (error: unknown): Promise<string[]> => {
      const isOver = error instanceof EngineKilledError || watch.why !== undefined || options.signal?.aborted || watched?.thrown();
      if (await kind.answer?.(run, unproven, collector)) return [];
      if (isOver) throw error;
      // What is wrong beside, the whole program tells.
      if (tried.length > 0) return [];
      const untold =
        (await kind
          .untold?.(
            run,
            handed(() => {}),
            replace,
            collector,
          )
          .finally(() => watch.done())) ?? [];
      // Once is enough: what is refused again is refused for another reason.
      if (untold.every(({ urn }) => everTried.has(urn))) throw error;
      unproven = untold;
      const urns = untold.map(({ urn }) => urn);
      for (const urn of urns) everTried.add(urn);
      const names = urns.slice(0, 3).map(nameOf).join(", ");
      const more = urns.length > 3 ? ` and ${urns.length - 3} more` : "";
      tell(`some of this is there already: ${names}${more} are tried alone, and what is there is taken up`);
      return urns;
    };
    for (let done = false; !done; ) {
      // What follows looks at the state afresh, however this ends.
      if (kind.changes) open.changed();
      const atEnd = kind.changes && keepWorld(setting);
      if (atEnd) run.workspace.envVars = { ...run.workspace.envVars, ...AT_END };
      try {
        await kind
          .engine(
            run,
            handed((event) => collector.take(event)),
            replace,
            tried,
          )
          .finally(() => watch.done());
        if (atEnd) forgetWorld(setting);
        done = tried.length === 0;
        tried = [];
      } catch (error) {
        if (watch.why !== undefined) collector.note([watch.why]);
        // What it has done will never have been.
        if (atEnd && error instanceof EngineKilledError) throw error;
        if (atEnd) forgetWorld(setting);
        if (kind.changes) {
          rememberMore(open, collector.unanswered);
          forPerson = tellUnanswered(open);
        }
        await noteReasons(run, collector);
        // What was not answered has to be looked for before anything is tried again.
        if (collector.unanswered.length > 0) throw error;
        // Only the program reads the configuration, and with it what is approved there.
        const approved = judgements.approved.map(({ approval }) => approval);
        if (protection !== undefined || approved.length === 0 || !(await yieldTo(approved))) {
          tried = await tryNext(error);
          // Those that were made again are new ones by now.
          replace = await machinesOf(parseState(await open.exportState(false)));
        }
        collector = newCollector(collector);
      }
    }
    return await kind.after(run, collector, protection);
  };

  const told = { collector: () => collector, watched, forPerson: () => forPerson, gaveUp: () => watch.why !== undefined };
  const settle = keepTellingOfFullDisk(setting.backendFolder, (text) => options.onProgress?.(messageOf("warning", text)));
  const cancel = async () => {
    const { command } = await openWorkspace(engine, setting, undefined, options);
    await removeOwnLocks(command, setting, tell);
    collector = newCollector();
  };
  const outputs = await translateErrors(name, target, options, told, () => pastOwnLocks(setting.engines, cancel, work))
    .catch(async (error: unknown) => {
      if (setting.world !== undefined && startedServers)
        await endUnused(setting.world).catch((failure: unknown) => tell(`the API server is not ended: ${messageIn(failure)}`));
      throw error;
    })
    .finally(() => {
      settle();
      if (kind.changes) copyState(target.root, setting, tell);
    });
  return {
    environment: target.plan.environment,
    changes: collector.changes,
    before: collector.before,
    steps: collector.steps,
    outputs,
    seconds: (Date.now() - started) / 1_000,
    resources: collector.resources,
    approved: judgements.approved,
  };
}

/** Opens the stack of an operation. A program makes it where there is none. */
async function openRun(
  program: PulumiFn | undefined,
  {
    engine,
    onOperation,
    ...given
  }: Pick<Run, "kind" | "target" | "options" | "setting" | "judgements"> & { readonly engine: Engine; onOperation(end: () => void): void },
): Promise<Run> {
  const { kind, target, options, setting } = given;
  const tell = (text: string) => options.onProgress?.({ kind: "engine", text });
  const operationOptions: string[] = [];
  const { workspace, command } = await openWorkspace(engine, setting, program, { ...options, operationOptions, onOperation });
  const open = pendingStack(target.root, { engine, setting, command }, options, tell);
  // The first look at its state tells whether there is a stack. To select one would start an engine to ask the same.
  workspace.selectStack = async () => {};
  const { Stack } = await import("@pulumi/pulumi/automation/stack.js");
  const stack = await Stack.select(setting.stack, workspace);
  const there = await open.exportState(false).catch((error: unknown) => {
    if (program === undefined || !(error instanceof StackNotFoundError)) throw error;
    return undefined;
  });
  if (there === undefined || (program !== undefined && isNameAlone(there))) await open.create();
  // The Automation API reads these after each operation, which starts an engine for each: the events have told it all.
  workspace.stackOutputs = async () => ({});
  stack.info = async () => undefined;
  let startedServers = false;
  // Not before: a stack that is not there, or no more, has no world either.
  if (setting.world !== undefined) {
    writeWorld(setting.world, target.plan);
    startedServers = await serveKubernetes(setting.world, kind, { environment: target.plan.environment, tell, ...options });
  }
  return { ...given, workspace, command, stack, open, operationOptions, startedServers };
}

/** Adds to a failure what its own words do not say. */
async function noteReasons({ open }: Run, collector: EventCollector): Promise<void> {
  if (collector.undeleted.length > 0) collector.note(await findInTheWay(open, collector.undeleted).catch(couldNotTell));
  if (isUnreachable(collector.failure ?? "")) collector.note(tellLost(await open.exportState(false)));
}

/** How a cluster that will never answer again is given up, bound to the one that stands. */
function tellLost(state: string): string[] {
  const approval = clusterLost(parseState(state));
  return approval === undefined ? [] : [`where the cluster is lost for good, destroy with --approve ${approval} forgets what it holds`];
}

/** What failed is told in any case. */
function couldNotTell(error: unknown): string[] {
  return [`what is in its way could not be found out: ${messageIn(error)}`];
}

function messageIn(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
