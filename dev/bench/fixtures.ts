import { registry } from "../../files/registry";
import { checkEnvironment } from "../../model/environment/checks";
import { parseEnvironmentFile } from "../../model/environment/parse";
import { resolveEnvironment } from "../../model/environment/resolve";
import type { Lock } from "../../model/lock";
import { checkPlannedCluster } from "../../model/plan/checks";
import { type PlannedEnvironment, planEnvironment } from "../../model/plan/plan";
import type { EnvironmentPlan } from "../../model/plan/types";
import { Findings } from "../../model/problems";

/** A highly available environment's file with so many workers. */
export function haFile(name: string, workers: number): Record<string, unknown> {
  return {
    name,
    profile: "highAvailability",
    infrastructure: { provider: "openstack", zones: ["az-1", "az-2", "az-3"], network: { cidr: "10.16.0.0/16" } },
    cluster: { network: { podCidr: "10.64.0.0/12" }, pools: { general: { nodes: workers, volumes: [{ name: "data", sizeGiB: 100 }] } } },
  };
}

/** Everything `kpaas plan` does to a file once it is read: parse, check, plan. */
export function planOf(file: unknown): EnvironmentPlan {
  return plannedOf(file).plan;
}

/** The lock that the first plan of a file asks for. */
export function lockOf(file: unknown): Lock {
  return plannedOf(file).lock;
}

function plannedOf(file: unknown): PlannedEnvironment {
  const findings = new Findings();
  const parsed = parseEnvironmentFile(file, registry, findings);
  const environment = resolveEnvironment(parsed.file, registry);
  checkEnvironment(environment, registry, findings);
  const planned = planEnvironment(environment, registry, undefined, findings);
  if (planned) findings.add(checkPlannedCluster(planned.plan, environment, registry));
  if (!planned || findings.hasErrors) throw new Error(`the fixture is wrong: ${JSON.stringify(findings.toProblems("bench"))}`);
  return planned;
}
