import type { Loss } from "../engine/state/loss";
import type { OperationKind, OperationResult, RunOptions, StateJob } from "../engine/types";
import type { LoadedEnvironment } from "../files/load";
import type { ClusterStepReport } from "../model/cluster/report";
import type { Layer } from "../model/layers";
import type { PlannedEnvironment } from "../model/plan/plan";
import type { Rotation } from "../model/rotation";
import type { RestorePlan } from "./backup/restore-plan";
import type { FileChange } from "./cluster/file-change";
import type { TakeOver } from "./cluster/take-over";
import type { StateRecoveryPlan } from "./state/recover-plan";
import type { StateRestorePlan } from "./state/restore-plan";
import type { SecretsChange } from "./state/secrets-plan";

/**
 * Whoever an operation is done for, or what speaks for them: a command line, a fleet's runner, a service. It is told what happens, asked before
 * anything is changed, and runs what the engine does, so that it can show and stop it.
 */
export interface Operator {
  /**
   * The way to ask, called before anything is changed or what takes long is begun; undefined: what is asked for was agreed to beforehand.
   * @throws where it has to be asked and nobody is there
   */
  asker(kind: Question["kind"]): Ask | undefined;
  /** Told of what happens, in order. */
  tell(notice: Notice): void;
  /** Runs something that the engine does, and gives what came of it; whoever watches it gets its progress and can stop it. */
  run<T>(job: Job, work: (control: Control) => Promise<T>): Promise<T>;
}

/** Asks whether to go on. */
export type Ask = (question: Question) => Promise<boolean>;

/** What is asked before something is changed, with all that an answer goes by. */
export type Question =
  | {
      readonly kind: "up";
      readonly environment: string;
      readonly planned: PlannedEnvironment;
      /** What it would change. */
      readonly preview: OperationResult;
      /** The one layer that it is about; undefined: all of it. */
      readonly layer?: Layer;
    }
  | {
      readonly kind: "rotate";
      readonly environment: string;
      readonly planned: PlannedEnvironment;
      /** What it would change. */
      readonly preview: OperationResult;
      /** Which secrets are exchanged, and what restarts for it. */
      readonly rotation: Rotation;
    }
  | { readonly kind: "refresh"; readonly environment: string }
  | { readonly kind: "destroy"; readonly environment: string; readonly loss: Loss }
  | {
      readonly kind: "cluster upgrade" | "cluster replace-node";
      readonly environment: string;
      /** What would be written, and what follows from it. */
      readonly edit: FileChange;
    }
  | { readonly kind: "cluster import"; readonly environment: string; readonly takeOver: TakeOver }
  | { readonly kind: "cluster renew-certificates"; readonly environment: string; readonly steps: readonly ClusterStepReport[] }
  | {
      readonly kind: "cluster restore";
      readonly environment: string;
      readonly steps: readonly ClusterStepReport[];
      /** The snapshot, as it was named. */
      readonly snapshot: string;
      /** What is lost, one sentence each. */
      readonly lost: readonly string[];
    }
  | { readonly kind: "restore"; readonly environment: string; readonly plan: RestorePlan }
  | { readonly kind: "state restore"; readonly environment: string; readonly plan: StateRestorePlan }
  | { readonly kind: "state recover"; readonly environment: string; readonly plan: StateRecoveryPlan }
  | { readonly kind: "state secrets"; readonly environment: string; readonly change: SecretsChange };

/** What an operation tells on its way. */
export type Notice =
  /** The environment was read. What is wrong with it stops nothing; `approvals` are bound to its plan. */
  | { readonly kind: "loaded"; readonly root: string; readonly loaded: LoadedEnvironment; readonly approvals: readonly string[] }
  /** The lock is missing or outdated; the sandbox goes on with the one that the plan proposes. */
  | { readonly kind: "lockProposed"; readonly loaded: LoadedEnvironment }
  | { readonly kind: "lockWritten"; readonly file: string }
  /** What a destroy takes and leaves. Where the file cannot be planned (`loaded.planned` is missing), it goes by what is recorded alone. */
  /** What was found of an environment whose state is lost. */
  | { readonly kind: "stateFound"; readonly environment: string; readonly plan: StateRecoveryPlan }
  /** What a restore of a state takes and gives. */
  | { readonly kind: "stateLoss"; readonly environment: string; readonly plan: StateRestorePlan }
  | { readonly kind: "loss"; readonly environment: string; readonly loss: Loss; readonly loaded: LoadedEnvironment };

/** What is done with what services keep. */
export type DataJob = "backup" | "restore";

/** What is run on a cluster beside the engine. */
export type ClusterJob = "cluster backup" | "cluster restore" | "cluster renew-certificates";

/** What is done for environments without the internet. */
export type AirGapJob = "airgap bundle" | "airgap push";

/** One thing that is done; `read` reads what is recorded or seen. */
export interface Job {
  readonly kind: OperationKind | ClusterJob | DataJob | StateJob | AirGapJob | "read";
  readonly environment: string;
  readonly sandbox: boolean;
}

/** How a job is watched and stopped. */
export type Control = Pick<RunOptions, "signal" | "forceSignal" | "onProgress" | "parallel">;

/** Raised where the answer to a question was no: nothing was changed. */
export class DeclinedError extends Error {
  constructor(readonly question: Question) {
    super(`${question.kind} of ${question.environment} was declined: nothing was changed`);
    this.name = "DeclinedError";
  }
}

/** Asks where there is something to ask. @throws DeclinedError */
export async function requireAgreement(ask: Ask | undefined, question: Question): Promise<void> {
  if (ask !== undefined && !(await ask(question))) throw new DeclinedError(question);
}
