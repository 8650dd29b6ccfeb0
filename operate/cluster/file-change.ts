import type { Hop } from "../../model/cluster/ladder";
import type { ClusterStepReport } from "../../model/cluster/report";
import type { LockChange } from "../../model/lock";
import type { ClusterChange } from "./change";

/** A change of the environment file and its lock, with what the next `up` makes of it. */
export interface FileChange {
  readonly file: string;
  readonly lockFile: string;
  /** Fields of the file, by their dotted path. */
  readonly fields: readonly LockChange[];
  readonly lock: readonly LockChange[];
  readonly change: ClusterChange;
  /** From the versions that the cluster has to those it is to have, one pair after another; empty where they stay. */
  readonly ladder: readonly Hop[];
  readonly steps: readonly ClusterStepReport[];
  /** Remarks for whoever decides. */
  readonly notes: readonly string[];
}
