import { RENEWAL_DAYS } from "./certificates";
import type { Playbook } from "./playbooks";
import { type Refusal, refusedChanges } from "./refusals";
import type { ClusterNode, ClusterSpec, ClusterStep } from "./types";
import { changedVariables, isConnectionVariable } from "./variables";

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

type Draft = Omit<ClusterStep, "id" | "kubespray" | "limit" | "tags" | "extraVars"> &
  Partial<Pick<ClusterStep, "limit" | "tags" | "extraVars">>;

/**
 * Compiles a change of a cluster into kubespray runs. Pure and deterministic; the order of keys does not matter.
 * New nodes join first, then old ones are removed one at a time, then what is left is brought to the wanted variables, labels and taints.
 * @param recorded the cluster as last reached, undefined (or without nodes) where there is none yet
 */
export function compileSteps(recorded: ClusterSpec | undefined, wanted: ClusterSpec, options: CompileOptions = {}): CompiledChange {
  if (!recorded || Object.keys(recorded.nodes).length === 0) return { steps: numbered(wanted, [creation(wanted)]), refusals: [] };
  const rebuilt = new Set((options.rebuiltInPlace ?? []).filter((name) => recorded.nodes[name] && wanted.nodes[name]));
  const refusals = refusedChanges(recorded, wanted, rebuilt);
  if (refusals.length > 0) return { steps: [], refusals };

  const lost = new Set(options.lost ?? []);
  const joining = names(wanted).filter((name) => !recorded.nodes[name] || rebuilt.has(name));
  const leaving = names(recorded).filter((name) => !wanted.nodes[name]);
  const variables = changedVariables(recorded.variables, wanted.variables).filter((name) => !isConnectionVariable(name));
  const staying = names(wanted).filter((name) => recorded.nodes[name] && !rebuilt.has(name));
  return {
    steps: numbered(wanted, [
      // The runs after it talk to the API by these very certificates.
      ...renewal(options.expiring ?? [], wanted),
      // Nothing answers at a lost node, and an unlimited run stops at a host that does not answer: it goes before the facts are gathered.
      ...[...rebuilt].sort().map((name) => removal(name, true, `the machine of ${name} was built anew under the same name`)),
      ...leaving.filter((name) => lost.has(name)).map((name) => removal(name, true, `${name} leaves the cluster`)),
      ...joins(joining, wanted),
      ...leaving.filter((name) => !lost.has(name)).map((name) => removal(name, false, removalReason(name, recorded, wanted))),
      ...(variables.length > 0 ? [convergence(variables, wanted)] : metadataAdditions(staying, recorded, wanted)),
      ...metadataRemovals(staying, recorded, wanted),
    ]),
    refusals: [],
  };
}

/** The steps that take a cluster down, as its `onDelete` says. */
export function compileDeletion(spec: ClusterSpec): readonly ClusterStep[] {
  if (spec.onDelete === "forget") return [];
  return numbered(spec, [
    {
      playbook: "reset",
      extraVars: { reset_confirmation: true, skip_confirmation: true },
      nodes: names(spec),
      reason: "the cluster is deleted and its hosts stay",
      precondition: "every host answers",
      check: "no host runs kubelet or etcd",
    },
  ]);
}

/**
 * The inventory of one run of a change: the wanted cluster and the nodes that this or a later step removes.
 * A node that was removed already must be absent, or the next unlimited run would join it again.
 */
export function inventoryAt(
  recorded: ClusterSpec | undefined,
  wanted: ClusterSpec,
  steps: readonly ClusterStep[],
  index: number,
): ClusterSpec {
  const leaving = steps
    .slice(index)
    .filter((step) => step.playbook === "remove-node")
    .flatMap((step) => step.nodes)
    .filter((name) => !wanted.nodes[name])
    .map((name) => [name, recorded?.nodes[name]] as const)
    .filter((entry): entry is readonly [string, ClusterNode] => entry[1] !== undefined);
  return leaving.length === 0 ? wanted : { ...wanted, nodes: { ...wanted.nodes, ...Object.fromEntries(leaving) } };
}

