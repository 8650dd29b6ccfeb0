import { endpointKind } from "../endpoint";
import type { ClusterSpec, ClusterStep } from "../types";
import { describeKeys, isMember, members, names, nodesOf, type Sequence, toTell, withNodes, withoutNodes } from "./sequence";
import { cleanHosts, removal, whyRemoved } from "./workers";

/** How often kubespray asks whether a member that joins is there: one after another takes longer than its default allows. */
export const ETCD_RETRIES = 10;

/**
 * Control planes and etcd members that join and leave, so that etcd never has more than one member too many for long: those that come on top
 * join first, two at a time; then each that is replaced follows its successor out, the first one last, for whoever comes after it is there by
 * then; then those go that nothing replaces, the first one first, so that the order changes while all are there.
 */
export function changeMembers(sequence: Sequence, recorded: ClusterSpec, wanted: ClusterSpec): void {
  const joining = members(wanted).filter((name) => !sequence.inventory.nodes[name]);
  const leaving = members(sequence.inventory).filter((name) => !wanted.nodes[name]);
  const successors = pairs(leaving, joining, { ...recorded.nodes, ...wanted.nodes });
  const onTop = joining.filter((name) => ![...successors.values()].includes(name));
  joinMembers(sequence, onTop, wanted);
  const turn = (name: string): number => {
    const first = isFirst(sequence.inventory, name);
    return successors.has(name) ? (first ? 1 : 0) : first ? 2 : 3;
  };
  const turns = new Map(leaving.map((name) => [name, turn(name)]));
  for (const name of [...leaving].sort((a, b) => (turns.get(a) ?? 0) - (turns.get(b) ?? 0))) {
    const successor = successors.get(name);
    if (successor !== undefined) join(sequence, [successor], wanted);
    leave(sequence, name, wanted);
  }
}

/** Who takes whose place: the next generation of a machine its own, any other one that of somebody with the same roles. */
function pairs(leaving: readonly string[], joining: readonly string[], nodes: ClusterSpec["nodes"]): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const free = new Set(joining);
  const rules = [
    (one: string, other: string) => nodes[one]?.key === nodes[other]?.key,
    (one: string, other: string) => nodes[one]?.roles.join() === nodes[other]?.roles.join(),
  ];
  for (const belongs of rules) {
    for (const name of leaving.filter((each) => !found.has(each))) {
      const successor = [...free].find((other) => belongs(name, other));
      if (successor === undefined) continue;
      free.delete(successor);
      found.set(name, successor);
    }
  }
  return found;
}

/** What is still to be told of members, also by a change that broke off. */
export function tellWhoIsLeft(sequence: Sequence): void {
  if (sequence.isDue("etcd-members")) tellMembers(sequence, members(sequence.inventory));
  if (sequence.isDue("proxies")) tellProxies(sequence);
}

/** Brings the order that the wanted cluster has: only who is first tells one from another. */
export function orderMembers(sequence: Sequence, wanted: ClusterSpec): void {
  const { controlPlane, etcd } = sequence.inventory;
  const moved = controlPlane[0] !== wanted.controlPlane[0] || etcd[0] !== wanted.etcd[0];
  if (moved) reorder(sequence, wanted.controlPlane, wanted.etcd);
  else {
    sequence.state({ controlPlane: wanted.controlPlane, etcd: wanted.etcd });
    sequence.settle({ controlPlane: wanted.controlPlane, etcd: wanted.etcd });
  }
}

function isFirst({ controlPlane, etcd }: ClusterSpec, name: string): boolean {
  return name === controlPlane[0] || name === etcd[0];
}

/** Members that join, two at a time. */
export function joinMembers(sequence: Sequence, joining: readonly string[], wanted: ClusterSpec): void {
  for (let at = 0; at < joining.length; at += 2) join(sequence, joining.slice(at, at + 2), wanted);
}

