import { at, fields, list } from "../data";
import { matches } from "../glob";
import type { HealthCheck } from "./health";

/** A Deployment as the API tells it. */
export interface LiveDeployment {
  /** `NAMESPACE/NAME`. */
  readonly name: string;
  /** Whether as many of its pods as it may do without are ready, of the version that is asked for. */
  readonly available: boolean;
  readonly ready: number;
  readonly wanted: number;
}

/** Reads the objects of a list of Deployments. */
export function deploymentsIn(items: readonly unknown[]): LiveDeployment[] {
  return items.map((item) => {
    const { namespace, name, generation = 0 } = fields(fields(item).metadata);
    const { observedGeneration = 0, readyReplicas = 0, conditions } = fields(fields(item).status);
    const isAvailable = list(conditions)
      .map(fields)
      .some(({ type, status }) => type === "Available" && status === "True");
    // What is not observed yet says nothing of the version that is asked for.
    const available = isAvailable && Number(observedGeneration) >= Number(generation);
    return { name: `${namespace}/${name}`, available, ready: Number(readyReplicas), wanted: Number(at(item, "spec.replicas") ?? 1) };
  });
}

/**
 * Whether Deployments are there and available.
 * @param wanted `NAMESPACE/NAME`; `*` stands for any, of which there has to be one at least
 * @param found a text where nobody could tell
 */
export function deploymentChecks(wanted: readonly string[], found: readonly LiveDeployment[] | string): HealthCheck[] {
  const bad = (detail: string, remedy: string): HealthCheck => ({ name: "deployments", status: "bad", detail, remedy });
  if (typeof found === "string") return [bad(`nobody tells of them: ${found}`, "look at the API server first")];
  const own = (glob: string) => found.filter(({ name }) => matches(glob, name));
  const missing = wanted.filter((glob) => own(glob).length === 0);
  const meant = [...new Set(wanted.flatMap(own))];
  const down = meant.filter(({ available }) => !available).map(({ name, ready, wanted: all }) => `${name} (${ready} of ${all} pods)`);
  if (missing.length + down.length === 0) return [{ name: "deployments", status: "ok", detail: `all ${meant.length} are available` }];
  return [
    ...(missing.length > 0 ? [bad(`there is no ${missing.join(", ")}`, "switch on what brings it, or wait for another")] : []),
    ...(down.length > 0 ? [bad(`${down.join(", ")} are not available`, "look at their pods: kubectl describe pod, and logs")] : []),
  ];
}
