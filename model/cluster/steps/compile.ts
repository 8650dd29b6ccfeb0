import { RENEWAL_DAYS } from "../certificates";
import { endpointMoves } from "../endpoint";
import { renamedFor } from "../ladder";
import { type Refusal, refusedChanges } from "../refusals";
import type { ClusterNode, ClusterSpec, ClusterStep } from "../types";
import { isConnectionVariable } from "../variables";
import { maintain } from "./maintenance";
import { changeMembers, joinMembers, orderMembers, resetLeftMembers, tellWhoIsLeft } from "./members";
import { changeMetadata } from "./metadata";
import { moveEndpoint, withEndpoint } from "./move-endpoint";
import { setUpAfter, setUpBefore, withOurs } from "./ours";
import { recoverMembers, successorsOf } from "./recover";
import { switchRuntime } from "./runtime";
import { isMember, members, names, nodesOf, Sequence, withNodes } from "./sequence";
import { upgrade } from "./upgrade";
import { applyVariables } from "./variables";
import { dropWorkers, joinWorkers, removeWorkers } from "./workers";

/** What the specs do not say about a change. */
export interface CompileOptions {
  /** Nodes known to be lost: removed without drain and reset, since nothing answers there. */
  readonly lost?: readonly string[];
  /** Nodes whose machine was built anew under the same name; what the cluster knows of the old one is removed, then the new one joins. */
  readonly rebuiltInPlace?: readonly string[];
  /** Certificates that are to be renewed, as the step's reason shall name them. */
  readonly expiring?: readonly string[];
}

/** The playbook runs that a change takes, or why it is not made; never both. */
export interface CompiledChange {
  readonly steps: readonly ClusterStep[];
  readonly refusals: readonly Refusal[];
}

/**
 * Compiles a change of a cluster into playbook runs. Pure and deterministic; the order of keys does not matter.
 * What is lost is given up first and what stays is upgraded; then nodes join, then they leave, and what is left is brought to what is wanted.
 * @param recorded the cluster as last reached, undefined (or without nodes) where there is none yet
 */
export function compileSteps(recorded: ClusterSpec | undefined, wanted: ClusterSpec, options: CompileOptions = {}): CompiledChange {
  if (!recorded || names(recorded).length === 0) return { steps: creation(wanted), refusals: [] };
  const rebuilt = new Set((options.rebuiltInPlace ?? []).filter((name) => recorded.nodes[name] && wanted.nodes[name]));
  const lost = names(recorded).filter((name) => rebuilt.has(name) || (options.lost?.includes(name) === true && !wanted.nodes[name]));
  const refusals = refusedChanges(recorded, wanted, { lost, rebuilt });
  return refusals.length > 0 ? { steps: [], refusals } : { steps: change(recorded, wanted, lost, rebuilt, options), refusals: [] };
}

