import type { InfrastructureSecrets } from "../../components/infrastructure";
import type { Lock } from "../../model/lock";
import type { PlannedEnvironment } from "../../model/plan/plan";
import type { EnvironmentPlan, Profile } from "../../model/plan/types";
import { AzureInfrastructure } from "../../providers/azure/infrastructure";
import { type Graph, type GraphOptions, graph } from "../../testing/graph";
import { type FileContent, merge, plannedContent } from "./plan";
import { profilesIn } from "./profiles";

/** Zones of the region of the samples. */
export const ZONES = ["1", "2", "3"] as const;

const BASE: FileContent = {
  name: "seoul",
  labels: { team: "platform" },
  infrastructure: { provider: "azure", region: "koreacentral", zones: [ZONES[0]], network: { cidr: "10.20.0.0/16" } },
  cluster: {},
};

const PROFILES = profilesIn(ZONES);

/** Plan and lock of a typical Azure environment. `overrides` merges deeply over the file. */
export function azureEnvironment(profile: Profile, overrides: FileContent = {}, lock?: Lock): PlannedEnvironment {
  return plannedContent(merge(merge(BASE, PROFILES[profile]), overrides), lock);
}

/** The plan of `azureEnvironment`. */
export function azurePlan(profile: Profile, overrides?: FileContent, lock?: Lock): EnvironmentPlan {
  return azureEnvironment(profile, overrides, lock).plan;
}

/** What an Azure infrastructure named seoul registers for a plan. */
export function buildAzure(plan: EnvironmentPlan, secrets: InfrastructureSecrets = {}, options?: GraphOptions): Promise<Graph> {
  return graph(() => new AzureInfrastructure("seoul", { plan, secrets }), options);
}
