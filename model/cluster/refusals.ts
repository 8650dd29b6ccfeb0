import { kubesprayTags, minorOf } from "./releases";
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

/** Everything in the change from `recorded` to `wanted` that would harm the cluster or that no playbook run of ours can do, by path. */
export function refusedChanges(recorded: ClusterSpec, wanted: ClusterSpec, rebuiltInPlace: ReadonlySet<string> = new Set()): Refusal[] {
  const found: Refusal[] = [];
  const refuse = (path: string, reason: string, remedy: string) => found.push({ path, reason, remedy });

  if (wanted.name !== recorded.name) {
    refuse("name", `a cluster cannot be renamed; it is recorded as "${recorded.name}"`, `Set the name back to "${recorded.name}".`);
  }
  refuseVersions(recorded, wanted, refuse);
  if (!sameValue(recorded.apiEndpoint, wanted.apiEndpoint)) {
    refuse(
      "apiEndpoint",
      `changing the API endpoint from ${recorded.apiEndpoint.host}:${recorded.apiEndpoint.port} of a running cluster is not supported yet: every kubelet and certificate names it`,
      "Set the endpoint back; a DNS name can be pointed elsewhere instead.",
    );
  }
  refuseMembership("controlPlane", "control plane", recorded.controlPlane, wanted.controlPlane, refuse);
  refuseMembership("etcd", "etcd", recorded.etcd, wanted.etcd, refuse);
  for (const name of Object.keys(recorded.nodes).sort()) {
    const before = recorded.nodes[name];
    const after = wanted.nodes[name];
    if (before && after) refuseNodeChange(name, before, after, refuse);
    if (rebuiltInPlace.has(name) && before?.roles.some((role) => role !== "worker")) {
      refuse(
        `nodes.${name}.machineId`,
        "its machine was built anew under the same name, and recovering a control-plane or etcd member is not supported yet",
        "Bring the old machine back from its disk, or recover the member with kubespray's recover-control-plane.yml by hand, then refresh.",
      );
    }
  }
  refuseJoiningMembers(recorded, wanted, refuse);
  refuseTakenAddresses(recorded, wanted, refuse);
  if (workers(recorded).length > 0 && workers(wanted).length === 0) {
    refuse("nodes", "this would remove the cluster's last worker", "Keep at least one worker, or destroy the environment.");
  }
  for (const { name, why } of refusedVariables(recorded.variables, wanted.variables)) {
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
  if (wanted.kubernetes !== recorded.kubernetes) {
    const [change, way] = versionChange(recorded.kubernetes, wanted.kubernetes);
    refuse(
      "kubernetes",
      `${change} Kubernetes from ${recorded.kubernetes} to ${wanted.kubernetes} ${way}`,
      `Set it back to ${recorded.kubernetes}.`,
    );
  }
  if (wanted.kubespray !== recorded.kubespray) {
    const [change, way] = versionChange(recorded.kubespray.slice(1), wanted.kubespray.slice(1));
    refuse(
      "kubespray",
      `${change} kubespray from ${recorded.kubespray} to ${wanted.kubespray} ${way}`,
      `Set it back to ${recorded.kubespray}${kubesprayTags.includes(recorded.kubespray) ? "" : ", with the release of this tool that knows it"}.`,
    );
  }
}

function versionChange(from: string, to: string): [string, string] {
  const [a, b] = [from, to].map((version) => version.split(".").map(Number)) as [number[], number[]];
  const at = b.findIndex((part, index) => part !== a[index]);
  if (at >= 0 && (b[at] ?? 0) < (a[at] ?? 0))
    return ["downgrading", "is never possible: etcd and the API's stored objects only move forward"];
  if (minorOf(from) !== minorOf(to) && (b[0] !== a[0] || (b[1] ?? 0) > (a[1] ?? 0) + 1)) {
    return ["upgrading", "skips a minor version, which neither kubeadm nor kubespray allows"];
  }
  return ["upgrading", "is not supported yet"];
}

function refuseMembership(path: string, what: string, recorded: readonly string[], wanted: readonly string[], refuse: Refuse): void {
  if (sameValue(recorded, wanted)) return;
  const back = `Set it back to ${recorded.join(", ")}.`;
  if (sameValue([...recorded].sort(), [...wanted].sort())) {
    refuse(path, `the order of the ${what} is its identity and never changes (the first one is where everything is started from)`, back);
  } else if (wanted[0] !== recorded[0]) {
    refuse(path, `the first member of the ${what} (${recorded[0]}) cannot be replaced or removed`, back);
  } else {
    refuse(path, `adding, removing or rebuilding members of the ${what} of a running cluster is not supported yet`, back);
  }
}

function refuseNodeChange(name: string, before: ClusterNode, after: ClusterNode, refuse: Refuse): void {
  const rebuild = before.roles.every((role) => role === "worker")
    ? `Set it back, or raise the node's generation so that ${before.key} is built anew beside the old one.`
    : "Set it back.";
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
  if (after.key !== before.key || after.generation !== before.generation) {
    refuse(
      `nodes.${name}.key`,
      `the name belongs to generation ${before.generation} of "${before.key}"`,
      "Give the other machine a name of its own.",
    );
  }
}

/** Nodes that join or leave must be plain workers; lists of members are compared above. */
function refuseJoiningMembers(recorded: ClusterSpec, wanted: ClusterSpec, refuse: Refuse): void {
  const listed = new Set([...recorded.controlPlane, ...recorded.etcd, ...wanted.controlPlane, ...wanted.etcd]);
  for (const [one, other, verb] of [
    [wanted, recorded, "adding"],
    [recorded, wanted, "removing"],
  ] as const) {
    for (const name of Object.keys(one.nodes).sort()) {
      if (other.nodes[name] || (one.nodes[name]?.roles.every((role) => role === "worker") && !listed.has(name))) continue;
      refuse(
        `nodes.${name}`,
        `${verb} a control-plane or etcd node of a running cluster is not supported yet`,
        verb === "adding" ? "Leave it out." : "Put it back.",
      );
    }
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
