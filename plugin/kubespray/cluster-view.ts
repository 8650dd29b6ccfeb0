import type { ClusterSpec, ClusterStep } from "../../model/cluster/types";
import type { NodeMachine, SshInputs } from "./inputs";
import type { StepContext } from "./runner";

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

/** What one sees of a cluster and its hosts, whoever runs playbooks on them. */
export interface ClusterView {
  /** Those of these nodes whose hosts do not answer; asked during previews too. A machine that is not known yet is not asked. */
  silent(machines: Readonly<Record<string, NodeMachine>>, ssh: SshInputs): Promise<readonly string[]>;
  /** Whether the step's effect is there already, so that a repetition can be left out. */
  isDone(step: ClusterStep, context: StepContext): Promise<boolean>;
  /** The cluster as it is now, or undefined where none is. */
  read(spec: ClusterSpec, ssh: SshInputs): Promise<LiveCluster | undefined>;
}
