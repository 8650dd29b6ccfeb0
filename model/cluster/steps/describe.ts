import type { Playbook } from "../playbooks";
import type { ClusterStep } from "../types";

/** A step as a person would type it, e.g. `scale.yml --limit worker-4`. */
export function describeStep(step: ClusterStep): string {
  const limit = step.limit.length > 0 ? [`--limit ${shortList(step.limit)}`] : [];
  const tags = step.tags.length > 0 ? [`--tags ${step.tags.join(",")}`] : [];
  const extra = Object.entries(step.extraVars).map(([name, value]) => `-e ${name}=${value}`);
  return [`${step.playbook}.yml`, ...limit, ...tags, ...extra].join(" ");
}

/** The hosts that must answer for a step: one that is removed as lost is left alone, and so are the others then. */
export function hostsOf(step: ClusterStep): string[] {
  const { playbook, limit, inventory, extraVars } = step;
  if (playbook === "remove-node" && extraVars.reset_nodes === false) return inventory.controlPlane.slice(0, 1);
  if (limit.length > 0) return [...limit];
  const beside = Object.entries(inventory.hosts ?? {});
  if (playbook === "nfs-server" && beside.length > 0)
    return beside.flatMap(([name, { groups }]) => (groups.includes("nfs_server") ? [name] : [])).sort();
  const others = ON_ALL_HOSTS.has(playbook) ? beside.map(([name]) => name) : [];
  return [...new Set([...Object.keys(inventory.nodes), ...others])].sort();
}

/** Playbooks of ours that work on the hosts beside the cluster too. */
const ON_ALL_HOSTS: ReadonlySet<Playbook> = new Set<Playbook>(["firewall", "reset-ours"]);

export function shortList(hosts: readonly string[]): string {
  return hosts.length <= 8 ? hosts.join(",") : `${hosts.slice(0, 8).join(",")} and ${hosts.length - 8} more`;
}
