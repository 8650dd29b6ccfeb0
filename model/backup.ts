/** How what a service keeps is backed up: by commands in a pod of its own, within another service, or not by kpaas. */
export type Backup = PodBackup | WithinBackup | NoBackup;

/**
 * Commands, as texts for `sh -ec`, in a container of one of its pods. Where `login` is set, the first line of every command's standard input is
 * that token. What a command says on standard error is shown where it fails, so nothing secret may be among it.
 */
export interface PodBackup {
  readonly kind: "pod";
  /** The label `app.kubernetes.io/name` of its pods. */
  readonly workload: string;
  /** More labels of the pod, where only one of them will do. */
  readonly labels?: Readonly<Record<string, string>>;
  readonly container: string;
  /** What the backup's file is called, before it is encrypted. */
  readonly file: string;
  /** What of the service is in it, for people. */
  readonly holds: string;
  /** What of the service is not in it and lost with it, for people. @default nothing */
  readonly without?: string;
  /** Prints the backup on standard output and nothing else; fails where it is not whole. */
  readonly dump: string;
  /** Takes `$1` bytes, the backup, from standard input (which does not end by itself). It must bear repetition, also of a half one. */
  readonly restore: string;
  /** Fails, and says why, where what was restored is not whole. */
  readonly verify: string;
  /** An account of the service's namespace that the commands log in by. */
  readonly login?: { readonly account: string; readonly audience: string };
  /** A field of a Secret without which nobody can read the backup: it is kept with it, and has to be the same where it is restored. */
  readonly key?: SecretField;
}

/** A field of a Secret in the service's namespace. */
export interface SecretField {
  readonly secret: string;
  readonly field: string;
}

/** What it keeps is in another service, whose backup holds it. */
export interface WithinBackup {
  readonly kind: "within";
  readonly service: string;
}

/** There is none of ours. */
export interface NoBackup {
  readonly kind: "none";
  /** Why, as a clause. */
  readonly reason: string;
  /** What to do instead. */
  readonly remedy: string;
}
