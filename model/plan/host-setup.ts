import type { ClusterHost, ClusterSpec } from "../cluster/types";
import type { Environment } from "../environment/types";
import { firewallName, planFirewalls } from "./nftables";
import type { FlowsPlan } from "./rules";
import type { PlatformPlan } from "./types";
import { podFilter } from "./user-data";

/** What hosts are prepared from that have no first boot of ours, or a firewall of their own. */
export interface HostSetup {
  readonly environment: Pick<Environment, "hosts">;
  /** Whether what the plan does not allow is kept out on the hosts themselves. */
  readonly enforced: boolean;
  readonly plan: FlowsPlan;
  readonly platform: Pick<PlatformPlan, "storage">;
}

/**
 * The cluster with the variables of our own playbooks: those that prepare hosts which were there before, and the hosts' own firewall. As it is
 * where machines are made and their cloud keeps out what the plan does not allow, or nobody does.
 */
export function withHostSetup(cluster: ClusterSpec, { environment, enforced, plan, platform: { storage } }: HostSetup): ClusterSpec {
  const made = environment.hosts === undefined;
  if (made && !enforced) return cluster;
  const serves = plan.machines.some(({ roles }) => roles.includes("nfs"));
  const hosts = hostsBeside(plan.machines, cluster, made);
  const share = storage.kind === "nfs" && serves ? { kpaas_nfs: { path: storage.path, clients: plan.network.cidr } } : {};
  const prepared = { kpaas_pod_filter: podFilter(plan.network.podCidr), kpaas_nfs_client: storage.kind === "nfs", ...share };
  return {
    ...cluster,
    ...(hosts ? { hosts } : {}),
    variables: { ...cluster.variables, ...(made ? {} : prepared), ...(enforced ? firewallVariables(plan) : {}) },
  };
}

/**
 * What stands beside the nodes, and the node that serves NFS besides; undefined for nothing.
 * @param made whether machines are made: then their first boot has done the rest
 */
function hostsBeside(machines: FlowsPlan["machines"], { nodes }: ClusterSpec, made: boolean): ClusterSpec["hosts"] {
  const found = machines.flatMap(({ name, address, roles }): [string, ClusterHost][] => {
    const serves = !made && roles.includes("nfs");
    return serves || nodes[name] === undefined ? [[name, { address, groups: serves ? ["nfs_server"] : [] }]] : [];
  });
  return found.length === 0 ? undefined : Object.fromEntries(found);
}

/** Hosts with the same tasks have the same rules: however many there are, the texts are few. Ansible looks up each host's own. */
function firewallVariables(plan: FlowsPlan): Readonly<Record<string, unknown>> {
  return {
    kpaas_firewalls: planFirewalls(plan),
    kpaas_firewall_of: Object.fromEntries(plan.machines.map((machine) => [machine.name, firewallName(machine)])),
    kpaas_firewall: "{{ kpaas_firewalls[kpaas_firewall_of[inventory_hostname] | default('')] | default('') }}",
  };
}
