import { getAddress } from "@pulumi/gcp/compute/getAddress";
import { getAddresses } from "@pulumi/gcp/compute/getAddresses";
import { getForwardingRule } from "@pulumi/gcp/compute/getForwardingRule";
import { getInstance } from "@pulumi/gcp/compute/getInstance";
import type { InvokeOptions } from "@pulumi/pulumi";
import type { EnvironmentPlan } from "../../model/plan/types";
import type { Finding } from "../../model/problems";
import type { Put } from "../asking/ask";
import { MISSING } from "./ask";
import { gcpName, instanceName } from "./names";
import { balancesServices, type GcpPlan } from "./plan";

/** Addresses that were made beforehand: there, of the tier that is used, and used by nothing else. */
export function askAddresses(plan: EnvironmentPlan, gcp: GcpPlan, put: Put, options: InvokeOptions): void {
  const { project, region = "" } = gcp;
  for (const [what, { address }] of Object.entries(plan.network.floating)) {
    if (address === undefined) continue;
    const path = `infrastructure.network.floating.${what}`;
    const wrong = (reason: string, remedy: string): Finding => ({ path, value: address, reason, remedy });
    void put({
      path,
      value: address,
      what: "floating address",
      ask: async () => {
        const { addresses } = await getAddresses({ project, region, filter: `address = "${address}"` }, options);
        if (addresses === undefined) return undefined;
        const found = addresses.find((each) => each.address === address);
        if (found === undefined) return "none";
        const { networkTier } = await getAddress({ project, region, name: found.name }, options);
        const taken = found.status === "IN_USE" && (await ownAddress(what, plan, gcp, options)) !== address;
        return { addressType: found.addressType, networkTier, taken };
      },
      check: (found) => {
        if (found === undefined) return undefined;
        if (found === "none")
          return wrong(`the project has no such address in ${region}`, "name one that is there: `gcloud compute addresses list`");
        if (found.addressType === "INTERNAL") return wrong("is one inside a network", "name an external one");
        if (found.networkTier === "STANDARD") return wrong("is of the tier STANDARD", "name one of the tier PREMIUM, which is used here");
        return found.taken ? wrong("is used by something else already", "give a free one, or take it from there first") : undefined;
      },
    });
  }
}

/** The address outside that the environment's own machine or balancer has; undefined where it does not stand. */
async function ownAddress(
  what: string,
  plan: EnvironmentPlan,
  { project, region = "" }: GcpPlan,
  options: InvokeOptions,
): Promise<string | undefined> {
  try {
    // The controller's own is called after the Service.
    if (what === "ingress" && balancesServices(plan)) return plan.network.floating.ingress?.address;
    if (what !== "bastion") return (await getForwardingRule({ project, region, name: gcpName(plan, `${what}-public`) }, options)).ipAddress;
    const bastion = plan.machines.find(({ roles }) => roles.includes("bastion"));
    if (bastion === undefined) return undefined;
    const { networkInterfaces } = await getInstance({ project, zone: bastion.zone, name: instanceName(plan, bastion.name) }, options);
    return networkInterfaces?.[0]?.accessConfigs?.[0]?.natIp;
  } catch (error) {
    if (MISSING.test(String(error))) return undefined;
    throw error;
  }
}
