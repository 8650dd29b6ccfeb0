import type { HostFinding, HostQuestion } from "../../../model/cluster/host-checks";
import type { Playbook } from "../../../model/cluster/playbooks";
import type { ClusterSpec, ClusterStep } from "../../../model/cluster/types";
import {
  type ClusterView,
  type HostAccess,
  isTold,
  type LiveCluster,
  type LiveEtcdMember,
  type Missing,
  type SeenBackups,
} from "../cluster-view";
import type { StepContext } from "../runner";
import { readBackups } from "./backups";
import { checkHosts } from "./check-hosts";
import { joinedOf, missingOf } from "./effects";
import { knownMachines, withHosts } from "./open-hosts";
import { askControlPlanes, readCluster, readEtcd } from "./read-cluster";
import { askAll, HostUnreachable, type RemoteHosts } from "./remote-hosts";

const SILENT_MS = 45_000;
/** Hosts that are only asked whether they answer. */
const AT_ONCE = 32;

/** Opens the hosts of an environment for one question. */
export type Opened = <T>(environment: string, access: HostAccess, work: (hosts: RemoteHosts) => Promise<T>) => Promise<T>;

/** Cheap and of facts that may be stale, or doing what is due alone. */
const REPEATED: ReadonlySet<Playbook> = new Set<Playbook>(["facts", "renew-certificates"]);

/** What one sees of a cluster through its hosts. */
export class HostsView implements ClusterView {
  constructor(private readonly opened: Opened) {}

  async silent(machines: HostAccess["machines"], ssh: HostAccess["ssh"], environment: string): Promise<Readonly<Record<string, string>>> {
    const nodes = Object.keys(knownMachines(machines));
    if (nodes.length === 0) return {};
    return await this.opened(environment, { machines, ssh }, async (hosts) => {
      const { failures } = await askAll(nodes, (node) => hosts.run(node, "true", { timeoutMs: SILENT_MS }), AT_ONCE);
      const reasons = [...failures].map(([node, error]) => {
        if (!(error instanceof HostUnreachable)) throw error;
        return [node, error.reason] as const;
      });
      return Object.fromEntries(reasons);
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
      const found = await askControlPlanes(hosts, spec, access);
      if (!found || (await readBackups(hosts, spec.controlPlane)).restoring !== undefined) return [];
      return await joinedOf(hosts, known, spec, found.nodes);
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
    if (REPEATED.has(step.playbook) || (written === "started" && !isTold(step))) return false;
    return await this.opened(
      context.inventory.name,
      context,
      async (hosts) => (await missingOf(hosts, step, context, { whole: true })).length === 0,
    );
  }

  async missing(step: ClusterStep, context: StepContext): Promise<readonly Missing[]> {
    return await this.opened(context.inventory.name, context, (hosts) => missingOf(hosts, step, context, { whole: false }));
  }

  async members(spec: ClusterSpec, access: HostAccess): Promise<readonly LiveEtcdMember[]> {
    const known = spec.etcd.filter((name) => access.machines[name]);
    return await this.opened(spec.name, access, (hosts) => readEtcd(hosts, known));
  }
}

/** The view of the hosts by the project's SSH configuration. @param root the project's folder */
export function hostsView(root: string): HostsView {
  return new HostsView((environment, { machines, ssh }, work) => withHosts({ root, environment, ssh, machines }, work));
}
