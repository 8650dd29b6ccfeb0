import type { EngineEvent, PulumiFn } from "@pulumi/pulumi/automation";
import { StackAlreadyExistsError, StackNotFoundError } from "@pulumi/pulumi/automation/errors";
import { LAYERS, type Layer, stackName } from "../model/layers";
import type { EnvironmentPlan } from "../model/plan/types";
import { describeProblem, RefusedError } from "../model/problems";
import type { Tunnel } from "../reach/tunnel";
import type { EngineCommand } from "./command";
import { StackMissingError } from "./errors";
import { EventCollector, type Progress } from "./events";
import { Judgements } from "./judgements";
import { walkLayers, withoutInternals } from "./layers";
import { prepareStack, requireFree } from "./prepare";
import { isUnreachable } from "./remedies";
import { keepTellingOfFullDisk } from "./room";
import { serveKubernetes } from "./servers/world";
import { beginDestroy, recallForgotten, tellBrokenDestroy } from "./state/broken-destroy";
import { copyState, forgetCopy } from "./state/copy";
import { deleteFirst, machinesToRemake } from "./state/dead-machines";
import { portsInTheWay } from "./state/in-the-way";
import { type Loss, lossOf, withRetained } from "./state/loss";
import { clusterLost, forgetObjects } from "./state/lost";
import { holdsAnything, moveToLayers } from "./state/move";
import { adoptRefused, rememberMore, resolvePending, tellPending } from "./state/pending";
import { approvedDeletions, keptByProtection, type Protection } from "./state/protection";
import { pendingStack } from "./state/stack";
import { parseState, type State } from "./state/state";
import { translateErrors, watchProgram } from "./translate";
import { openTunnelFor } from "./tunnel";
import type { EngineTarget, OperationKind, OperationResult, RunOptions } from "./types";
import { asOnlyOne } from "./working";
import { type EngineSetting, openWorkspace } from "./workspace";
import { clearWorld, writeWorld } from "./world";

/** How many resources are worked on at once. They wait for clouds; the engine's own default goes by this machine's processors: four for each. */
const AT_ONCE = 32;

/**
 * Shows what `up` would change. Creates the environment's (empty) stack if there is none yet.
 * @throws RefusedError, InvalidInputError from the program; OperationFailedError, StackBusyError, InterruptedError, EngineMissingError.
 */
export async function previewEnvironment(target: EngineTarget, options: RunOptions = {}): Promise<OperationResult> {
  return await inLayers("preview", target, options);
}

/** Brings the environment to what its plan says, without a preview of its own. Throws as {@link previewEnvironment} does. */
export async function upEnvironment(target: EngineTarget, options: RunOptions = {}): Promise<OperationResult> {
  return await inLayers("up", target, options);
}

/** Reads what is really there into the state; the changes are the drift found. @throws StackMissingError and as {@link previewEnvironment}. */
export async function refreshEnvironment(target: EngineTarget, options: RunOptions = {}): Promise<OperationResult> {
  return await inLayers("refresh", target, options);
}

/**
 * Destroys everything of the environment, protected data too, then removes its stack. The caller has named what is lost and was told to
 * go on: `protect` guards data against changes, not against this. @throws StackMissingError and as {@link previewEnvironment}.
 */
export async function destroyEnvironment(target: EngineTarget, options: RunOptions = {}): Promise<OperationResult> {
  return await inLayers("destroy", target, options);
}

/** The outputs, of all layers' stacks together; secrets as "[secret]" unless `showSecrets`; undefined when there is no stack. */
export async function readOutputs(target: EngineTarget, options: RunOptions = {}): Promise<Record<string, unknown> | undefined> {
  if (target.plan.layers === "one" || target.layer !== undefined) return await readStackOutputs(target, options);
  const found = [];
  for (const layer of LAYERS) found.push(await readStackOutputs({ ...target, layer }, options));
  return found.some((outputs) => outputs !== undefined) ? withoutInternals(Object.assign({}, ...found)) : undefined;
}

