import type { ServicePlan } from "../../../model/plan/types";

/**
 * Whether members that do not lead answer reads by themselves in that version, unless they are told not to: from 2.5.0 on, and then what was just
 * written may not be there yet (its release notes, "Horizontal Read Scalability").
 */
export function readsAtStandbys({ version }: Pick<ServicePlan, "version">): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major > 2 || (major === 2 && minor >= 5);
}
