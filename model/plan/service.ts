import { entryOf, findRelease, knownReleases } from "../catalog";
import { placementValues } from "../charts/placement";
import { overlay } from "../data";
import type { ServiceDefinition } from "../service";
import type { ServicePlan } from "./types";

/**
 * One service as a release's catalogue has it, for a program that composes components by hand.
 * @param service its name in the catalogue, or the definition of one that brings its own entry
 * @param changes laid over it, e.g. `{ replicas: 2, host: "login.example.org" }`
 * @param release default the newest
 * @param cloud whose part it is, where it is one of a cloud's
 * @throws Error naming the releases there are
 */
export function catalogService(
  service: string | Pick<ServiceDefinition, "name" | "entry" | "cloudPart">,
  changes: Partial<Omit<ServicePlan, "name">> = {},
  release = knownReleases[0] ?? "",
  cloud = "",
): ServicePlan {
  const found = findRelease(release);
  if (found === undefined) throw new Error(`${release} is no release this version knows; use one of: ${knownReleases.join(", ")}`);
  const wanted = typeof service === "string" ? { name: service } : service;
  const { version, namespace, chart, charts, images, values, defaults } = entryOf(wanted, found, cloud);
  const placed = chart && placementValues(chart, changes);
  return {
    name: wanted.name,
    namespace,
    version,
    dependsOn: [],
    images,
    ...defaults,
    ...(chart ? { chart } : {}),
    ...(charts ? { charts } : {}),
    ...(values ? { values } : {}),
    ...changes,
    ...(placed ? { values: overlay(placed, changes.values ?? values ?? {}) } : {}),
  };
}