/** kubespray joins members by cluster.yml, limited to all of them: behind those that are there. */
function join(sequence: Sequence, joining: readonly string[], wanted: ClusterSpec): void {
  const added = (list: readonly string[], of: readonly string[]) => [...list, ...joining.filter((name) => of.includes(name))];
  const append = (spec: ClusterSpec): ClusterSpec => ({
    ...withNodes(spec, nodesOf(wanted, joining)),
    controlPlane: added(spec.controlPlane, wanted.controlPlane),
    etcd: added(spec.etcd, wanted.etcd),
  });
  sequence.inventory = append(sequence.inventory);
  sequence.run(
    {
      playbook: "cluster",
      limit: members(sequence.inventory),
      extraVars: { etcd_retries: ETCD_RETRIES },
      nodes: joining,
      brings: toTell(sequence.inventory, joining),
      reason: `${joining.length > 1 ? "members join" : "a member joins"} the control plane (${describeKeys(joining, wanted)})`,
      precondition: "the API answers and every etcd member is healthy",
      check: `${joining.join(", ")} ${joining.length > 1 ? "are" : "is"} Ready and etcd has ${sequence.inventory.etcd.length} healthy members`,
    },
    append(sequence.reached),
  );
  tellMembers(sequence, joining);
  if (joining.some((name) => wanted.controlPlane.includes(name))) tellProxies(sequence);
}

/** Whether members of etcd join a cluster that is there with a run. */
export function joinsMembers({ playbook, extraVars }: ClusterStep): boolean {
  return playbook === "cluster" && extraVars.etcd_retries !== undefined;
}

function leave(sequence: Sequence, name: string, wanted: ClusterSpec): void {
  if (isFirst(sequence.inventory, name)) {
    const before = (list: readonly string[], order: readonly string[]): readonly string[] => {
      if (list[0] !== name) return list;
      const next = order.find((other) => list.includes(other)) ?? list.find((other) => other !== name) ?? name;
      return [next, ...list.filter((other) => other !== next && other !== name), ...(next === name ? [] : [name])];
    };
    reorder(sequence, before(sequence.inventory.controlPlane, wanted.controlPlane), before(sequence.inventory.etcd, wanted.etcd));
  }
  const reason = whyRemoved(name, sequence.inventory, wanted);
  if (sequence.inventory.controlPlane.includes(name)) {
    forgetBackups(sequence, name);
    removal(sequence, [name], false, reason);
    tellMembers(sequence, [name]);
    return;
  }
  // Not by remove-node.yml, which some tags have look for a Kubernetes node of this name.
  const { etcd } = sequence.reached;
  tellMembers(
    sequence,
    [name],
    { remove_member: sequence.inventory.nodes[name]?.etcdMember ?? name },
    { etcd: etcd.filter((each) => each !== name) },
  );
  resetMember(sequence, name, reason);
}

/** Hosts of members that a change which broke off has taken out of etcd: they are reset, whether they are wanted again or not. */
export function resetLeftMembers(sequence: Sequence, wanted: ClusterSpec): void {
  const { nodes, etcd } = sequence.reached;
  const left = names(sequence.reached).filter((name) => nodes[name]?.roles.every((role) => role === "etcd") && !etcd.includes(name));
  for (const name of left) resetMember(sequence, name, whyRemoved(name, sequence.reached, wanted));
}

function resetMember(sequence: Sequence, name: string, reason: string): void {
  const { inventory } = sequence;
  // In no group it would be passed over.
  if (!inventory.etcd.includes(name)) sequence.inventory = { ...inventory, etcd: [...inventory.etcd, name] };
  sequence.run(
    {
      playbook: "reset",
      limit: [name],
      extraVars: { reset_confirmation: true, skip_confirmation: true, flush_iptables: false },
      nodes: [name],
      brings: toTell(inventory, [name]).filter((due) => due === "etcd-backup"),
      reason,
      precondition: `etcd has no member ${name}`,
      check: `${name} runs no etcd`,
    },
    withoutNodes(sequence.reached, [name]),
  );
  cleanHosts(sequence, [name]);
  sequence.without([name]);
}

