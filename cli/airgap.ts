import type { AirGapEntry } from "../model/airgap/entries";
import type { Bundled } from "../operate/airgap/bundle";
import type { Pushed } from "../operate/airgap/push";
import type { Verified } from "../operate/airgap/verify";
import { size } from "./data";
import { type Column, table } from "./table";
import type { ViewStyle } from "./views";

/** All that an environment pulls, as a table. */
export function viewEntries(entries: readonly AirGapEntry[], { width, colors }: ViewStyle): string[] {
  return table(COLUMNS, entries, width, colors);
}

const COLUMNS: readonly Column<AirGapEntry>[] = [
  { title: "KIND", value: ({ kind }) => kind },
  { title: "NAME", value: ({ name }) => name },
  { title: "VERSION", value: ({ version }) => version },
  { title: "LICENCE", value: ({ licence }) => licence ?? "-" },
  { title: "DIGEST", value: ({ digests }) => digestText(digests) },
  { title: "FROM", value: ({ source }) => source },
  { title: "TO", value: ({ goes, path }) => `${goes} ${path}` },
];

function digestText(digests: readonly string[] | undefined): string {
  if (digests === undefined) return "-";
  return digests.length === 1 ? (digests[0] ?? "-") : `one of ${digests.length}`;
}

/** What came of a bundle. */
export function describeBundled({ folder, digest, environments, fetched, there, size: bytes, failed, carried }: Bundled): string[] {
  const pulled = `what ${environments.join(", ")} pull${environments.length === 1 ? "s" : ""}`;
  return [
    `${folder} holds ${failed.length === 0 ? pulled : `a part of ${pulled}, ${failed.length} are missing`}: ${fetched} fetched, ${there} were there, ${size(bytes)}`,
    `its digest, to be told to whoever verifies it: ${digest}`,
    ...(carried.length === 0
      ? []
      : [
          `not in it: ${carried.length} packages of npm, which come with the project's folder and its node_modules (\`kpaas plan ENV --show airgap\`)`,
        ]),
  ];
}

/** What could not be had, by reason, for reasons may be many times the same. */
export function describeFailed(failed: readonly { readonly what: string; readonly reason: string }[]): string[] {
  const byReason = new Map<string, string[]>();
  for (const { what, reason } of failed) byReason.set(reason, [...(byReason.get(reason) ?? []), what]);
  return [...byReason].map(([reason, whats]) => `  ${whats.join(", ")}: ${reason}`);
}

/** What is wrong with a bundle, or that nothing is. */
export function describeVerified({ folder, digest, artefacts, size: bytes, damaged, missing }: Verified): string[] {
  const lacks = Object.entries(missing);
  return [
    ...damaged.map(({ artefact, blob, reason }) => `damaged: ${artefact.kind} ${artefact.name} ${artefact.version}: ${blob} ${reason}`),
    ...lacks.flatMap(([environment, entries]) =>
      entries.map(({ kind, name, version, source }) => `missing for ${environment}: ${kind} ${name} ${version} (${source})`),
    ),
    `${folder}: ${artefacts} things, ${size(bytes)}, digest ${digest}`,
    ...lacks.filter(([, entries]) => entries.length === 0).map(([environment]) => `${environment} has all it pulls`),
  ];
}

/** What came of a push, and what the environments' files are to say of the mirrors. */
export function describePushed({ environments, registry, files, pushed, there, fields, variables }: Pushed): string[] {
  const wanted = Object.entries(fields).filter(([, said]) => Object.keys(said).length > 0);
  return [
    `${environments.join(", ")}: ${pushed} put, ${there} were there: images and charts in ${registry}${files === undefined ? "; no files were laid out (--files FOLDER)" : `, files in ${files}`}`,
    ...wanted.flatMap(([environment, said]) => [
      `for ${environment} to take everything from there, its file is to say:`,
      ...Object.entries(said).map(([field, value]) => `  ${field}: ${value}`),
    ]),
    ...(Object.keys(variables).length === 0
      ? []
      : [`where kpaas itself reaches no internet, first: . ${files}/kpaas.env (engine, plugins, Python packages)`]),
  ];
}
