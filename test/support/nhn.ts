import type { InfrastructureSecrets } from "../../components/infrastructure";
import type { EnvironmentPlan, Profile } from "../../model/plan/types";
import { NhnInfrastructure } from "../../providers/nhn/infrastructure";
import { type Graph, type GraphOptions, graph } from "../../testing/graph";
import { plannedFile } from "./environment";
import { type FileContent, merge } from "./plan";

const BASE: FileContent = {
  name: "seoul",
  labels: { team: "platform" },
  infrastructure: {
    provider: "nhn",
    region: "KR1",
    zones: ["kr-pub-a", "kr-pub-b"],
    image: "Ubuntu Server 22.04.5 LTS (2025.07.15)",
    network: { cidr: "192.168.0.0/24", existing: { network: "Default Network", subnets: { node: "Default Network" } } },
    access: { adminCidrs: ["203.0.113.0/24"], ingressCidrs: ["0.0.0.0/0"] },
    nhn: { bootVolumeType: "General SSD" },
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