/** A host that stays behind makes no backups any more, and keeps no key of the place they go to. */
function forgetBackups(sequence: Sequence, name: string): void {
  if (sequence.inventory.variables.kpaas_backup === undefined) return;
  sequence.run({
    playbook: "etcd-backup",
    limit: [name],
    extraVars: { kpaas_backup: false },
    nodes: [name],
    brings: ["etcd-backup"],
    reason: `${name} leaves, and makes no backups of etcd any more`,
    precondition: `${name} answers`,
    check: `${name} has no timer for backups`,
  });
}

/** Who is first is changed while all are there: kubespray removes no first one. */
function reorder(sequence: Sequence, controlPlane: readonly string[], etcd: readonly string[]): void {
  const [was, becomes] = [sequence.inventory, { controlPlane, etcd }].map((each) =>
    [...new Set([each.controlPlane[0], each.etcd[0]])].join(", "),
  );
  sequence.inventory = withOrder(sequence.inventory, controlPlane, etcd);
  sequence.run(
    {
      playbook: "cluster",
      limit: members(sequence.inventory),
      extraVars: { upgrade_cluster_setup: true },
      nodes: members(sequence.inventory),
      reason: `${becomes} becomes the first of control plane and etcd in place of ${was}`,
      precondition: "every control plane is Ready and every etcd member healthy",
      check: "every control plane is Ready and every etcd member healthy",
    },
    withOrder(sequence.reached, controlPlane, etcd),
  );
}

/** Another order of the members; an endpoint that is the first control plane's own address goes with it. */
export function withOrder(spec: ClusterSpec, controlPlane: readonly string[], etcd: readonly string[]): ClusterSpec {
  const [was, becomes] = [spec.controlPlane[0], controlPlane[0]].map((name) => spec.nodes[name ?? ""]?.address);
  const follows = endpointKind(spec) === "node" && was === spec.apiEndpoint.host && becomes !== undefined;
  return { ...spec, controlPlane, etcd, ...(follows ? { apiEndpoint: { ...spec.apiEndpoint, host: becomes } } : {}) };
}

/** What kubespray leaves to be edited by hand after members came or went. */
export function tellMembers(
  sequence: Sequence,
  changed: readonly string[],
  extraVars: { readonly remove_member?: string } = {},
  reaches: Partial<ClusterSpec> = {},
): void {
  sequence.run(
    {
      playbook: "etcd-members",
      limit: sequence.inventory.controlPlane,
      extraVars,
      nodes: sequence.inventory.controlPlane,
      settles: "etcd-members",
      reason: `every API server is told the members of etcd (${changed.join(", ")} changed), which kubespray leaves to be edited by hand`,
      precondition: "etcd has quorum",
      check: "every API server answers and names the members of etcd, and cluster-info a control plane that is there",
    },
    reaches,
  );
}

/** The proxy on every worker is told the control planes, where workers reach the API by one of their own. */
export function tellProxies(sequence: Sequence): void {
  const { inventory } = sequence;
  const told = names(inventory).filter((name) => !isMember(inventory.nodes[name]));
  if (endpointKind(inventory) !== "node" || told.length === 0) {
    const { due = [], ...reached } = sequence.reached;
    const left = due.filter((each) => each !== "proxies");
    sequence.reached = left.length === 0 ? reached : { ...reached, due: left };
    return;
  }
  const type = inventory.variables.loadbalancer_apiserver_type === "haproxy" ? "haproxy" : "nginx";
  sequence.run({
    playbook: "cluster",
    tags: [type],
    nodes: told,
    settles: "proxies",
    reason: `the ${type} proxy of every worker is told the control planes`,
    precondition: "every machine answers",
    check: "the proxy of every worker names the control planes",
  });
}
