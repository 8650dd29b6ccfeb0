import type { HostFinding } from "../../model/cluster/host-checks";
import type { NodeState } from "../../model/cluster/simulate/state";
import { taintIdentity } from "../../model/cluster/steps/metadata";
import type { ClusterNode, ClusterStep } from "../../model/cluster/types";
import { changedVariables, isConnectionVariable } from "../../model/cluster/variables";
import type { ClusterView, LiveCluster, LiveNode, SeenBackups } from "./cluster-view";
import { kubeconfigOf, type NamedServer, tokenKubeconfigOf } from "./pki";
import type { StepContext } from "./runner";
import { SandboxBackups } from "./sandbox-backups";
import { readJson, type SandboxCluster, seen } from "./sandbox-cluster";

/** What one sees of a simulated cluster. */
export class SandboxView implements ClusterView {
  constructor(private readonly cluster: SandboxCluster) {}

  async silent(machines: StepContext["machines"]): Promise<readonly string[]> {
    return this.cluster.silent(machines);
  }

  /** A simulated host is as it has to be. */
  async check(): Promise<readonly HostFinding[]> {
    return [];
  }

  async read(): Promise<LiveCluster | undefined> {
    const file = this.cluster.read();
    if (!file) return undefined;
    const real = readJson<NamedServer>(this.cluster.path("api.json"));
    const silent = this.cluster.silentNodes(file);
    return {
      kubernetes: file.kubernetes,
      nodes: Object.fromEntries(Object.entries(file.nodes).map(([name, node]) => [name, liveNode(seen(name, node, silent))])),
      kubeconfig: real ? tokenKubeconfigOf(file.name, real) : kubeconfigOf(file.name, file.server, await this.cluster.pki()),
      etcd: Object.entries(file.nodes).flatMap(([name, { etcdMember }]) => {
        if (etcdMember === undefined) return [];
        const down = silent.includes(name) ? { healthy: false, reason: "it does not answer" } : { healthy: true };
        return [{ name: etcdMember, ...down }];
      }),
      certificates: Object.fromEntries(Object.entries(file.certificates).map(([name, { notAfter }]) => [name, notAfter])),
    };
  }

  async backups(): Promise<SeenBackups> {
    const backups = new SandboxBackups(this.cluster);
    const lastSuccess = backups.lastAt();
    return { names: backups.names(), ...(lastSuccess === undefined ? {} : { lastSuccess }) };
  }

  async isDone(step: ClusterStep, context: StepContext): Promise<boolean> {
    const file = this.cluster.read();
    if (step.playbook === "reset") return file === undefined;
    if (!file) return false;
    const joined = (name: string) => file.nodes[name]?.ready === true && file.nodes[name].machineId === context.machines[name]?.machineId;
    switch (step.playbook) {
      case "facts":
        return false; // cheap, and the cache may be stale
      case "scale":
        return step.limit.every(joined);
      case "remove-node":
        return step.nodes.every((name) => !file.nodes[name]);
      case "cluster":
        return (
          step.nodes.every((name) => joined(name) && hasMetadata(file.nodes[name], context.inventory.nodes[name])) &&
          (step.limit.length > 0 || changedVariables(file.variables, context.inventory.variables).every(isConnectionVariable))
        );
      case "node-metadata":
        return step.limit.every((name) => file.nodes[name] && !carries(file.nodes[name], step));
      default: // run again, they change nothing that is done already
        return false;
    }
  }
}

function liveNode(node: NodeState): LiveNode {
  const { roles, address, kubelet, ready, etcdMember, labels, taints } = node;
  return { roles, address, kubelet, ready, labels, taints, ...(etcdMember === undefined ? {} : { etcdMember }) };
}

function hasMetadata(node: NodeState | undefined, wanted: ClusterNode | undefined): boolean {
  return (
    node !== undefined &&
    Object.entries(wanted?.labels ?? {}).every(([key, value]) => node.labels[key] === value) &&
    (wanted?.taints ?? []).every((taint) => node.taints.includes(taint))
  );
}

/** Whether the node still has a label or taint that the step takes off. */
function carries(node: NodeState, step: ClusterStep): boolean {
  const labels = String(step.extraVars.remove_labels ?? "").split(",");
  const taints = String(step.extraVars.remove_taints ?? "").split(",");
  return labels.some((key) => Object.hasOwn(node.labels, key)) || node.taints.some((taint) => taints.includes(taintIdentity(taint)));
}
