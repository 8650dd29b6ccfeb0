import { type FleetPreview, verdictOf } from "../model/fleet/preview";
import type { Problem } from "../model/problems";
import { type Column, table, wrapWords } from "./table";
import type { ViewStyle } from "./views";

type ClusterRow = FleetPreview["waves"][number]["clusters"][number];
type ChangeRow = FleetPreview["changes"][number];

/** A fleet's preview for a terminal. */
export function describeFleet({ fleet, waves, changes }: FleetPreview, { width, colors }: ViewStyle): string[] {
  const count = waves.reduce((sum, { clusters }) => sum + clusters.length, 0);
  return [
    ...waves.flatMap((wave, index) => [
      colors.cyan(`Wave ${index + 1}: ${wave.name}`),
      ...wrapWords(`  ${wave.rules.join("; ")}`, width, 2).split("\n"),
      ...table(CLUSTERS, wave.clusters, width, colors),
      "",
    ]),
    ...(changes.length === 0 ? [] : [colors.cyan("Changes"), ...table(CHANGES, changes, width, colors), ""]),
    colors.bold(`${fleet}: ${waves.length} waves, ${count} clusters. By files and locks alone: what stands was not looked at.`),
  ];
}

/** The same as Markdown, to paste into a pull request. */
export function fleetMarkdown({ fleet, waves, changes }: FleetPreview): string {
  const tableOf = <Row>(columns: readonly Column<Row>[], rows: readonly Row[]) => [
    `| ${columns.map(({ title }) => title.toLowerCase()).join(" | ")} |`,
    `|${" --- |".repeat(columns.length)}`,
    ...rows.map((row) => `| ${columns.map(({ value }) => value(row).replaceAll("|", "&#124;")).join(" | ")} |`),
  ];
  return [
    `## Preview of the fleet ${fleet}`,
    "By files and locks alone: what stands was not looked at.",
    ...waves.flatMap(({ name, rules, clusters }, index) => [
      `### Wave ${index + 1}: ${name}`,
      `${rules.join("; ")}.`,
      tableOf(CLUSTERS, clusters).join("\n"),
    ]),
    ...(changes.length === 0 ? [] : ["### Changes", tableOf(CHANGES, changes).join("\n")]),
  ].join("\n\n");
}

const CLUSTERS: readonly Column<ClusterRow>[] = [
  { title: "CLUSTER", value: ({ name, canary }) => (canary ? `${name} (canary)` : name) },
  { title: "PROVIDER", value: ({ provider, region }) => [provider, region].filter((each) => each !== undefined).join(" ") },
  { title: "MACHINES", value: ({ machines }) => String(machines) },
  { title: "KUBERNETES", value: ({ kubernetes }) => kubernetes },
  { title: "AFTER", value: ({ after }) => after.join(", ") || "-" },
  { title: "WHAT", value: verdictOf },
];

const CHANGES: readonly Column<ChangeRow>[] = [
  { title: "EFFECT", value: ({ effect }) => effect },
  { title: "WHAT", value: ({ what }) => what },
  { title: "DETAIL", value: ({ detail }) => detail },
  { title: "AT RISK", value: ({ risk = "-" }) => risk },
  { title: "CLUSTERS", value: ({ clusters }) => clusters.join(", ") },
];

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
