import type { CloudPlan, EnvironmentPlan } from "../../model/plan/types";

/** The options of OpenStack's own, as the plan has them. */
export interface OpenStackOptions {
  /** The network that floating addresses and the router's way out are in, by name or id. */
  readonly externalNetwork: string;
  /** What Octavia makes balancers of. */
  readonly loadBalancerProvider: "amphora" | "ovn";
  /** Size of the boot volume in GiB. */
  readonly bootVolumeGiB: number;
  /** Its volume type, by name or id; undefined: the cloud's. */
  readonly bootVolumeType?: string;
  /** Addresses and networks, besides the plan's own, that nodes may send from. */
  readonly allowedAddresses?: readonly string[];
}

/** The part of a plan for OpenStack. */
export type OpenStackPlan = CloudPlan & OpenStackOptions & { readonly provider: "openstack" };

/** Whether a plan's cloud is OpenStack. */
export function isOpenStack(cloud: CloudPlan): cloud is OpenStackPlan {
  return cloud.provider === "openstack";
}

/** What a plan has for OpenStack. @throws Error for a plan of another cloud */
export function openstackOf({ cloud }: Pick<EnvironmentPlan, "cloud">): OpenStackPlan {
  if (!isOpenStack(cloud)) throw new Error(`the plan is for ${cloud.provider}, not for OpenStack`);
  return cloud;
}
