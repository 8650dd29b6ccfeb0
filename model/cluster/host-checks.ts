import { type HostFacts, needsOf, SUPPORTED_SYSTEMS } from "./host-facts";
import { minorNumber } from "./releases";
import type { ClusterNode, ClusterSpec } from "./types";

/** Something that keeps a host from being a node, or will be trouble. */
export interface HostFinding {
  readonly node: string;
  /** Which check found it, e.g. `swap`. */
  readonly check: string;
  readonly severity: "error" | "warning";
  readonly reason: string;
  readonly remedy: string;
}

/** What was found out of a host: its facts, or why there are none. */
export type HostReport =
  | { readonly node: string; readonly facts: HostFacts }
  | { readonly node: string; readonly missing: "ssh" | "sudo"; readonly reason: string };

/** What is asked of hosts. */
export interface HostQuestion {
  readonly spec: ClusterSpec;
  /** Nodes whose hosts are looked at. */
  readonly nodes: readonly string[];
  /** Those of them that join: their hosts have to be fit and empty, and those of others only able to work. */
  readonly joining: readonly string[];
  /** Those of them on machines that were just made: they may still be booting, and are waited for. @default none */
  readonly booting?: readonly string[];
  /** Whether the change brings a backup back. @default false */
  readonly restores?: boolean;
}

/** A host under judgement. */
interface Case extends HostQuestion {
  readonly name: string;
  readonly node: ClusterNode | undefined;
  readonly facts: HostFacts;
  /** By node name, of all hosts that answered. */
  readonly all: Readonly<Record<string, HostFacts>>;
  readonly variable: (name: string) => unknown;
}

type Verdict = Omit<HostFinding, "node" | "check" | "severity"> & { readonly severity?: "warning" };

interface Check {
  /** Whether hosts of nodes that are there already are asked too. @default false */
  readonly always?: true;
  readonly judge: (host: Case) => Verdict | undefined;
}

const MB_OF_CONTROL_PLANE = 1_500;
const MB_OF_WORKER = 1_024;
const MB_OF_DISK = { needed: 3_000, advised: 20_000 };
const SKEW_MS = { bad: 5_000, odd: 500 };

