// What tests and long tests begin with.
import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The project's folder. */
export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/**
 * Compiles the tree and makes sure that the engine is there; false where the tree does not compile. Without an engine the tests that need
 * one are skipped, and say so.
 */
export async function prepare() {
  if (spawnSync(process.execPath, [join(root, "dev", "build.mjs")], { stdio: "inherit" }).status !== 0) return false;
  const { locateEngine } = createRequire(import.meta.url)("../dist/engine/locate.js");
  try {
    await locateEngine({ onProgress: (text) => console.log(text) });
  } catch (error) {
    console.error(error.message);
  }
  return true;
}