async function readStackOutputs(target: EngineTarget, options: RunOptions): Promise<Record<string, unknown> | undefined> {
  const { engine, setting } = await prepareStack(target, options);
  const { command } = await openWorkspace(engine, setting, undefined, options);
  return await translateErrors("outputs", target, options, undefined, async () => {
    try {
      return await outputsOf(command, setting, options.showSecrets ?? false);
    } catch (error) {
      if (error instanceof StackNotFoundError) return undefined;
      throw error;
    }
  });
}

/** The state of a stack of the environment; undefined where there is no such stack. */
async function readState(target: EngineTarget, options: RunOptions, showSecrets: boolean): Promise<State | undefined> {
  const { engine, setting } = await prepareStack(target, options);
  const { command } = await openWorkspace(engine, setting, undefined, options);
  const stack = pendingStack(target.root, { engine, setting, command }, options, () => undefined);
  return await translateErrors("outputs", target, options, undefined, async () => {
    const exported = await found(stack.exportState(showSecrets));
    return exported === undefined ? undefined : parseState(exported);
  });
}

/** The state of the stack that holds the cluster, secrets in clear. */
async function readClusterState(target: EngineTarget, options: RunOptions): Promise<State | undefined> {
  return await readState(target.plan.layers === "one" ? target : { ...target, layer: "cluster" }, options, true);
}

/**
 * What a destroy will take and leave, by what there is: its stacks' states, not the file.
 * @throws StackMissingError where there is no stack
 */
export async function readLoss(target: EngineTarget, options: RunOptions = {}): Promise<Loss & Pick<EnvironmentPlan, "layers">> {
  const { layer: own, ...whole } = target;
  const read = (layers: EnvironmentPlan["layers"], layer?: Layer): Promise<State | undefined> =>
    readState({ ...whole, plan: { ...whole.plan, layers }, ...(layer ? { layer } : {}) }, options, false);
  // One stack may still hold what the file has in three, and the other way round.
  const one = own === undefined ? await read("one") : undefined;
  const three = [];
  if (one === undefined || target.plan.layers === "three")
    for (const layer of own === undefined ? LAYERS : [own]) three.push(await read("three", layer));
  const states = [one, ...three].filter((state) => state !== undefined);
  if (states.length === 0) throw new StackMissingError(target.plan.environment);
  const resources = states.flatMap(({ deployment }) => deployment.resources ?? []);
  return { ...lossOf(resources, target.plan.retain), layers: three.some((state) => state !== undefined) ? "three" : "one" };
}

/** An operation on the environment's stack, or on those of its layers in their order. */
async function inLayers(kind: OperationKind, target: EngineTarget, options: RunOptions): Promise<OperationResult> {
  if (kind === "preview") return await withTunnel(kind, target, options);
  const { plan, root, sandbox, layer } = target;
  const name = `${sandbox ? "sandbox-" : ""}${stackName(plan.environment, layer)}`;
  return await asOnlyOne(root, name, plan.environment, () => withTunnel(kind, target, options));
}

async function withTunnel(kind: OperationKind, target: EngineTarget, options: RunOptions): Promise<OperationResult> {
  const { layer: _layer, ...whole } = target;
  const tunnel = await openTunnelFor(kind, target, options, {
    outputs: () => readOutputs(whole, { ...options, showSecrets: true }),
    state: () => readClusterState(whole, options),
  });
  try {
    return await walk(kind, target, options, tunnel);
  } finally {
    await tunnel?.close();
  }
}

