import { endpointKind } from "../endpoint";
import type { Playbook } from "../playbooks";
import type { ClusterNode, ClusterSpec, ClusterStep, Due } from "../types";
import { shortList } from "./describe";

/** A run as the kinds of change ask for it. */
export interface Draft {
  readonly playbook: Playbook;
  readonly limit?: readonly string[];
  readonly tags?: readonly string[];
  readonly extraVars?: ClusterStep["extraVars"];
  /** The nodes whose state it changes. */
  readonly nodes: readonly string[];
  readonly broken?: readonly string[];
  /** What follows it, and what it settles of that. */
  readonly brings?: readonly Due[];
  readonly settles?: Due;
  readonly reason: string;
  readonly precondition: string;
  readonly check: string;
}

/** The runs of a change so far, and where the cluster is after them. */
export class Sequence {
  readonly steps: ClusterStep[] = [];
  /** Hosts whose facts an earlier run of the same tag has gathered. */
  private facts = new Set<string>();

  /**
   * @param inventory the cluster as the next run's inventory states it
   * @param reached the cluster as it is recorded after the runs so far
   */
  constructor(
    public inventory: ClusterSpec,
    public reached: ClusterSpec,
  ) {}

  /** Changes what inventories state from now on; a new tag knows no facts. */
  state(changes: Partial<ClusterSpec>): void {
    if (changes.kubespray !== undefined && changes.kubespray !== this.inventory.kubespray) this.facts.clear();
    this.inventory = { ...this.inventory, ...changes };
  }

  /**
   * Adds a run. A limited one of kubespray's needs the facts of every host outside its limit, which are gathered before it where they are not yet.
   * @param reaches what is recorded otherwise once it has ended
   */
  run({ brings = [], settles, ...draft }: Draft, reaches: Partial<ClusterSpec> = {}): void {
    const limit = draft.limit ?? [];
    if (NEEDS_FACTS.has(draft.playbook) && limit.length > 0 && (draft.tags ?? []).length === 0) this.gather(limit, draft.broken);
    const { due = [], ...reached } = { ...this.reached, ...reaches };
    const left = [...new Set([...due, ...brings])].filter((each) => each !== settles).sort();
    this.reached = left.length === 0 ? reached : { ...reached, due: left };
    this.steps.push({
      limit: [],
      tags: [],
      extraVars: {},
      ...draft,
      ...this.evenly(draft),
      id: `${this.steps.length + 1}-${draft.playbook}`,
      kubespray: this.inventory.kubespray,
      inventory: this.inventory,
      reaches: this.reached,
    });
    const gathers = draft.playbook === "facts" || (NEEDS_FACTS.has(draft.playbook) && (draft.tags ?? []).length === 0);
    for (const name of !gathers ? [] : limit.length > 0 ? limit : names(this.inventory)) this.facts.add(name);
  }

  /** Whether that is still to follow. */
  isDue(what: Due): boolean {
    return this.reached.due?.includes(what) ?? false;
  }

  /** What is recorded otherwise once the last run has ended. */
  settle(changes: Partial<ClusterSpec>): void {
    this.reached = { ...this.reached, ...changes };
    const last = this.steps.pop();
    if (last) this.steps.push({ ...last, reaches: this.reached });
  }

  /** Takes nodes out of the inventory. */
  without(gone: readonly string[]): void {
    this.inventory = withoutNodes(this.inventory, gone);
  }

  /** @param broken hosts that do not answer: they are only named in this run */
  private gather(limit: readonly string[], broken: readonly string[] = []): void {
    const { inventory } = this;
    const limited = new Set(limit);
    if (broken.length > 0) this.without(broken.filter((name) => !limited.has(name)));
    if (!names(this.inventory).every((name) => limited.has(name) || this.facts.has(name))) {
      this.run({
        playbook: "facts",
        nodes: [],
        reason: "the next run is limited and needs the facts of every other host",
        precondition: "every machine answers",
        check: "the fact cache holds every host",
      });
    }
    this.inventory = inventory;
  }

