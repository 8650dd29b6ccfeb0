import { getFloatingIp } from "@pulumi/openstack/networking/getFloatingIp";
import { getNetwork } from "@pulumi/openstack/networking/getNetwork";
import { getRouter } from "@pulumi/openstack/networking/getRouter";
import { getSubnet } from "@pulumi/openstack/networking/getSubnet";
import { type Input, type InvokeOptions, type Output, output } from "@pulumi/pulumi";
import type { EnvironmentPlan } from "../../model/plan/types";
import type { Finding } from "../../model/problems";
import type { Put } from "../asking/ask";
import { isId, nameOrId } from "./ask";

/** The external network. The provider looks the pool of floating addresses up by its name, everything else by its id. */
export interface External {
  readonly id: Output<string>;
  readonly name: Output<string>;
}

/** Ids of the network and the node subnet that are there already. */
export interface Existing {
  readonly network: Output<string>;
  readonly subnet: Output<string>;
}

/** The network that floating addresses and the router's way out are of; not asked for where nothing needs one. */
export function askExternal(plan: EnvironmentPlan, wanted: string, put: Put, options: InvokeOptions): External {
  const made = Object.values(plan.network.floating).some(({ address }) => address === undefined);
  const found =
    plan.network.existing === undefined || made
      ? put({
          path: "infrastructure.openstack.externalNetwork",
          value: wanted,
          what: "external network",
          ask: () => getNetwork({ ...nameOrId("networkId", wanted), external: true }, options),
        })
      : Promise.resolve(undefined);
  return {
    id: output(isId(wanted) ? wanted : found.then((network) => network?.id ?? wanted)),
    name: output(isId(wanted) ? found.then((network) => network?.name ?? wanted) : wanted),
  };
}

/**
 * The network, subnet and router that are used instead of being made.
 * @param ids what references in the plan stand for. They come from what made it, so the cloud is not asked: in a preview it may be to come
 */
export function askExisting(
  plan: EnvironmentPlan,
  put: Put,
  options: InvokeOptions,
  ids: Readonly<Record<string, Input<string>>>,
): Existing {
  const { existing } = plan.network;
  const path = "infrastructure.network.existing";
  const { network: wanted = "", subnet: within = "", router } = existing ?? {};
  if (existing === undefined) return { network: output(wanted), subnet: output(within) };
  const [networkId, subnetId] = [ids[wanted], ids[within]];
  const unasked = Promise.resolve(undefined);
  const network =
    networkId !== undefined
      ? unasked
      : put({
          path: `${path}.network`,
          value: wanted,
          what: "network",
          ask: () => getNetwork(nameOrId("networkId", wanted), options),
        });
  const subnet =
    subnetId !== undefined
      ? unasked
      : put({
          path: `${path}.subnets.node`,
          value: within,
          what: "subnet",
          ask: async () => {
            const found = await network;
            return await getSubnet({ ...nameOrId("subnetId", within), ...(found?.id && { networkId: found.id }) }, options);
          },
          check: ({ cidr }) =>
            cidr && cidr !== plan.network.cidr
              ? {
                  path: "infrastructure.network.cidr",
                  value: plan.network.cidr,
                  reason: `the existing subnet ${within} is ${cidr}`,
                  remedy: `set it to ${cidr}`,
                }
              : undefined,
        });
  if (router !== undefined && ids[router] === undefined)
    void put({ path: `${path}.router`, value: router, what: "router", ask: () => getRouter(nameOrId("routerId", router), options) });
  return {
    network: output(networkId ?? (isId(wanted) ? wanted : network.then((found) => found?.id ?? wanted))),
    subnet: output(subnetId ?? (isId(within) ? within : subnet.then((found) => found?.id ?? within))),
  };
}

/** Floating addresses that were made beforehand: there, and used by nothing else. */
export function askFloating(plan: EnvironmentPlan, put: Put, options: InvokeOptions): void {
  const { machines, apiEndpoint, platform } = plan;
  const own = new Set([...machines.map(({ address }) => address), apiEndpoint.address, platform.ingress.address]);
  for (const [what, { address }] of Object.entries(plan.network.floating)) {
    if (address === undefined) continue;
    const path = `infrastructure.network.floating.${what}`;
    void put({
      path,
      value: address,
      what: "floating address",
      ask: () => getFloatingIp({ address }, options),
      check: ({ portId, fixedIp }): Finding | undefined =>
        !portId || (fixedIp && own.has(fixedIp))
          ? undefined
          : {
              path,
              value: address,
              reason: `points to ${fixedIp || `the port ${portId}`} already`,
              remedy: "give a free one, or take it from there first",
            },
    });
  }
}
