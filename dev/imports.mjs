// Checks the import rules of dependency-cruiser.cjs. With --json prints the violations as JSON (for test/imports.test.ts).
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
  "cli",
  "testing",
  "library",
  "test",
].filter((folder) => existsSync(folder));
const tsConfig = extractTSConfig(join(root, "tsconfig.json"));
const { output } = await cruise(folders, { ...options, ruleSet: { forbidden }, validate: true }, undefined, { tsConfig });
const violations = output.summary.violations.map(({ rule, from, to }) => ({ rule: rule.name, from, to }));
if (process.argv.includes("--json")) console.log(JSON.stringify({ modules: output.summary.totalCruised, violations }));
else for (const { rule, from, to } of violations) console.log(`${rule.padEnd(20)} ${from} → ${to}`);
process.exitCode = violations.length > 0 ? 1 : 0;
