import type { FleetPreview } from "../model/fleet/preview";
import { fleetSections } from "../model/fleet/sections";
import { escapeText, sectionOf } from "../model/preview/markdown";
import type { Problem } from "../model/problems";
import { drawn } from "./preview";
import type { ViewStyle } from "./views";

/** A fleet's preview for a terminal. */
export function describeFleet(preview: FleetPreview, style: ViewStyle): string[] {
  const { sections, summary } = fleetSections(preview);
  const { colors } = style;
  return [...sections.flatMap((section) => [colors.cyan(section.title), ...drawn(section, style), ""]), colors.bold(summary)];
}

/** The same as Markdown, to paste into a pull request. */
export function fleetMarkdown(preview: FleetPreview): string {
  const { sections, summary } = fleetSections(preview);
  return [`## Preview of the fleet ${escapeText(preview.fleet)}`, `**${escapeText(summary)}**`, ...sections.map(sectionOf)].join("\n\n");
}

/** Of more environments than this, a problem names the first ones and how many there are besides. */
const NAMED = 6;

/** Problems that several environments share, each once with their names. */
export function sharedProblems(problems: readonly Problem[]): Problem[] {
  const shared = new Map<string, { readonly problem: Problem; readonly names: string[] }>();
  for (const problem of problems) {
    const { environment, ...same } = problem;
    const key = JSON.stringify(same);
    const names = shared.get(key)?.names ?? [];
    shared.set(key, { problem, names: [...names, environment] });
  }
  return [...shared.values()].map(({ problem, names }) => {
    const more = names.length - NAMED;
    const environment = more > 1 ? `${names.slice(0, NAMED).join(", ")} and ${more} more` : names.join(", ");
    return { ...problem, environment };
  });
}
