import type { ServicePlan } from "./plan/types";
import type { ServiceDefinition } from "./service";

/** The fewest that go on when one of them is lost, where more than half must agree. */
const QUORUM = 3;

/**
 * How many instances a service has where the file says no number.
 * @param several how many the profile gives to whoever can have them
 */
export function instancesByProfile({ replicas }: Pick<ServiceDefinition, "replicas">, several: number): number {
  if (replicas === "profile") return several;
  // Two that must agree are lost with either of them.
  return replicas !== 1 && several > 1 ? QUORUM : 1;
}

/** How many volumes of its size a service has: members that agree have one each. */
export function volumesOf({ quorum, severalBy, replicas }: Pick<ServicePlan, "quorum" | "severalBy" | "replicas">): number {
  return quorum || severalBy !== undefined ? replicas : 1;
}