async function walk(kind: OperationKind, target: EngineTarget, options: RunOptions, tunnel: Tunnel | undefined): Promise<OperationResult> {
  const judgements = new Judgements(({ approval, reason }) => {
    // A preview shows them beside its changes.
    if (kind === "up") options.onProgress?.(messageOf("info", `approved by ${approval}: ${reason}`));
  });
  const run = async (layer?: Layer, own: RunOptions = options): Promise<OperationResult> => {
    const settled = kind === "preview" && target.layer === undefined;
    const one = layer === undefined ? target : { ...target, layer, settled };
    const runs = kind === "preview" || kind === "up";
    const program = runs ? programOf(one, tunnel, judgements, kind === "up" ? own.onAccepted : undefined) : undefined;
    return await runOperation(kind, one, program, own, judgements);
  };
  const result = await (async () => {
    if (target.plan.layers === "one") return await run();
    if (kind !== "preview") await splitOneStack(kind, target, options, judgements);
    return await walkLayers(kind, target, options, run, (layer) => readStackOutputs({ ...target, layer }, options));
  })();
  for (const problem of judgements.unused(target.plan.environment, target.approvals))
    options.onProgress?.(messageOf("warning", describeProblem(problem)));
  return { ...result, approved: judgements.approved };
}

function messageOf(severity: "info" | "warning", text: string): Progress {
  return { kind: "message", severity, text, ephemeral: false };
}

/** Moves the state of an environment that one stack still holds into the stacks of its layers. Nothing that it describes is touched. */
async function splitOneStack(
  kind: OperationKind,
  { layer: _layer, ...whole }: EngineTarget,
  options: RunOptions,
  judgements: Judgements,
): Promise<void> {
  const { Stack } = await import("@pulumi/pulumi/automation/stack.js");
  const { plan, approvals } = whole;
  const tell = (text: string) => options.onProgress?.({ kind: "engine", text });
  const open = async (layer?: Layer) => {
    const { engine, setting } = await prepareStack(layer === undefined ? whole : { ...whole, layer }, options);
    const { workspace, command } = await openWorkspace(engine, setting, undefined, options);
    await (layer === undefined ? Stack.select : Stack.createOrSelect).call(Stack, setting.stack, workspace);
    const remove = () => workspace.removeStack(setting.stack, { force: true, preserveConfig: true });
    return { stack: pendingStack(whole.root, { engine, setting, command }, options, tell), remove };
  };
  await translateErrors(kind, whole, options, undefined, async () => {
    const one = await found(open());
    if (one === undefined || !holdsAnything(parseState(await one.stack.exportState(false)).deployment.resources ?? [])) return;
    // Broken creations are found where their providers are, before anything is told apart.
    judgements.count((await resolvePending(one.stack, plan.environment, approvals, kind === "destroy")).counted);
    tell(`moving the state of ${plan.environment} into the stacks of its three layers`);
    await moveToLayers(plan, one.stack, async (layer) => (await open(layer)).stack, one.remove);
  });
}

/** What is done about an error of one class; any other is thrown. */
function otherwise<T>(error: unknown, expected: new (...args: never[]) => Error, work: () => T): T {
  if (error instanceof expected) return work();
  throw error;
}

async function found<T>(stack: Promise<T>): Promise<T | undefined> {
  try {
    return await stack;
  } catch (error) {
    if (error instanceof StackNotFoundError) return undefined;
    throw error;
  }
}

/**
 * One operation of the engine on an environment with a given program.
 * @param program what registers the resources; undefined for refresh and destroy, which work from the state alone
 * @param judgements what is found about the approvals
 */