  /** kubespray's own checks refuse an even number of etcd members, which there is while one is replaced. */
  private evenly({ playbook, extraVars }: Draft): Partial<Pick<ClusterStep, "extraVars">> {
    if (!CHECKS_ETCD.has(playbook) || this.inventory.etcd.length % 2 === 1) return {};
    return { extraVars: { ...extraVars, ignore_assert_errors: true } };
  }
}

/** Runs of kubespray's, or with one of its in them, that refuse a limit while facts of other hosts are missing. */
const NEEDS_FACTS: ReadonlySet<Playbook> = new Set<Playbook>([
  "scale",
  "cluster",
  "upgrade-cluster",
  "recover-control-plane",
  "reset",
  "switch-runtime",
]);

const CHECKS_ETCD: ReadonlySet<Playbook> = new Set<Playbook>([...NEEDS_FACTS, "facts", "remove-node"]);

/**
 * What follows when members come or go: whoever holds a list of them is told.
 * @param changed their names
 */
export function toTell({ variables, ...spec }: ClusterSpec, changed: readonly string[]): Due[] {
  const isControlPlane = changed.some((name) => spec.nodes[name]?.roles.includes("control-plane"));
  return [
    "etcd-members",
    ...(isControlPlane && endpointKind({ variables, ...spec }) === "node" ? (["proxies"] as const) : []),
    ...(isControlPlane && variables.kpaas_endpoint !== undefined ? (["load-balancers"] as const) : []),
    ...(variables.kpaas_backup === undefined ? [] : (["etcd-backup"] as const)),
  ];
}

/** Names of all nodes, in order. */
export function names(spec: ClusterSpec): string[] {
  return Object.keys(spec.nodes).sort();
}

/** Names of the control planes and etcd members of an inventory: the control planes first, each once. */
export function members(spec: Pick<ClusterSpec, "controlPlane" | "etcd">): string[] {
  return [...new Set([...spec.controlPlane, ...spec.etcd])];
}

export function isMember(node: ClusterNode | undefined): boolean {
  return node?.roles.some((role) => role !== "worker") ?? false;
}

/** Whether a node has a container runtime: on machines of its own etcd runs as their service. */
export function hasRuntime(node: ClusterNode | undefined): boolean {
  return node?.roles.some((role) => role !== "etcd") ?? false;
}

/** The spec with some nodes recorded otherwise. */
export function withNodes(spec: ClusterSpec, changed: Readonly<Record<string, ClusterNode>>): ClusterSpec {
  return { ...spec, nodes: { ...spec.nodes, ...changed } };
}

export function withoutNodes(spec: ClusterSpec, gone: readonly string[]): ClusterSpec {
  const leaving = new Set(gone);
  return {
    ...spec,
    nodes: Object.fromEntries(Object.entries(spec.nodes).filter(([name]) => !leaving.has(name))),
    controlPlane: spec.controlPlane.filter((name) => !leaving.has(name)),
    etcd: spec.etcd.filter((name) => !leaving.has(name)),
  };
}

/** The nodes of a spec by these names. */
export function nodesOf(spec: ClusterSpec, wanted: readonly string[]): Record<string, ClusterNode> {
  return Object.fromEntries(wanted.flatMap((name) => (spec.nodes[name] ? [[name, spec.nodes[name]]] : [])));
}

/** How many workers are drained at once: one of a small cluster, up to a tenth of a large one. */
export function batchesOf(workers: readonly string[], of: number): string[][] {
  const size = Math.max(1, Math.min(20, Math.floor(of / 10)));
  return Array.from({ length: Math.ceil(workers.length / size) }, (_, index) => workers.slice(index * size, (index + 1) * size));
}

/** Nodes of a reason, with the generation of those that are built anew. */
export function describeKeys(joining: readonly string[], wanted: ClusterSpec): string {
  const texts = joining.map((name) => {
    const node = wanted.nodes[name];
    return node && node.generation > 1 ? `${name}: generation ${node.generation} of ${node.key}` : name;
  });
  return shortList(texts);
}
