import { enableCompileCache } from "node:module";
import { resolve } from "node:path";
import { worldClock } from "../plugin/clock";
import type { FaultPackage } from "../plugin/faults-file";
import type { Provider } from "../plugin/rpc/provider";
import type { ListenOptions } from "../plugin/rpc/server";
import { withFaults } from "./faults";

enableCompileCache();

/** The simulated providers by package; each is loaded only by the process that serves it. */
const PACKAGES: Readonly<Record<FaultPackage, (world: string) => Promise<Provider>>> = {
  openstack: async (world) => (await import("./openstack/provider.js")).createOpenStackProvider(world),
  kubernetes: async (world) => (await import("./kubernetes/provider.js")).createKubernetesProvider(world),
  random: async () => (await import("./random/provider.js")).createRandomProvider(),
  tls: async (world) => (await import("./tls/provider.js")).createTlsProvider(worldClock(world)),
};

/** `main.js PACKAGE WORLD_DIR [engine address]`. What the world's faults.json switches on happens to every package. */
async function main([name = "", world = "", ...rest]: readonly string[]): Promise<void> {
  if (!isPackage(name) || world === "") {
    throw new Error(`usage: main.js ${Object.keys(PACKAGES).join("|")} WORLD_DIR [ENGINE_ADDRESS]; "${name}" is no such package`);
  }
  const folder = resolve(world);
  const [{ serve }, provider] = await Promise.all([import("../plugin/rpc/server.js"), PACKAGES[name](folder)]);
  await serve(withFaults(provider, name, folder), rest, name === "kubernetes" ? await realPlugin(folder, rest) : {});
}

/** What stands around the simulated kubernetes provider where the real one is to be used in its place (docs/sandbox.md). */
async function realPlugin(world: string, argv: readonly string[]): Promise<Pick<ListenOptions, "around">> {
  const folder = process.env.KPAAS_SANDBOX_KUBERNETES;
  if (!folder) return {};
  const { startPlugin, relay } = await import("./kubernetes/real/relay.js");
  const plugin = await startPlugin(folder, world, argv);
  return { around: (own) => relay(own, plugin) };
}

function isPackage(name: string): name is FaultPackage {
  return Object.hasOwn(PACKAGES, name);
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
