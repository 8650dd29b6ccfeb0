import type { ServiceDefinition } from "../../model/service";

/** Every profile there is. */
export const EVERY_PROFILE = ["minimal", "standard", "highAvailability"] as const;

/** Describes a service. */
export function defineService<const D extends ServiceDefinition>(definition: D): D {
  return definition;
}
