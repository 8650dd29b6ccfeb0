import { randomUUID } from "node:crypto";
import { ApiError } from "../cloud/cloud";
import { maps, text } from "../values";
import { idIn, idsIn } from "./addresses";
import { newResourceId, SUBSCRIPTION, type Types, typeOf, users } from "./names";
import { made } from "./networking";
import { madeApart, refuseRules, rulesIn, rulesOf, SECURITY_RULES } from "./security-rules";

/** Security groups, groups of interfaces, and what machines may do. */
export const SECURITY: Types = {
  ...SECURITY_RULES,

  ...typeOf("azure-native:network:ApplicationSecurityGroup", {
    kind: "applicationSecurityGroup",
    outputs: ["azureApiVersion", "etag", "name", "provisioningState", "resourceGuid", "type"],
    references: {},
    create(cloud, inputs) {
      const name = text(inputs, "applicationSecurityGroupName");
      const id = newResourceId(cloud, "applicationSecurityGroup", inputs, "Microsoft.Network/applicationSecurityGroups", name);
      return { ...inputs, ...made(name, "applicationSecurityGroups"), id };
    },
    remove(cloud, { id }) {
      const named = (rule: Readonly<Record<string, unknown>>) =>
        ["source", "destination"].flatMap((side) => idsIn(rule, `${side}ApplicationSecurityGroups`));
      const [user] = [
        ...users(
          cloud,
          "networkInterface",
          (each) => maps(each, "ipConfigurations").flatMap((one) => idsIn(one, "applicationSecurityGroups")),
          id,
        ),
        ...users(cloud, "networkSecurityGroup", (each) => rulesIn(cloud, each).flatMap(named), id),
      ];
      if (user !== undefined) throw new ApiError("InUseApplicationSecurityGroupCannotBeDeleted", `${id} is in use by ${user.id}.`);
    },
  }),

  ...typeOf("azure-native:network:NetworkSecurityGroup", {
    kind: "networkSecurityGroup",
    outputs: [
      ...["azureApiVersion", "defaultSecurityRules", "etag", "flowLogs", "name", "networkInterfaces", "provisioningState", "resourceGuid"],
      ...["subnets", "type"],
    ],
    references: {
      "securityRules.sourceApplicationSecurityGroups.id": "applicationSecurityGroup",
      "securityRules.destinationApplicationSecurityGroups.id": "applicationSecurityGroup",
    },
    create(cloud, inputs) {
      const name = text(inputs, "networkSecurityGroupName");
      const id = newResourceId(cloud, "networkSecurityGroup", inputs, "Microsoft.Network/networkSecurityGroups", name);
      refuseRules(cloud, rulesOf(inputs));
      return { ...inputs, ...made(name, "networkSecurityGroups"), id };
    },
    // The provider writes a group for which no rules are given with those that it has; given ones take the place of all that there are.
    update(cloud, object, inputs) {
      if (inputs.securityRules === undefined) return { ...object, ...inputs, id: object.id };
      const rules = rulesOf(inputs);
      refuseRules(cloud, rules);
      for (const { id, securityRuleName } of madeApart(cloud, object))
        if (!rules.some(({ name }) => name === securityRuleName)) cloud.store.delete("securityRule", id);
      return { ...object, ...inputs, id: object.id };
    },
    remove(cloud, { id }) {
      const [user] = [
        ...users(cloud, "subnet", (each) => [idIn(each, "networkSecurityGroup")], id),
        ...users(cloud, "networkInterface", (each) => [idIn(each, "networkSecurityGroup")], id),
      ];
      if (user !== undefined)
        throw new ApiError(
          "InUseNetworkSecurityGroupCannotBeDeleted",
          `Network security group ${id} cannot be deleted because it is in use by ${user.id}.`,
        );
      for (const rule of madeApart(cloud, { id })) cloud.store.delete("securityRule", rule.id);
    },
  }),

  ...typeOf("azure-native:managedidentity:UserAssignedIdentity", {
    kind: "identity",
    outputs: ["azureApiVersion", "clientId", "name", "principalId", "systemData", "tenantId", "type"],
    references: {},
    create(cloud, inputs) {
      const name = text(inputs, "resourceName");
      const id = newResourceId(cloud, "identity", inputs, "Microsoft.ManagedIdentity/userAssignedIdentities", name);
      return {
        ...inputs,
        name,
        clientId: randomUUID(),
        principalId: randomUUID(),
        tenantId: SUBSCRIPTION,
        type: "Microsoft.ManagedIdentity/userAssignedIdentities",
        id,
      };
    },
  }),

  ...typeOf("azure-native:authorization:RoleDefinition", {
    kind: "roleDefinition",
    outputs: ["azureApiVersion", "createdBy", "createdOn", "name", "systemData", "type", "updatedBy", "updatedOn"],
    references: {},
    create(cloud, inputs) {
      const id = `/subscriptions/${SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/${text(inputs, "roleDefinitionId")}`;
      if (cloud.has("roleDefinition", id)) throw new ApiError("ResourceExists", `cannot create already existing resource '${id}'`);
      if (cloud.store.list("roleDefinition").some((each) => each.roleName === inputs.roleName))
        throw new ApiError(
          "RoleDefinitionWithSameNameExists",
          `A custom role with the same name already exists in this directory: ${text(inputs, "roleName")}.`,
        );
      for (const each of maps(inputs, "permissions"))
        if (!Array.isArray(each.actions) || each.actions.some((action) => !/^(\*|[\w.]+(\/[\w*]+)+)$/.test(String(action))))
          throw new ApiError("InvalidActionOrNotAction", "An action does not match any of the actions supported by the providers.");
      return { ...inputs, name: text(inputs, "roleDefinitionId"), type: "Microsoft.Authorization/roleDefinitions", id };
    },
    remove(cloud, { id }) {
      if (cloud.store.list("roleAssignment").some((each) => each.roleDefinitionId === id))
        throw new ApiError("RoleDefinitionHasAssignments", "There are existing role assignments referencing role.");
    },
  }),

  ...typeOf("azure-native:authorization:RoleAssignment", {
    kind: "roleAssignment",
    outputs: ["azureApiVersion", "createdBy", "createdOn", "name", "systemData", "type", "updatedBy", "updatedOn"],
    references: { roleDefinitionId: "roleDefinition" },
    create(cloud, inputs) {
      const { scope, principalId, roleDefinitionId } = inputs;
      const id = `${text(inputs, "scope")}/providers/Microsoft.Authorization/roleAssignments/${text(inputs, "roleAssignmentName")}`;
      if (
        cloud.store
          .list("roleAssignment")
          .some(
            (each) =>
              each.id === id || (each.scope === scope && each.principalId === principalId && each.roleDefinitionId === roleDefinitionId),
          )
      )
        throw new ApiError("RoleAssignmentExists", "The role assignment already exists.");
      if (!cloud.store.list("identity").some((each) => each.principalId === principalId))
        throw new ApiError("PrincipalNotFound", `Principal ${text(inputs, "principalId")} does not exist in the directory.`);
      return { ...inputs, name: text(inputs, "roleAssignmentName"), type: "Microsoft.Authorization/roleAssignments", id };
    },
  }),
};
