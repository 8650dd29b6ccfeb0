import type { VolumePlan } from "./infrastructure-types";

/** A volume in words. */
export function describeVolume({ name, sizeGiB }: Pick<VolumePlan, "name" | "sizeGiB">): string {
  return sizeGiB === undefined ? name : `${name} ${sizeGiB} GiB`;
}
