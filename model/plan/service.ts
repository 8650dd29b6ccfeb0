import { entryOf, findRelease, knownReleases } from "../catalog";
import type { ServiceDefinition } from "../service";
import type { ServicePlan } from "./types";

/**
 * One service as a release's catalogue has it, for a program that composes components by hand.
 * @param service its name in the catalogue, or the definition of one that brings its own entry
 * @param changes laid over it, e.g. `{ replicas: 2, host: "login.example.org" }`
 * @param release default the newest
 * @throws Error naming the releases there are
 */
export function catalogService(
  service: string | Pick<ServiceDefinition, "name" | "entry">,
  changes: Partial<Omit<ServicePlan, "name">> = {},
  release = knownReleases[0] ?? "",
): ServicePlan {
  const found = findRelease(release);
  if (found === undefined) throw new Error(`${release} is no release this version knows; use one of: ${knownReleases.join(", ")}`);
  const wanted = typeof service === "string" ? { name: service } : service;
  const { version, namespace, chart, images, defaults } = entryOf(wanted, found);
  return { name: wanted.name, namespace, version, dependsOn: [], images, ...defaults, ...(chart ? { chart } : {}), ...changes };
}
