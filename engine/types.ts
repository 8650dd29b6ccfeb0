import type { Approved } from "../model/guard/verdict";
import type { Layer } from "../model/layers";
import type { EnvironmentPlan } from "../model/plan/types";
import type { Adoption } from "./adopt/setting";
import type { ChangedResource, Changes, Progress } from "./events";

/** The environment an operation is about. */
export interface EngineTarget {
  readonly plan: EnvironmentPlan;
  /** The project's root folder. */
  readonly root: string;
  /** What relative paths of secrets go by: the environment file's folder; default the current one. */
  readonly folder?: string;
  /** True: simulated clouds and a backend of their own under `.kpaas/`. */
  readonly sandbox: boolean;
  /** `KEY:ACTION@FINGERPRINT`; an approval that is bound to nothing counts only where `approvals.ts` says so. */
  readonly approvals: readonly string[];
  /** One layer, where three stacks hold the environment; undefined: all of it. */
  readonly layer?: Layer;
  /** The file with the inputs of a cluster that was made by hand: it is taken over instead of being made, and nothing is put into it. */
  readonly importFile?: string;
  /** True: preview the infrastructure as the whole walk over the layers will leave it. */
  readonly settled?: boolean;
  /** What is there is looked for instead of being made, in a backend and with a folder of its own; `root` is that one's. */
  readonly adoption?: Adoption;
}

export interface RunOptions {
  /** Aborted: the engine is asked to cancel and is waited for. */
  readonly signal?: AbortSignal;
  /** Aborted, usually by a second Ctrl-C: the engine is told to end at once, and is killed if it does not. */
  readonly forceSignal?: AbortSignal;
  readonly onProgress?: (event: Progress) => void;
  /** How many resources are worked on at once; default 32. */
  readonly parallel?: number;
  /** Show secret outputs in clear; default false. A preview never does. */
  readonly showSecrets?: boolean;
  /** Called by `up` once nothing stands against the plan any more, before anything is changed. */
  readonly onAccepted?: () => void;
}

export interface OperationResult {
  readonly environment: string;
  readonly changes: Changes;
  /** The kubespray steps of this change. */
  readonly steps: readonly unknown[];
  /** The stack's outputs, secrets as "[secret]" unless asked for. */
  readonly outputs: Record<string, unknown>;
  /** The stack's outputs as they were recorded before, always without secrets. */
  readonly before: Record<string, unknown>;
  readonly seconds: number;
  readonly resources: readonly ChangedResource[];
  /** The dangerous changes that an approval lets or let through. */
  readonly approved: readonly Approved[];
}

/** The kinds of operation. */
export type OperationKind = "preview" | "up" | "refresh" | "drift" | "destroy";

/** What is done with a state, and not with what it describes. */
export type StateJob = "state backup" | "state restore" | "state secrets" | "state recover";
