import { Cloud, type SimulatedCloud } from "./cloud";
import type { PartsAtWork } from "./in-cluster";

/** A cloud's parts at work in a world. */
export function partsAtWork<List extends string, Quota extends string>(
  simulated: SimulatedCloud<List, Quota>,
  worldDir: string,
): PartsAtWork {
  const cloud = new Cloud(simulated, worldDir);
  const { parts = {} } = simulated;
  const { controller, volumes } = parts;
  return {
    parts,
    balance: (service, settings) => cloud.store.transaction(() => controller?.balance(cloud, service, settings) ?? ""),
    make: (claim) => cloud.store.transaction(() => volumes?.make(cloud, claim)),
    release: (services, claims) =>
      cloud.store.transaction(() => {
        if (services !== undefined) controller?.release(cloud, services);
        volumes?.release(cloud, claims);
      }),
  };
}
