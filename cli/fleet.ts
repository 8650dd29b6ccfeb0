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

/** Problems that several environments share, each once with the names of all of them. */
export function sharedProblems(problems: readonly Problem[]): Problem[] {
  const shared = new Map<string, Problem>();
  for (const { environment, ...problem } of problems) {
    const key = JSON.stringify(problem);
    const others = shared.get(key);
    shared.set(key, { ...problem, environment: others === undefined ? environment : `${others.environment}, ${environment}` });
  }
  return [...shared.values()];
}
