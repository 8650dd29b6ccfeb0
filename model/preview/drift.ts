import type { EnvironmentPlan } from "../plan/types";
import { groupChanges } from "./groups";
import { changeLines } from "./lines";
import { printable } from "./sections";
import type { PreviewResult } from "./types";

/** What is there otherwise than recorded, by machine and service: `~` what differs (recorded → there), `-` what is gone. Pure. */
export function driftLines({ environment, machines }: EnvironmentPlan, { resources }: Pick<PreviewResult, "resources">): string[] {
  const keys = Object.fromEntries(machines.flatMap(({ key, name }) => [[key, key] as const, [name, key] as const]));
  const { lines } = changeLines(groupChanges(resources, { environment, machines: keys }), "diff");
  const shown = printable({ kind: "lines", title: "", lines });
  return shown.kind === "lines" ? [...shown.lines] : [];
}

/** In a sentence, how much differs. */
export function driftSummary({ changes }: Pick<PreviewResult, "changes">): string {
  const { update, replace, delete: gone, same } = changes;
  const parts = [...(update + replace > 0 ? [`${update + replace} differ`] : []), ...(gone > 0 ? [`${gone} are gone`] : [])];
  return [...(parts.length === 0 ? ["no drift"] : parts), `${same} are as recorded`].join(", ");
}
