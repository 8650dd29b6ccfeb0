import type { InfrastructureSecrets } from "../../components/infrastructure";
import type { Lock } from "../../model/lock";
import type { PlannedEnvironment } from "../../model/plan/plan";
import type { EnvironmentPlan, Profile } from "../../model/plan/types";
import { AwsInfrastructure } from "../../providers/aws/infrastructure";
import { type Graph, type GraphOptions, graph } from "../../testing/graph";
import { type FileContent, merge, plannedContent } from "./plan";
import { profilesIn } from "./profiles";

/** Zones of the region of the samples. */
export const ZONES = ["ap-northeast-2a", "ap-northeast-2b", "ap-northeast-2c"] as const;

/** What a simulated AWS has beforehand, where it has little. */
export const SMALL_WORLD = {
  images: ["ami-0123456789abcdef0"],
  instanceTypes: ["m6i.large"],
  zones: ["a", "b"],
  keyPairs: [],
  vpcs: [],
  subnets: [],
  elasticIps: [],
  crowded: [],
};

const BASE: FileContent = {
  name: "seoul",
  labels: { team: "platform" },
  infrastructure: { provider: "aws", region: "ap-northeast-2", zones: [ZONES[0]], network: { cidr: "10.20.0.0/16" } },
  cluster: {},
};

const PROFILES = profilesIn(ZONES);

/** Plan and lock of a typical AWS environment. `overrides` merges deeply over the file. */
export function awsEnvironment(profile: Profile, overrides: FileContent = {}, lock?: Lock): PlannedEnvironment {
  return plannedContent(merge(merge(BASE, PROFILES[profile]), overrides), lock);
}

/** The plan of `awsEnvironment`. */
export function awsPlan(profile: Profile, overrides?: FileContent, lock?: Lock): EnvironmentPlan {
  return awsEnvironment(profile, overrides, lock).plan;
}

/** What an AWS infrastructure named seoul registers for a plan. */
export function buildAws(plan: EnvironmentPlan, secrets: InfrastructureSecrets = {}, options?: GraphOptions): Promise<Graph> {
  return graph(() => new AwsInfrastructure("seoul", { plan, secrets }), options);
}
