import { getNetworkSecurityGroup } from "@pulumi/azure-native/network/getNetworkSecurityGroup";
import type { input, output } from "@pulumi/azure-native/types";
import type { InvokeOptions } from "@pulumi/pulumi";
import type { EnvironmentPlan } from "../../model/plan/types";
import type { Put } from "../asking/ask";
import { orNothing } from "./ask";
import { groupName, securityGroupName } from "./names";
import type { AzurePlan } from "./plan";
import { isOurs, standApart } from "./security-rules";

/** A rule that somebody else has made, as Azure is told it again. */
export type OthersRule = input.network.SecurityRuleArgs;

/**
 * Asks for the rules of the environment's security group that others have made, which a change of ours would take away: none before it is there, or
 * where our rules are none of its parts.
 */
export async function askOthersRules(
  plan: EnvironmentPlan,
  { resourceGroup }: AzurePlan,
  put: Put,
  options: InvokeOptions,
): Promise<readonly OthersRule[]> {
  if (standApart(plan)) return [];
  const where = { resourceGroupName: resourceGroup ?? groupName(plan), networkSecurityGroupName: securityGroupName(plan) };
  const found = await put({
    path: "infrastructure",
    what: "rules of others in the security group",
    ask: () => orNothing(getNetworkSecurityGroup(where, options)),
  });
  return (found?.securityRules ?? []).filter(({ name }) => name !== undefined && !isOurs(name)).map(again);
}

/** Without what Azure tells of a rule, and takes from nobody. */
function again(rule: output.network.SecurityRuleResponse): OthersRule {
  const { id: _id, etag: _etag, type: _type, provisioningState: _state, ...told } = rule;
  const { sourceApplicationSecurityGroups: from, destinationApplicationSecurityGroups: to, ...others } = told;
  const named = (groups: typeof from) => groups?.flatMap(({ id }) => (id === undefined ? [] : [{ id }]));
  return {
    ...others,
    ...(from && { sourceApplicationSecurityGroups: named(from) }),
    ...(to && { destinationApplicationSecurityGroups: named(to) }),
  };
}
