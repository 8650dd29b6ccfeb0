import { findRelease, knownReleases } from "../catalog";
import type { ServiceName, ServicePlan } from "./types";

/**
 * One service as a release's catalogue has it, for a program that composes components by hand.
 * @param changes laid over it, e.g. `{ replicas: 2, host: "login.example.org" }`
 * @param release default the newest
 * @throws Error naming the releases there are
 */
export function catalogService(
  name: ServiceName,
  changes: Partial<Omit<ServicePlan, "name">> = {},
  release = knownReleases[0] ?? "",
): ServicePlan {
  const found = findRelease(release);
  if (found === undefined) throw new Error(`${release} is no release this version knows; use one of: ${knownReleases.join(", ")}`);
  const { version, namespace, chart, images, defaults } = found.services[name];
  return { name, namespace, version, dependsOn: [], images, ...defaults, ...(chart ? { chart } : {}), ...changes };
}
