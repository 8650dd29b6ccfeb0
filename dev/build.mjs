// Compiles the tree to dist/ with TypeScript 7's native compiler; what `npm run build` and the install run.
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const tsc = join(root, "node_modules", "typescript7", "bin", "tsc");
if (!existsSync(tsc)) {
  console.error("The TypeScript compiler is missing: run `npm ci` first (development dependencies included).");
  process.exit(1);
}
const built = spawnSync(process.execPath, [tsc, "-p", join(root, "tsconfig.json"), ...process.argv.slice(2)], { stdio: "inherit", cwd: root });
if (built.status === 0 && existsSync(join(root, "dist/cli/main.js"))) chmodSync(join(root, "dist/cli/main.js"), 0o755);
process.exit(built.status ?? 1);
