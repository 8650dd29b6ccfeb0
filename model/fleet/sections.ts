import { printable, type Section } from "../preview/sections";
import { minutesText, spanText } from "../preview/steps";
import { type ClusterRow, type FleetPreview, verdictOf } from "./preview";
import { titleOf } from "./work";

/** A column of a table that is shown. */
type Cell<Row> = readonly [title: string, value: (row: Row) => string];

/** A fleet's preview as it is shown, whoever draws it: nothing in it is empty. */
export function fleetSections(preview: FleetPreview): { readonly sections: readonly Section[]; readonly summary: string } {
  const { fleet, work, source, waves, refusals, changes, risks, steps } = preview;
  const clusters = waves.flatMap((wave) => wave.clusters);
  const hasRisks = changes.some(({ risk }) => risk !== undefined);
  const sections: Section[] = [
    ...waves.map(({ name, rules, minutes, clusters: rows }, index): Section => {
      const about = [...rules, ...(minutes === undefined ? [] : [`cluster steps and baking: ${spanText(minutes)} minutes on real hosts`])];
      return tableOf(`Wave ${index + 1}: ${name}`, source === "engine" ? [...CLUSTERS, MINUTES] : CLUSTERS, rows, about.join("; "));
    }),
    {
      kind: "lines",
      title: "Refused",
      lines: refusals.flatMap(({ clusters: names, path, reason, remedy }) => [
        `${names.join(", ")}: ${path === "" ? "" : `${path}: `}${reason}`,
        `    ${remedy}`,
      ]),
    },
    tableOf(
      "At risk",
      [["EFFECT", ({ effect }) => effect], ["WHAT", ({ what }) => what], ["DETAIL", ({ detail }) => detail], NAMES],
      risks,
    ),
    tableOf(
      "Cluster steps (minutes on real hosts, ~ estimated)",
      [
        ["COMMAND", ({ command }) => command],
        ["MINUTES", ({ minutes }) => minutesText(minutes)],
        ["WORKLOADS", ({ workloads }) => workloads],
        ["WHY", ({ reason }) => reason],
        NAMES,
      ],
      steps,
    ),
    tableOf(
      "Changes",
      [
        ["EFFECT", ({ effect }) => effect],
        ["WHAT", ({ what }) => what],
        ["DETAIL", ({ detail }) => detail],
        ...(hasRisks ? [["AT RISK", ({ risk = "-" }) => risk] satisfies Cell<(typeof changes)[number]>] : []),
        NAMES,
      ],
      changes,
    ),
  ];
  const refused = clusters.filter((each) => each.refused).length;
  const how =
    source === "files"
      ? "By files and locks alone: what stands was not looked at."
      : `${clusters.filter(isChanged).length} would be changed${refused === 0 ? "" : `, ${refused} are refused`}.`;
  const waveCount = `${waves.length} ${waves.length === 1 ? "wave" : "waves"}`;
  return {
    sections: sections.filter((section) => (section.kind === "table" ? section.rows : section.lines).length > 0).map(printable),
    summary: `${fleet}: ${work.operation === "up" ? "" : `${titleOf(work)}, `}${waveCount}, ${clusters.length} clusters. ${how}`,
  };
}

function isChanged({ found }: ClusterRow): boolean {
  if (found === undefined) return false;
  const { create, update, replace, delete: gone } = found.counts;
  return create + update + replace + gone > 0;
}

function tableOf<Row>(title: string, cells: readonly Cell<Row>[], rows: readonly Row[], about?: string): Section {
  return {
    ...{ kind: "table", title, columns: cells.map(([name]) => name), rows: rows.map((row) => cells.map(([, value]) => value(row))) },
    ...(about === undefined ? {} : { about }),
  };
}

const NAMES: Cell<{ readonly clusters: readonly string[] }> = ["CLUSTERS", ({ clusters }) => clusters.join(", ")];

const MINUTES: Cell<ClusterRow> = [
  "MINUTES",
  ({ found }) => (found === undefined || found.minutes.to === 0 ? "-" : spanText(found.minutes)),
];

const CLUSTERS: readonly Cell<ClusterRow>[] = [
  ["CLUSTER", ({ name, canary }) => (canary ? `${name} (canary)` : name)],
  ["PROVIDER", ({ provider, region }) => [provider, region].filter((each) => each !== undefined).join(" ")],
  ["MACHINES", ({ machines }) => String(machines)],
  ["KUBERNETES", ({ kubernetes }) => kubernetes],
  ["AFTER", ({ after }) => after.join(", ") || "-"],
  ["WHAT", verdictOf],
];
