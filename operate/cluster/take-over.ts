import type { ClusterStepReport } from "../../model/cluster/report";
import type { LockChange } from "../../model/lock";
import type { ClusterChange } from "./change";

/** A cluster that was made by hand, and what becomes of it. */
export interface TakeOver {
  /** By the fields of the file: what the cluster has, and what the file says. */
  readonly differences: readonly LockChange[];
  /** What the lock takes from the cluster. */
  readonly lock: readonly LockChange[];
  readonly notes: readonly string[];
  /** What the first `up` does to it; nothing where the file says what it is. */
  readonly change: ClusterChange;
  readonly steps: readonly ClusterStepReport[];
}
