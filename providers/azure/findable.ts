import { type Findable, textOf, type Values } from "../../model/findable";

/** Azure knows everything by its name in its group: the lookup of a type takes the names that the inputs hold. */
function named(type: string, ...names: string[]): Findable {
  const [, module = "", resource = ""] = type.split(":");
  const args = (inputs: Values): Values => Object.fromEntries(names.map((name) => [name, inputs[name]]));
  return { how: "lookup", ways: [{ ask: [{ token: `azure-native:${module}:get${resource}`, args }], id: ({ id }) => textOf(id) }] };
}

/** What each type is told apart by. */
const NAMES: Readonly<Record<string, readonly string[]>> = {
  "azure-native:resources:ResourceGroup": ["resourceGroupName"],
  "azure-native:network:VirtualNetwork": ["resourceGroupName", "virtualNetworkName"],
  "azure-native:network:Subnet": ["resourceGroupName", "virtualNetworkName", "subnetName"],
  "azure-native:network:NetworkSecurityGroup": ["resourceGroupName", "networkSecurityGroupName"],
  "azure-native:network:SecurityRule": ["resourceGroupName", "networkSecurityGroupName", "securityRuleName"],
  "azure-native:network:ApplicationSecurityGroup": ["resourceGroupName", "applicationSecurityGroupName"],
  "azure-native:network:NatGateway": ["resourceGroupName", "natGatewayName"],
  "azure-native:network:PublicIPAddress": ["resourceGroupName", "publicIpAddressName"],
  "azure-native:network:LoadBalancer": ["resourceGroupName", "loadBalancerName"],
  "azure-native:network:NetworkInterface": ["resourceGroupName", "networkInterfaceName"],
  "azure-native:compute:Disk": ["resourceGroupName", "diskName"],
  "azure-native:compute:VirtualMachine": ["resourceGroupName", "vmName"],
  "azure-native:managedidentity:UserAssignedIdentity": ["resourceGroupName", "resourceName"],
  "azure-native:authorization:RoleDefinition": ["scope", "roleDefinitionId"],
  "azure-native:authorization:RoleAssignment": ["scope", "roleAssignmentName"],
};

/** How every type of resource is found that an infrastructure on Azure registers. */
export const findable: Readonly<Record<string, Findable>> = Object.fromEntries(
  Object.entries(NAMES).map(([type, names]) => [type, named(type, ...names)]),
);
