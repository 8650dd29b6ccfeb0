import { OperationFailedError } from "../../engine/errors";
import { messageOf, type Progress } from "../../engine/events";
import { asOnlyOne } from "../../engine/only-one";
import { type ClusterStepReport, reportSteps } from "../../model/cluster/report";
import { describeStep } from "../../model/cluster/steps/describe";
import type { ClusterSpec, ClusterStep } from "../../model/cluster/types";
import { parseApplied } from "../../model/guard/applied";
import type { Change, Progress as Shown } from "../../plugin/kubespray/execute";
import { accessOf, type ClusterAccess, parseInputs, parseRecorded } from "../../plugin/kubespray/inputs";
import type { Kubespray } from "../../plugin/kubespray/kubespray";
import type { Doors } from "../doors";
import type { ClusterJob, Control, Operator } from "../operator";
import { notUp } from "../outputs";
import { makeReady, type Ready, type Request, runJob } from "../ready";

/** A cluster as it is recorded, and the way to its hosts. */
export interface StandingCluster extends Ready {
  readonly spec: ClusterSpec;
  readonly access: ClusterAccess;
  readonly kubespray: Kubespray;
  /** The release of K-PaaS that its last `up` brought; undefined where none ended, or an earlier version did not record it. */
  readonly release?: string;
}

/** What was run on a cluster. */
export interface ClusterRun extends Ready {
  readonly steps: readonly ClusterStepReport[];
  readonly seconds: number;
}

/** Loads an environment and what is recorded of its cluster. @throws InvalidInputError; OperationFailedError where it is not up */
export async function loadCluster(request: Request, operator: Operator, doors: Doors): Promise<StandingCluster> {
  const ready = await makeReady(request, operator, doors);
  const found = await findCluster(ready, operator, doors);
  if (!found) throw notUp(ready.target.plan.environment, ready.target.sandbox);
  return found;
}

/**
 * The same for what runs playbooks on it.
 * @throws OperationFailedError also where this machine lacks what the playbooks of this very cluster need
 */
export async function loadToRun(request: Request, operator: Operator, doors: Doors): Promise<StandingCluster> {
  const cluster = await loadCluster(request, operator, doors);
  const lacking = cluster.kubespray.lacks?.({ spec: cluster.spec, ...cluster.access });
  if (lacking !== undefined) throw new OperationFailedError(lacking);
  return cluster;
}

/** Looks at a cluster's hosts for the operator. @throws OperationFailedError where they cannot be looked at */
export async function lookAt<T>({ target }: Ready, operator: Operator, look: (control: Control) => Promise<T>): Promise<T> {
  const { plan, sandbox } = target;
  const { environment } = plan;
  return await operator.run({ kind: "read", environment, sandbox }, (control) => look(control).catch(failed));
}

/** What hosts, and the programs that reach them, say in their own words is no defect of ours. */
function failed(error: unknown): never {
  throw error instanceof Error && error.name === "Error" ? new OperationFailedError(error.message, { cause: error }) : error;
}

/** The cluster of an environment, as it is recorded; undefined where none is. */
export async function findCluster(ready: Ready, operator: Operator, doors: Doors): Promise<StandingCluster | undefined> {
  const engine = await doors.engine();
  const { cluster, applied } = await runJob("read", ready.target, operator, engine.readRecorded);
  const { release } = parseApplied(applied, ready.target.plan.environment) ?? {};
  const parsed = cluster && parseInputs(cluster.inputs);
  const recorded = cluster && parseRecorded(cluster.outputs);
  if (parsed?.kind !== "inputs" || !recorded || Object.keys(recorded.spec.nodes).length === 0) return undefined;
  // The way to a machine may have changed since the cluster was last touched.
  const machines = { ...recorded.machines, ...parsed.inputs.machines };
  return {
    ...ready,
    spec: recorded.spec,
    access: accessOf(parsed.inputs, machines, cluster.outputs.variables),
    kubespray: await usableKubespray(ready, doors),
    ...(release === undefined ? {} : { release }),
  };
}

/** @throws OperationFailedError where this machine lacks what it needs */
export async function usableKubespray({ target }: Ready, doors: Doors): Promise<Kubespray> {
  const kubespray = (await doors.kubespray()).kubesprayFor(target);
  if (kubespray.unusable !== undefined) throw new OperationFailedError(kubespray.unusable);
  return kubespray;
}

/**
 * Runs steps on a cluster as an operation of the engine does, with the same runner, journal and fence, but by themselves: the state is not
 * touched.
 * @throws OperationFailedError, StackBusyError, InterruptedError
 */
export async function runOnCluster(
  kind: ClusterJob,
  { spec, access, kubespray, ...ready }: StandingCluster,
  steps: readonly ClusterStep[],
  operator: Operator,
): Promise<ClusterRun> {
  const { target } = ready;
  const { environment } = target.plan;
  const started = Date.now();
  const { execute } = await import("../../plugin/kubespray/execute.js");
  const wanted = steps[0]?.inventory ?? spec;
  // What is restored is the cluster of another time: what a broken change had done to this one counts no more.
  const aside = kind !== "cluster restore";
  const change: Change = { recorded: spec, wanted, steps, ...access, lostNodes: [], aside };
  await operator.run({ kind, environment, sandbox: target.sandbox }, async ({ signal = new AbortController().signal, onProgress }) => {
    const work = () => execute(kubespray, change, shownBy(environment, onProgress), signal);
    const { failure, done } = await asOnlyOne(target, work).catch(failed);
    if (failure === undefined) return;
    const where = failure.step ? `step ${done.length + 1} of ${steps.length} (${describeStep(failure.step)}) failed: ` : "";
    throw new OperationFailedError(`${where}${failure.reason}`);
  });
  return { ...ready, steps: reportSteps(spec, steps), seconds: (Date.now() - started) / 1000 };
}

/** Shows a run as the engine shows the resource of the cluster. */
function shownBy(environment: string, tell: (event: Progress) => void = () => {}): Shown {
  const urn = `cluster ${environment}`;
  tell({ kind: "resource", status: "start", op: "run", urn, type: "cluster", name: environment });
  return {
    status: (text) => tell({ kind: "message", severity: "info", text, urn, ephemeral: true }),
    warn: (text) => tell(messageOf("warning", text)),
    shown: async () => tell({ kind: "resource", status: "done", op: "run", urn, type: "cluster", name: environment }),
  };
}
