import type { EnvironmentPlan } from "../../model/plan/types";
import { worldOf as openstackWorld } from "../openstack/world";

/**
 * What exists in an environment's NHN Cloud, and that it is one: the provider is OpenStack's. What leads out of the subnet is no router there,
 * but its routing table's internet gateway.
 */
export function worldOf(plan: EnvironmentPlan): ReturnType<typeof openstackWorld> & { readonly cloud: string } {
  return {
    ...openstackWorld(plan),
    ...{ routers: ["internet gateway"], dnsZones: [], roles: [], loadBalancerProviders: [] },
    cloud: plan.provider,
  };
}
