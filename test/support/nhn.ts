import type { InfrastructureSecrets } from "../../components/infrastructure";
import type { EnvironmentPlan, Profile } from "../../model/plan/types";
import { NhnInfrastructure } from "../../providers/nhn/infrastructure";
import { type Graph, type GraphOptions, graph } from "../../testing/graph";
import { INFRASTRUCTURES } from "./cloud-files";
import { plannedFile } from "./environment";
import { type FileContent, merge } from "./plan";

const BASE: FileContent = {
  name: "seoul",
  labels: { team: "platform" },
  infrastructure: {
    ...INFRASTRUCTURES.nhn,
    access: { adminCidrs: ["203.0.113.0/24"], ingressCidrs: ["0.0.0.0/0"] },
  },
  platform: { domain: "seoul.example.org" },
};

/** A typical environment on NHN Cloud, with more laid over it. */
export function nhnFile(profile: Profile, over: FileContent = {}): FileContent {
  const pools = { general: { nodes: 3, volumes: [{ name: "osd", sizeGiB: 100, type: "General HDD" }] } };
  const own = profile === "highAvailability" ? { cluster: { pools } } : {};
  return merge(merge({ ...BASE, profile }, own), over);
}

/** Its plan. */
export function nhnPlan(profile: Profile, over?: FileContent): EnvironmentPlan {
  return plannedFile(nhnFile(profile, over)).plan;
}

/** What its infrastructure registers. */
export function buildNhn(plan: EnvironmentPlan, secrets: InfrastructureSecrets = {}, options?: GraphOptions): Promise<Graph> {
  return graph(() => new NhnInfrastructure("seoul", { plan, secrets }), options);
}
