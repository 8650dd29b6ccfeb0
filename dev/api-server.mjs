// `npm run api-server ENV`: a real API server for an environment's sandbox, with kwok's nodes and pods, until Ctrl-C (docs/sandbox.md).
// `--at HOST:PORT` chooses where it listens; `--root FOLDER` is the project's folder, by default the current one.
import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { prepare, root } from "./prepare.mjs";

const { values, positionals } = parseArgs({
  options: { at: { type: "string" }, root: { type: "string", default: "." } },
  allowPositionals: true,
});
const [environment] = positionals;
if (environment === undefined || positionals.length > 1) {
  console.error("usage: npm run api-server ENV [-- --at HOST:PORT] [-- --root FOLDER]");
  process.exit(2);
}
if (!(await prepare())) process.exit(1);

const load = createRequire(join(root, "dist", "test", "support", "x.js"));
const { servers } = load("./servers.js");
const { RealCluster } = load("./real-cluster.js");
const { sandboxFolders } = load("../../engine/sandbox.js");
const { world } = sandboxFolders(resolve(values.root), environment);
const [host, port] = values.at?.split(":") ?? [];
const folder = mkdtempSync(join(tmpdir(), "kpaas-api-server-"));
const cluster = await RealCluster.start(folder, world, await servers(), { host, ...(port ? { port: Number(port) } : {}) });
console.log(`A real API server is there for the sandbox of ${environment}: ${join(world, "api.json")} names it. Ctrl-C ends it.`);
await new Promise((end) => process.once("SIGINT", end));
await cluster.stop();
rmSync(folder, { recursive: true, force: true });
