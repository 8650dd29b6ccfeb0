import { strandedMove } from "./endpoint";
import { ladder, renamedFor } from "./ladder";
import { compareVersions, kubesprayTags } from "./releases";
import type { ClusterNode, ClusterSpec } from "./types";
import { refusedVariables, sameValue } from "./variables";

/** A change that is not made: where, why, and what to do instead. */
export interface Refusal {
  /** Path in the cluster's inputs, e.g. `nodes.cp-1.address`. */
  readonly path: string;
  readonly reason: string;
  readonly remedy: string;
  /** The part of the remedy beside setting it back, where that is one. */
  readonly instead?: string;
}

/** Nodes that are given up in a change. */
export interface GivenUp {
  /** Lost with their machines, those included that were built anew under the same name. */
  readonly lost: readonly string[];
  /** Built anew under the same name. */
  readonly rebuilt: ReadonlySet<string>;
}

/** Everything in the change from `recorded` to `wanted` that would harm the cluster or that no playbook run of ours can do, by path. */
export function refusedChanges(
  recorded: ClusterSpec,
  wanted: ClusterSpec,
  { lost, rebuilt }: GivenUp = { lost: [], rebuilt: new Set() },
): Refusal[] {
  const found: Refusal[] = [];
  const refuse = (path: string, reason: string, remedy: string) => found.push({ path, reason, remedy });

  if (wanted.name !== recorded.name) {
    refuse("name", `a cluster cannot be renamed; it is recorded as "${recorded.name}"`, `Set the name back to "${recorded.name}".`);
  }
  refuseVersions(recorded, wanted, refuse);
  refuseEtcd(recorded, wanted, refuse);
  refuseLosses(recorded, lost, rebuilt, refuse);
  refuseEvents(recorded, wanted, lost, refuse);
  const stranded = strandedMove(recorded, wanted);
  if (stranded && !stranded.back) {
    const [half, from] = [stranded.at, recorded.apiEndpoint].map(({ host, port }) => `${host}:${port}`);
    refuse(
      "apiEndpoint",
      `a move of the API from ${from} to ${half} has broken off, and parts of the cluster may reach it by either`,
      `Finish it first (set it to ${half}), or take it back (set it to ${from}).`,
    );
  }
  for (const name of Object.keys(recorded.nodes).sort()) {
    const before = recorded.nodes[name];
    const after = wanted.nodes[name];
    if (before && after) refuseNodeChange(name, before, after, refuse);
  }
  refuseTakenAddresses(recorded, wanted, refuse);
  if (workers(recorded).length > 0 && workers(wanted).length === 0) {
    refuse("nodes", "this would remove the cluster's last worker", "Keep at least one worker, or destroy the environment.");
  }
  for (const { name, why } of refusedVariables(renamedFor(wanted.kubespray, recorded.variables), wanted.variables)) {
    found.push({ path: `variables.${name}`, reason: why.reason, remedy: `Set it back, or ${why.instead}.`, instead: why.instead });
  }
  return found.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
}

const INTRODUCTION = "this change of the cluster is refused:";

/** Refusals as the cluster's resource tells them: an engine passes on nothing but text. */
export function refusalText(refusals: readonly Refusal[]): string {
  return [INTRODUCTION, ...refusals.map(({ path, reason, remedy }) => `  ${path}: ${reason}\n    ${remedy}`)].join("\n");
}

/** The refusals in such a text, whatever stands around them; none in any other. */
export function refusalsIn(text: string): Refusal[] {
  const [, told = ""] = text.split(INTRODUCTION);
  return [...told.matchAll(/^ *(\S+): (.+)\n +(.+)$/gm)].map(([, path = "", reason = "", remedy = ""]) => ({ path, reason, remedy }));
}

/** Names of the nodes that run pods for users, in order. */
export function workers(spec: ClusterSpec): string[] {
  return Object.keys(spec.nodes)
    .filter((name) => spec.nodes[name]?.roles.includes("worker"))
    .sort();
}

type Refuse = (path: string, reason: string, remedy: string) => void;

function refuseVersions(recorded: ClusterSpec, wanted: ClusterSpec, refuse: Refuse): void {
  if (ladder(recorded, wanted) !== undefined) return;
  const back = (path: "kubernetes" | "kubespray"): string =>
    path === "kubernetes" || kubesprayTags.includes(recorded.kubespray)
      ? `Set it back to ${recorded[path]}.`
      : `Set it back to ${recorded.kubespray}, with the release of this tool that knows it.`;
  for (const [path, what] of [
    ["kubernetes", "Kubernetes"],
    ["kubespray", "kubespray"],
  ] as const) {
    const [from, to] = [recorded[path], wanted[path]];
    if (from === to) continue;
    const older = compareVersions(from.replace(/^v/, ""), to.replace(/^v/, "")) > 0;
    refuse(
      path,
      older
        ? `downgrading ${what} from ${from} to ${to} is never possible: etcd and the API's stored objects only move forward`
        : `no ladder of known kubespray releases leads from ${recorded.kubespray} with Kubernetes ${recorded.kubernetes} to ${wanted.kubespray} with ${wanted.kubernetes}, one minor at a time`,
      back(path),
    );
  }
}

