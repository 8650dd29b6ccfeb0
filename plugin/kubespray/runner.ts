import type { ClusterSpec, ClusterStep } from "../../model/cluster/types";
import type { NodeMachine, SshInputs } from "./inputs";

/** What every run of a change needs. */
export interface RunAccess {
  /** By node name, for the nodes of every inventory of the change. */
  readonly machines: Readonly<Record<string, NodeMachine>>;
  readonly ssh: SshInputs;
  /** Names of the variables that hold secrets: nothing of them is printed, or kept in clear. */
  readonly secretVariables: readonly string[];
  /** The secret texts in them. */
  readonly secretValues: readonly string[];
  /** A folder, a git repository or a tarball of the kubespray tag. @default its own repository */
  readonly kubespraySource?: string;
}

/** What one playbook run needs besides the step. */
export interface StepContext extends RunAccess {
  /** The inventory of this very run. */
  readonly inventory: ClusterSpec;
}

/** How a task ended on a host. What kubespray itself ignores or rescues is no failure. */
export type TaskStatus = "ok" | "changed" | "skipped" | "ignored" | "failed" | "unreachable";

/** How often each came about on a host. */
export type HostSummary = Readonly<Record<"ok" | "changed" | "unreachable" | "failures" | "skipped" | "rescued" | "ignored", number>>;

/** What a playbook tells while it runs. Secrets are masked. */
export type PlaybookEvent =
  | { readonly event: "play"; readonly name: string }
  | { readonly event: "task"; readonly name: string }
  | {
      readonly event: "result";
      readonly task: string;
      readonly host: string;
      readonly status: TaskStatus;
      readonly seconds: number;
      /** Why it failed. */
      readonly message?: string;
    }
  | { readonly event: "summary"; readonly hosts: Readonly<Record<string, HostSummary>> }
  /** A line for a person: what is going on now. */
  | { readonly event: "line"; readonly text: string };

/** What runs playbooks. */
export interface PlaybookRunner {
  /** Makes ready for runs: reaches the hosts and gets the kubespray tag and its Python environment. */
  prepare(spec: ClusterSpec, access: RunAccess, onEvent: (event: PlaybookEvent) => void, signal: AbortSignal): Promise<void>;
  /**
   * Runs the step to its end. Rejects when it failed or was aborted; then its effect may be there in part. A playbook that cannot be broken
   * off safely is run to its end when `signal` is aborted.
   */
  run(step: ClusterStep, context: StepContext, onEvent: (event: PlaybookEvent) => void, signal: AbortSignal): Promise<void>;
  /** Forgets all the runner keeps of a cluster that is gone. */
  forget(spec: ClusterSpec): Promise<void>;
}
