// Checks the import rules of dependency-cruiser.cjs, and that it looked at the tree at all.
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { cruise } from "dependency-cruiser";
import extractTSConfig from "dependency-cruiser/config-utl/extract-ts-config";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
process.chdir(root);
const { forbidden, options } = createRequire(import.meta.url)("./dependency-cruiser.cjs");
const folders = [
  "model",
  "catalog",
  "host",
  "files",
  "reach",
  "plugin",
  "sandbox",
  "providers",
  "components",
  "stacks",
  "engine",
  "operate",
  "fleet",
  "server",
  "cli",
  "testing",
  "library",
  "test",
].filter((folder) => existsSync(folder));
const tsConfig = extractTSConfig(join(root, "tsconfig.json"));
const { output } = await cruise(folders, { ...options, ruleSet: { forbidden }, validate: true }, undefined, { tsConfig });
const { violations, totalCruised } = output.summary;
for (const { rule, from, to } of violations) console.log(`${rule.name.padEnd(20)} ${from} → ${to}`);
if (totalCruised < 500) console.log(`only ${totalCruised} modules were looked at`);
process.exitCode = violations.length > 0 || totalCruised < 500 ? 1 : 0;
