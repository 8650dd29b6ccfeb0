import { resolve } from "node:path";
import { keepCompiled } from "../host/cache";
import { withFaults } from "../plugin/faults";
import type { ListenOptions } from "../plugin/rpc/server";
import { FAULTY, PACKAGES } from "./packages";

keepCompiled();

/** `main.js PACKAGE WORLD_DIR [engine address]`. What the world's faults.json switches on happens to every package. */
async function main([name = "", world = "", ...rest]: readonly string[]): Promise<void> {
  const simulated = Object.hasOwn(PACKAGES, name) ? PACKAGES[name] : undefined;
  if (simulated === undefined || world === "") {
    throw new Error(`usage: main.js ${Object.keys(PACKAGES).join("|")} WORLD_DIR [ENGINE_ADDRESS]; "${name}" is no such package`);
  }
  const folder = resolve(world);
  const [{ serve }, { provider, words }] = await Promise.all([import("../plugin/rpc/server.js"), simulated.load(folder)]);
  await serve(
    withFaults(provider, { words, worldDir: folder, packages: FAULTY }),
    rest,
    name === "kubernetes" ? await realPlugin(folder, rest) : {},
  );
}

/** What stands around the simulated kubernetes provider where the real one is to be used in its place (docs/sandbox.md). */
async function realPlugin(world: string, argv: readonly string[]): Promise<Pick<ListenOptions, "around">> {
  const folder = process.env.KPAAS_SANDBOX_KUBERNETES;
  if (!folder) return {};
  const { startPlugin, relay } = await import("./kubernetes/real/relay.js");
  const plugin = await startPlugin(folder, world, argv);
  return { around: (own) => relay(own, plugin) };
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
