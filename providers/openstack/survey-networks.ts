import { getFloatingIp } from "@pulumi/openstack/networking/getFloatingIp";
import { getNetwork } from "@pulumi/openstack/networking/getNetwork";
import { getRouter } from "@pulumi/openstack/networking/getRouter";
import { getSubnet } from "@pulumi/openstack/networking/getSubnet";
import { type Input, type InvokeOptions, type Output, output } from "@pulumi/pulumi";
import type { EnvironmentPlan } from "../../model/plan/types";
import type { Finding } from "../../model/problems";
import type { Put } from "../asking/ask";
import { nameOrId } from "./ask";
import { isId } from "./names";
import { ownField } from "./plan";

/** The external network. The provider looks the pool of floating addresses up by its name, everything else by its id. */
export interface External {
  readonly id: Output<string>;
  readonly name: Output<string>;
}

/** Ids of the network and its subnets that are there already. */
export interface Existing {
  readonly network: Output<string>;
  /** The subnet that a group of machines is in; of none: the nodes' own. */
  readonly subnet: (group?: string) => Output<string>;
}

/** The network that floating addresses and the router's way out are of; not asked for where nothing needs one. */
export function askExternal(plan: EnvironmentPlan, wanted: string, put: Put, options: InvokeOptions): External {
  const made = Object.values(plan.network.floating).some(({ address }) => address === undefined);
  const found =
    plan.network.existing === undefined || made
      ? put({
          path: ownField(plan, "externalNetwork"),
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
 * The network, subnets and router that are used instead of being made.
 * @param ids what references in the plan stand for. They come from what made it, so the cloud is not asked: in a preview it may be to come
 */
export function askExisting(
  plan: EnvironmentPlan,
  put: Put,
  options: InvokeOptions,
  ids: Readonly<Record<string, Input<string>>>,
): Existing {
  const { existing, subnets } = plan.network;
  const path = "infrastructure.network.existing";
  const { network: wanted = "", subnet: within = "", router, groups = {} } = existing ?? {};
  if (existing === undefined) return { network: output(wanted), subnet: () => output(within) };
  const networkId = ids[wanted];
  const network =
    networkId !== undefined
      ? Promise.resolve(undefined)
      : put({
          path: `${path}.network`,
          value: wanted,
          what: "network",
          ask: () => getNetwork(nameOrId("networkId", wanted), options),
        });
  const [{ cidr: own }] = subnets;
  const ask = (field: string, named: string, planned: string, rangeAt: string): Output<string> => {
    const given = ids[named];
    if (given !== undefined) return output(given);
    const found = put({
      path: field,
      value: named,
      what: "subnet",
      ask: async () => {
        const inside = await network;
        return await getSubnet({ ...nameOrId("subnetId", named), ...(inside?.id && { networkId: inside.id }) }, options);
      },
      check: ({ cidr }) =>
        cidr && cidr !== planned
          ? { path: rangeAt, value: planned, reason: `the existing subnet ${named} is ${cidr}`, remedy: `set it to ${cidr}` }
          : undefined,
    });
    return output(isId(named) ? named : found.then((subnet) => subnet?.id ?? named));
  };
  const nodes = ask(`${path}.subnets.node`, within, own, own === plan.network.cidr ? "infrastructure.network.cidr" : `${path}.cidr`);
  const others: Record<string, Output<string>> = {};
  for (const { cidr, groups: [first = ""] = [] } of subnets.slice(1)) {
    const named = groups[first] ?? "";
    others[named] = ask(`${path}.groups.${first}.subnet`, named, cidr, `${path}.groups.${first}.cidr`);
  }
  if (router !== undefined && ids[router] === undefined)
    void put({ path: `${path}.router`, value: router, what: "router", ask: () => getRouter(nameOrId("routerId", router), options) });
  return {
    network: output(networkId ?? (isId(wanted) ? wanted : network.then((found) => found?.id ?? wanted))),
    subnet: (group) => others[groups[group ?? ""] ?? ""] ?? nodes,
  };
}

/** The router that the network is joined to: there, and with a way out to where the floating addresses come from. */
export function askRouter(
  plan: EnvironmentPlan,
  wanted: string | undefined,
  { id }: External,
  put: Put,
  options: InvokeOptions,
): Output<string> {
  if (wanted === undefined) return output("");
  const path = ownField(plan, "router");
  const found = put({
    path,
    value: wanted,
    what: "router",
    ask: () => getRouter(nameOrId("routerId", wanted), options),
    check: async ({ externalNetworkId }) => {
      const external = await new Promise<string>((resolve) => id.apply(resolve));
      if (externalNetworkId === external) return undefined;
      return {
        path,
        value: wanted,
        reason: externalNetworkId ? "its way out is another external network" : "has no way out to an external network",
        remedy: `name the network that it leads to at ${ownField(plan, "externalNetwork")}, or another router`,
      };
    },
  });
  return output(isId(wanted) ? wanted : found.then((router) => router?.id ?? wanted));
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