export async function runOperation(
  kind: OperationKind,
  target: EngineTarget,
  program: PulumiFn | undefined,
  options: RunOptions,
  judgements = new Judgements(),
): Promise<OperationResult> {
  const started = Date.now();
  const tell = (text: string) => options.onProgress?.({ kind: "engine", text });
  const { engine, setting } = await prepareStack(target, options);
  requireFree(kind, target, setting);
  let replace: readonly string[] = [];
  const watched =
    program &&
    watchProgram(async () => {
      await deleteFirst(replace);
      return await program();
    });
  const newCollector = () =>
    new EventCollector(options.onProgress, (text) => {
      const thrown = watched?.thrown();
      return thrown instanceof Error && text.includes(thrown.message);
    });
  let collector = newCollector();
  const work = async (): Promise<Record<string, unknown>> => {
    const previewOptions: string[] = [];
    const { workspace, command } = await openWorkspace(engine, setting, watched?.program, { ...options, previewOptions });
    const { Stack } = await import("@pulumi/pulumi/automation/stack.js");
    const select = () => Stack.select(setting.stack, workspace);
    // Another operation may make it in the meantime.
    const made = () => Stack.createOrSelect(setting.stack, workspace).catch((error) => otherwise(error, StackAlreadyExistsError, select));
    const stack = await (program ? made : select)();
    // The Automation API reads these after each operation, which starts an engine for each: the events have told it all.
    workspace.stackOutputs = async () => ({});
    stack.info = async () => undefined;
    // Not before: a stack that is not there, or no more, has no world either.
    if (setting.world !== undefined) {
      writeWorld(setting.world, target.plan);
      await serveKubernetes(setting.world, kind, { environment: target.plan.environment, tell, ...options });
    }
    const open = pendingStack(target.root, { engine, setting, command }, options, tell);
    const { environment } = target.plan;
    if (kind === "destroy") judgements.count(await forgetObjects(open, environment, target.approvals));
    const { state, unproven, counted } =
      kind === "preview"
        ? await tellPending(open, target.approvals)
        : await resolvePending(open, environment, target.approvals, kind === "destroy");
    judgements.count(counted);
    // Looking at it once is enough where nothing is written since.
    const known = open.beforeDestroy() === undefined ? state : undefined;
    if (kind === "destroy") {
      await beginDestroy(open);
      // The engine goes by what the state says, and the file may say more than any `up` has recorded.
      const retained = withRetained(parseState(await open.exportState(false)), target.plan.retain);
      if (retained !== undefined) await open.importState(JSON.stringify(retained));
    } else if (kind === "preview") tellBrokenDestroy(open);
    else await recallForgotten(open);
    const unprotect = async (what: readonly string[]): Promise<unknown> =>
      await command.run(["state", "unprotect", ...what, "--yes", "--stack", setting.stack], setting.workDir, {});
    const before = known ?? parseState(await open.exportState(false));
    let protection: Protection | undefined;
    /** Lets the engine delete what is protected and goes with an approved change; false where nothing is. */
    const yieldTo = async (approvals: readonly string[]): Promise<boolean> => {
      const { plan, layer = "cluster" } = target;
      const clusterState = async () => (layer === "cluster" ? before : await readClusterState(target, options));
      protection = await approvedDeletions(before, clusterState, plan, approvals);
      if (protection === undefined) return false;
      if (kind === "up") await unprotect(protection.given);
      // A preview changes nothing, the state's marks neither: it is told to look past them.
      else previewOptions.push("--ignore-protect");
      return true;
    };
    if (program) await yieldTo(target.approvals);
    // Whoever destroys an environment has been told what is lost; what must stay is retained, not protected.
    if (kind === "destroy") await unprotect(["--all"]);
    const { parallel = AT_ONCE } = options;
    const machinesOf = async (now: State): Promise<string[]> => {
      const { plan, layer } = target;
      if ((layer ?? "infrastructure") !== "infrastructure") return [];
      return await machinesToRemake(plan, now, async () => (layer === undefined ? now : await readClusterState(target, options)), tell);
    };
    if (program !== undefined) replace = await machinesOf(before);
    for (let done = false; !done; ) {
      try {
        const all = { onEvent: (event: EngineEvent) => collector.take(event), suppressProgress: true, parallel };
        await (kind === "preview" || kind === "up" ? stack[kind]({ ...all, replace: [...replace] }) : stack[kind](all));
        done = true;
      } catch (error) {
        if (kind !== "preview") rememberMore(open, collector.unanswered);
        if (collector.undeleted.length > 0) collector.note(await portsInTheWay(open, collector.undeleted).catch(couldNotTell));
        if (isUnreachable(collector.failure ?? "")) collector.note(tellLost(await open.exportState(false)));
        // Only the program reads the configuration, and with it what is approved there.
        const approved = judgements.approved.map(({ approval }) => approval);
        if (protection === undefined && collector.unanswered.length === 0 && approved.length > 0 && (await yieldTo(approved))) {
          collector = newCollector();
          continue;
        }
        // What was not answered has to be looked for before anything is tried again.
        if (kind !== "up" || collector.unanswered.length > 0) throw error;
        if (!(await adoptRefused(open, unproven, collector.refusals))) throw error;
        // Those that were made again are new ones by now.
        replace = await machinesOf(parseState(await open.exportState(false)));
        collector = newCollector();
      }
    }
    if (kind === "preview" && protection !== undefined) refuseProtected(environment, protection, collector);
    // What only a refusal could have told was made now, or goes with what it belongs to.
    if (kind === "up" || kind === "destroy") open.remember([]);
    if (kind === "destroy") {
      open.keepBeforeDestroy(undefined);
      // Before the stack goes, for without one nobody would come back here.
      if (setting.world !== undefined && (target.layer ?? "infrastructure") === "infrastructure")
        await clearWorld(setting.world, target.plan);
      // The user's stack configuration is a committed file of theirs; the sandbox's was made here.
      await workspace.removeStack(setting.stack, { preserveConfig: setting.world === undefined });
      forgetCopy(target.root, setting);
      return {};
    }
    const asRecorded = kind === "refresh" || (kind === "up" && options.showSecrets === true);
    return asRecorded ? await outputsOf(command, setting, options.showSecrets ?? false) : collector.outputs;
  };
  const told = { collector: () => collector, watched };
  const settle = keepTellingOfFullDisk(setting.backendFolder, (text) => options.onProgress?.(messageOf("warning", text)));
  const outputs = await translateErrors(kind, target, options, told, work).finally(() => {
    settle();
    if (kind !== "preview") copyState(target.root, setting, tell);
  });
  return {
    environment: target.plan.environment,
    changes: collector.changes,
    steps: collector.steps,
    outputs,
    seconds: (Date.now() - started) / 1_000,
    resources: collector.resources,
    approved: judgements.approved,
  };
}

