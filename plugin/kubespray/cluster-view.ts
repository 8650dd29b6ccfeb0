import type { IllPod } from "../../model/cluster/health";
import type { HostFinding, HostQuestion } from "../../model/cluster/host-checks";
import type { Playbook } from "../../model/cluster/playbooks";
import type { ClusterSpec, ClusterStep } from "../../model/cluster/types";
import type { NodeMachine, SshInputs } from "./inputs";
import type { RunAccess, StepContext } from "./runner";

/** The way to a cluster's hosts. */
export type HostAccess = Pick<RunAccess, "machines" | "ssh">;

/** A member of etcd as the running cluster shows it. */
export interface LiveEtcdMember {
  readonly name: string;
  /** Where its peers reach it, as far as that is known. */
  readonly address?: string;
  readonly healthy: boolean;
  /** Why not. */
  readonly reason?: string;
}

/** A node as the running cluster shows it. */
export interface LiveNode {
  readonly roles: readonly string[];
  readonly address: string;
  /** The kubelet's version. */
  readonly kubelet: string;
  readonly ready: boolean;
  readonly etcdMember?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly string[];
  /** Whether pods are scheduled there; told where it is not. */
  readonly cordoned?: boolean;
  /** As the kubelet tells it, e.g. `containerd://2.1.4`. */
  readonly runtime?: string;
}

/** What is not there of a step's effect on a node, e.g. `is not Ready`. */
export interface Missing {
  readonly node: string;
  readonly what: string;
}

/** Hosts that do not answer, each with why, in words. */
export function silentTexts(silent: Readonly<Record<string, string>>): string[] {
  const names = Object.keys(silent).sort();
  return names.map((name) => (silent[name] ? `${name} (${silent[name]})` : name));
}

/** What is said of a node that the API server does not take for one that works. */
export const NOT_READY = "is not Ready";

/** A running cluster. */
export interface LiveCluster {
  /** The API server's version. */
  readonly kubernetes: string;
  readonly nodes: Readonly<Record<string, LiveNode>>;
  /** Secret: an administrator's kubeconfig. */
  readonly kubeconfig: string;
  /** The members of etcd, as far as one of them could be asked. */
  readonly etcd?: readonly LiveEtcdMember[];
  /** The cluster's own pods that do not work, as far as that was asked. */
  readonly illPods?: readonly IllPod[];
  /** When the certificates end (ISO 8601), the earliest of all hosts, by kubeadm's name, e.g. `apiserver`, `admin.conf`, `ca`. */
  readonly certificates: Readonly<Record<string, string>>;
}

/** The backups of a cluster's etcd, as its hosts tell them. */
export interface SeenBackups {
  /** Their names, the oldest first. */
  readonly names: readonly string[];
  /** When one was last made (ISO 8601). */
  readonly lastSuccess?: string;
  /** Why the last attempt failed, where it did. */
  readonly failure?: string;
  /** The snapshot that a restore onto bare hosts was begun with, and has not ended. */
  readonly restoring?: string;
}

/** Playbooks of which the hosts themselves tell whether a run that was begun and never ended has had its effect. */
const TOLD: ReadonlySet<Playbook> = new Set<Playbook>([
  "remove-node",
  "scale",
  "node-metadata",
  "switch-runtime",
  "reboot",
  "patch",
  "reset",
]);

/** Whether hosts tell of a step that an earlier run began, and did not end, that all of it is done. */
export function isTold({ playbook, extraVars }: ClusterStep): boolean {
  if (playbook === "reboot" || playbook === "patch") return extraVars.since !== undefined;
  return TOLD.has(playbook);
}

/** What one sees of a cluster and its hosts, whoever runs playbooks on them. */
export interface ClusterView {
  /**
   * Those of these nodes whose hosts do not answer, with what is known of why, or an empty text; asked during previews too. A machine that is not
   * known yet is not asked.
   */
  silent(machines: Readonly<Record<string, NodeMachine>>, ssh: SshInputs, cluster: string): Promise<Readonly<Record<string, string>>>;
  /** All that keeps hosts from what a change wants of them; nothing is changed on them. */
  check(question: HostQuestion, access: HostAccess, signal: AbortSignal): Promise<readonly HostFinding[]>;
  /**
   * Whether the step's effect is there already, so that a repetition can be left out.
   * @param written how far the step got as the journal tells
   */
  isDone(step: ClusterStep, context: StepContext, written: "started" | "finished"): Promise<boolean>;
  /**
   * What is not there of the effect of a step that has ended: nodes that are not Ready yet, for one. None where nothing tells.
   * @throws Error where the cluster does not answer
   */
  missing(step: ClusterStep, context: StepContext): Promise<readonly Missing[]>;
  /** The members of a cluster's etcd and how they are; none where no member tells. */
  members(spec: ClusterSpec, access: HostAccess): Promise<readonly LiveEtcdMember[]>;
  /** The cluster as it is now, or undefined where none is. @throws Error where it cannot be told */
  read(spec: ClusterSpec, access: HostAccess): Promise<LiveCluster | undefined>;
  /** Those of these nodes that are in the cluster, Ready, on these very machines; none while a restore has not ended. */
  joined(names: readonly string[], spec: ClusterSpec, access: HostAccess): Promise<readonly string[]>;
  /** Deployments of a cluster that has no API server to ask, as one would list them; undefined where one is asked. */
  deployments?(): readonly unknown[] | undefined;
  /** The backups of its etcd. */
  backups(spec: ClusterSpec, access: HostAccess): Promise<SeenBackups>;
}
