import type { ServiceArgs } from "../args";

/** Arguments of {@link Tracing}. */
export interface TracingArgs extends ServiceArgs {
  /** Of how many requests in a hundred it is told, beside those whose caller asks for it by `x-client-trace-id`. @default 1 */
  readonly percent?: number | undefined;
  /** How many traces it keeps. @default 50000 */
  readonly most?: number | undefined;
  /** Where the mesh looks for what holds in all of it. */
  readonly rootNamespace: string;
}
