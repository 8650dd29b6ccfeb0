import type { Colors } from "./context";
import { printable } from "./printable";

/** One column of a table. */
export interface Column<Row> {
  readonly title: string;
  readonly value: (row: Row) => string;
}

const GAP = 2;
/** A column is not made narrower than this for the terminal's sake. */
const NARROWEST = 6;

/** Rows as aligned text. Where they are wider than the terminal the widest columns wrap. */
export function table<Row>(columns: readonly Column<Row>[], rows: readonly Row[], width: number, colors: Colors): string[] {
  const cells = rows.map((row) => columns.map((column) => printable(column.value(row))));
  const widths = fitWidths(
    columns.map((column, index) => Math.max(column.title.length, ...cells.map((row) => row[index]!.length))),
    width,
  );
  const head = columns.map((column, index) => column.title.padEnd(widths[index]!)).join(" ".repeat(GAP));
  return [colors.bold(head.trimEnd()), ...cells.flatMap((row) => wrapRow(row, widths))];
}

/** Takes columns from the widest ones until the table fits or every column is at its narrowest. */
function fitWidths(natural: readonly number[], width: number): number[] {
  const widths = [...natural];
  const available = width - GAP * (widths.length - 1);
  let excess = widths.reduce((sum, each) => sum + each, 0) - available;
  while (excess > 0) {
    const widest = widths.indexOf(Math.max(...widths));
    if (widths[widest]! <= NARROWEST) break;
    widths[widest]!--;
    excess--;
  }
  return widths;
}

function wrapRow(row: readonly string[], widths: readonly number[]): string[] {
  const wrapped = row.map((cell, index) => wrap(cell, widths[index]!));
  const height = Math.max(...wrapped.map((lines) => lines.length));
  return Array.from({ length: height }, (_, line) =>
    wrapped
      .map((lines, index) => (lines[line] ?? "").padEnd(widths[index]!))
      .join(" ".repeat(GAP))
      .trimEnd(),
  );
}

/**
 * Breaks text into lines of at most `width` characters: at spaces, after commas and slashes, else anywhere. A URL stays whole, to be clicked
 * and copied.
 */
export function wrap(text: string, width: number): string[] {
  if (text.length <= width || /^https?:\/\//.test(text)) return [text];
  const lines: string[] = [];
  let line = "";
  for (const word of text.match(/[^ ,/]*[ ,/]?/g) ?? []) {
    if (line !== "" && (line + word).trimEnd().length > width) {
      lines.push(line.trimEnd());
      line = "";
    }
    line += word;
    while (line.trimEnd().length > width) {
      lines.push(line.slice(0, width));
      line = line.slice(width);
    }
  }
  if (line !== "") lines.push(line.trimEnd());
  return lines;
}

/** Breaks lines at words so that none is longer than `width`; what goes on is indented. A word that is longer stays whole. */
export function wrapWords(text: string, width: number, indent: number): string {
  const broken = text.split("\n").flatMap((whole) => {
    const margin = /^ */.exec(whole)?.[0] ?? "";
    const lines: string[] = [];
    let line = "";
    for (const word of whole.trim().split(" ")) {
      if (line === "") line = margin + word;
      else if (line.length + 1 + word.length <= width) line += ` ${word}`;
      else {
        lines.push(line);
        line = " ".repeat(Math.max(margin.length, indent)) + word;
      }
    }
    return [...lines, line];
  });
  return broken.join("\n");
}
