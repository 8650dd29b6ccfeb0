import { enableCompileCache } from "node:module";
import { resolve } from "node:path";
import { worldClock } from "../plugin/clock";
import type { Provider } from "../plugin/rpc/provider";

enableCompileCache();

/** The simulated providers by package; each is loaded only by the process that serves it. */
const PACKAGES: Readonly<Record<string, (world: string) => Promise<Provider>>> = {
  openstack: async (world) => (await import("./openstack/provider.js")).createOpenStackProvider(world),
  kubernetes: async (world) => (await import("./kubernetes/provider.js")).createKubernetesProvider(world),
  random: async () => (await import("./random/provider.js")).createRandomProvider(),
  tls: async (world) => (await import("./tls/provider.js")).createTlsProvider(worldClock(world)),
};

/** `main.js PACKAGE WORLD_DIR [engine address]`. Faults and latency, once there are any, wrap the provider here. */
async function main([name = "", world = "", ...rest]: readonly string[]): Promise<void> {
  const create = PACKAGES[name];
  if (create === undefined || world === "") {
    throw new Error(`usage: main.js ${Object.keys(PACKAGES).join("|")} WORLD_DIR [ENGINE_ADDRESS]; "${name}" is no such package`);
  }
  const [{ serve }, provider] = await Promise.all([import("../plugin/rpc/server.js"), create(resolve(world))]);
  await serve(provider, rest);
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
