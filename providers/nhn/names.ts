/** What NHN Cloud takes; one table for the checks and for the sandbox, which refuses the same. Sources are in `facts.ts`. */
export const nhnLimits = {
  /** GiB of a boot volume of Linux. */
  bootVolumeGiB: { least: 20, most: 2000 },
  /** Regions by the names of its catalogue. */
  regions: ["KR1", "KR2", "KR3", "JP1"],
  /** Pieces of metadata that a server keeps beside the plan's own four. */
  labels: 124,
  /** Policies of a placement policy, which nova calls server group. */
  policies: ["anti-affinity"],
} as const;

/** Flavors whose root disk is the host's own. */
export const LOCAL_FLAVORS = /^u2\./;

/** Flavors by the sizes that every cloud has. What one stands for never changes: the machines would be resized. */
export const SIZES = {
  small: "m2.c1m2",
  medium: "m2.c2m4",
  large: "m2.c4m8",
  xlarge: "m2.c8m16",
} as const;
