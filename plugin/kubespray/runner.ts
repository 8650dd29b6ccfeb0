import type { ClusterSpec, ClusterStep } from "../../model/cluster/types";
import type { NodeMachine, SshInputs } from "./inputs";
import type { Journal } from "./journal";

/** What one playbook run needs besides the step. */
export interface StepContext {
  /** The inventory of this very run. */
  readonly inventory: ClusterSpec;
  /** By node name, for every node of the inventory. */
  readonly machines: Readonly<Record<string, NodeMachine>>;
  readonly ssh: SshInputs;
  /** Names of the variables that hold secrets: nothing of them is printed, or kept in clear. */
  readonly secretVariables: readonly string[];
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
}

/** A running cluster. */
export interface LiveCluster {
  /** The API server's version. */
  readonly kubernetes: string;
  readonly nodes: Readonly<Record<string, LiveNode>>;
  /** Secret: an administrator's kubeconfig. */
  readonly kubeconfig: string;
  /** When the certificates end (ISO 8601), the earliest of all hosts, by kubeadm's name, e.g. `apiserver`, `admin.conf`, `ca`. */
  readonly certificates: Readonly<Record<string, string>>;
}

/** Who runs playbooks and looks at the cluster. A new way to run kubespray is one implementation of this. */
export interface Runner {
  /** Why this runner cannot be used here, in words for the user; undefined when it can. Asked during previews too. */
  readonly unusable?: string;
  /** Those of these nodes whose hosts do not answer; asked during previews too. A machine that is not known yet is not asked. */
  silent(machines: Readonly<Record<string, NodeMachine>>, ssh: SshInputs): Promise<readonly string[]>;
  /** Makes ready for runs: reaches the hosts and gets the kubespray tag and its Python environment. */
  prepare(spec: ClusterSpec, ssh: SshInputs, signal: AbortSignal): Promise<void>;
  /** Runs the step to its end. Rejects when it failed or was aborted; then its effect may be there in part. */
  run(step: ClusterStep, context: StepContext, onLine: (line: string) => void, signal: AbortSignal): Promise<void>;
  /** Whether the step's effect is there already, so that a repetition can be left out. */
  probe(step: ClusterStep, context: StepContext): Promise<"done" | "notDone">;
  /** The cluster as it is now, or undefined where none is. */
  readCluster(spec: ClusterSpec, ssh: SshInputs): Promise<LiveCluster | undefined>;
  /** The journal that lives with the cluster. */
  journal(spec: ClusterSpec): Journal;
  /** Forgets all the runner keeps of a cluster that is gone. */
  forget(spec: ClusterSpec): Promise<void>;
}

/** Stands where no runner can do the work yet: every use of it says so. */
export function unsupportedRunner(reason: string): Runner {
  const refuse = (): never => {
    throw new Error(reason);
  };
  return {
    unusable: reason,
    silent: refuse,
    prepare: refuse,
    run: refuse,
    probe: refuse,
    readCluster: refuse,
    journal: refuse,
    forget: async () => {},
  };
}
