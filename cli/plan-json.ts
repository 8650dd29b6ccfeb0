import type { PlannedEnvironment } from "../model/plan/plan";
import { printedNetwork } from "../model/plan/subnets";
import { countResources, type PlanPart } from "./views";

/** The plan in the shape `kpaas plan --json` prints: all of it, or the environment's name and one part. */
export function planJson(
  { plan, shipped }: Pick<PlannedEnvironment, "plan" | "shipped">,
  part?: Exclude<PlanPart, "permissions" | "rotation">,
): Readonly<Record<string, unknown>> {
  const { environment, machines, flows, apiEndpoint, inventory, images, files, bom } = plan;
  const network = printedNetwork(plan.network);
  const services = plan.services.map(({ name, namespace, version, dependsOn, replicas, chart, host, sizeGiB }) => ({
    name,
    namespace,
    version,
    dependsOn,
    replicas,
    chart,
    host,
    sizeGiB,
  }));
  switch (part) {
    case undefined:
      return {
        environment,
        release: plan.release,
        profile: plan.profile,
        provider: plan.provider,
        versions: { kubernetes: plan.cluster.kubernetes, kubespray: plan.cluster.kubespray, shipped },
        machines,
        network,
        flows,
        apiEndpoint,
        inventory,
        services,
        ...(plan.tenants === undefined ? {} : { tenants: plan.tenants }),
        ...(plan.extra === undefined ? {} : { extra: plan.extra }),
        images,
        files,
        bom,
      };
    case "network":
      return { environment, network, apiEndpoint };
    case "resources":
      return { environment, resources: countResources(plan) };
    default:
      return { environment, [part]: { machines, flows, inventory, services, images, files, bom }[part] };
  }
}
