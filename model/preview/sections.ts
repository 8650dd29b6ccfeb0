import { changeLines, type Depth } from "./lines";
import { minutesText, type StepReport, spanText } from "./steps";
import type { Counts, PreviewReport } from "./types";

/** A part of what is shown: a table, or lines whose indentation counts. */
export type Section =
  | {
      readonly kind: "table";
      readonly title: string;
      /** What is to be said of it, in a sentence. */
      readonly about?: string;
      readonly columns: readonly string[];
      readonly rows: readonly (readonly string[])[];
    }
  | { readonly kind: "lines"; readonly title: string; readonly lines: readonly string[] };

/** A report as it is shown, whoever draws it. */
export interface Shown {
  /** The most important first; none is empty. */
  readonly sections: readonly Section[];
  /** The counts, in one sentence. */
  readonly summary: string;
  /** True where `--diff` or `--full` show more. */
  readonly shortened: boolean;
}

/** A report in sections, shortest and weightiest first. */
export function showReport(report: PreviewReport, depth: Depth = "short"): Shown {
  const changes = changeLines(report.groups, depth);
  const sections: Section[] = [
    impactTable(report),
    versionTable(report),
    moveTable(report),
    stepTable(report),
    portTable(report),
    { kind: "lines", title: "Changes", lines: changes.lines },
    { kind: "lines", title: "For machines built later only", lines: report.later },
    { kind: "lines", title: "Approved", lines: report.approved.map(({ approval, reason }) => `${reason}  (${approval})`) },
  ];
  return {
    sections: sections.filter((section) => (section.kind === "table" ? section.rows : section.lines).length > 0).map(printable),
    summary: countChanges(report.counts, "preview"),
    shortened: changes.shortened,
  };
}

/** A section that steers no terminal: values come from wherever they come. */
export function printable(section: Section): Section {
  const clean = (text: string): string => text.replace(CONTROLS, (mark) => `\\u${mark.charCodeAt(0).toString(16).padStart(4, "0")}`);
  if (section.kind === "lines") return { ...section, lines: section.lines.map(clean) };
  const about = section.about === undefined ? {} : { about: clean(section.about) };
  return { ...section, ...about, rows: section.rows.map((row) => row.map(clean)) };
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it is about. The last ones turn the direction of a line.
const CONTROLS = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g;

function impactTable({ impacts }: PreviewReport): Section {
  return {
    kind: "table",
    title: "Lost, moved or restarted",
    columns: ["EFFECT", "WHAT", "DETAIL"],
    rows: impacts.map(({ effect, kind, name, detail }) => [effect, kind === "url" ? `URL of ${name}` : `${kind} ${name}`, detail]),
  };
}

function versionTable({ versions }: PreviewReport): Section {
  return {
    kind: "table",
    title: "Versions",
    columns: ["PART", "FROM", "TO"],
    rows: versions.map(({ name, was, becomes }) => [name, was, becomes]),
  };
}

function moveTable({ moves }: PreviewReport): Section {
  return {
    kind: "table",
    title: "What becomes of services on the way to the release",
    columns: ["WHEN", "SERVICE", "WHAT"],
    rows: moves.map(({ when, service, what }) => [when, service, what]),
  };
}

function stepTable({ steps }: PreviewReport): Section {
  const [total] = steps.length > 1 ? [totalOf(steps)] : [];
  return {
    kind: "table",
    title: "Cluster steps (minutes on real hosts, ~ estimated)",
    columns: ["STEP", "PLAYBOOK", "HOSTS", "MINUTES", "WORKLOADS", "WHY"],
    rows: [
      ...steps.map(({ id, playbook, worksOn, minutes, workloads, reason }) => [
        ...[id, playbook, worksOn.join(", ") || "all"],
        ...[minutesText(minutes), workloads, reason],
      ]),
      ...(total === undefined ? [] : [["together", "", "", spanText(total), "", ""]]),
    ],
  };
}

function totalOf(steps: readonly StepReport[]): { readonly from: number; readonly to: number } {
  const sum = (end: "from" | "to") => steps.reduce((total, { minutes }) => total + minutes[end], 0);
  return { from: sum("from"), to: sum("to") };
}

function portTable({ ports }: PreviewReport): Section {
  return {
    kind: "table",
    title: ports.source === "rules" ? "Ports (by the rules: the flows were not recorded when it was brought up)" : "Ports",
    columns: ["CHANGE", "FROM", "TO", "PROTOCOL", "PORTS", "REASON"],
    rows: ports.changes.map(({ change, from, to, protocol, ports: numbers, reason }) => [
      change,
      from,
      to,
      protocol,
      numbers.join(", ") || "-",
      reason,
    ]),
  };
}

/** The counts of an operation as one sentence. */
export function countChanges(changes: Counts, tense: "preview" | "done"): string {
  const words = tense === "preview" ? PREVIEW_WORDS : DONE_WORDS;
  const parts = (["create", "update", "replace", "delete"] as const)
    .filter((op) => changes[op] > 0)
    .map((op) => `${changes[op]} ${words[op]}`);
  const same = changes.same > 0 ? [`${changes.same} unchanged`] : [];
  return parts.length === 0 ? ["no changes", ...same].join(", ") : [...parts, ...same].join(", ");
}

const PREVIEW_WORDS = { create: "to create", update: "to update", replace: "to replace", delete: "to delete" } as const;
const DONE_WORDS = { create: "created", update: "updated", replace: "replaced", delete: "deleted" } as const;
