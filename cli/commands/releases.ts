import type { Command } from "commander";
import { findRelease, type ReleaseMove } from "../../model/catalog";
import {
  type ChangedPart,
  changedParts,
  describeRelease,
  listReleases,
  type ReleasePart,
  type ReleaseRow,
  stepsBetween,
} from "../../model/releases";
import { type Context, colorsFor, widthOf, writeJson, writeLines } from "../context";
import { badUsage } from "../report";
import { type Column, table } from "../table";

/** `kpaas releases`: the releases of K-PaaS in the catalogue, and what each consists of. */
export function registerReleases(program: Command, context: Context): void {
  program
    .command("releases")
    .summary("show the releases of K-PaaS: versions, ends of life, what can be brought up")
    .description("Shows every release of K-PaaS that the catalogue knows, or what one consists of and until when its projects mend it.")
    .argument("[RELEASE]", "what this one consists of")
    .option("--from <RELEASE>", "what changes where an environment goes from this one to that")
    .option("--json", "print them as JSON")
    .addHelpText("after", "\nExample:\n  $ kpaas releases 1.7.0+maintained\n  $ kpaas releases 1.7.0 --from 1.6.2")
    .action((number: string | undefined, { json = false, from }: Flags) => {
      if (from === undefined) releases(context, number, json);
      else compare(context, number, from, json);
    });
}

interface Flags {
  readonly json?: boolean;
  readonly from?: string;
}

function releases(context: Context, number: string | undefined, json: boolean): void {
  const style = [widthOf(context.stdout), colorsFor(context.stdout, context.env)] as const;
  if (number === undefined) {
    const rows = listReleases();
    if (json) writeJson(context, { releases: rows });
    else writeLines(context.stdout, table(ROW_COLUMNS, rows, ...style));
    return;
  }
  const parts = partsOf(number);
  if (json) writeJson(context, { release: number, parts });
  else writeLines(context.stdout, table(PART_COLUMNS, parts, ...style));
}

function compare(context: Context, number: string | undefined, from: string, json: boolean): void {
  if (number === undefined) throw badUsage("--from says what a release is compared with, and there is none", "name the release before it");
  const changes = changedParts(partsOf(from), partsOf(number));
  const moves = findRelease(number)?.moves?.[from] ?? [];
  const steps = stepsBetween(from, number);
  if (json) {
    writeJson(context, { release: number, from, changes, moves, steps });
    return;
  }
  const style = [widthOf(context.stdout), colorsFor(context.stdout, context.env)] as const;
  writeLines(context.stdout, table(CHANGE_COLUMNS, changes, ...style));
  if (moves.length > 0) writeLines(context.stdout, ["", ...table(MOVE_COLUMNS, moves, ...style)]);
  for (const [index, { release, names }] of steps.entries()) {
    const before = steps[index - 1]?.release ?? from;
    writeLines(context.stdout, ["", `With ${names.join(", ")}, by ${release} first: \`kpaas releases ${release} --from ${before}\``]);
  }
}

/** What a release consists of. Throws the usage error that names those there are. */
function partsOf(number: string): ReleasePart[] {
  const parts = describeRelease(number);
  if (parts !== undefined) return parts;
  const known = listReleases().map(({ release }) => release);
  throw badUsage(`${number} is no release that the catalogue knows`, `use one of: ${known.join(", ")}`);
}

const USES = { install: "brought up", step: "a step on the way", source: "upgraded from", named: "told of alone" } as const;

const ROW_COLUMNS: readonly Column<ReleaseRow>[] = [
  { title: "RELEASE", value: (row) => row.release },
  { title: "DATE", value: (row) => row.date },
  { title: "KUBERNETES", value: (row) => row.kubernetes },
  { title: "MENDED UNTIL", value: (row) => row.endOfLife ?? "-" },
  { title: "KUBESPRAY", value: (row) => row.kubespray ?? "-" },
  { title: "HERE", value: (row) => USES[row.use] },
];

const PART_COLUMNS: readonly Column<ReleasePart>[] = [
  { title: "NAME", value: (part) => part.name },
  { title: "VERSION", value: (part) => part.version },
  { title: "MENDED UNTIL", value: (part) => part.endOfLife ?? "-" },
  { title: "LICENCE", value: (part) => part.licence ?? "-" },
  { title: "WHY IT STAYS", value: (part) => part.stays ?? "" },
];

const MOVE_COLUMNS: readonly Column<ReleaseMove>[] = [
  { title: "WHEN", value: (move) => move.when },
  { title: "SERVICE", value: (move) => move.service },
  { title: "WHAT", value: (move) => move.what },
];

const CHANGE_COLUMNS: readonly Column<ChangedPart>[] = [
  { title: "NAME", value: (part) => part.name },
  { title: "FROM", value: (part) => part.was ?? "-" },
  { title: "TO", value: (part) => part.becomes ?? "-" },
];
