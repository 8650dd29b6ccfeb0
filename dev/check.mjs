// `npm run check`: format and lint, types, import rules, side by side; what a person runs before every commit.
import { spawn } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const bin = (...path) => join(root, "node_modules", ...path);
const checks = [
  ["format and lint", [bin("@biomejs", "biome", "bin", "biome"), "check", "--error-on-warnings"]],
  ["types", [bin("typescript7", "bin", "tsc"), "--noEmit", "-p", root]],
  ["types of the page", [bin("typescript7", "bin", "tsc"), "-p", join(root, "server", "page", "browser")]],
  ["imports", [join(root, "dev", "imports.mjs")]],
];
const results = await Promise.all(checks.map(runCheck));
process.exit(results.every((ok) => ok) ? 0 : 1);

function runCheck([name, args]) {
  const started = Date.now();
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (output += chunk));
    child.once("error", reject);
    child.once("close", (code) => {
      console.log(`${code === 0 ? "✓" : "✗"} ${name}  ${((Date.now() - started) / 1000).toFixed(1)} s`);
      if (code !== 0) console.log(output.trimEnd());
      resolve(code === 0);
    });
  });
}
