import type { InfrastructureSecrets } from "../../components/infrastructure";
import type { Lock } from "../../model/lock";
import type { PlannedEnvironment } from "../../model/plan/plan";
import type { EnvironmentPlan, Profile } from "../../model/plan/types";
import { GcpInfrastructure } from "../../providers/gcp/infrastructure";
import { type Graph, type GraphOptions, graph } from "../../testing/graph";
import { type FileContent, merge, plannedContent } from "./plan";
import { profilesIn } from "./profiles";

/** Zones of the region of the samples. */
export const ZONES = ["asia-northeast3-a", "asia-northeast3-b", "asia-northeast3-c"] as const;

const BASE: FileContent = {
  name: "seoul",
  labels: { team: "platform" },
  infrastructure: {
    provider: "gcp",
    region: "asia-northeast3",
    zones: [ZONES[0]],
    network: { cidr: "10.20.0.0/16" },
    gcp: { project: "acme-platform" },
  },
  cluster: {},
};

const PROFILES = profilesIn(ZONES);

/** Plan and lock of a typical GCP environment. `overrides` merges deeply over the file. */
export function gcpEnvironment(profile: Profile, overrides: FileContent = {}, lock?: Lock): PlannedEnvironment {
  return plannedContent(merge(merge(BASE, PROFILES[profile]), overrides), lock);
}

/** The plan of `gcpEnvironment`. */
export function gcpPlan(profile: Profile, overrides?: FileContent, lock?: Lock): EnvironmentPlan {
  return gcpEnvironment(profile, overrides, lock).plan;
}

/** What a GCP infrastructure named seoul registers for a plan. */
export function buildGcp(plan: EnvironmentPlan, secrets: InfrastructureSecrets = {}, options?: GraphOptions): Promise<Graph> {
  return graph(() => new GcpInfrastructure("seoul", { plan, secrets }), options);
}
