import type { Properties } from "../../plugin/rpc/provider";
import { ApiError } from "../cloud/cloud";
import type { Stored } from "../store";
import { isMap, maps, text } from "../values";
import { idIn, takeAddress, takePublic } from "./addresses";
import { type Azure, newResourceId, type Types, typeOf } from "./names";
import { made } from "./networking";

/** Standard balancers. */
export const BALANCING: Types = {
  ...typeOf("azure-native:network:LoadBalancer", {
    kind: "loadBalancer",
    outputs: ["azureApiVersion", "etag", "name", "provisioningState", "resourceGuid", "type"],
    references: { "frontendIPConfigurations.subnet.id": "subnet", "frontendIPConfigurations.publicIPAddress.id": "publicIp" },
    create(cloud, inputs) {
      const name = text(inputs, "loadBalancerName");
      const id = newResourceId(cloud, "loadBalancer", inputs, "Microsoft.Network/loadBalancers", name);
      refuseBalancer(cloud, id, inputs);
      return { ...inputs, ...made(name, "loadBalancers"), outside: outside(cloud, inputs), leadsTo: [], id };
    },
    update(cloud, object, inputs) {
      refuseBalancer(cloud, object.id, inputs);
      return { ...object, ...inputs, outside: outside(cloud, inputs), id: object.id };
    },
  }),
};

function outside(cloud: Azure, inputs: Properties): string[] {
  return maps(inputs, "frontendIPConfigurations").flatMap((each) => {
    const id = idIn(each, "publicIPAddress");
    return id === "" ? [] : [text(cloud.find("publicIp", id), "ipAddress")];
  });
}

function refuseBalancer(cloud: Azure, id: string, inputs: Properties): void {
  const frontends = maps(inputs, "frontendIPConfigurations");
  if (frontends.some((each) => idIn(each, "subnet") !== "") && frontends.some((each) => idIn(each, "publicIPAddress") !== ""))
    throw new ApiError("LoadBalancerCannotHaveBothInternalAndPublicFrontend", `${id} must have frontends of one kind.`);
  for (const frontend of frontends) {
    takeAddress(cloud, id, frontend);
    takePublic(cloud, id, frontend);
  }
  for (const probe of maps(inputs, "probes")) {
    if (Number(probe.intervalInSeconds) < 5)
      throw new ApiError("InvalidProbeInterval", `The interval of the probe ${text(probe, "name")} must be 5 seconds at least.`);
    if ((probe.protocol === "Tcp") === (probe.requestPath !== undefined))
      throw new ApiError(
        "ProbeRequestPathNotAllowed",
        `A probe of ${text(probe, "protocol")} ${probe.protocol === "Tcp" ? "has no" : "must have a"} requestPath.`,
      );
  }
  const taken = new Set<string>();
  for (const rule of maps(inputs, "loadBalancingRules")) {
    for (const [member, list] of [
      ["frontendIPConfiguration", "frontendIPConfigurations"],
      ["backendAddressPool", "backendAddressPools"],
      ["probe", "probes"],
    ] as const) {
      const named = idIn(rule, member);
      const [, within, name] = /^(?:\$self|.*)\/(\w+)\/([^/]+)$/.exec(named) ?? [];
      if (within !== list || !maps(inputs, list).some((each) => text(each, "name") === name))
        throw new ApiError("InvalidResourceReference", `Resource ${named} referenced by ${text(rule, "name")} was not found.`);
    }
    const timeout = Number(rule.idleTimeoutInMinutes ?? 4);
    if (timeout < 4 || timeout > 100)
      throw new ApiError("LoadBalancingRuleInvalidIdleTimeout", `The idle timeout must be from 4 to 100 minutes, not ${timeout}.`);
    const port = `${idIn(rule, "frontendIPConfiguration")} ${String(rule.frontendPort)} ${text(rule, "protocol")}`;
    if (taken.has(port))
      throw new ApiError("RulesUseSameFrontendPortProtocolAndIPConfig", `Two rules of ${id} have the same frontend and port.`);
    taken.add(port);
  }
}

/** The balancer and the pool that an interface names; refused where there is none. */
function poolOf(cloud: Azure, pool: string): Stored {
  const [id = "", name = ""] = pool.split("/backendAddressPools/");
  const balancer = cloud.find("loadBalancer", id);
  if (!maps(balancer, "backendAddressPools").some((each) => text(each, "name") === name))
    throw new ApiError("InvalidResourceReference", `Resource ${pool} was not found.`);
  return balancer;
}

/** Has the balancers of an interface's pools know its address, and those that it has left forget it. */
export function joinPools(cloud: Azure, addresses: readonly string[], pools: readonly string[]): void {
  const joined = pools.map((pool) => poolOf(cloud, pool));
  const internal = (balancer: Stored): boolean => maps(balancer, "frontendIPConfigurations").some((each) => isMap(each.subnet));
  for (const kind of [true, false])
    if (new Set(joined.filter((each) => internal(each) === kind).map(({ id }) => id)).size > 1)
      throw new ApiError(
        "NetworkInterfaceCannotBeInMultipleLoadBalancers",
        "An interface is in one internal and one public balancer at most.",
      );
  for (const balancer of cloud.store.list("loadBalancer")) {
    const others = (Array.isArray(balancer.leadsTo) ? balancer.leadsTo : []).filter((each) => !addresses.includes(String(each)));
    const leadsTo = joined.some(({ id }) => id === balancer.id) ? [...others, ...addresses] : others;
    cloud.store.put("loadBalancer", { ...balancer, leadsTo });
  }
}
