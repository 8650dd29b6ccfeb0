import { RoleAssignment } from "@pulumi/azure-native/authorization/roleAssignment";
import { RoleDefinition } from "@pulumi/azure-native/authorization/roleDefinition";
import { UserAssignedIdentity } from "@pulumi/azure-native/managedidentity/userAssignedIdentity";
import type { Output, Resource } from "@pulumi/pulumi";
import { controllersRole, partsOf, ZONES_OPERATION } from "./controllers-role";
import { azureLimits, azureName, guidOf } from "./names";
import { child, placed, type Scope, tags } from "./scope";

/** What a machine may do by itself. */
export interface MachineIdentity {
  readonly id: Output<string>;
  /** What it is called where it is used. */
  readonly clientId: Output<string>;
  /** It may do nothing before these. */
  readonly granted: readonly Resource[];
}

/**
 * What control planes may do by themselves: what the cloud controller and the disk driver do, which run there in the host's own network, within the
 * environment's resource group. Workers have no identity: nothing on them needs one. Undefined where the file wants none.
 */
export function createIdentity(scope: Scope): MachineIdentity | undefined {
  const { name, plan, azure, group } = scope;
  if (!azure.controllers) return undefined;
  const what = "control-plane";
  const identity = new UserAssignedIdentity(
    `${name}-identity-${what}`,
    { ...placed(scope), resourceName: azureName(plan, azureLimits.identity, what), tags: tags(scope) },
    child(scope),
  );
  // A tenant has each name of a role once, and a role's id is a GUID that whoever makes it chooses.
  const own = [plan.environment, azure.subscription ?? "", azure.resourceGroup ?? "", azure.region ?? "", what];
  const role = new RoleDefinition(
    `${name}-role-${what}`,
    {
      scope: group.id,
      roleDefinitionId: guidOf("role", ...own),
      roleName: group.id.apply((id) => `kpaas ${plan.environment} ${what} ${guidOf("role", id).slice(0, 8)}`),
      roleType: "CustomRole",
      description: `kpaas ${plan.environment}: the cloud controller and the disk driver`,
      permissions: [controllersRole(plan)],
      assignableScopes: [group.id],
    },
    child(scope),
  );
  const assignment = new RoleAssignment(
    `${name}-role-assignment-${what}`,
    {
      scope: group.id,
      roleAssignmentName: guidOf("assignment", ...own),
      roleDefinitionId: role.id,
      principalId: identity.principalId,
      // Azure looks no further: a new identity takes minutes until its directory tells of it.
      principalType: "ServicePrincipal",
    },
    child(scope),
  );
  const looks = partsOf(plan).includes("controller") ? [allowLook(scope, identity, own)] : [];
  return { id: identity.id, clientId: identity.clientId, granted: [assignment, ...looks] };
}

/** The controller asks for the zones of the subscription's regions before it begins, and does not begin where it may not: a role that holds this alone. */
function allowLook(scope: Scope, identity: UserAssignedIdentity, own: readonly string[]): Resource {
  const { name, plan, group } = scope;
  const what = "zones";
  const subscription = group.id.apply((id) => id.split("/").slice(0, 3).join("/"));
  const role = new RoleDefinition(
    `${name}-role-${what}`,
    {
      scope: subscription,
      roleDefinitionId: guidOf("role", ...own, what),
      roleName: group.id.apply((id) => `kpaas ${plan.environment} ${what} ${guidOf("role", id).slice(0, 8)}`),
      roleType: "CustomRole",
      description: `kpaas ${plan.environment}: which zones there are, for the cloud controller`,
      permissions: [{ actions: [ZONES_OPERATION], notActions: [], dataActions: [], notDataActions: [] }],
      assignableScopes: [subscription],
    },
    child(scope),
  );
  return new RoleAssignment(
    `${name}-role-assignment-${what}`,
    {
      scope: subscription,
      roleAssignmentName: guidOf("assignment", ...own, what),
      roleDefinitionId: role.id,
      principalId: identity.principalId,
      principalType: "ServicePrincipal",
    },
    child(scope),
  );
}
