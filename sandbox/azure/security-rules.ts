import { overlaps, parseCidr } from "../../model/ipv4";
import type { Properties } from "../../plugin/rpc/provider";
import { azureLimits } from "../../providers/azure/names";
import { ApiError } from "../cloud/cloud";
import type { Stored } from "../store";
import { maps, text, texts } from "../values";
import { type Azure, newResourceId, type Types, typeOf } from "./names";

/** Rules of a security group that are made by themselves: to Azure they are the same as those that are written with it. */
export const SECURITY_RULES: Types = typeOf("azure-native:network:SecurityRule", {
  kind: "securityRule",
  outputs: ["azureApiVersion", "etag", "provisioningState"],
  references: {
    "sourceApplicationSecurityGroups.id": "applicationSecurityGroup",
    "destinationApplicationSecurityGroups.id": "applicationSecurityGroup",
  },
  create(cloud, inputs) {
    const [group, name] = [text(inputs, "networkSecurityGroupName"), text(inputs, "securityRuleName")];
    const id = newResourceId(cloud, "securityRule", inputs, "Microsoft.Network/networkSecurityGroups/securityRules", group, name);
    const there = rulesIn(cloud, groupOf(cloud, id));
    if (there.some((each) => each.name === name)) throw new ApiError("ResourceExists", `cannot create already existing resource '${id}'`);
    refuseRules(cloud, [...there, named(inputs)]);
    return { ...inputs, provisioningState: "Succeeded", id };
  },
  update(cloud, object, inputs) {
    const others = rulesIn(cloud, groupOf(cloud, object.id)).filter(({ name }) => name !== inputs.securityRuleName);
    refuseRules(cloud, [...others, named(inputs)]);
    return { ...object, ...inputs, id: object.id };
  },
});

/** The rules that are written with a group. */
export function rulesOf(inputs: Properties): Properties[] {
  return maps(inputs, "securityRules");
}

/** All rules of a group, however each was made. */
export function rulesIn(cloud: Azure, group: Stored): Properties[] {
  return [...rulesOf(group), ...madeApart(cloud, group).map(named)];
}

/** Those of a group that were made by themselves. */
export function madeApart(cloud: Azure, { id }: Pick<Stored, "id">): readonly Stored[] {
  return cloud.store.list("securityRule").filter((each) => each.id.startsWith(`${id}/`));
}

const named = (rule: Properties): Properties => ({ ...rule, name: text(rule, "securityRuleName") });

function groupOf(cloud: Azure, id: string): Stored {
  return cloud.find("networkSecurityGroup", id.slice(0, id.indexOf("/securityRules/")));
}

/** The security rules of a group, as Azure looks at them. */
export function refuseRules(cloud: Azure, rules: readonly Properties[]): void {
  cloud.charge("rules", rules.length, 0);
  if (rules.length > azureLimits.rules)
    throw new ApiError("MaxSecurityRulesPerNsgLimitReached", `A security group has ${azureLimits.rules} rules at most.`);
  const [names, priorities] = [new Set<string>(), new Set<string>()];
  for (const rule of rules) {
    const [name, direction] = [text(rule, "name"), text(rule, "direction")];
    const refuse = (code: string, what: string): never => {
      throw new ApiError(code, `Security rule ${name} ${what}`);
    };
    if (!/^[A-Za-z0-9]([\w.-]*\w)?$/.test(name) || name.length > azureLimits.rule.max)
      refuse("InvalidResourceName", "has an invalid name.");
    if (names.has(name)) refuse("DuplicateResourceName", "is there twice.");
    names.add(name);
    const priority = Number(rule.priority);
    const { first, last } = azureLimits.priority;
    if (!(priority >= first && priority <= last))
      refuse("SecurityRuleInvalidPriority", `has the priority ${priority}: it must be from ${first} to ${last}.`);
    if (priorities.has(`${direction} ${priority}`))
      refuse("SecurityRuleConflict", `has the same priority ${priority} and direction as another.`);
    priorities.add(`${direction} ${priority}`);
    if (!["Tcp", "Udp", "Icmp", "Esp", "Ah", "*"].includes(text(rule, "protocol")))
      refuse("SecurityRuleInvalidProtocol", `has the protocol ${text(rule, "protocol")}.`);
    if (text(rule, "description").length > azureLimits.description)
      refuse("SecurityRuleDescriptionTooLong", "has a description of more than 140 characters.");
    for (const side of ["source", "destination"]) {
      const given = [`${side}AddressPrefix`, `${side}AddressPrefixes`, `${side}ApplicationSecurityGroups`].filter(
        (key) => rule[key] !== undefined,
      );
      if (given.length !== 1)
        refuse("SecurityRuleInvalidAddress", `must have one of prefix, prefixes and application security groups as its ${side}.`);
      if ([`${side}PortRange`, `${side}PortRanges`].filter((key) => rule[key] !== undefined).length !== 1)
        refuse("SecurityRuleInvalidPortRange", `must have either one range or several as its ${side}'s ports.`);
      const prefixes = texts(rule, `${side}AddressPrefixes`).map((prefix) => ({ prefix, block: parseCidr(prefix) }));
      for (const [index, { prefix, block }] of prefixes.entries())
        if (prefixes.slice(index + 1).some((other) => other.prefix === prefix || (block && other.block && overlaps(block, other.block))))
          refuse("SecurityRuleAddressPrefixesOverlap", `names ${prefix} more than once.`);
    }
  }
}
