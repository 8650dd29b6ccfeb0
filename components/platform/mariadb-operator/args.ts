import type { ServiceArgs } from "../args";

/** Arguments of {@link MariaDbOperator}. */
export interface MariaDbOperatorArgs extends ServiceArgs {
  /** The namespace whose databases it runs, and the only one it may touch. */
  readonly watches: string;
}
