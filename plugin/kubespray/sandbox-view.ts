import { join } from "node:path";
import { namesIn } from "../../host/files";
import { type HostFinding, type HostQuestion, judgeHosts, restoreFinding } from "../../model/cluster/host-checks";
import type { Playbook } from "../../model/cluster/playbooks";
import { applyStep } from "../../model/cluster/simulate/apply";
import type { NodeState } from "../../model/cluster/simulate/state";
import type { ClusterSpec, ClusterStep } from "../../model/cluster/types";
import { sameValue } from "../../model/cluster/variables";
import {
  type ClusterView,
  type HostAccess,
  isTold,
  type LiveCluster,
  type LiveEtcdMember,
  type LiveNode,
  type Missing,
  NOT_READY,
  type SeenBackups,
} from "./cluster-view";
import { kubeconfigOf, type NamedServer, tokenKubeconfigOf } from "./pki";
import type { StepContext } from "./runner";
import { SandboxBackups } from "./sandbox-backups";
import { isForeign, readJson, type SandboxCluster, seen, worldOf } from "./sandbox-cluster";

/** What one sees of a simulated cluster. */
export class SandboxView implements ClusterView {
  constructor(private readonly cluster: SandboxCluster) {}

  async silent(machines: StepContext["machines"]): Promise<Readonly<Record<string, string>>> {
    return Object.fromEntries(this.cluster.silent(machines).map((name) => [name, ""]));
  }

  /** A simulated host that answers is as it has to be. */
  async check(question: HostQuestion, { machines }: Pick<StepContext, "machines">): Promise<readonly HostFinding[]> {
    const asked = Object.fromEntries(Object.entries(machines).filter(([name]) => question.nodes.includes(name)));
    const silent = this.cluster.silent(asked);
    const [first = ""] = question.spec.controlPlane;
    return [
      ...judgeHosts(
        silent.map((node) => ({ node, missing: "ssh", reason: "it does not let us in: no answer" })),
        question,
      ),
      ...restoreFinding(first, question, new SandboxBackups(this.cluster).restoring()),
    ];
  }

  async read(): Promise<LiveCluster | undefined> {
    const file = this.cluster.read();
    if (!file) return undefined;
    const real = readJson<NamedServer>(this.cluster.path("api.json"));
    const silent = this.cluster.silentNodes(file);
    return {
      kubernetes: file.kubernetes,
      // An etcd member of its own is no node of Kubernetes.
      nodes: Object.fromEntries(
        Object.entries(file.nodes)
          .filter(([, { roles }]) => roles.some((role) => role !== "etcd"))
          .map(([name, node]) => [name, liveNode(seen(name, node, silent))]),
      ),
      kubeconfig: real ? tokenKubeconfigOf(file.name, real) : kubeconfigOf(file.name, file.server, await this.cluster.pki()),
      etcd: Object.entries(file.nodes).flatMap(([name, { etcdMember }]) => {
        if (etcdMember === undefined) return [];
        const down = silent.includes(name) ? { healthy: false, reason: "it does not answer" } : { healthy: true };
        return [{ name: etcdMember, ...down }];
      }),
      certificates: Object.fromEntries(Object.entries(file.certificates).map(([name, { notAfter }]) => [name, notAfter])),
    };
  }

  async joined(names: readonly string[], _spec: ClusterSpec, { machines }: HostAccess): Promise<readonly string[]> {
    const file = this.cluster.read();
    if (!file || new SandboxBackups(this.cluster).restoring() !== undefined) return [];
    const silent = this.cluster.silentNodes(file);
    return names.filter((name) => file.nodes[name]?.machineId === machines[name]?.machineId && !silent.includes(name));
  }

  /** Nodes that a run has joined, and that are not there or whose hosts went silent. */
  async missing(step: ClusterStep): Promise<readonly Missing[]> {
    const file = this.cluster.read();
    if (!file || !JOINING.has(step.playbook)) return [];
    const silent = this.cluster.silentNodes(file);
    return step.nodes.flatMap((node) =>
      !file.nodes[node] ? [{ node, what: "is no node of the cluster" }] : silent.includes(node) ? [{ node, what: NOT_READY }] : [],
    );
  }

  /** The simulated objects; a real API server is asked itself. */
  deployments(): readonly unknown[] | undefined {
    if (readJson(this.cluster.path("api.json")) !== undefined) return undefined;
    const folder = this.cluster.path(join("kubernetes", "deployments.apps"));
    return namesIn(folder).map((name) => readJson(join(folder, name)));
  }

  async members(): Promise<readonly LiveEtcdMember[]> {
    return (await this.read())?.etcd ?? [];
  }

  async backups(): Promise<SeenBackups> {
    const backups = new SandboxBackups(this.cluster);
    const lastSuccess = backups.lastAt();
    const restoring = backups.restoring();
    return {
      names: backups.names(),
      ...(lastSuccess === undefined ? {} : { lastSuccess }),
      ...(restoring === undefined ? {} : { restoring }),
    };
  }

  /** Where the run would change nothing, and those that it joins have joined from their own machines. */
  async isDone(step: ClusterStep, context: StepContext, written: "started" | "finished"): Promise<boolean> {
    const file = this.cluster.read();
    if (step.playbook === "etcd-restore") return written === "finished";
    if (step.playbook === "reset" && (step.limit.length === 0 || !file)) return !file;
    // A machine that was built since bears nothing.
    if (step.playbook === "reset" && file && step.limit.every((name) => isForeign(file, name, context))) return true;
    if (written === "started" && !isTold(step)) return false;
    // Cheap, or told by nothing that a simulated cluster has.
    if (!file || NEVER_DONE.has(step.playbook) || step.extraVars.backup_now === true) return false;
    if (JOINING.has(step.playbook) && step.nodes.some((name) => !file.nodes[name] || isForeign(file, name, context))) return false;
    const world = worldOf(file, this.cluster.silentNodes(file));
    try {
      return sameValue(applyStep(world, step, context.inventory).cluster, world.cluster);
    } catch {
      return false; // the run itself tells why it cannot be
    }
  }
}

const NEVER_DONE: ReadonlySet<Playbook> = new Set<Playbook>(["facts", "renew-certificates", "recover-control-plane"]);
const JOINING: ReadonlySet<Playbook> = new Set<Playbook>(["scale", "cluster"]);

function liveNode(node: NodeState): LiveNode {
  const { roles, address, kubelet, ready, etcdMember, labels, taints } = node;
  return { roles, address, kubelet, ready, labels, taints, ...(etcdMember === undefined ? {} : { etcdMember }) };
}
