import type { ClusterRun } from "../../../operate/cluster/run";
import { type Context, writeJson, writeLines } from "../../context";
import { clock } from "../../progress/state";

/** Prints what was run on a cluster, as JSON or for a person. */
export function printRun(
  context: Context,
  { loaded, steps, seconds }: ClusterRun,
  json: boolean,
  done: string,
  more: Readonly<Record<string, unknown>> = {},
  next?: string,
): void {
  if (json) {
    writeJson(context, { environment: loaded.name, ...more, steps, seconds });
    return;
  }
  const command = next === undefined ? undefined : (context.typed?.command(next) ?? next);
  writeLines(context.stdout, [`${done} after ${clock(seconds * 1000)}`, ...(command === undefined ? [] : [`next: ${command}`])]);
}
