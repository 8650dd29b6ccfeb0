import { getInstance } from "@pulumi/gcp/compute/getInstance";
import type { InvokeOptions } from "@pulumi/pulumi";
import type { EnvironmentPlan } from "../../model/plan/types";
import type { Put } from "../asking/ask";
import { MISSING } from "./ask";
import { gcpLabels } from "./names";
import { balancesServices, type GcpPlan } from "./plan";

/** Where the cloud's controller takes a node for the instance of its name, in whichever zone of the region: nobody else may have one of that name. */
export function askNames(
  plan: EnvironmentPlan,
  { project }: GcpPlan,
  zones: () => Promise<{ readonly names?: readonly string[] }>,
  put: Put,
  options: InvokeOptions,
): void {
  if (!balancesServices(plan)) return;
  const own = Object.values(gcpLabels({ own: plan.environment }))[0];
  const found = zones();
  found.catch(() => undefined);
  for (const { name } of plan.machines)
    void put({
      path: "platform.loadBalancer.services",
      value: name,
      what: "names of instances",
      ask: async () => {
        const { names = [] } = await found;
        const taken = await Promise.all(names.map(async (zone) => ((await isOthers({ project, zone, name }, own, options)) ? [zone] : [])));
        return taken.flat();
      },
      check: ([zone]) =>
        zone === undefined
          ? undefined
          : {
              path: "platform.loadBalancer.services",
              value: name,
              reason: `the project has an instance of that name in ${zone} which is not this environment's, and the cloud's controller takes nodes for the instances of their names`,
              remedy: "give the machine another key, or the environment another project or region",
            },
    });
}

async function isOthers(
  where: { readonly project: string; readonly zone: string; readonly name: string },
  own: string | undefined,
  options: InvokeOptions,
): Promise<boolean> {
  try {
    const { labels } = await getInstance(where, options);
    return labels?.["kpaas-environment"] !== own;
  } catch (error) {
    if (MISSING.test(String(error))) return false;
    throw error;
  }
}
