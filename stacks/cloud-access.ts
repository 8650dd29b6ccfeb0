import { all, type Output, secret } from "@pulumi/pulumi";
import type { ToldOutputs } from "../components/infrastructure";
import type { CloudAccess } from "../components/platform/grants";
import type { Told } from "../model/cloud-parts";
import type { EnvironmentPlan } from "../model/plan/types";
import { clouds } from "../providers/clouds";
import type { Cloud } from "../providers/define-cloud";

/** Whether any of the cloud's own parts is to run in the cluster. */
export function hasCloudParts({ services }: Pick<EnvironmentPlan, "services">): boolean {
  return services.some(({ needs }) => needs !== undefined && "cloud" in needs);
}

/** What the platform is given of its cloud, where that has parts that run in the cluster. */
export function cloudAccess({ provider }: Pick<EnvironmentPlan, "provider">, told: ToldOutputs | undefined): { cloud?: CloudAccess } {
  const parts = Object.values<Cloud>(clouds).find(({ name }) => name === provider)?.inCluster;
  if (parts === undefined) return {};
  const { ids = {}, secrets = {} } = told ?? {};
  return { cloud: { parts, told: known(ids), secrets: secret(known({ ...ids, ...secrets })) } };
}

function known(outputs: Readonly<Record<string, Output<string>>>): Output<Told> {
  return all(Object.values(outputs)).apply((values) =>
    Object.fromEntries(Object.keys(outputs).map((name, index) => [name, values[index] ?? ""])),
  );
}
