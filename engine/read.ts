import { StackNotFoundError } from "@pulumi/pulumi/automation/errors";
import type { Values } from "../model/findable";
import { LAYERS, type Layer } from "../model/layers";
import { rotationsSchema } from "../model/lock";
import type { EnvironmentPlan } from "../model/plan/types";
import type { Rotations } from "../model/rotation";
import { FINISHED_ROTATIONS, KUBESPRAY_CLUSTER } from "../model/type-tokens";
import type { EngineCommand } from "./command";
import { StackMissingError } from "./errors";
import { withoutInternals } from "./layers";
import { prepareStack } from "./prepare";
import { kindOf } from "./state/clouds";
import { machineName } from "./state/dead-machines";
import { type Loss, lossOf } from "./state/loss";
import { pendingStack } from "./state/stack";
import { parseState, plain, STACK, type State, sealed } from "./state/state";
import { translateErrors } from "./translate";
import type { EngineTarget, RunOptions } from "./types";
import { type EngineSetting, openWorkspace } from "./workspace";

/** The outputs, of all layers' stacks together; secrets as "[secret]" unless `showSecrets`; undefined when there is no stack. */
export async function readOutputs(target: EngineTarget, options: RunOptions = {}): Promise<Record<string, unknown> | undefined> {
  if (target.plan.layers === "one" || target.layer !== undefined) return await readStackOutputs(target, options);
  const read = [];
  for (const layer of LAYERS) read.push(await readStackOutputs({ ...target, layer }, options));
  return read.some((outputs) => outputs !== undefined) ? withoutInternals(Object.assign({}, ...read)) : undefined;
}

/** The outputs of one stack of the environment; undefined where there is no such stack. */
export async function readStackOutputs(target: EngineTarget, options: RunOptions): Promise<Record<string, unknown> | undefined> {
  const { engine, setting } = await prepareStack(target, options);
  const { command } = await openWorkspace(engine, setting, undefined, options);
  return await translateErrors("outputs", target, options, undefined, () =>
    found(outputsOf(command, setting, options.showSecrets ?? false)),
  );
}

/** The outputs that a stack has recorded. */
export async function outputsOf(command: EngineCommand, setting: EngineSetting, showSecrets: boolean): Promise<Record<string, unknown>> {
  // Asked with or without secrets as wanted: the Automation API always decrypts, and marks only outputs that are secret as a whole.
  const args = ["stack", "output", "--json", "--stack", setting.stack, ...(showSecrets ? ["--show-secrets"] : [])];
  const { stdout } = await command.run(args, setting.workDir, {});
  return JSON.parse(stdout);
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
export async function readClusterState(target: EngineTarget, options: RunOptions): Promise<State | undefined> {
  return await readState(target.plan.layers === "one" ? target : { ...target, layer: "cluster" }, options, true);
}

/** The cluster as the stack that holds it records it. */
export interface RecordedCluster {
  /** With secrets in the envelopes that providers are handed. */
  readonly inputs: Values;
  readonly outputs: Values;
}

/** What an environment's stack records. */
export interface RecordedEnvironment {
  /** Undefined where there is no cluster yet. */
  readonly cluster?: RecordedCluster;
  /** What it was last brought to as a whole; undefined where it never was. */
  readonly applied?: unknown;
}

/** What the stack that holds the cluster records; of a stack that is not there nothing. */
export async function readRecorded(target: EngineTarget, options: RunOptions = {}): Promise<RecordedEnvironment> {
  const resources = (await readClusterState(target, options))?.deployment.resources ?? [];
  const cluster = resources.find(({ type, delete: goes }) => type === KUBESPRAY_CLUSTER && goes !== true);
  const { applied } = plain(resources.find(({ type }) => type === STACK)?.outputs ?? {});
  return {
    ...(cluster ? { cluster: { inputs: sealed(cluster.inputs ?? {}), outputs: sealed(cluster.outputs ?? {}) } } : {}),
    ...(applied === undefined ? {} : { applied }),
  };
}

/**
 * How often the secrets of each service were exchanged to the end. Where something of the platform's stack is open, or is still to be deleted, an
 * operation broke off, so that no exchange is at its end. Undefined where the platform never was brought up.
 */
export async function readRotations(target: EngineTarget, options: RunOptions = {}): Promise<Rotations | undefined> {
  const state = await readState(target.plan.layers === "one" ? target : { ...target, layer: "platform" }, options, false);
  const { resources = [], pending_operations: open = [] } = state?.deployment ?? {};
  if (resources.find(({ type }) => type === STACK)?.outputs?.applied === undefined) return undefined;
  if (open.length > 0 || resources.some(({ delete: goes }) => goes === true)) return {};
  return rotationsSchema.parse(resources.find(({ type }) => type === FINISHED_ROTATIONS)?.inputs ?? {});
}

/** The cloud's ids of the machines that there are, by name; none where hosts are nobody's resources. */
export async function readMachines(target: EngineTarget, options: RunOptions = {}): Promise<Readonly<Record<string, string>>> {
  const state = await readState(target.plan.layers === "one" ? target : { ...target, layer: "infrastructure" }, options, false);
  const machines = (state?.deployment.resources ?? []).filter((resource) => kindOf(resource) === "machine" && resource.delete !== true);
  return Object.fromEntries(machines.flatMap(({ urn, id }) => (id ? [[machineName(target.plan.environment, urn), id]] : [])));
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

/** What is asked of a stack; undefined where there is no such stack. */
export async function found<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof StackNotFoundError) return undefined;
    throw error;
  }
}
