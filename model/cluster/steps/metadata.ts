import type { ClusterNode, ClusterSpec } from "../types";
import { type Sequence, withNodes } from "./sequence";

/** Labels and taints of nodes that stay: what is new or other by kubespray's own roles, what goes by a playbook of ours. */
export function changeMetadata(sequence: Sequence, staying: readonly string[], wanted: ClusterSpec): void {
  const pairs = staying.flatMap((name) => {
    const [before, after] = [sequence.reached.nodes[name], wanted.nodes[name]];
    return before && after ? [{ name, before, after }] : [];
  });
  add(sequence, pairs);
  remove(sequence, pairs);
}

interface Pair {
  readonly name: string;
  readonly before: ClusterNode;
  readonly after: ClusterNode;
}

/** kubespray's roles node-label and node-taint set what the inventory names on the limited hosts, by kubectl on the first control plane. */
function add(sequence: Sequence, pairs: readonly Pair[]): void {
  const changed = pairs.filter(({ before, after }) => hasAdditions(before, after)).map(({ name }) => name);
  if (changed.length === 0) return;
  const set = pairs.filter(({ name }) => changed.includes(name)).map(({ name, after }) => [name, after] as const);
  // Whether a whole run sets them anyway is decided before; here they are set by these two roles alone.
  sequence.run(
    {
      playbook: "cluster",
      limit: changed,
      tags: ["node-label", "node-taint"],
      nodes: changed,
      reason: "labels or taints were added or changed",
      precondition: "the API answers",
      check: "the nodes have the wanted labels and taints",
    },
    withNodes(sequence.reached, labelled(sequence.reached, set)),
  );
}

/** Nodes that a run has labelled and tainted: it takes nothing off. */
export function labelled(reached: ClusterSpec, set: readonly (readonly [string, ClusterNode])[]): Record<string, ClusterNode> {
  return Object.fromEntries(
    set.flatMap(([name, after]) => {
      const node = reached.nodes[name];
      if (!node) return [];
      const replaced = new Set(after.taints.map(taintIdentity));
      const kept = node.taints.filter((taint) => !replaced.has(taintIdentity(taint)));
      return [[name, { ...node, labels: { ...node.labels, ...after.labels }, taints: [...kept, ...after.taints] }]];
    }),
  );
}

function hasAdditions(before: ClusterNode, after: ClusterNode): boolean {
  return (
    Object.entries(after.labels).some(([key, value]) => before.labels[key] !== value) ||
    after.taints.some((taint) => !before.taints.includes(taint))
  );
}

/** One run for all nodes that lose the same labels and taints. */
function remove(sequence: Sequence, pairs: readonly Pair[]): void {
  const groups = new Map<string, { labels: string; taints: string; nodes: Pair[] }>();
  for (const pair of pairs) {
    const labels = removedLabels(pair.before, pair.after).join(",");
    const taints = removedTaints(pair.before, pair.after).join(",");
    if (labels === "" && taints === "") continue;
    const id = `${labels};${taints}`;
    const group = groups.get(id) ?? { labels, taints, nodes: [] };
    group.nodes.push(pair);
    groups.set(id, group);
  }
  for (const { labels, taints, nodes } of groups.values()) {
    const limit = nodes.map(({ name }) => name);
    sequence.run(
      {
        playbook: "node-metadata",
        limit,
        extraVars: { ...(labels === "" ? {} : { remove_labels: labels }), ...(taints === "" ? {} : { remove_taints: taints }) },
        nodes: limit,
        reason: "labels or taints were taken off, which kubespray itself never does",
        precondition: "the API answers",
        check: "the nodes have these labels and taints no more",
      },
      withNodes(
        sequence.reached,
        Object.fromEntries(nodes.map(({ name, after }) => [name, { ...(sequence.reached.nodes[name] ?? after), ...metadataOf(after) }])),
      ),
    );
  }
}

const metadataOf = ({ labels, taints }: ClusterNode): Pick<ClusterNode, "labels" | "taints"> => ({ labels, taints });

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
