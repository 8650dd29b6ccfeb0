import type { ClusterSpec, ClusterStep } from "../../model/cluster/types";
import type { NodeMachine, SshInputs } from "./inputs";

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

/** What runs playbooks. */
export interface PlaybookRunner {
  /** Makes ready for runs: reaches the hosts and gets the kubespray tag and its Python environment. */
  prepare(spec: ClusterSpec, ssh: SshInputs, signal: AbortSignal): Promise<void>;
  /** Runs the step to its end. Rejects when it failed or was aborted; then its effect may be there in part. */
  run(step: ClusterStep, context: StepContext, onLine: (line: string) => void, signal: AbortSignal): Promise<void>;
  /** Forgets all the runner keeps of a cluster that is gone. */
  forget(spec: ClusterSpec): Promise<void>;
}
