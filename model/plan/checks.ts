import { findRelease } from "../catalog";
import { checkCluster } from "../cluster/checks";
import { checkKnown } from "../environment/known-variables";
import { machinePath } from "../environment/machines";
import type { Environment } from "../environment/types";
import { type Finding, Findings } from "../problems";
import type { Registry } from "../registry";
import { incompatible } from "./compatibility";
import { inputField } from "./input-field";
import { nodeSubnet } from "./subnets";
import type { EnvironmentPlan } from "./types";

/** What kubespray would stop at, and what does not go with the cluster's version, found on the plan and named by the fields of the file. */
export function checkPlannedCluster(plan: EnvironmentPlan, environment: Environment, registry: Registry): readonly Finding[] {
  const findings = new Findings();
  findings.add(
    checkCluster(plan.cluster, nodeSubnet(plan)).map((finding) => ({ ...finding, path: fieldPath(finding.path, plan, environment) })),
  );
  findings.add(incompatible(plan, registry, fieldPath("kubernetes", plan, environment)));
  const known = new Findings();
  checkKnown(environment.cluster.variables, plan.cluster.kubespray, known);
  findings.addNew(known);
  return findings.all;
}

function fieldPath(path: string, plan: EnvironmentPlan, environment: Environment): string {
  const [head = "", second = "", ...rest] = path.split(".");
  switch (head.replace(/\[\d+\]$/, "")) {
    case "variables":
      if (second in environment.cluster.variables) return `cluster.variables.${second}`;
      break;
    case "nodes": {
      const key = plan.cluster.nodes[second]?.key;
      for (const group of environment.groups) {
        const machine = group.machines.find((each) => each.key === key);
        if (!machine) continue;
        const field = rest[0]?.replace(/\[\d+\]$/, "");
        return field === "labels" || field === "taints" ? [group.path, ...rest].join(".") : machinePath(group, machine, field);
      }
      break;
    }
    case "kubespray":
      return findRelease(plan.release)?.kubespray === plan.cluster.kubespray ? "release" : "lock.kubespray";
    case "kubernetes":
      return (environment.cluster.kubernetes ?? findRelease(plan.release)?.kubernetes === plan.cluster.kubernetes)
        ? "cluster.kubernetes"
        : "lock.kubernetes";
  }
  return inputField(path, () => undefined);
}
