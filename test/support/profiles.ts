import type { Profile } from "../../model/plan/types";
import type { FileContent } from "./plan";

/** What the samples of each profile have on a cloud of three zones, beside what is the cloud's own. */
export function profilesIn(zones: readonly string[]): Readonly<Record<Profile, FileContent>> {
  return {
    minimal: { profile: "minimal", infrastructure: { access: { adminCidrs: ["203.0.113.0/24"] } } },
    standard: {
      profile: "standard",
      infrastructure: { zones: zones.slice(0, 2), access: { bastion: true, adminCidrs: ["203.0.113.0/24"] } },
    },
    highAvailability: {
      profile: "highAvailability",
      infrastructure: { zones, access: { adminCidrs: ["203.0.113.0/24"], ingressCidrs: ["0.0.0.0/0"] } },
      cluster: { pools: { general: { nodes: 3, volumes: [{ name: "osd", sizeGiB: 100 }] } } },
    },
  };
}
