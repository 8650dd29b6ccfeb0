import { holdAws } from "./aws-models";
import { holdAzure } from "./azure-models";
import type { Comparison } from "./comparison";
import { holdGcp } from "./gcp-documents";
import { holdOnMoto } from "./on-moto";
import { definitionsIn, type Pinned, pinnedDefinitions } from "./packages";

/*
 * Holds what environments are made of against the clouds' own definitions: `node dist/dev/truth/main.js [aws|gcp|azure|moto]… [--packages FOLDER]`.
 * They are those of the pinned Python packages, or those in another folder site-packages. Ends with 1 where something differs.
 */

const CLOUDS: Readonly<Record<string, (pinned: Pinned) => Promise<Comparison>>> = { aws: holdAws, gcp: holdGcp, azure: holdAzure, moto: holdOnMoto };

async function main(words: readonly string[]): Promise<void> {
  const option = words.indexOf("--packages");
  const packages = option < 0 ? undefined : words[option + 1];
  const names = option < 0 ? words : words.slice(0, option);
  if (names.some((name) => !(name in CLOUDS)) || (option >= 0 && packages === undefined))
    throw new Error(`usage: node dist/dev/truth/main.js [${Object.keys(CLOUDS).join("|")}]… [--packages FOLDER]`);
  const pinned = await pinnedDefinitions({ tell: console.error });
  const definitions = packages === undefined ? pinned : { ...pinned, ...definitionsIn(packages) };
  for (const name of names.length > 0 ? names : Object.keys(CLOUDS)) {
    const comparison = await CLOUDS[name]?.(definitions);
    if (comparison === undefined) continue;
    for (const each of comparison.wrong) console.log(`✗ ${each}`);
    console.log(`${name}: ${comparison.compared} compared, ${comparison.wrong.length} wrong, with ${comparison.against}`);
    if (comparison.wrong.length > 0) process.exitCode = 1;
  }
}

void main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
});
