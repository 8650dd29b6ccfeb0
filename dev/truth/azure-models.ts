import { spawnSync } from "node:child_process";
import { resolve } from "node:path";
import { AZURE } from "../../sandbox/azure/cloud";
import { Comparison } from "./comparison";
import type { Pinned } from "./packages";
import { samplesOf } from "./samples";

/** Four above dist/dev/truth. */
const SCRIPT = resolve(__dirname, "..", "..", "..", "dev", "truth", "azure-models.py");
/** What an input is beside the body: part of the path, or what a nested resource is given along with. */
const BESIDE: readonly string[] = ["id", "type", "scope"];
const PACKAGES = ["network", "compute", "resource", "authorization", "msi"];

/** Holds the inputs of what an environment on Azure is made of against the models of the azure-mgmt packages, generated from the REST definitions. */
export async function holdAzure(definitions: Pinned, samples = samplesOf("azure")): Promise<Comparison> {
  const lines = (await samples).flatMap(({ name: sample, resources }) =>
    resources.map(({ type, name, inputs }) => JSON.stringify({ type, name: `${sample}: ${name}`, inputs })),
  );
  const { compared, wrong }: { compared: number; wrong: string[] } = ask(definitions, [], lines.join("\n"));
  const comparison = new Comparison(against(definitions));
  comparison.add(compared, wrong);
  return comparison;
}

/** Holds which of Azure's inputs replace against the same models: those that only a creation may say. Nothing that is read only is an input. */
export function holdAzureFields(definitions: Pinned): Comparison {
  const told: Readonly<Record<string, { once: string[]; readOnly: string[] }>> = ask(definitions, ["--fields"], "");
  const comparison = new Comparison(against(definitions));
  for (const [token, { fields }] of Object.entries(AZURE.types)) {
    const about = told[token];
    if (about === undefined) comparison.hold(token, "is held against nothing: dev/truth/azure-models.py does not know it");
    for (const { name, replaces } of fields) {
      comparison.hold(
        `${token} ${name}`,
        about?.once.includes(name) && !replaces ? "is said at creation only, and does not replace" : undefined,
      );
      comparison.hold(`${token} ${name}`, about?.readOnly.includes(name) && !BESIDE.includes(name) ? "is read only" : undefined);
    }
  }
  return comparison;
}

function ask<T>({ python, packages }: Pinned, words: readonly string[], input: string): T {
  const { stdout, stderr, status } = spawnSync(python, [SCRIPT, packages, ...words], { input, encoding: "utf8", maxBuffer: 2 ** 26 });
  if (status !== 0) throw new Error(`${SCRIPT} failed: ${stderr}`);
  return JSON.parse(stdout);
}

function against({ versions }: Pinned): string {
  return PACKAGES.map((name) => `azure-mgmt-${name} ${versions[`azure-mgmt-${name}`]}`).join(", ");
}
