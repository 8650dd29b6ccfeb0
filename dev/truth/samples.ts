import type { EnvironmentPlan, Profile } from "../../model/plan/types";
import { clouds } from "../../providers/clouds";
import { awsPlan, buildAws } from "../../test/support/aws";
import { azurePlan, buildAzure } from "../../test/support/azure";
import { plannedFile } from "../../test/support/environment";
import { buildGcp, gcpPlan } from "../../test/support/gcp";
import type { FileContent } from "../../test/support/plan";
import { SHAPES } from "../../test/support/shapes";
import { fileOf, NEAR } from "../../test/support/wishes";
import type { Graph, GraphOptions } from "../../testing/graph";
import { unwrapSecret } from "../../testing/mocks";

export type MadeCloud = "aws" | "gcp" | "azure";

/** A resource as its provider gets it: secrets are open. */
export interface Made {
  readonly type: string;
  readonly name: string;
  readonly inputs: Readonly<Record<string, unknown>>;
}

/** An environment's resources at its cloud, in the order in which they are made. */
export interface Sample {
  readonly name: string;
  readonly plan: EnvironmentPlan;
  readonly resources: readonly Made[];
}

interface Builder {
  /** What types of its SDK begin with. */
  readonly tokens: string;
  plan(profile: Profile, overrides?: FileContent): EnvironmentPlan;
  build(plan: EnvironmentPlan, secrets?: object, options?: GraphOptions): Promise<Graph>;
}

const BUILDERS: Readonly<Record<MadeCloud, Builder>> = {
  aws: { tokens: "aws:", plan: awsPlan, build: buildAws },
  gcp: { tokens: "gcp:", plan: gcpPlan, build: buildGcp },
  azure: { tokens: "azure-native:", plan: azurePlan, build: buildAzure },
};

const PROFILES: readonly Profile[] = ["minimal", "standard", "highAvailability"];

/** The three profiles; and the largest with the cloud's parts in the cluster, with names as long as they may be, and on a network that is there. */
export async function samplesOf(cloud: MadeCloud, options?: GraphOptions): Promise<readonly Sample[]> {
  const { tokens, plan, build } = BUILDERS[cloud];
  const { can, inCluster: parts = {} } = clouds[cloud];
  const platform = {
    ...(parts.volumes === undefined ? {} : { storage: { kind: "cloud" } }),
    ...(parts.controller === undefined ? {} : { loadBalancer: { kind: "cloud", ...(can.virtualAddresses ? {} : { services: true }) } }),
  };
  const shape = SHAPES[cloud];
  if (shape === undefined) throw new Error(`test/support/shapes.ts has no ${cloud}`);
  const ofWish = (existing: boolean): EnvironmentPlan => {
    const wish = { ...NEAR, existing };
    return plannedFile(fileOf(wish, shape.infrastructure(wish, shape.zones))).plan;
  };
  const plans: readonly (readonly [string, EnvironmentPlan])[] = [
    ...PROFILES.map((profile) => [profile, plan(profile)] as const),
    ["in the cluster", plan("highAvailability", { platform })],
    ["resolvers", plan("minimal", { infrastructure: { network: { dns: ["10.0.0.2"] } } })],
    ["long names", ofWish(false)],
    ["existing network", ofWish(true)],
  ];
  const samples: Sample[] = [];
  for (const [name, each] of plans) {
    const { resources } = await build(each, {}, options);
    samples.push({
      name,
      plan: each,
      resources: resources
        .filter((resource) => resource.type.startsWith(tokens))
        .map((resource) => ({ ...resource, inputs: Object.fromEntries(Object.entries(resource.inputs).map(opened)) })),
    });
  }
  return samples;
}

function opened([key, value]: [string, unknown]): [string, unknown] {
  return [key, unwrapSecret(value)];
}
