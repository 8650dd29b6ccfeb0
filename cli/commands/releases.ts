import type { Command } from "commander";
import { describeRelease, listReleases, type ReleasePart, type ReleaseRow } from "../../model/releases";
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
    .option("--json", "print them as JSON")
    .addHelpText("after", "\nExample:\n  $ kpaas releases 1.7.0+maintained")
    .action((number: string | undefined, { json }: { readonly json?: boolean }) => releases(context, number, json === true));
}

function releases(context: Context, number: string | undefined, json: boolean): void {
  const style = [widthOf(context.stdout), colorsFor(context.stdout, context.env)] as const;
  if (number === undefined) {
    const rows = listReleases();
    if (json) writeJson(context, { releases: rows });
    else writeLines(context.stdout, table(ROW_COLUMNS, rows, ...style));
    return;
  }
  const parts = describeRelease(number);
  if (parts === undefined) {
    const known = listReleases().map(({ release }) => release);
    throw badUsage(`${number} is no release that the catalogue knows`, `use one of: ${known.join(", ")}`);
  }
  if (json) writeJson(context, { release: number, parts });
  else writeLines(context.stdout, table(PART_COLUMNS, parts, ...style));
}

const USES = { install: "brought up", source: "upgraded from", named: "told of alone" } as const;

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
