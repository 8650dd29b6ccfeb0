import type { EnvironmentPlan } from "../../model/plan/types";
import { partsOf } from "./controllers-role";
import { groupName } from "./names";
import { azureOf, frontendsOf } from "./plan";
import { standApart } from "./security-rules";

/** By type of resource, the operations that making, changing, reading and deleting it takes: `NAMESPACE/TYPE` and its verbs. */
export const NEEDS: Readonly<Record<string, readonly string[]>> = {
  "azure-native:resources:ResourceGroup": ["Microsoft.Resources/subscriptions/resourceGroups read write delete"],
  "azure-native:network:VirtualNetwork": ["Microsoft.Network/virtualNetworks read write delete"],
  "azure-native:network:Subnet": [
    "Microsoft.Network/virtualNetworks/subnets read write delete join/action",
    "Microsoft.Network/networkSecurityGroups join/action",
  ],
  "azure-native:network:NetworkSecurityGroup": ["Microsoft.Network/networkSecurityGroups read write delete join/action"],
  "azure-native:network:SecurityRule": ["Microsoft.Network/networkSecurityGroups/securityRules read write delete"],
  "azure-native:network:ApplicationSecurityGroup": [
    "Microsoft.Network/applicationSecurityGroups read write delete",
    "Microsoft.Network/applicationSecurityGroups joinIpConfiguration/action joinNetworkSecurityRule/action",
  ],
  "azure-native:network:NatGateway": [
    "Microsoft.Network/natGateways read write delete join/action",
    "Microsoft.Network/publicIPAddresses join/action",
  ],
  "azure-native:network:PublicIPAddress": ["Microsoft.Network/publicIPAddresses read write delete join/action"],
  "azure-native:network:LoadBalancer": [
    "Microsoft.Network/loadBalancers read write delete",
    "Microsoft.Network/loadBalancers/backendAddressPools join/action",
  ],
  "azure-native:network:NetworkInterface": ["Microsoft.Network/networkInterfaces read write delete join/action"],
  "azure-native:compute:Disk": ["Microsoft.Compute/disks read write delete"],
  "azure-native:compute:VirtualMachine": [
    "Microsoft.Compute/virtualMachines read write delete",
    "Microsoft.Compute/disks read write delete",
  ],
  "azure-native:managedidentity:UserAssignedIdentity": ["Microsoft.ManagedIdentity/userAssignedIdentities read write delete assign/action"],
  "azure-native:authorization:RoleDefinition": ["Microsoft.Authorization/roleDefinitions read write delete"],
  "azure-native:authorization:RoleAssignment": ["Microsoft.Authorization/roleAssignments read write delete"],
};

/** What the cloud is asked for before anything is made, beside what making it reads. */
const SURVEY: readonly string[] = [
  "Microsoft.Compute/skus read",
  "Microsoft.Compute/locations/publishers/artifacttypes/offers/skus/versions read",
  "Microsoft.Compute/locations/usages read",
  "Microsoft.Network/locations/usages read",
];

/** The types of the resources that an environment is made of. */
export function resourceTypes(plan: EnvironmentPlan): string[] {
  const { existing, natGateways, controllers, resourceGroup } = azureOf(plan);
  const types = [
    "azure-native:network:NetworkSecurityGroup",
    "azure-native:network:ApplicationSecurityGroup",
    "azure-native:network:NetworkInterface",
    "azure-native:compute:VirtualMachine",
  ];
  const add = (when: boolean, ...more: readonly string[]): void => void (when && types.push(...more));
  add(standApart(plan), "azure-native:network:SecurityRule");
  add(resourceGroup === undefined, "azure-native:resources:ResourceGroup");
  add(existing === undefined, "azure-native:network:VirtualNetwork", "azure-native:network:Subnet");
  const nat = existing === undefined && natGateways !== "none";
  add(nat, "azure-native:network:NatGateway");
  const { bastion } = plan.network.floating;
  const met = plan.machines.some(({ roles }) => roles.includes("bastion")) ? bastion : undefined;
  const frontends = frontendsOf(plan);
  const made =
    frontends.some(({ internal, address }) => !internal && address === undefined) ||
    [met, ...(plan.platform.ingress.nodePorts ? [] : [plan.network.floating.ingress])].some((each) => each && each.address === undefined);
  add(nat || made, "azure-native:network:PublicIPAddress");
  add(frontends.length > 0, "azure-native:network:LoadBalancer");
  add(
    plan.machines.some(({ volumes }) => volumes.length > 0),
    "azure-native:compute:Disk",
  );
  add(
    controllers,
    "azure-native:managedidentity:UserAssignedIdentity",
    "azure-native:authorization:RoleDefinition",
    "azure-native:authorization:RoleAssignment",
  );
  return types.sort();
}

