import { type Section, showReport } from "./sections";
import type { PreviewReport } from "./types";

/** What GitHub takes in one description or comment, with some room for what is written around it. */
const MOST = 60_000;

/** A report for a pull request: the short view, and what it leaves out in parts that unfold. */
export function toMarkdown(report: PreviewReport, title: string): string {
  const short = showReport(report);
  const head = [`## ${escapeText(title)}`, `**${escapeText(short.summary)}**`, ...short.sections.map((section) => sectionOf(section))].join(
    "\n\n",
  );
  const full = showReport(report, "full").sections.find((section) => section.title === "Changes");
  if (full === undefined || full.kind !== "lines") return `${head}\n`;
  const room = MOST - head.length;
  const { lines, left } = fitting(full.lines, room);
  const note = left === 0 ? [] : [`${left} more lines do not fit here: \`kpaas preview ${report.environment} --full\` shows them.`];
  const details = ["<details><summary>Every resource and every changed property</summary>", fenced(lines), ...note, "</details>"];
  return `${[head, ...details].join("\n\n")}\n`;
}

/** A section under a heading. */
export function sectionOf(section: Section): string {
  const title = `### ${escapeText(section.title)}`;
  if (section.kind === "lines") return `${title}\n\n${fenced(section.lines)}`;
  const row = (cells: readonly string[]) => `| ${cells.map(escapeText).join(" | ")} |`;
  const head = section.about === undefined ? [] : [`${escapeText(section.about)}.\n`];
  return [`${title}\n`, ...head, row(section.columns), `|${" --- |".repeat(section.columns.length)}`, ...section.rows.map(row)].join("\n");
}

/** As many lines as fit, and how many do not. */
function fitting(lines: readonly string[], room: number): { readonly lines: readonly string[]; readonly left: number } {
  let end = 0;
  for (let taken = 0; end < lines.length; end++) {
    taken += (lines[end]?.length ?? 0) + 1;
    if (taken > room) break;
  }
  return { lines: lines.slice(0, end), left: lines.length - end };
}

/** Lines as they are, in a fence that none of them can close. */
function fenced(lines: readonly string[]): string {
  const longest = Math.max(2, ...lines.flatMap((line) => [...line.matchAll(/`+/g)].map(([run]) => run.length)));
  const fence = "`".repeat(longest + 1);
  return [`${fence}text`, ...lines.map((line) => line.replace(/\r?\n/g, " ")), fence].join("\n");
}

/** Text that is nothing but text in Markdown, in a table's cell too; a name behind an @ calls nobody. */
export function escapeText(text: string): string {
  return text
    .replace(/\r?\n/g, " ")
    .replace(/([@#])(?=\w)/g, "$1\u2060")
    .replace(/&/g, "&amp;")
    .replace(/</g, "&lt;")
    .replace(/>/g, "&gt;")
    .replace(/\|/g, "&#124;")
    .replace(/[\\`*_~[\]!]/g, (mark) => `&#${mark.charCodeAt(0)};`);
}
