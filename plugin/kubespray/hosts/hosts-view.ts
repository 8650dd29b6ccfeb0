import type { HostFinding, HostQuestion } from "../../../model/cluster/host-checks";
import { taintIdentity } from "../../../model/cluster/steps/metadata";
import type { ClusterNode, ClusterSpec, ClusterStep } from "../../../model/cluster/types";
import type { ClusterView, HostAccess, LiveCluster, SeenBackups } from "../cluster-view";
import type { StepContext } from "../runner";
import { readBackups } from "./backups";
import { checkHosts } from "./check-hosts";
import { type ApiNode, type EtcdMember, liveCluster, parseCertificates, parseCluster, parseEtcd } from "./live-cluster";
import { CERTIFICATES_SCRIPT, CLUSTER_SCRIPT, ETCD_SCRIPT } from "./live-scripts";
import { knownMachines, withHosts } from "./open-hosts";
import { askAll, HostUnreachable, printed, type RemoteHosts } from "./remote-hosts";

const SILENT_MS = 45_000;
const READ_MS = 120_000;
/** Hosts that are only asked whether they answer. */
const AT_ONCE = 32;

/** Opens the hosts of an environment for one question. */
export type Opened = <T>(environment: string, access: HostAccess, work: (hosts: RemoteHosts) => Promise<T>) => Promise<T>;

/** What one sees of a cluster through its hosts. */
export class HostsView implements ClusterView {
  constructor(private readonly opened: Opened) {}

  async silent(machines: HostAccess["machines"], ssh: HostAccess["ssh"], environment: string): Promise<readonly string[]> {
    const nodes = Object.keys(knownMachines(machines));
    if (nodes.length === 0) return [];
    return await this.opened(environment, { machines, ssh }, async (hosts) => {
      const { failures } = await askAll(nodes, (node) => hosts.run(node, "true", { timeoutMs: SILENT_MS }), AT_ONCE);
      for (const error of failures.values()) if (!(error instanceof HostUnreachable)) throw error;
      return [...failures.keys()].sort();
    });
  }

  async check(question: HostQuestion, access: HostAccess, signal: AbortSignal): Promise<readonly HostFinding[]> {
    return await this.opened(question.spec.name, access, (hosts) => checkHosts(hosts, question, signal));
  }

  async read(spec: ClusterSpec, access: HostAccess): Promise<LiveCluster | undefined> {
    return await this.opened(spec.name, access, (hosts) => readCluster(hosts, spec, access));
  }

  async joined(names: readonly string[], spec: ClusterSpec, access: HostAccess): Promise<readonly string[]> {
    const known = names.filter((name) => knownMachines(access.machines)[name]);
    return await this.opened(spec.name, access, async (hosts) => {
      const nodes = await askControlPlanes(hosts, spec, access).catch(noneAnswers);
      if (!nodes || (await readBackups(hosts, spec.controlPlane)).restoring !== undefined) return [];
      const there = await Promise.all(known.map(async (name) => ((await haveJoined(hosts, [name], spec, nodes.nodes)) ? [name] : [])));
      return there.flat();
    });
  }

  async backups(spec: ClusterSpec, access: HostAccess): Promise<SeenBackups> {
    return await this.opened(spec.name, access, (hosts) =>
      readBackups(
        hosts,
        spec.controlPlane.filter((name) => access.machines[name]),
      ),
    );
  }

  async isDone(step: ClusterStep, context: StepContext, written: "started" | "finished"): Promise<boolean> {
    return await this.opened(context.inventory.name, context, (hosts) => isDone(hosts, step, context, written));
  }
}

/** The view of the hosts by the project's SSH configuration. @param root the project's folder */
export function hostsView(root: string): HostsView {
  return new HostsView((environment, { machines, ssh }, work) => withHosts({ root, environment, ssh, machines }, work));
}

