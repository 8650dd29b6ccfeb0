import { refusalText } from "../../model/cluster/refusals";
import { compileSteps } from "../../model/cluster/steps/compile";
import { describeStep, hostsOf } from "../../model/cluster/steps/describe";
import type { ClusterStep } from "../../model/cluster/types";
import { type Call, type Properties, secret, UNKNOWN } from "../rpc/provider";
import { endsAfter, expiringOf } from "./certificates";
import type { ClusterView } from "./cluster-view";
import { type ClusterInputs, parseInputs, parseRecorded } from "./inputs";
import { endpointOf, recordedInputs, stepOutput, versionsOf } from "./outputs";
import { assumeKnown, reveal } from "./values";

/** A change of the cluster, compiled. */
export interface Planned {
  readonly recorded: Pick<ClusterInputs, "spec" | "machines" | "networkCidr"> | undefined;
  readonly wanted: ClusterInputs;
  readonly steps: readonly ClusterStep[];
}

/**
 * The change from the recorded to the wanted cluster, or undefined while too little of the wanted one is known.
 * @param view is asked only where no control plane has the machine any more that is recorded: the cluster may have been restored on others
 */
export async function planChange(
  view: Pick<ClusterView, "joined">,
  olds: Properties,
  news: Properties,
  now: Date,
): Promise<Planned | undefined> {
  const parsed = parseInputs(news);
  if (parsed.kind === "unknown") return undefined;
  if (parsed.kind === "wrong") throw new Error(parsed.failures.map((failure) => `${failure.property}: ${failure.reason}`).join("\n"));
  const known = parseRecorded(olds);
  // A creation that reached no node has made no cluster yet.
  const recorded = known && Object.keys(known.spec.nodes).length > 0 ? known : undefined;
  const wanted = { ...parsed.inputs, spec: assumeKnown(parsed.inputs.spec, recorded?.spec) };
  const moved = Object.keys(wanted.machines).filter((name) => {
    const before = recorded?.machines[name]?.machineId;
    return before !== undefined && before !== wanted.machines[name]?.machineId;
  });
  const asked = recorded?.spec.controlPlane.every((name) => moved.includes(name)) === true;
  const { joined, untold } = asked ? await joinedOn(view, moved, wanted) : { joined: [], untold: undefined };
  const rebuiltInPlace = moved.filter((name) => !joined.includes(name));
  const expiring = expiringOf(olds, now).renewable;
  const { steps, refusals } = compileSteps(recorded?.spec, wanted.spec, { lost: wanted.lostNodes, rebuiltInPlace, expiring });
  if (refusals.length > 0) throw new Error([refusalText(refusals), ...(untold === undefined ? [] : [untold])].join("\n"));
  return { recorded, wanted, steps };
}

/** Those of these nodes that are in a cluster on their new machines, or why that cannot be told: new machines may not have booted yet. */
async function joinedOn(
  view: Pick<ClusterView, "joined">,
  nodes: readonly string[],
  { spec, machines, ssh }: ClusterInputs,
): Promise<{ readonly joined: readonly string[]; readonly untold?: string }> {
  try {
    return { joined: await view.joined(nodes, spec, { machines, ssh }) };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { joined: [], untold: `  Whether the cluster was restored on the new machines could not be told: ${reason}` };
  }
}

/**
 * Refuses a change that needs hosts which do not answer, before any of its steps begins.
 * @param waits whether nodes that join are left out: their machines may still boot, and the look at all hosts waits for them
 * @throws Error naming each, and the way on
 */
