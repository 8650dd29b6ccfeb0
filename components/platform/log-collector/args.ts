import type { ServiceArgs } from "../args";
import type { LogsAccess } from "../grants";

/** Arguments of {@link LogCollector}. */
export interface LogCollectorArgs extends ServiceArgs {
  /** Where logs go. */
  readonly logs: LogsAccess;
  /** Whether the nodes' own journals go there too. @default false */
  readonly journal?: boolean;
}
