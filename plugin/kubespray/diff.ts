import type { ClusterNode } from "../../model/cluster/types";
import { changedVariables, sameValue } from "../../model/cluster/variables";
import type { DiffKind } from "../rpc/provider";
import type { ClusterInputs } from "./inputs";

type Recorded = Pick<ClusterInputs, "spec" | "machines" | "networkCidr">;

/**
 * What changes, by property path; a node is told by its name, never by its place. Nothing here ever replaces the cluster.
 * @param before the recorded inputs: how to log in and where kubespray comes from are no outputs
 */
export function changedPaths(recorded: Recorded, wanted: ClusterInputs, before: ClusterInputs | undefined): Record<string, DiffKind> {
  const changes: Record<string, DiffKind> = {};
  for (const name of ["name", "kubespray", "kubernetes", "controlPlane", "etcd", "apiEndpoint", "onDelete", "hosts"] as const) {
    if (!sameValue(recorded.spec[name], wanted.spec[name])) changes[name] = kindOf(recorded.spec[name], wanted.spec[name]);
  }
  if (recorded.networkCidr !== wanted.networkCidr) changes.networkCidr = kindOf(recorded.networkCidr, wanted.networkCidr);
  for (const name of changedVariables(recorded.spec.variables, wanted.spec.variables)) {
    changes[`variables.${name}`] = kindOf(recorded.spec.variables[name], wanted.spec.variables[name]);
  }
  for (const name of Object.keys(wanted.spec.hosts ?? {})) {
    if (recorded.spec.hosts?.[name] && !sameValue(recorded.machines[name], wanted.machines[name])) changes[`hosts.${name}`] = "update";
  }
  for (const name of new Set([...Object.keys(recorded.spec.nodes), ...Object.keys(wanted.spec.nodes)])) {
    const [before, after] = [recorded.spec.nodes[name], wanted.spec.nodes[name]];
    if (!before || !after) changes[nodePath(name)] = kindOf(before, after);
    else Object.assign(changes, nodeChanges(name, before, after));
    for (const field of ["machineId", "dialAddress", "sshUser", "sshPort"] as const) {
      const [old, now] = [recorded.machines[name]?.[field], wanted.machines[name]?.[field]];
      if (before && after && old !== now) changes[`${nodePath(name)}.${field}`] = kindOf(old, now);
    }
  }
  if (before === undefined) return changes;
  for (const field of ["user", "privateKey", "agent", "becomePassword", "bastion"] as const) {
    if (!sameValue(before.ssh[field], wanted.ssh[field])) changes[`ssh.${field}`] = kindOf(before.ssh[field], wanted.ssh[field]);
  }
  if (before.kubespraySource !== wanted.kubespraySource) {
    changes.kubespraySource = kindOf(before.kubespraySource, wanted.kubespraySource);
  }
  return changes;
}

function nodeChanges(name: string, before: ClusterNode, after: ClusterNode): Record<string, DiffKind> {
  const changes: Record<string, DiffKind> = {};
  for (const field of [
    "key",
    "generation",
    "roles",
    "address",
    "zone",
    "etcdMember",
    "labels",
    "reboot",
    "patch",
    "volumes",
    "firewall",
  ] as const) {
    if (!sameValue(before[field], after[field])) changes[`${nodePath(name)}.${field}`] = kindOf(before[field], after[field]);
  }
  if (!sameValue([...before.taints].sort(), [...after.taints].sort())) changes[`${nodePath(name)}.taints`] = "update";
  return changes;
}

/** Host names may hold dots, which separate properties in a path. */
function nodePath(name: string): string {
  return name.includes(".") ? `nodes[${JSON.stringify(name)}]` : `nodes.${name}`;
}

function kindOf(before: unknown, after: unknown): DiffKind {
  return before === undefined ? "add" : after === undefined ? "delete" : "update";
}
