import type { Loss } from "../engine/state/loss";
import { fields, list } from "../model/data";
import { type Problem, RefusedError } from "../model/problems";
import type { Children } from "./children";
import { sideBySide } from "./side-by-side";

/** What goes with a cluster of a fleet, and what stays. */
export interface ClusterLoss extends Loss {
  readonly cluster: string;
}

/**
 * What a destroy of each cluster would take, by what there is; nothing of one that has no stack.
 * @throws RefusedError where that of any cannot be told: nobody agrees to what is not known
 */
export async function readLosses(
  clusters: readonly string[],
  children: Pick<Children, "launch" | "printed">,
  most: number,
  signal?: AbortSignal,
): Promise<ClusterLoss[]> {
  const losses = new Map<string, ClusterLoss>();
  const problems: Problem[] = [];
  const look = async (cluster: string) => {
    const operation = { cluster, step: "loss", attempt: 0 } as const;
    const { outcome, reason = "it did not say why" } = await children.launch(operation);
    if (outcome === "done") losses.set(cluster, lossIn(children.printed(operation), cluster));
    else {
      const remedy = `look with \`kpaas destroy ${cluster} --dry-run\``;
      problems.push({ environment: cluster, path: "", reason: `what would be lost cannot be told: ${reason}`, remedy, severity: "error" });
    }
  };
  await sideBySide(clusters, most, look, signal);
  signal?.throwIfAborted();
  if (problems.length > 0) throw new RefusedError(problems);
  return clusters.flatMap((name) => losses.get(name) ?? []);
}

function lossIn(printed: string, cluster: string): ClusterLoss {
  const { lost, kept } = fields(JSON.parse(printed));
  return { cluster, lost: list(lost).map(String), kept: list(kept).map(String) };
}