async function readCluster(hosts: RemoteHosts, spec: ClusterSpec, access: HostAccess): Promise<LiveCluster | undefined> {
  const found = await askControlPlanes(hosts, spec, access);
  if (!found) return undefined;
  const known = knownMachines(access.machines);
  const signing = [...new Set([...spec.controlPlane, ...spec.etcd])].filter((node) => known[node]);
  const [etcd, certificates] = await Promise.all([
    readEtcd(
      hosts,
      spec.etcd.filter((node) => known[node]),
    ),
    askAll(signing, (node) => printed(hosts, node, CERTIFICATES_SCRIPT, { become: true, timeoutMs: READ_MS })),
  ]);
  return liveCluster(spec, found, etcd, parseCertificates([...certificates.answers.values()]));
}

/** Hosts without a cluster tell nothing of one. */
function noneAnswers(): undefined {
  return undefined;
}

type Found = NonNullable<ReturnType<typeof parseCluster>>;

/** What the first control plane says whose API server answers. @throws Error where none does, though there is a cluster, or may be */
async function askControlPlanes(hosts: RemoteHosts, spec: ClusterSpec, { machines }: HostAccess): Promise<Found | undefined> {
  const known = knownMachines(machines);
  const reasons: string[] = [];
  for (const node of spec.controlPlane.filter((name) => known[name])) {
    try {
      const found = parseCluster(await printed(hosts, node, CLUSTER_SCRIPT, { become: true, timeoutMs: READ_MS }));
      if (found) return found;
    } catch (error) {
      reasons.push(error instanceof Error ? error.message : String(error));
    }
  }
  if (reasons.length > 0) throw new Error(`no control plane tells what the cluster is: ${reasons.join("; ")}`);
  return undefined;
}

async function readEtcd(hosts: RemoteHosts, nodes: readonly string[]): Promise<readonly EtcdMember[]> {
  for (const node of nodes) {
    try {
      const members = parseEtcd(await printed(hosts, node, ETCD_SCRIPT, { become: true, timeoutMs: READ_MS }));
      if (members.length > 0) return members;
    } catch {
      // Another one may know; where none does, nothing is said of etcd's members.
    }
  }
  return [];
}

/**
 * Whether a step has had its effect. What playbooks do again without harm counts as done only once they ended; of the others the effect itself
 * is looked at.
 */
async function isDone(hosts: RemoteHosts, step: ClusterStep, context: StepContext, written: "started" | "finished"): Promise<boolean> {
  const { inventory } = context;
  const on = step.limit.length > 0 ? step.limit : Object.keys(inventory.nodes);
  const nodes = async () => (await askControlPlanes(hosts, inventory, context))?.nodes ?? {};
  switch (step.playbook) {
    case "facts":
      return false; // cheap, and the cache may be stale
    case "renew-certificates":
      return false; // renews only what is due
    case "remove-node":
      return await isRemoved(hosts, step, context);
    case "scale":
      return await haveJoined(hosts, step.nodes, inventory, await nodes());
    case "cluster":
      // Nothing tells which variables a run that broke off has set.
      return written === "finished" && (await haveJoined(hosts, step.nodes, inventory, await nodes()));
    case "upgrade-cluster": {
      if (written !== "finished") return false;
      const found = await nodes();
      return on.every((name) => isEtcdOnly(inventory, name) || (found[name]?.kubelet === inventory.kubernetes && isWorking(found[name])));
    }
    case "node-metadata": {
      const found = await nodes();
      return step.limit.every((name) => found[name] !== undefined && !carries(found[name], step));
    }
    case "switch-runtime": {
      const found = await nodes();
      const scheme = step.extraVars.to === "crio" ? "cri-o" : String(step.extraVars.to);
      return on.every((name) => found[name]?.runtime?.startsWith(`${scheme}://`) === true && isWorking(found[name]));
    }
    case "reboot":
      return await haveSince(hosts, on, step, 'date -d "$(LC_ALL=C TZ=UTC systemctl show --value --property=UserspaceTimestamp)" +%s');
    case "patch":
      return await haveSince(hosts, on, step, 'date -d "$(cat /var/lib/kpaas/patched)" +%s');
    case "reset":
      return await areReset(hosts, on);
    default:
      return written === "finished";
  }
}