function change(
  recorded: ClusterSpec,
  wanted: ClusterSpec,
  lost: readonly string[],
  rebuilt: ReadonlySet<string>,
  { expiring = [] }: CompileOptions,
): readonly ClusterStep[] {
  const renamed = { ...recorded, variables: renamedFor(wanted.kubespray, recorded.variables) };
  const upgraded = recorded.kubespray !== wanted.kubespray || recorded.kubernetes !== wanted.kubernetes;
  const early = earlyVariables(recorded, wanted);
  const sequence = new Sequence(
    {
      ...recorded,
      nodes: Object.fromEntries(names(recorded).map((name) => [name, wanted.nodes[name] ?? (recorded.nodes[name] as ClusterNode)])),
      variables: upgraded ? { ...recorded.variables, ...connection(wanted) } : early,
      onDelete: wanted.onDelete,
      ...(wanted.hosts ? { hosts: wanted.hosts } : {}),
    },
    recorded,
  );
  const lostWorkers = lost.filter((name) => !isMember(recorded.nodes[name]));
  const lostNodes = nodesOf(sequence.inventory, lostWorkers);
  sequence.without(lostWorkers);
  const lostMembers = lost.filter((name) => !lostWorkers.includes(name));
  recoverMembers(sequence, lostMembers);
  sequence.inventory = withNodes(sequence.inventory, lostNodes);
  renewCertificates(sequence, expiring);
  // Nothing answers at a lost node, and an unlimited run stops at a host that does not answer.
  dropWorkers(sequence, lostWorkers, rebuilt);
  // Of a change that broke off: whoever joins is led by what they are told.
  tellWhoIsLeft(sequence);
  resetLeftMembers(sequence, wanted);
  // An upgrade restarts every member of etcd, one after another: it has as many as it is to have before that.
  const settles = upgraded && sequence.inventory.etcd.length % 2 === 0;
  const joining = settles
    ? members(wanted).filter((name) => !sequence.inventory.nodes[name])
    : successorsOf(sequence, lostMembers, recorded, wanted);
  if (joining.length > 0) {
    const there = nodesOf(wanted, [...names(sequence.inventory), ...joining]);
    setUpBefore(sequence, { joining, leaving: leavingOf(sequence, wanted) }, sequence.reached, { ...wanted, nodes: there });
  }
  if (settles) changeMembers(sequence, recorded, wanted);
  else joinMembers(sequence, joining, wanted);
  upgrade(sequence, recorded, wanted, early);
  if (upgraded) sequence.settle({ variables: early });
  switchRuntime(sequence, recorded, wanted);

  const comings = {
    joining: names(wanted).filter((name) => !sequence.inventory.nodes[name]),
    leaving: leavingOf(sequence, wanted),
  };
  setUpBefore(sequence, comings, sequence.reached, wanted);
  const workers = (spec: ClusterSpec, all: readonly string[]) => all.filter((name) => !isMember(spec.nodes[name]));
  const leaving = workers(recorded, comings.leaving);
  joinWorkers(sequence, workers(wanted, comings.joining), wanted);
  removeWorkers(sequence, leaving, wanted);
  changeMembers(sequence, recorded, wanted);
  orderMembers(sequence, wanted);
  tellWhoIsLeft(sequence);
  moveEndpoint(sequence, recorded, wanted);
  setUpAfter(sequence, recorded, wanted);
  if (!upgraded) applyVariables(sequence, renamed, wanted);
  const staying = names(wanted).filter((name) => recorded.nodes[name] && !rebuilt.has(name));
  changeMetadata(sequence, staying, wanted);
  maintain(sequence, staying, recorded, wanted);
  const { due: _done, movesTo: _movesTo, hosts: _before, ...reached } = sequence.reached;
  sequence.reached = { ...reached, ...wanted };
  sequence.settle({});
  return sequence.steps;
}

function leavingOf({ inventory }: Sequence, wanted: ClusterSpec): string[] {
  return names(inventory).filter((name) => !wanted.nodes[name]);
}

/** Until their own runs the cluster keeps its runtime, its endpoint, and what our playbooks have set up. */
function earlyVariables(recorded: ClusterSpec, wanted: ClusterSpec): ClusterSpec["variables"] {
  const { container_manager: runtime } = recorded.variables;
  const variables = withOurs(
    endpointMoves(recorded, wanted) ? withEndpoint(wanted.variables, recorded.variables) : wanted.variables,
    recorded,
  );
  return runtime === undefined || variables.container_manager === undefined ? variables : { ...variables, container_manager: runtime };
}

function connection({ variables }: ClusterSpec): ClusterSpec["variables"] {
  return Object.fromEntries(Object.entries(variables).filter(([name]) => isConnectionVariable(name)));
}

function creation(wanted: ClusterSpec): readonly ClusterStep[] {
  const sequence = new Sequence(wanted, { ...wanted, nodes: {}, controlPlane: [], etcd: [] });
  const comings = { joining: names(wanted), leaving: [] };
  setUpBefore(sequence, comings, undefined, wanted);
  sequence.inventory = wanted;
  sequence.run(
    {
      playbook: "cluster",
      nodes: names(wanted),
      // All else of ours stands by then.
      brings: wanted.variables.kpaas_backup === undefined ? [] : ["etcd-backup"],
      reason: `create the cluster: Kubernetes ${wanted.kubernetes} on ${names(wanted).length} nodes`,
      precondition: "every machine answers and has no cluster on it",
      check: "every node is Ready, every etcd member healthy and the API answers",
    },
    wanted,
  );
  setUpAfter(sequence, undefined, wanted);
  return sequence.steps;
}

/**
 * cluster.yml would not do: `kubeadm upgrade` leaves the certificates of a component alone whose manifest is the same, and kubespray's
 * own script on the hosts has a margin of its own.
 */
function renewCertificates(sequence: Sequence, expiring: readonly string[]): void {
  if (expiring.length === 0) return;
  const { controlPlane } = sequence.inventory;
  sequence.run({
    playbook: "renew-certificates",
    limit: controlPlane,
    extraVars: { renew_within_days: RENEWAL_DAYS },
    nodes: controlPlane,
    reason: `certificates end within ${RENEWAL_DAYS} days: ${expiring.join(", ")}`,
    precondition: "every control plane answers",
    check: `no certificate that kubeadm renews ends within ${RENEWAL_DAYS} days, and the API answers`,
  });
}