export async function requireAnswers(
  view: Pick<ClusterView, "silent">,
  { recorded, wanted, steps }: Planned,
  { waits }: { readonly waits: boolean },
): Promise<void> {
  const joins = (name: string): boolean =>
    wanted.spec.nodes[name] !== undefined && recorded?.machines[name]?.machineId !== wanted.machines[name]?.machineId;
  const needed = new Set(steps.flatMap(hostsOf).filter((name) => !(waits && joins(name))));
  // The machine that is there now: a node that stays may have another one, from which it joins.
  const machines = { ...recorded?.machines, ...wanted.machines };
  const asked = Object.fromEntries(Object.entries(machines).filter(([name]) => needed.has(name)));
  const silent = Object.keys(asked).length === 0 ? {} : await view.silent(asked, wanted.ssh, wanted.spec.name);
  if (Object.keys(silent).length === 0) return;
  const lines = Object.keys(silent)
    .sort()
    .map((name) => {
      const why = silent[name] ? `: ${silent[name]}` : "";
      const node = wanted.spec.nodes[name] ?? recorded?.spec.nodes[name];
      const key = node?.key ?? name;
      if (!recorded?.spec.nodes[name])
        return `  ${name} does not answer${why}\n    Look at its machine's console, then run the same command again.`;
      if (recorded.spec.controlPlane.length === 1 && recorded.spec.controlPlane[0] === name)
        return `  ${name} does not answer${why}\n    Bring its machine back: it is the only control plane. Where it is lost for good, restore a backup: kpaas cluster restore.`;
      const way = wanted.spec.nodes[name] ? `raise the generation of ${key} or take it out of the file, and ` : "";
      return `  ${name} does not answer${why}\n    Bring its machine back. Where it is lost for good, ${way}say so: --approve ${key}:lost (under pulumi with the plan's fingerprint, in the configuration kpaas:approve).`;
    });
  throw new Error(`nothing was begun, because steps need hosts that do not answer:\n${lines.join("\n")}`);
}

/** Shows the steps and gives the outputs as far as they are known before anything runs. */
export async function preview(call: Call, planned: Planned, news: Properties, olds: Properties, now: Date): Promise<Properties> {
  const { recorded, wanted, steps } = planned;
  for (const [index, step] of steps.entries()) {
    await call.log("info", `would run ${index + 1}/${steps.length}: ${describeStep(step)} — ${step.reason}`);
  }
  return {
    ...recordedInputs(news),
    steps: steps.map(stepOutput),
    nodeTable: UNKNOWN,
    ...(recorded ? keptOutputs(olds) : {}),
    ...(recorded && !movesEndpoint(planned) && olds.endpoint !== undefined ? {} : { endpoint: endpointOf(wanted.spec) }),
    ...(recorded && !changesVersions(planned) && olds.versions !== undefined ? {} : { versions: versionsOf(wanted.spec) }),
    ...(keepsKubeconfig(planned, olds) ? {} : { certificates: UNKNOWN, kubeconfig: kubeconfigToRenew(olds, now) }),
    ...(recorded && steps.length === 0 && olds.nodeTable !== undefined ? { nodeTable: olds.nodeTable } : {}),
  };
}

/**
 * A kubeconfig that is about to be made anew: the old one while it opens the cluster, so that what is in there can be previewed. The remark
 * makes it another value, and whatever takes it shows as changed.
 */
function kubeconfigToRenew(olds: Properties, now: Date): unknown {
  const kubeconfig = reveal(olds.kubeconfig);
  if (typeof kubeconfig !== "string" || !endsAfter(kubeconfig, now)) return UNKNOWN;
  return secret(`${kubeconfig.trimEnd()}\n# made anew by this change\n`);
}

/** Whether the change makes certificates anew or moves the endpoint, and makes the kubeconfig anew with them. */
export function renews(planned: Planned): boolean {
  return planned.steps.some(({ playbook }) => playbook === "renew-certificates") || movesEndpoint(planned);
}

function movesEndpoint({ recorded, wanted }: Planned): boolean {
  return recorded !== undefined && endpointOf(recorded.spec) !== endpointOf(wanted.spec);
}

function changesVersions({ recorded, wanted }: Planned): boolean {
  return recorded?.spec.kubernetes !== wanted.spec.kubernetes || recorded.spec.kubespray !== wanted.spec.kubespray;
}

/** Whether the recorded kubeconfig outlives the change. */
export function keepsKubeconfig(planned: Planned, olds: Properties): boolean {
  return planned.recorded !== undefined && olds.kubeconfig !== undefined && !renews(planned);
}

/** The outputs that most changes in place do not touch. */
export function keptOutputs(olds: Properties): Properties {
  const { kubeconfig, endpoint, versions, certificates } = olds;
  return {
    ...(certificates === undefined ? {} : { certificates }),
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(versions === undefined ? {} : { versions }),
    ...(kubeconfig === undefined ? {} : { kubeconfig: secret(reveal(kubeconfig)) }),
  };
}

/** The outputs while the inputs cannot be judged. */
export function unknownOutputs(inputs: Properties): Properties {
  return {
    ...recordedInputs(inputs),
    steps: UNKNOWN,
    endpoint: UNKNOWN,
    versions: UNKNOWN,
    nodeTable: UNKNOWN,
    certificates: UNKNOWN,
    kubeconfig: UNKNOWN,
  };
}
