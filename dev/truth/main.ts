import { holdAws } from "./aws-models";
import { holdAzure, holdAzureFields } from "./azure-models";
import type { Comparison } from "./comparison";
import { holdAwsFields, holdSchema } from "./fields";
import { holdGcp } from "./gcp-documents";
import { holdOnMoto } from "./on-moto";
import { definitionsIn, type Pinned, pinnedDefinitions } from "./packages";

/*
 * Holds what environments are made of against the clouds' own definitions: `node dist/dev/truth/main.js [aws|aws-fields|moto|gcp|azure|azure-fields]…`,
 * those of the pinned Python packages, or with `--packages FOLDER` those in another folder site-packages. `schema FILE` instead holds the sandbox's
 * inputs against a provider's schema. Ends with 1 where something differs.
 */

const HELD: Readonly<Record<string, (pinned: Pinned) => Comparison | Promise<Comparison>>> = {
  ...{ aws: holdAws, "aws-fields": holdAwsFields, moto: holdOnMoto },
  ...{ gcp: holdGcp, azure: holdAzure, "azure-fields": holdAzureFields },
};

function show(name: string, { wrong, compared, against }: Comparison): void {
  for (const each of wrong) console.log(`✗ ${each}`);
  console.log(`${name}: ${compared} compared, ${wrong.length} wrong, with ${against}`);
  if (wrong.length > 0) process.exitCode = 1;
}

async function main(words: readonly string[]): Promise<void> {
  const [first, file] = words;
  if (first === "schema" && file !== undefined) {
    show("schema", holdSchema(file));
    return;
  }
  const option = words.indexOf("--packages");
  const packages = option < 0 ? undefined : words[option + 1];
  const names = option < 0 ? words : words.slice(0, option);
  if (names.some((name) => !(name in HELD)) || (option >= 0 && packages === undefined))
    throw new Error(`usage: node dist/dev/truth/main.js [${Object.keys(HELD).join("|")}]… [--packages FOLDER], or schema FILE`);
  const pinned = await pinnedDefinitions({ tell: console.error });
  const definitions = packages === undefined ? pinned : { ...pinned, ...definitionsIn(packages) };
  for (const [name, hold] of Object.entries(HELD)) if (names.length === 0 || names.includes(name)) show(name, await hold(definitions));
}

void main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
});
