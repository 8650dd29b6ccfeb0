// Compiles the tree to dist/ with TypeScript 7's native compiler; what `npm run build` and the install run.
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, readdirSync, rmSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { ASSETS, buildPage } from "./page.mjs";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const dist = join(root, "dist");
const tsc = join(root, "node_modules", "typescript7", "bin", "tsc");
if (!existsSync(tsc)) {
  console.error("The TypeScript compiler is missing: run `npm ci` first (development dependencies included).");
  process.exit(1);
}
const built = spawnSync(process.execPath, [tsc, "-p", join(root, "tsconfig.json"), ...process.argv.slice(2)], {
  stdio: "inherit",
  cwd: root,
});
removeStale();
const page = await buildPage(root, dist).then(
  () => 0,
  () => 1,
);
const cli = join(dist, "cli", "main.js");
if (existsSync(cli)) chmodSync(cli, 0o755);
process.exit(built.status || page);

// What was compiled from a source that is gone would still be tested, published and found by a check of the imports.
function removeStale() {
  if (!existsSync(dist)) return;
  for (const entry of readdirSync(dist, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = join(entry.parentPath, entry.name);
    const compiled = join(root, relative(dist, file));
    if (relative(dist, file).startsWith(ASSETS)) continue;
    const source = compiled.replace(/(\.d)?\.ts$|\.js$/, ".ts");
    if (!existsSync(source)) rmSync(file);
  }
}
