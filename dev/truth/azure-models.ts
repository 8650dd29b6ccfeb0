import { spawnSync } from "node:child_process";
import { resolve } from "node:path";
import { Comparison } from "./comparison";
import type { Pinned } from "./packages";
import { samplesOf } from "./samples";

/** Four above dist/dev/truth. */
const SCRIPT = resolve(__dirname, "..", "..", "..", "dev", "truth", "azure-models.py");
const PACKAGES = ["network", "compute", "resource", "authorization", "msi"];

/** Holds the inputs of what an environment on Azure is made of against the models of the azure-mgmt packages, generated from the REST definitions. */
export async function holdAzure({ python, packages, versions }: Pinned): Promise<Comparison> {
  const lines = (await samplesOf("azure")).flatMap(({ name: sample, resources }) =>
    resources.map(({ type, name, inputs }) => JSON.stringify({ type, name: `${sample}: ${name}`, inputs })),
  );
  const { stdout, stderr, status } = spawnSync(python, [SCRIPT, packages], { input: lines.join("\n"), encoding: "utf8", maxBuffer: 2 ** 26 });
  if (status !== 0) throw new Error(`${SCRIPT} failed: ${stderr}`);
  const { compared, wrong }: { compared: number; wrong: string[] } = JSON.parse(stdout);
  const comparison = new Comparison(PACKAGES.map((name) => `azure-mgmt-${name} ${versions[`azure-mgmt-${name}`]}`).join(", "));
  comparison.add(compared, wrong);
  return comparison;
}
