import { type StepReport, stepReport } from "../preview/steps";
import type { Playbook } from "./playbooks";
import { describeStep } from "./steps/describe";
import type { ClusterSpec, ClusterStep } from "./types";

/** A step with all that can be told of it before it runs. */
export interface ClusterStepReport extends StepReport {
  /** The kubespray tag it is run from, and the Kubernetes its inventory states. */
  readonly kubespray: string;
  readonly kubernetes: string;
  readonly tags: readonly string[];
  readonly extraVars: ClusterStep["extraVars"];
  readonly precondition: string;
  /** What is probed afterwards, and before a repetition. */
  readonly check: string;
  /** What happens to etcd's quorum. */
  readonly quorum: string;
  /** What happens to the API's endpoint. */
  readonly endpoint: string;
}

/** The steps of a change, with what each takes and does. `recorded`: the cluster before them, where there is one. */
export function reportSteps(recorded: ClusterSpec | undefined, steps: readonly ClusterStep[]): ClusterStepReport[] {
  let before = recorded;
  return steps.map((step) => {
    const { kubespray, tags, extraVars, precondition, check, inventory, reaches } = step;
    const report = stepReport({ ...step, command: describeStep(step) }, Object.keys(inventory.nodes).length);
    const [quorum, endpoint] = [quorumOf(step, before), endpointOf(step, before)];
    before = reaches;
    return { ...report, kubespray, kubernetes: inventory.kubernetes, tags, extraVars, precondition, check, quorum, endpoint };
  });
}

/** Playbooks that restart the members of etcd they work on, one at a time. */
const RESTARTS_ETCD: ReadonlySet<Playbook> = new Set<Playbook>(["upgrade-cluster", "reboot", "patch"]);

/** Those that restart API servers, one host after another. */
const RESTARTS_API: ReadonlySet<Playbook> = new Set<Playbook>([
  "upgrade-cluster",
  "renew-certificates",
  "etcd-members",
  "etcd-clients",
  "reboot",
  "patch",
  "switch-runtime",
]);

function quorumOf(step: ClusterStep, before: ClusterSpec | undefined): string {
  const { playbook, reaches } = step;
  const [was, is] = [before?.etcd.length ?? 0, reaches.etcd.length];
  if (playbook === "reset" && step.limit.length === 0) return "etcd goes";
  if (playbook === "etcd-restore" && step.extraVars.phase !== "end")
    return step.extraVars.phase === "keys" ? "there is none yet" : "made anew from the snapshot";
  if (playbook === "recover-control-plane") return `regained: ${members(is)}`;
  if (was === 0) return is === 0 ? "there is none yet" : `begins: ${members(is)}`;
  if (was !== is) return `${was} → ${members(is)}`;
  const touched = worksOn(step).filter((name) => before?.etcd.includes(name));
  if (touched.length === 0 || step.tags.length > 0) return "untouched";
  if (RESTARTS_ETCD.has(playbook)) return is > 2 ? "kept: one member at a time is away" : "lost while its only members restart";
  return playbook === "cluster" ? "kept: members restart where their settings change" : "untouched";
}

function members(count: number): string {
  const mayFail = Math.max(0, Math.ceil(count / 2) - 1);
  return `${count} ${count === 1 ? "member" : "members"}, of which ${mayFail === 0 ? "none" : mayFail} may fail`;
}

function endpointOf(step: ClusterStep, before: ClusterSpec | undefined): string {
  const { playbook, reaches, inventory } = step;
  const { host, port } = reaches.apiEndpoint;
  if (playbook === "reset" && step.limit.length === 0) return "goes";
  if (playbook === "recover-control-plane") return "away until it is done";
  if (playbook === "etcd-restore" && step.extraVars.phase !== "end")
    return step.extraVars.phase === "keys" ? "there is none yet" : "away until it is done";
  if (playbook === "move-endpoint") return MOVES[String(step.extraVars.phase)] ?? "moves";
  if (before === undefined || before.controlPlane.length === 0)
    return reaches.controlPlane.length > 0 ? `begins at ${host}:${port}` : "there is none yet";
  if (playbook === "load-balancers") return "connections through its balancers are cut";
  const touched = worksOn(step).filter((name) => before.controlPlane.includes(name));
  if (touched.length === 0 || step.tags.length > 0) return "answers";
  const alone = inventory.controlPlane.length === 1;
  if (playbook === "cluster")
    return alone ? "pauses where the API server's settings change" : "answers: API servers restart where their settings change";
  if (playbook === "remove-node") return "answers: one API server less";
  if (!RESTARTS_API.has(playbook)) return "answers";
  return alone ? "pauses while its only API server restarts" : "answers: API servers restart one after another";
}

const MOVES: Readonly<Record<string, string>> = {
  names: "answers: certificates name the new one too",
  serve: "answers at both",
  switch: "answers at both, and everybody goes over to the new one",
  retire: "answers at the new one; the old one goes",
};

function worksOn({ limit, inventory, playbook, nodes }: ClusterStep): readonly string[] {
  if (playbook === "remove-node") return nodes;
  return limit.length > 0 ? limit : Object.keys(inventory.nodes);
}