/** Every check, in the order findings are listed. */
const checks: Readonly<Record<string, Check>> = {
  python: {
    always: true,
    judge: ({ facts }) =>
      facts.python === undefined
        ? { reason: "there is no python3, which Ansible's modules run on", remedy: "install the distribution's package python3" }
        : undefined,
  },
  system: {
    judge: ({ facts: { system }, variable }) =>
      SUPPORTED_SYSTEMS.includes(system.id) || variable("allow_unsupported_distribution_setup") === true
        ? undefined
        : {
            reason: `its system is ${system.id} ${system.version}, which kubespray does not know`,
            remedy: "use Ubuntu, Debian, a Red Hat family or Flatcar system, or set allow_unsupported_distribution_setup at your own risk",
          },
  },
  systemd: {
    judge: ({ facts }) =>
      facts.systemd ? undefined : { reason: "it was not started by systemd", remedy: "use a machine whose services systemd runs" },
  },
  address: {
    judge: ({ facts, node }) =>
      !node || facts.addresses.includes(node.address)
        ? undefined
        : {
            reason: `none of its network interfaces has the address ${node.address} (has ${facts.addresses.join(", ") || "none"})`,
            remedy: "give the node's own private address as its address, and the one SSH dials as accessAddress",
          },
  },
  twin: {
    judge: ({ name, facts, all, spec }) => {
      const twin = Object.keys(all).find((other) => other !== name && all[other]?.machineId === facts.machineId);
      if (twin === undefined || facts.machineId === "") return undefined;
      const has = (one: HostFacts | undefined, node: string) => one?.addresses.includes(spec.nodes[node]?.address ?? "none") === true;
      return has(facts, twin) || has(all[twin], name)
        ? { reason: `it is the same machine as ${twin}`, remedy: "give each node a machine of its own" }
        : {
            severity: "warning",
            reason: `it has the machine id of ${twin}: it was cloned from the same image after its first boot`,
            remedy: "empty /etc/machine-id on one of them and reboot it",
          };
    },
  },
  memory: {
    judge: ({ facts: { memoryMb }, node, variable }) => {
      const isControlPlane = node?.roles.includes("control-plane") === true;
      const given = variable(isControlPlane ? "minimal_master_memory_mb" : "minimal_node_memory_mb");
      const needed = typeof given === "number" ? given : isControlPlane ? MB_OF_CONTROL_PLANE : MB_OF_WORKER;
      return memoryMb >= needed
        ? undefined
        : { reason: `it has ${memoryMb} MB of memory, and needs ${needed}`, remedy: "use a larger machine" };
    },
  },
  processors: {
    judge: ({ facts: { processors }, node }) =>
      node?.roles.includes("control-plane") && processors < 2
        ? { reason: "it has one processor, and kubeadm makes no control plane on less than two", remedy: "use a larger machine" }
        : undefined,
  },
  disk: {
    always: true,
    judge: ({ facts: { diskFreeMb }, name, joining }) => {
      const remedy = "make room below /var, which holds images, containers and etcd's data";
      if (diskFreeMb < MB_OF_DISK.needed) return { reason: `only ${diskFreeMb} MB are free below /var`, remedy };
      if (diskFreeMb >= MB_OF_DISK.advised || !joining.includes(name)) return undefined;
      return { severity: "warning", reason: `only ${(diskFreeMb / 1_000).toFixed(1)} GB are free below /var`, remedy };
    },
  },
  time: {
    always: true,
    judge: ({ facts, all }) => {
      const others = Object.values(all).map(({ clock }) => clock.aheadMs);
      const middle = others.sort((one, other) => one - other)[Math.floor(others.length / 2)] ?? 0;
      const off = Math.abs(facts.clock.aheadMs - middle) - facts.clock.uncertainMs;
      const remedy = "let an NTP client (chrony, systemd-timesyncd) set its clock";
      const way = facts.clock.aheadMs > middle ? "ahead of" : "behind";
      const reason = `its clock is ${(Math.abs(facts.clock.aheadMs - middle) / 1_000).toFixed(1)} s ${way} the others'`;
      if (off > SKEW_MS.bad) return { reason: `${reason}: certificates and etcd would not work`, remedy };
      if (off > SKEW_MS.odd) return { severity: "warning", reason, remedy };
      if (facts.clock.synchronized === false) return { severity: "warning", reason: "nothing keeps its clock right", remedy };
      return undefined;
    },
  },
  swap: {
    judge: ({ facts: { swap }, variable }) =>
      swap.length === 0 || variable("kubelet_fail_swap_on") === false
        ? undefined
        : {
            severity: "warning",
            reason: `it swaps to ${swap.join(", ")}: kubespray switches that off, and a unit of the system may switch it on again`,
            remedy: "switch swap off and take it out of /etc/fstab",
          },
  },
  cgroups: {
    always: true,
    judge: ({ facts, spec, variable }) => {
      if (facts.cgroups !== 1) return undefined;
      const remedy = "boot it with cgroup v2 (systemd.unified_cgroup_hierarchy=1)";
      const reason = "it has cgroup v1, which kubelets from 1.35 on refuse";
      const refuses = minorNumber(spec.kubernetes) >= 35 && variable("kubelet_fail_cgroup_v1") !== false;
      return refuses
        ? { reason, remedy: `${remedy}, or set the variable kubelet_fail_cgroup_v1: false` }
        : { severity: "warning", reason, remedy };
    },
  },
  kernel: {
    judge: ({ facts, spec }) => {
      const short = needsOf(spec).kernels.find(({ version }) => isOlder(facts.kernel, version));
      return short
        ? {
            reason: `its kernel is ${facts.kernel}, and ${short.of} needs ${short.version}`,
            remedy: "use a newer system, or another network plugin or proxy mode",
          }
        : undefined;
    },
  },
  modules: {
    judge: ({ facts, spec, node }) => {
      if (node && !node.roles.some((role) => role !== "etcd")) return undefined;
      const needed = needsOf(spec).modules;
      const missing = needed.filter((module) => facts.modules[module] === "missing");
      if (missing.length > 0)
        return {
          reason: `its kernel has no ${missing.join(", ")}`,
          remedy: "install the kernel's modules (linux-modules-extra, kernel-modules-extra), or choose a mode that does without",
        };
      const unknown = needed.filter((module) => facts.modules[module] === "unknown");
      return unknown.length > 0
        ? {
            severity: "warning",
            reason: `whether its kernel has ${unknown.join(", ")} cannot be told: it has no folder of modules`,
            remedy: "nothing, where they are built in",
          }
        : undefined;
    },
  },
  cluster: {
    judge: ({ facts: { kubernetes, clusters }, spec }) => {
      const others = clusters.filter((name) => name !== spec.name);
      if (others.length > 0)
        return {
          reason: `it belongs to the cluster ${others.join(", ")} of kpaas`,
          remedy: `take it out of that cluster first; where that is gone for good, remove /var/lib/kpaas/clusters/${others[0]} there`,
        };
      // What a broken run of ours left is what it goes on from.
      if (kubernetes.length === 0 || clusters.includes(spec.name)) return undefined;
      return {
        reason: `there is a cluster on it already (${kubernetes.join(", ")})`,
        remedy:
          "reset it (kubeadm reset, then remove /etc/kubernetes and /var/lib/etcd), or take the cluster over by `kpaas cluster import`",
      };
    },
  },
  restore: {
    always: true,
    judge: ({ facts: { restoring }, spec, restores }) =>
      restoring === undefined || restores ? undefined : brokenRestore(spec.name, restoring),
  },
  firewall: {
    judge: ({ facts: { firewalls }, variable }) => {
      // kubespray opens firewalld's ports itself where it is told to.
      const active = firewalls.filter((name) => name !== "firewalld" || variable("firewalld_enabled") !== true);
      return active.length > 0
        ? {
            severity: "warning",
            reason: `${active.join(" and ")} filters its traffic, and knows nothing of pods and services`,
            remedy: `disable it (systemctl disable --now ${active.join(" ")}) and let the plan's own rules stand (existing.firewall: nftables)`,
          }
        : undefined;
    },
  },
  names: {
    judge: ({ facts }) =>
      facts.nameservers.length > 0
        ? undefined
        : {
            severity: "warning",
            reason: "it has no name server",
            remedy: "give it one in /etc/resolv.conf, or infrastructure.network.dns",
          },
  },
  ports: {
    judge: ({ facts: { filtered } }) =>
      filtered.length > 0
        ? {
            reason: `what it sends to ${filtered.join(", ")} gets lost on the way`,
            remedy:
              "open these between the hosts (`kpaas plan --show flows` lists all), in security groups and firewalls of hosts and network",
          }
        : undefined,
  },
  sources: {
    judge: ({ facts: { unreached }, variable }) => {
      const failed = Object.entries(unreached).map(([source, reason]) => `${source} (${reason})`);
      if (failed.length === 0) return undefined;
      const remedy = "open the way, give a proxy (variables http_proxy, https_proxy, no_proxy), or mirrors of your own";
      const reason = `it does not reach ${failed.join(", ")}`;
      // Another host may load for it, and containerd may have mirrors that the names say nothing of.
      const other = ["download_run_once", "skip_downloads", "containerd_registries_mirrors", "crio_registries"].some(
        (name) => variable(name) !== undefined && variable(name) !== false,
      );
      return other ? { severity: "warning", reason, remedy } : { reason, remedy };
    },
  },
};