/** The hosts that must answer for a step, by kubespray's own rule: one that is removed as lost is left alone, and so are the others then. */
export function hostsOf(step: ClusterStep, inventory: ClusterSpec): string[] {
  if (step.playbook === "remove-node" && step.extraVars.reset_nodes === false) return inventory.controlPlane.slice(0, 1);
  return step.limit.length > 0 ? [...step.limit] : names(inventory);
}

/** A step as a person would type it, e.g. `scale.yml --limit worker-4`. */
export function describeStep(step: ClusterStep): string {
  const limit = step.limit.length > 0 ? [`--limit ${shortList(step.limit)}`] : [];
  const tags = step.tags.length > 0 ? [`--tags ${step.tags.join(",")}`] : [];
  const extra = Object.entries(step.extraVars).map(([name, value]) => `-e ${name}=${value}`);
  return [`${step.playbook}.yml`, ...limit, ...tags, ...extra].join(" ");
}

function shortList(hosts: readonly string[]): string {
  return hosts.length <= 8 ? hosts.join(",") : `${hosts.slice(0, 8).join(",")} and ${hosts.length - 8} more`;
}

function names(spec: ClusterSpec): string[] {
  return Object.keys(spec.nodes).sort();
}

function numbered(spec: ClusterSpec, drafts: readonly Draft[]): ClusterStep[] {
  return drafts.map((draft, index) => ({
    limit: [],
    tags: [],
    extraVars: {},
    ...draft,
    id: `${index + 1}-${draft.playbook satisfies Playbook}`,
    kubespray: spec.kubespray,
  }));
}

/**
 * cluster.yml would not do: `kubeadm upgrade` leaves the certificates of a component alone whose manifest is the same, and kubespray's
 * own script on the hosts has a margin of its own.
 */
function renewal(expiring: readonly string[], wanted: ClusterSpec): Draft[] {
  if (expiring.length === 0) return [];
  return [
    {
      playbook: "renew-certificates",
      limit: wanted.controlPlane,
      extraVars: { renew_within_days: RENEWAL_DAYS },
      nodes: wanted.controlPlane,
      reason: `certificates end within ${RENEWAL_DAYS} days: ${expiring.join(", ")}`,
      precondition: "every control plane answers",
      check: `no certificate that kubeadm renews ends within ${RENEWAL_DAYS} days, and the API answers`,
    },
  ];
}

function creation(wanted: ClusterSpec): Draft {
  return {
    playbook: "cluster",
    nodes: names(wanted),
    reason: `create the cluster: Kubernetes ${wanted.kubernetes} on ${names(wanted).length} nodes`,
    precondition: "every machine answers and has no cluster on it",
    check: "every node is Ready, every etcd member healthy and the API answers",
  };
}

/** A limited run needs the facts of the hosts outside the limit, so these are gathered first, without a limit. */
function joins(joining: readonly string[], wanted: ClusterSpec): Draft[] {
  if (joining.length === 0) return [];
  const plural = joining.length > 1 ? "nodes join" : "node joins";
  return [
    {
      playbook: "facts",
      nodes: [],
      reason: "the next run is limited and needs the facts of every other host",
      precondition: "every machine answers",
      check: "the fact cache holds every host",
    },
    {
      playbook: "scale",
      limit: joining,
      nodes: joining,
      reason: `${joining.length} ${plural} the cluster (${describeKeys(joining, wanted)})`,
      precondition: "the API answers and the first control plane is Ready",
      check: `${joining.length > 1 ? "the nodes are" : "the node is"} Ready with Kubernetes ${wanted.kubernetes}`,
    },
  ];
}

function describeKeys(joining: readonly string[], wanted: ClusterSpec): string {
  const texts = joining.map((name) => {
    const node = wanted.nodes[name];
    return node && node.generation > 1 ? `${name}: generation ${node.generation} of ${node.key}` : name;
  });
  return shortList(texts);
}

function removal(name: string, lost: boolean, reason: string): Draft {
  return {
    playbook: "remove-node",
    extraVars: { node: name, skip_confirmation: true, ...(lost ? { reset_nodes: false, allow_ungraceful_removal: true } : {}) },
    nodes: [name],
    reason: lost ? `${reason}; it is lost, so it is neither drained nor reset` : reason,
    precondition: `${name} is in the inventory and another worker is Ready${lost ? "" : `; ${name} answers`}`,
    check: `the cluster has no node ${name}`,
  };
}