/** Where etcd runs is decided when the cluster is created, and how many members it may have at rest. */
function refuseEtcd(recorded: ClusterSpec, wanted: ClusterSpec, refuse: Refuse): void {
  const isExternal = (spec: ClusterSpec): boolean => spec.etcd.some((name) => !spec.controlPlane.includes(name));
  if (wanted.controlPlane.length === 0)
    refuse("controlPlane", "a cluster without a control plane is none", "Keep one, or destroy the environment.");
  else if (isExternal(recorded) !== isExternal(wanted)) {
    refuse(
      "etcd",
      isExternal(recorded) ? "etcd cannot move from machines of its own to the control planes" : "etcd cannot move to machines of its own",
      `Set it back to ${recorded.etcd.join(", ")}, or restore a backup into a new environment that has it so from the start.`,
    );
  } else if (wanted.etcd.length > 0 && wanted.etcd.length % 2 === 0) {
    refuse(
      "etcd",
      `an even number of members (${wanted.etcd.join(", ")}) survives no more failures than one fewer`,
      "Take one more, or one fewer.",
    );
  }
}

/** What is left of etcd and control plane has to carry on, and kubespray has to tell whether etcd has its quorum. */
function refuseLosses(recorded: ClusterSpec, lost: readonly string[], rebuilt: ReadonlySet<string>, refuse: Refuse): void {
  const gone = lost.filter((name) => recorded.nodes[name]?.roles.some((role) => role !== "worker"));
  const [first] = gone;
  if (first === undefined) return;
  const path = rebuilt.has(first) ? `nodes.${first}.machineId` : `nodes.${first}`;
  const left = (list: readonly string[]): number => list.filter((name) => !gone.includes(name)).length;
  const restore = "Bring a machine back from its disk, or restore a backup: `kpaas cluster restore`.";
  if (left(recorded.controlPlane) === 0) refuse(path, `no control plane is left when ${gone.join(", ")} is lost`, restore);
  else if (recorded.etcd.length > 0 && left(recorded.etcd) === 0)
    refuse(path, `no etcd member is left when ${gone.join(", ")} is lost`, restore);
  else if (left(recorded.etcd) * 2 === recorded.etcd.length) {
    refuse(path, `half of etcd's ${recorded.etcd.length} members are lost, and kubespray would take the other half for a quorum`, restore);
  } else if (left(recorded.etcd) > 1 && left(recorded.etcd) * 2 < recorded.etcd.length) {
    const rest = recorded.etcd.filter((name) => !gone.includes(name));
    refuse(
      path,
      `etcd has lost its quorum, and kubespray goes on with one of those that are left (${rest.join(", ")}): the others would stay with data of their own`,
      `Switch off all of them but one and give those up too, or restore a backup: \`kpaas cluster restore\`.`,
    );
  }
}

/** kubespray joins members to the etcd for events under a name that etcd does not take, and takes none out of it. */
function refuseEvents(recorded: ClusterSpec, wanted: ClusterSpec, lost: readonly string[], refuse: Refuse): void {
  if (recorded.variables.etcd_events_cluster_enabled !== true) return;
  if (sameValue([...recorded.etcd].sort(), [...wanted.etcd].sort()) && !recorded.etcd.some((name) => lost.includes(name))) return;
  refuse(
    "etcd",
    "kubespray neither joins members to the etcd for events (etcd_events_cluster_enabled) nor takes any out of it, and with it they would change",
    `Set it back to ${recorded.etcd.join(", ")}, or restore a backup into a new environment without an etcd for events.`,
  );
}

function refuseNodeChange(name: string, before: ClusterNode, after: ClusterNode, refuse: Refuse): void {
  const rebuild = `Set it back, or raise the node's generation so that ${before.key} is built anew beside the old one.`;
  if (after.address !== before.address) {
    refuse(
      `nodes.${name}.address`,
      `the address of a node never changes under the same name (certificates and peers hold ${before.address})`,
      rebuild,
    );
  }
  if (!sameValue([...after.roles].sort(), [...before.roles].sort())) {
    refuse(`nodes.${name}.roles`, `the roles of a node never change under the same name (recorded: ${before.roles.join(", ")})`, rebuild);
  }
  if (after.etcdMember !== before.etcdMember) {
    refuse(
      `nodes.${name}.etcdMember`,
      `an etcd member keeps its name (recorded: ${before.etcdMember ?? "no member"}); another one would be a new, empty member`,
      "Set it back.",
    );
  }
  if (after.zone !== before.zone) {
    refuse(`nodes.${name}.zone`, `a machine does not move between zones (recorded: ${before.zone ?? "none"})`, rebuild);
  }
  if (after.providerId !== before.providerId) {
    refuse(
      `nodes.${name}.providerId`,
      "a kubelet registers what its cloud knows its machine by once, when it joins, and the cloud's controller leads to no node without it",
      "Set it back, or create a new environment beside this one.",
    );
  }
  if (after.key !== before.key || after.generation !== before.generation) {
    refuse(
      `nodes.${name}.key`,
      `the name belongs to generation ${before.generation} of "${before.key}"`,
      "Give the other machine a name of its own.",
    );
  }
}

/** kubespray removes a node while it is still in the inventory, so old and new nodes stand in one inventory for a while. */
function refuseTakenAddresses(recorded: ClusterSpec, wanted: ClusterSpec, refuse: Refuse): void {
  const leaving = new Map(
    Object.entries(recorded.nodes)
      .filter(([name]) => !wanted.nodes[name])
      .map(([name, node]) => [node.address, name]),
  );
  for (const name of Object.keys(wanted.nodes).sort()) {
    const node = wanted.nodes[name];
    const holder = node && !recorded.nodes[name] ? leaving.get(node.address) : undefined;
    if (node && holder !== undefined) {
      refuse(
        `nodes.${name}.address`,
        `${node.address} still belongs to ${holder}, which is only removed after ${name} has joined`,
        `Give ${name} another address, or remove ${holder} in a change before this one.`,
      );
    }
  }
}