/** How a cluster that will never answer again is given up, bound to the one that stands. */
function tellLost(state: string): string[] {
  const approval = clusterLost(parseState(state));
  return approval === undefined ? [] : [`where the cluster is lost for good, destroy with --approve ${approval} forgets what it holds`];
}

/** What failed is told in any case. */
function couldNotTell(error: unknown): string[] {
  return [`what is in its way could not be found out: ${error instanceof Error ? error.message : String(error)}`];
}

/** A preview that looks past protection is as strict as one that does not, but for what is approved. */
function refuseProtected(environment: string, { kept }: Protection, { resources }: EventCollector): void {
  const touched = resources.filter(({ op, urn }) => (op === "delete" || op === "replace") && kept.includes(urn));
  if (touched.length > 0) throw new RefusedError(touched.map(({ urn }) => keptByProtection(environment, urn)));
}

function programOf(
  target: EngineTarget,
  tunnel: Tunnel | undefined,
  judgements: Judgements,
  onAccepted: (() => void) | undefined,
): PulumiFn {
  const { plan, approvals, sandbox, layer, folder, settled = false } = target;
  return async () => {
    // Loaded here, because only operations that run the program need the cloud SDKs.
    const { environmentProgram } = await import("../stacks/program.js");
    return await environmentProgram(plan, {
      approvals,
      sandbox,
      settled,
      onJudged: (verdict) => judgements.add(verdict),
      ...(layer ? { layer } : {}),
      ...(folder ? { folder } : {}),
      ...(tunnel ? { tunnel } : {}),
      ...(onAccepted ? { onAccepted } : {}),
    })();
  };
}

async function outputsOf(command: EngineCommand, setting: EngineSetting, showSecrets: boolean): Promise<Record<string, unknown>> {
  // Asked with or without secrets as wanted: the Automation API always decrypts, and marks only outputs that are secret as a whole.
  const args = ["stack", "output", "--json", "--stack", setting.stack, ...(showSecrets ? ["--show-secrets"] : [])];
  const { stdout } = await command.run(args, setting.workDir, {});
  return JSON.parse(stdout);
}
