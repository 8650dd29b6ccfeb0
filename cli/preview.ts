import type { OperationResult } from "../engine/types";
import { contentDigest } from "../model/canonical";
import type { Layer } from "../model/layers";
import type { EnvironmentPlan } from "../model/plan/types";
import type { Depth } from "../model/preview/lines";
import type { Section } from "../model/preview/sections";
import type { PreviewReport } from "../model/preview/types";
import { table, wrapWords } from "./table";
import type { ViewStyle } from "./views";

/** What a preview found, as data. What it is made with is loaded here, for only previews need it. */
export async function reportOf(plan: EnvironmentPlan, layer: Layer | undefined, result: OperationResult): Promise<PreviewReport> {
  const { previewReport } = await import("../model/preview/report.js");
  return previewReport({ plan, result, ...(layer ? { layer } : {}) });
}

/** A report as lines for a terminal. */
export async function describeReport(report: PreviewReport, depth: Depth, style: ViewStyle): Promise<string[]> {
  const { showReport } = await import("../model/preview/sections.js");
  const { sections, summary, shortened } = showReport(report, depth);
  const { colors } = style;
  const hint = shortened && depth === "short" ? [colors.dim("--diff shows every changed property, --full every resource too")] : [];
  return [...sections.flatMap((section) => [colors.cyan(section.title), ...drawn(section, style), ""]), colors.bold(summary), ...hint];
}

/** A section without its title. */
export function drawn(section: Section, { width, colors }: ViewStyle): string[] {
  if (section.kind === "lines") return section.lines.map((line) => `  ${line}`);
  const columns = section.columns.map((title, index) => ({ title, value: (row: readonly string[]) => row[index] ?? "" }));
  const about = section.about === undefined ? [] : wrapWords(`  ${section.about}`, width, 2).split("\n");
  return [...about, ...table(columns, section.rows, width, colors)];
}

/**
 * What `--json` prints of a report beside what every operation prints. Of what is to be made the engine tells names alone: `plan` is another one
 * where file or lock ask for anything else.
 */
export function reportFields(
  plan: EnvironmentPlan,
  { impacts, versions, moves, steps, ports, groups, later }: PreviewReport,
): Record<string, unknown> {
  return {
    ...{ plan: contentDigest(plan), steps, impacts, versions, moves, ports, later },
    groups: groups.map(({ name, about, resources }) => ({ name, about, resources: resources.map(({ urn }) => urn) })),
  };
}
