import type { Output } from "@pulumi/pulumi";
import type { Infrastructure } from "../components/infrastructure";
import { nodeSubnet } from "../model/plan/subnets";
import type { EnvironmentPlan } from "../model/plan/types";

/** Where something is reached: inside the machines' network, and outside it where it has an address there. */
export interface Place {
  readonly address: string;
  readonly publicAddress?: Output<string>;
}

/** Where an environment is reached; the stack's output `addresses`. */
export interface Addresses {
  readonly api: Place;
  readonly ingress: Place;
  readonly bastion?: Place;
}

/** The inside addresses by the plan, the outside ones as the infrastructure has them. */
export function addressesOf(
  plan: EnvironmentPlan,
  { apiEndpoint, ingressPublicAddress, ssh }: Pick<Infrastructure, "apiEndpoint" | "ingressPublicAddress" | "ssh">,
): Addresses {
  const place = (address: string, publicAddress: Output<string> | undefined): Place =>
    publicAddress === undefined ? { address } : { address, publicAddress };
  const bastion = plan.machines.find(({ roles }) => roles.includes("bastion"));
  return {
    api: place(plan.apiEndpoint.address, apiEndpoint.publicAddress),
    ingress: place(plan.platform.ingress.address, ingressPublicAddress),
    ...(bastion && { bastion: place(bastion.address, plan.network.floating.bastion && ssh.bastion?.address) }),
  };
}

/** The outputs that say where an environment is reached, with the records its domains need and nobody writes: name → address. */
export function addressOutputs(plan: EnvironmentPlan, addresses: Addresses): Readonly<Record<string, unknown>> {
  const { api, ingress } = addresses;
  const { domain } = plan.apiEndpoint;
  const hosts = plan.services.flatMap(({ host }) => (host === undefined || host.endsWith(".nip.io") ? [] : [host]));
  const { names = [] } = plan.network;
  const written = (name: string): boolean => names.some((each) => each === name || (each.startsWith("*.") && name.endsWith(each.slice(1))));
  const records = [...hosts.map((host) => [host, ingress] as const), ...(domain === undefined ? [] : [[domain, api] as const])].filter(
    ([name]) => !written(name),
  );
  return {
    addresses,
    dnsRecords: Object.fromEntries(records.map(([name, { address, publicAddress }]) => [name, publicAddress ?? address])),
  };
}

/** The address at which this tool reaches the API, where that is not the one that nodes use. */
export function publicApi({ access }: EnvironmentPlan, publicAddress: Output<string> | undefined): { publicAddress?: Output<string> } {
  return access.api === "direct" && publicAddress !== undefined ? { publicAddress } : {};
}

/** The subnet of the nodes, where they are all in one of ours. */
export function subnetOfNodes(plan: EnvironmentPlan): { networkCidr?: string } {
  const networkCidr = nodeSubnet(plan);
  return networkCidr === undefined ? {} : { networkCidr };
}
