import { registry } from "../../files/registry";
import { parseEnvironmentFile } from "../../model/environment/parse";
import { resolveEnvironment } from "../../model/environment/resolve";
import type { Lock } from "../../model/lock";
import { type PlannedEnvironment, planEnvironment } from "../../model/plan/plan";
import type { EnvironmentPlan, Profile } from "../../model/plan/types";
import { Findings, formatProblem } from "../../model/problems";

/** Content of an environment file, or a part of one. */
export type FileContent = { readonly [field: string]: unknown };

const BASE: FileContent = {
  name: "seoul",
  labels: { team: "platform" },
  infrastructure: {
    provider: "openstack",
    region: "RegionOne",
    network: { cidr: "10.20.0.0/16", dns: ["10.0.0.2"] },
    openstack: { externalNetwork: "public" },
  },
  cluster: {},
};

const PROFILES: Readonly<Record<Profile, FileContent>> = {
  minimal: { profile: "minimal", infrastructure: { access: { adminCidrs: ["203.0.113.0/24"] } } },
  standard: { profile: "standard", infrastructure: { access: { bastion: true, adminCidrs: ["203.0.113.0/24"] } } },
  highAvailability: {
    profile: "highAvailability",
    infrastructure: {
      zones: ["az-1", "az-2", "az-3"],
      access: { adminCidrs: ["203.0.113.0/24"], ingressCidrs: ["0.0.0.0/0"] },
      openstack: { loadBalancerProvider: "amphora", bootVolumeGiB: 50, bootVolumeType: "ssd" },
    },
    cluster: { pools: { general: { nodes: 3, volumes: [{ name: "osd", sizeGiB: 100, type: "ssd" }] } } },
  },
};

/**
 * Plan and lock of a typical OpenStack environment, from the real parser and planner. `overrides` merges deeply over the file; an override of
 * `undefined` takes a field out. The lock keeps what an earlier plan chose.
 *
 * @throws Error listing the problems of a file that has some.
 */
export function sampleEnvironment(profile: Profile, overrides: FileContent = {}, lock?: Lock): PlannedEnvironment {
  return plannedContent(merge(merge(BASE, PROFILES[profile]), overrides), lock);
}

/** Plan and lock of a file's content, from the real parser and planner. @throws Error listing the problems of one that has some */
export function plannedContent(content: FileContent, lock?: Lock): PlannedEnvironment {
  const findings = new Findings();
  const planned = planEnvironment(
    resolveEnvironment(parseEnvironmentFile(content, registry, findings).file, registry, content, [], lock),
    registry,
    lock,
    findings,
  );
  if (planned === undefined || findings.hasErrors) throw new Error(findings.toProblems("seoul").map(formatProblem).join("\n"));
  return planned;
}

/** The plan of `sampleEnvironment`. */
export function samplePlan(profile: Profile, overrides?: FileContent, lock?: Lock): EnvironmentPlan {
  return sampleEnvironment(profile, overrides, lock).plan;
}

/** One content laid over another, deeply; `undefined` takes a field out. */
export function merge(below: FileContent, above: FileContent): FileContent {
  const merged: Record<string, unknown> = { ...below };
  for (const [key, value] of Object.entries(above)) {
    const old = merged[key];
    if (value === undefined) delete merged[key];
    else merged[key] = isMap(old) && isMap(value) ? merge(old, value) : value;
  }
  return merged;
}

function isMap(value: unknown): value is FileContent {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
