import { ApplicationSecurityGroup } from "@pulumi/azure-native/network/applicationSecurityGroup";
import { NetworkSecurityGroup } from "@pulumi/azure-native/network/networkSecurityGroup";
import { SecurityRule } from "@pulumi/azure-native/network/securityRule";
import type { input } from "@pulumi/azure-native/types";
import { InputPropertyError, type Output, type Resource } from "@pulumi/pulumi";
import type { PeerGroup } from "../../model/plan/rules";
import { azureLimits, azureName, securityGroupName } from "./names";
import { child, placed, type Scope, tags } from "./scope";
import { applicationGroups, compileRules, type SecurityRulePlan, standApart } from "./security-rules";

/** A rule of ours, as Azure takes it within its group and by itself. */
type OwnRule = input.network.SecurityRuleArgs & { readonly name: string; readonly priority: number };

/** What says who may reach whom. */
export interface Security {
  readonly group: NetworkSecurityGroup;
  /** The groups of interfaces that its rules name. */
  readonly applications: Readonly<Partial<Record<PeerGroup, ApplicationSecurityGroup>>>;
  /** No machine is to be there before these: until then Azure's own rules hold, which let everybody in the network in and everything out. */
  readonly closed: readonly Resource[];
}

/**
 * One group of interfaces per role in use and one for all nodes, and a security group with the rules the plan's flows compile to; the last ones
 * close what Azure's own rules would let through within the network and out.
 */
export function createSecurity(scope: Scope): Security {
  const { name, plan } = scope;
  const lost = plan.flows.find(({ protocol }) => protocol === "ipip" || protocol === "vrrp");
  if (lost !== undefined)
    throw new InputPropertyError({ propertyPath: "plan.flows", reason: `hold ${lost.protocol}, which Azure lets through for nobody` });
  const applications: Partial<Record<PeerGroup, ApplicationSecurityGroup>> = {};
  for (const key of applicationGroups(plan))
    applications[key] = new ApplicationSecurityGroup(
      `${name}-asg-${key}`,
      {
        ...placed(scope),
        applicationSecurityGroupName: azureName(plan, azureLimits.applicationGroup, key),
        tags: tags(scope),
      },
      child(scope),
    );
  const rules = [...compileRules(plan).map((rule) => allowing(rule, applications)), closing("Inbound"), closing("Outbound")];
  const apart = standApart(plan);
  const group = new NetworkSecurityGroup(
    `${name}-nsg`,
    {
      ...placed(scope),
      networkSecurityGroupName: securityGroupName(plan),
      // Azure takes the rules as a whole. Those of others are a part of it, or each change of ours would take them away.
      ...(apart ? {} : { securityRules: scope.survey.othersRules.then((others) => [...rules, ...others]) }),
      tags: tags(scope),
    },
    // Rules by themselves go with the group, and name groups of interfaces until then.
    child(scope, apart ? { dependsOn: Object.values(applications) } : {}),
  );
  return { group, applications, closed: apart ? [createRules(scope, group, rules)] : [group] };
}

/**
 * Each rule as a resource of its own, so that no change of ours writes those of others: the provider writes a group without rules with those it has.
 * One after the other, as Azure changes a group by one call at a time; the highest number first: so what is open is closed before, and a rule that
 * gives way to a new one has moved before that comes. The last of them.
 */
function createRules(scope: Scope, group: NetworkSecurityGroup, rules: readonly OwnRule[]): Resource {
  let last: Resource = group;
  for (const { name: securityRuleName, ...rule } of [...rules].sort(byNumber))
    last = new SecurityRule(
      `${scope.name}-rule-${securityRuleName}`,
      { resourceGroupName: scope.group.name, networkSecurityGroupName: group.name, securityRuleName, ...rule },
      child(scope, { dependsOn: [last], deletedWith: group }),
    );
  return last;
}

function byNumber(a: OwnRule, b: OwnRule): number {
  return b.priority - a.priority || (a.name < b.name ? -1 : 1);
}

function closing(direction: "Inbound" | "Outbound"): OwnRule {
  return {
    name: direction === "Inbound" ? "in-nothing-else" : "out-nothing-else",
    description: "what no other rule names",
    priority: azureLimits.priority.last,
    direction,
    access: "Deny",
    protocol: "*",
    sourceAddressPrefix: "*",
    sourcePortRange: "*",
    destinationAddressPrefix: "*",
    destinationPortRange: "*",
  };
}

function allowing(rule: SecurityRulePlan, applications: Security["applications"]): OwnRule {
  const { name, description, priority, direction, protocol, group, peer, ports } = rule;
  const asg = (key: PeerGroup): { id: Output<string> }[] => [{ id: idOf(applications, key) }];
  const [port, ...morePorts] = ports;
  const [prefix = "", ...more] = "prefixes" in peer ? peer.prefixes : [];
  // Azure takes one of a kind under one name, and several under another.
  const remote = (side: "source" | "destination") =>
    "group" in peer
      ? { [`${side}ApplicationSecurityGroups`]: asg(peer.group) }
      : "tag" in peer
        ? { [`${side}AddressPrefix`]: peer.tag }
        : more.length === 0
          ? { [`${side}AddressPrefix`]: prefix }
          : { [`${side}AddressPrefixes`]: [prefix, ...more] };
  return {
    ...{ name, description, priority, direction, protocol },
    access: "Allow",
    sourcePortRange: "*",
    ...(morePorts.length === 0 ? { destinationPortRange: port ?? "*" } : { destinationPortRanges: [...ports] }),
    ...(direction === "Inbound"
      ? { ...remote("source"), destinationApplicationSecurityGroups: asg(group) }
      : { sourceApplicationSecurityGroups: asg(group), ...remote("destination") }),
  };
}

/** The id of a group of interfaces that the plan uses. */
export function idOf(applications: Security["applications"], key: PeerGroup): Output<string> {
  const group = applications[key];
  if (group === undefined) throw new Error(`the group "${key}" is used but nothing has that role; this is a bug in kpaas`);
  return group.id;
}