/** A custom role as `az role definition create --role-definition` takes it. */
export interface RoleDocument {
  readonly Name: string;
  readonly Description: string;
  readonly AssignableScopes: readonly string[];
  /** What Azure's own language adds to an assignment of it: which roles may be handed on, and to what. */
  readonly Condition?: string;
  readonly Actions: readonly string[];
  readonly NotActions: readonly string[];
  readonly DataActions: readonly string[];
  readonly NotDataActions: readonly string[];
}

/** What the credentials must be allowed to do, as a role for them: no more than this environment's resources need. */
export function permissions(plan: EnvironmentPlan): RoleDocument {
  const { subscription = "SUBSCRIPTION", resourceGroup, existing, controllers, diskEncryptionSet } = azureOf(plan);
  const group = resourceGroup ?? groupName(plan);
  const used = [
    ...(resourceGroup === undefined ? [] : ["Microsoft.Resources/subscriptions/resourceGroups read"]),
    ...(existing === undefined
      ? []
      : ["Microsoft.Network/virtualNetworks read", "Microsoft.Network/virtualNetworks/subnets read join/action"]),
    ...(Object.values(plan.network.floating).some(({ address }) => address !== undefined)
      ? ["Microsoft.Network/publicIPAddresses read join/action"]
      : []),
    ...(diskEncryptionSet === undefined ? [] : ["Microsoft.Compute/diskEncryptionSets read"]),
    ...(plan.machines.some(({ image }) => image.startsWith("/"))
      ? ["Microsoft.Compute/images read", "Microsoft.Compute/galleries/images/versions read"]
      : []),
  ];
  const actions = new Set([...resourceTypes(plan).flatMap((type) => NEEDS[type] ?? []), ...used, ...SURVEY].flatMap(operationsIn));
  return {
    Name: `kpaas ${plan.environment}`,
    Description: `What kpaas needs to make, change and take away the environment ${plan.environment}`,
    Actions: [...actions].sort(),
    NotActions: [],
    DataActions: [],
    NotDataActions: [],
    // A group that is made is made by whoever may make one anywhere in the subscription.
    AssignableScopes: [
      // And which zones there are, the cloud controller is let ask for everywhere in it.
      resourceGroup === undefined || partsOf(plan).includes("controller")
        ? `/subscriptions/${subscription}`
        : `/subscriptions/${subscription}/resourceGroups/${group}`,
    ],
    ...(controllers ? { Condition: CONDITION } : {}),
  };
}

/** For whoever assigns it: roles are handed on to identities alone, never to a person or a group. */
const CONDITION =
  "((!(ActionMatches{'Microsoft.Authorization/roleAssignments/write'})) OR (@Request[Microsoft.Authorization/roleAssignments:PrincipalType] StringEqualsIgnoreCase 'ServicePrincipal'))";

/** The operations of a row of the table. */
export function operationsIn(row: string): string[] {
  const [type = "", ...verbs] = row.split(" ");
  return verbs.map((verb) => `${type}/${verb}`);
}
