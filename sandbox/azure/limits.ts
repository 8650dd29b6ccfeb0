import type { Properties } from "../../plugin/rpc/provider";
import { azureLimits } from "../../providers/azure/names";
import { ApiError } from "../cloud/cloud";
import { isMap, text } from "../values";

/** By kind, where its name is, and its limits. */
const NAMES: Readonly<Record<string, readonly [input: string, limit: { readonly max: number; readonly charset: string }]>> = {
  resourceGroup: ["resourceGroupName", azureLimits.resourceGroup],
  virtualNetwork: ["virtualNetworkName", azureLimits.virtualNetwork],
  subnet: ["subnetName", azureLimits.subnet],
  networkSecurityGroup: ["networkSecurityGroupName", azureLimits.securityGroup],
  securityRule: ["securityRuleName", azureLimits.rule],
  applicationSecurityGroup: ["applicationSecurityGroupName", azureLimits.applicationGroup],
  natGateway: ["natGatewayName", azureLimits.natGateway],
  publicIp: ["publicIpAddressName", azureLimits.publicAddress],
  loadBalancer: ["loadBalancerName", azureLimits.balancer],
  networkInterface: ["networkInterfaceName", azureLimits.interface],
  instance: ["vmName", azureLimits.machine],
  disk: ["diskName", azureLimits.disk],
  identity: ["resourceName", azureLimits.identity],
};

/** Refuses what the resource manager refuses before it looks at anything else: names and tags beyond their limits. */
export function refuseBeyondLimits(kind: string, inputs: Properties): void {
  const [input, limit] = NAMES[kind] ?? [];
  const name = input === undefined ? "" : text(inputs, input);
  if (limit !== undefined && (name.length < 1 || name.length > limit.max || !new RegExp(`^[A-Za-z0-9][${limit.charset}]*$`).test(name)))
    throw new ApiError("InvalidResourceName", `Resource name ${name} is invalid: up to ${limit.max} characters of ${limit.charset}.`);
  const tags = isMap(inputs.tags) ? inputs.tags : {};
  const { key: longest, value: longestValue, items, refused } = azureLimits.tag;
  if (Object.keys(tags).length > items) throw new ApiError("InvalidTags", `A resource has at most ${items} tags.`);
  for (const [key, value] of Object.entries(tags)) {
    if (key === "" || key.length > longest || [...key].some((letter) => refused.includes(letter)))
      throw new ApiError(
        "InvalidTagNameCharacters",
        `The tag name '${key}' must have up to ${longest} characters, and none of ${refused}.`,
      );
    if (typeof value !== "string" || value.length > longestValue)
      throw new ApiError("InvalidTagValue", `The value of the tag '${key}' must have up to ${longestValue} characters.`);
  }
}
