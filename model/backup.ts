import type { ServicePlan } from "./plan/types";

/** How what a service keeps is backed up: by commands in pods of its own, within another service, or not by kpaas. */
export type Backup = PodBackup | PodsBackup | WithinBackup | NoBackup;

/**
 * Where commands run: texts for `sh -ec`, in a container of one of its pods. Where `login` is set, the first line of every command's standard
 * input is that token. What a command says on standard error is shown where it fails, so nothing secret may be among it.
 */
export interface PodPlace {
  /** The label `app.kubernetes.io/name` of its pods. */
  readonly workload: string;
  /** More labels of the pod, where only one of them will do. */
  readonly labels?: Readonly<Record<string, string>>;
  readonly container: string;
  /** An account of the service's namespace that the commands log in by. */
  readonly login?: { readonly account: string; readonly audience: string };
}

/** A command in a pod. */
export interface PodCommand extends PodPlace {
  /** It must bear repetition. */
  readonly command: string;
}

/**
 * A command after a restore, before what was stopped starts again. Whoever was let in when the backup was made, and has a successor by now, is let
 * in by what came back: a command that ends that says whom.
 */
export interface AfterRestore extends PodCommand {
  /** Whom it lets in no more, for people. @default nobody */
  readonly ends?: string;
}

/** One file of a backup, and the commands that make and take it. */
export interface BackupPart extends PodPlace {
  /** What the file is called, before it is encrypted. */
  readonly file: string;
  /** Prints the backup on standard output and nothing else; fails where it is not whole. */
  readonly dump: string;
  /** Takes `$1` bytes, the backup, from standard input (which does not end by itself). It must bear repetition, also of a half one. */
  readonly restore: string;
  /** Fails, and says why, where what was restored is not whole. */
  readonly verify: string;
}

/** What is told of a backup, and what it is sealed with. */
interface BackupFacts {
  /** What of the service is in it, for people. */
  readonly holds: string;
  /** What of the service is not in it and lost with it, for people. @default nothing */
  readonly without?: string;
  /** A field of a Secret without which nobody can read the backup: it is kept with it, and has to be the same where it is restored. */
  readonly key?: SecretField;
  /** Who uses it goes on while it is restored. @default they are stopped */
  readonly clientsGoOn?: true;
  /** What is done once all of it is restored. @default nothing */
  readonly after?: readonly AfterRestore[];
}

/** One file has it all. */
export interface PodBackup extends BackupPart, BackupFacts {
  readonly kind: "pod";
}

/** Several files, made one after another and restored in the same order. */
export interface PodsBackup extends BackupFacts {
  readonly kind: "pods";
  readonly parts: readonly BackupPart[];
  /** What keeps the parts of one moment. @default nothing: each is of its own */
  readonly hold?: Hold;
  /** Its own Deployments and StatefulSets that are stopped while it is restored. @default none */
  readonly stops?: readonly string[];
}

/**
 * A command that keeps the service from changing for as long as it runs. It prints a line once nothing changes any more, and then reads a line
 * every {@link HOLD_SECONDS.tell} seconds: at the line `end` it lets changes happen again and ends with 0. Where none has come for
 * {@link HOLD_SECONDS.patience} seconds, because whoever made the backup was killed, it lets them happen again by itself, and fails.
 */
export type Hold = PodCommand;

/** How often whoever makes a backup says that it goes on, and after how long a silence it does not. */
export const HOLD_SECONDS = { tell: 10, patience: 60 } as const;

/** A field of a Secret in the service's namespace. */
export interface SecretField {
  readonly secret: string;
  readonly field: string;
}

/** What it keeps is in another service, whose backup holds it. */
export interface WithinBackup {
  readonly kind: "within";
  readonly service: string;
  /** What is done there once that is restored. @default nothing */
  readonly after?: readonly AfterRestore[];
}

/** There is none of ours. */
export interface NoBackup {
  readonly kind: "none";
  /** Why, as a clause. */
  readonly reason: string;
  /** What to do instead. */
  readonly remedy: string;
}

/** What of a planned service decides how it is backed up. */
export type BackupPlan = Partial<Pick<ServicePlan, "version" | "options" | "replicas" | "rotation">>;

/** The files that a backup is made of. */
export function partsOf(how: PodBackup | PodsBackup): readonly BackupPart[] {
  return how.kind === "pods" ? how.parts : [how];
}

/** How many bytes the files of a service hold. */
export function bytesOf({ data }: { readonly data: readonly { readonly bytes: number }[] }): number {
  return data.reduce((sum, { bytes }) => sum + bytes, 0);
}