function removalReason(name: string, recorded: ClusterSpec, wanted: ClusterSpec): string {
  const key = recorded.nodes[name]?.key;
  const successor = names(wanted).find((other) => wanted.nodes[other]?.key === key);
  return successor === undefined ? `${name} leaves the cluster` : `${name} is replaced by ${successor}, which has joined`;
}

/** `upgrade_cluster_setup` has kubeadm write the control plane's manifests anew, which cluster.yml leaves alone otherwise. */
function convergence(variables: readonly string[], wanted: ClusterSpec): Draft {
  return {
    playbook: "cluster",
    extraVars: { upgrade_cluster_setup: true },
    nodes: names(wanted),
    reason: `${variables.length > 1 ? "variables" : "variable"} changed: ${shortList(variables)}`,
    precondition: "every node is Ready and every etcd member healthy",
    check: "every node is Ready and every etcd member healthy",
  };
}

/** kubespray's roles node-label and node-taint set what the inventory names on the limited hosts, by kubectl on the first control plane. */
function metadataAdditions(staying: readonly string[], recorded: ClusterSpec, wanted: ClusterSpec): Draft[] {
  const changed = staying.filter((name) => {
    const [before, after] = [recorded.nodes[name], wanted.nodes[name]];
    return before && after && hasAdditions(before, after);
  });
  if (changed.length === 0) return [];
  return [
    {
      playbook: "cluster",
      limit: changed,
      tags: ["node-label", "node-taint"],
      nodes: changed,
      reason: "labels or taints were added or changed",
      precondition: "the API answers",
      check: "the nodes have the wanted labels and taints",
    },
  ];
}

function hasAdditions(before: ClusterNode, after: ClusterNode): boolean {
  return (
    Object.entries(after.labels).some(([key, value]) => before.labels[key] !== value) ||
    after.taints.some((taint) => !before.taints.includes(taint))
  );
}

/** One step for all nodes that lose the same labels and taints. */
function metadataRemovals(staying: readonly string[], recorded: ClusterSpec, wanted: ClusterSpec): Draft[] {
  const groups = new Map<string, { labels: string; taints: string; nodes: string[] }>();
  for (const name of staying) {
    const [before, after] = [recorded.nodes[name], wanted.nodes[name]];
    if (!before || !after) continue;
    const labels = removedLabels(before, after).join(",");
    const taints = removedTaints(before, after).join(",");
    if (labels === "" && taints === "") continue;
    const id = `${labels};${taints}`;
    const group = groups.get(id) ?? { labels, taints, nodes: [] };
    group.nodes.push(name);
    groups.set(id, group);
  }
  return [...groups.values()].map(({ labels, taints, nodes }) => ({
    playbook: "node-metadata",
    limit: nodes,
    extraVars: { ...(labels === "" ? {} : { remove_labels: labels }), ...(taints === "" ? {} : { remove_taints: taints }) },
    nodes,
    reason: "labels or taints were taken off, which kubespray itself never does",
    precondition: "the API answers",
    check: "the nodes have these labels and taints no more",
  }));
}

function removedLabels(before: ClusterNode, after: ClusterNode): string[] {
  return Object.keys(before.labels)
    .filter((key) => after.labels[key] === undefined)
    .sort();
}

/** Taints by key and effect: setting one with another value has replaced the old one already. */
function removedTaints(before: ClusterNode, after: ClusterNode): string[] {
  const kept = new Set(after.taints.map(taintIdentity));
  return [...new Set(before.taints.map(taintIdentity).filter((taint) => !kept.has(taint)))].sort();
}

/** `key:Effect` of `key=value:Effect`: Kubernetes keeps one taint for each. */
export function taintIdentity(taint: string): string {
  const effect = taint.lastIndexOf(":");
  const key = taint.slice(0, effect).split("=")[0] ?? "";
  return `${key}${taint.slice(effect)}`;
}
