import { findRelease } from "../catalog";
import { checkCluster } from "../cluster/checks";
import { machinePath } from "../environment/machines";
import type { Environment } from "../environment/types";
import { fieldOfVariable } from "../environment/variables";
import type { Finding } from "../problems";
import type { EnvironmentPlan } from "./types";

/** What kubespray would stop at, found on the plan and named by the fields of the environment file. */
export function checkPlannedCluster(plan: EnvironmentPlan, environment: Environment): Finding[] {
  return checkCluster(plan.cluster, plan.network.cidr).map((finding) => ({ ...finding, path: fieldPath(finding.path, plan, environment) }));
}

function fieldPath(path: string, plan: EnvironmentPlan, environment: Environment): string {
  const [head = "", second = "", ...rest] = path.split(".");
  switch (head.replace(/\[\d+\]$/, "")) {
    case "variables": {
      const field = fieldOfVariable(second);
      return field !== undefined && !(second in environment.cluster.variables) ? field : `cluster.variables.${second}`;
    }
    case "controlPlane":
    case "etcd":
      return "cluster.controlPlane.nodes";
    case "nodes": {
      const key = plan.cluster.nodes[second]?.key;
      for (const group of environment.groups) {
        const machine = group.machines.find((each) => each.key === key);
        if (!machine) continue;
        const field = rest[0]?.replace(/\[\d+\]$/, "");
        return field === "labels" || field === "taints" ? [group.path, ...rest].join(".") : machinePath(group, machine, field);
      }
      return "cluster.pools";
    }
    case "kubespray":
      return findRelease(plan.release)?.kubespray === plan.cluster.kubespray ? "release" : "lock.kubespray";
    case "kubernetes":
      return (environment.cluster.kubernetes ?? findRelease(plan.release)?.kubernetes === plan.cluster.kubernetes)
        ? "cluster.kubernetes"
        : "lock.kubernetes";
    case "apiEndpoint":
      return "cluster.apiEndpoint";
    default:
      return `cluster.${path}`;
  }
}