/** The names of all checks; `ssh` and `sudo` come before any of them. */
export const hostCheckNames: readonly string[] = ["ssh", "sudo", ...Object.keys(checks)];

/** All that is wrong with the hosts of a change, in one list: by node, then in the order of the checks. */
export function judgeHosts(reports: readonly HostReport[], question: HostQuestion): readonly HostFinding[] {
  const { spec, joining } = question;
  const all = Object.fromEntries(reports.flatMap((report) => ("facts" in report ? [[report.node, report.facts]] : [])));
  const variable = (name: string) => spec.variables[name];
  // kubespray's own word for "at my own risk".
  const lenient = variable("ignore_assert_errors") === true;
  return [...reports]
    .sort((one, other) => (one.node < other.node ? -1 : 1))
    .flatMap((report): HostFinding[] => {
      if ("missing" in report) return [noAccess(report)];
      const host: Case = { ...question, name: report.node, node: spec.nodes[report.node], facts: report.facts, all, variable };
      return Object.entries(checks).flatMap(([check, { always, judge }]) => {
        // Only Ansible has to work on a host beside the cluster.
        const asked = isBeside(spec, report.node) ? check === "python" : always || joining.includes(report.node);
        const verdict = asked ? judge(host) : undefined;
        if (!verdict) return [];
        const { severity, reason, remedy } = verdict;
        return [{ node: report.node, check, severity: lenient ? "warning" : (severity ?? "error"), reason, remedy }];
      });
    });
}

/** What half a restore has made is no cluster: a backup of it would take the place of a good one. */
function brokenRestore(cluster: string, snapshot: string): Verdict {
  return {
    reason: `the restore of ${snapshot} was begun on it and has not ended`,
    remedy: `end it: \`kpaas cluster restore ${cluster} --from ${snapshot}\``,
  };
}

/** The finding of a host that is otherwise fit. */
export function restoreFinding(node: string, { spec, restores }: HostQuestion, restoring: string | undefined): readonly HostFinding[] {
  if (restoring === undefined || restores) return [];
  return [{ node, check: "restore", severity: "error", ...brokenRestore(spec.name, restoring) }];
}

function isBeside({ nodes, hosts }: ClusterSpec, name: string): boolean {
  return nodes[name] === undefined && hosts?.[name] !== undefined;
}

/** The findings as a person reads them, one by one: what is the same on several hosts once. */
export function hostFindingTexts(findings: readonly HostFinding[]): readonly string[] {
  const nodes = new Map<string, string[]>();
  for (const { node, check, reason, remedy } of findings) {
    const text = ` (${check}): ${reason}\n    ${remedy}`;
    nodes.set(text, [...(nodes.get(text) ?? []), node]);
  }
  return [...nodes].map(([text, names]) => `  ${names.join(", ")}${text}`);
}

function noAccess({ node, missing, reason }: Extract<HostReport, { missing: string }>): HostFinding {
  const remedy =
    missing === "ssh"
      ? "look whether it runs, and whether user, key, address and port are right: `kpaas ssh` goes the same way"
      : "let the user run sudo without a password, or give the password (access.ssh.sudoPassword)";
  return { node, check: missing, severity: "error", reason, remedy };
}

function isOlder(version: string, than: string): boolean {
  const numbers = (text: string) => text.split(/[^0-9]+/).map(Number);
  const [have, need] = [numbers(version), numbers(than)];
  const differing = need.findIndex((part, index) => (have[index] ?? 0) !== part);
  return differing >= 0 && (have[differing] ?? 0) < (need[differing] ?? 0);
}