/** Nodes that are Ready on the very hosts of the inventory, with its labels and taints. */
async function haveJoined(
  hosts: RemoteHosts,
  names: readonly string[],
  inventory: ClusterSpec,
  nodes: Readonly<Record<string, ApiNode>>,
): Promise<boolean> {
  const kubernetes = names.filter((name) => !isEtcdOnly(inventory, name));
  if (!kubernetes.every((name) => isWorking(nodes[name]) && hasMetadata(nodes[name], inventory.nodes[name]))) return false;
  const { answers } = await askAll(kubernetes, (node) => printed(hosts, node, "cat /etc/machine-id"));
  return kubernetes.every((name) => answers.get(name)?.trim() === nodes[name]?.machineId);
}

function isWorking(node: ApiNode | undefined): boolean {
  return node?.ready === true && node.cordoned !== true;
}

function isEtcdOnly(inventory: ClusterSpec, name: string): boolean {
  return inventory.nodes[name]?.roles.every((role) => role === "etcd") === true;
}

function hasMetadata(node: ApiNode | undefined, wanted: ClusterNode | undefined): boolean {
  return (
    node !== undefined &&
    Object.entries(wanted?.labels ?? {}).every(([key, value]) => node.labels[key] === value) &&
    (wanted?.taints ?? []).every((taint) => node.taints.includes(taint))
  );
}

function carries(node: ApiNode | undefined, step: ClusterStep): boolean {
  const labels = String(step.extraVars.remove_labels ?? "").split(",");
  const taints = String(step.extraVars.remove_taints ?? "").split(",");
  return (
    node !== undefined &&
    (labels.some((key) => Object.hasOwn(node.labels, key)) || node.taints.some((taint) => taints.includes(taintIdentity(taint))))
  );
}

/** Neither a node of Kubernetes' nor a member of etcd's any more. */
async function isRemoved(hosts: RemoteHosts, step: ClusterStep, context: StepContext): Promise<boolean> {
  const { inventory } = context;
  const found = await askControlPlanes(hosts, inventory, context);
  if (!found || step.nodes.some((name) => found.nodes[name])) return false;
  const members = step.nodes.filter((name) => inventory.nodes[name]?.roles.includes("etcd"));
  if (members.length === 0) return true;
  const staying = inventory.etcd.filter((name) => !step.nodes.includes(name) && context.machines[name]);
  const etcd = await readEtcd(hosts, staying);
  const gone = (name: string) => etcd.every(({ address }) => address !== inventory.nodes[name]?.address);
  return etcd.length > 0 && members.every(gone);
}

/** Whether something was done on all hosts since the step's own time; `when` prints that in seconds. */
async function haveSince(hosts: RemoteHosts, nodes: readonly string[], step: ClusterStep, when: string): Promise<boolean> {
  const since = Date.parse(String(step.extraVars.since ?? ""));
  if (Number.isNaN(since)) return false;
  const { answers } = await askAll(nodes, (node) => printed(hosts, node, when, { become: true }));
  return nodes.every((node) => Number(answers.get(node) ?? 0) * 1_000 >= since);
}

async function areReset(hosts: RemoteHosts, nodes: readonly string[]): Promise<boolean> {
  const gone = "[ ! -e /etc/kubernetes/kubelet.conf ] && [ ! -e /var/lib/etcd/member ] && ! systemctl is-active --quiet kubelet";
  const { answers } = await askAll(nodes, (node) => hosts.run(node, gone, { become: true }));
  return nodes.every((node) => answers.get(node)?.code === 0);
}
