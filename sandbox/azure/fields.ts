import type { Field } from "../cloud/fields";
import { fieldsOf } from "../cloud/fields";

/**
 * The inputs of every type, with their flags: names and what is required as in @pulumi/azure-native 3.28.0 (held against by a test). What replaces
 * is as that provider's generator has it (provider/pkg/gen/replacement.go, and `x-ms-mutability` without `update`): what stands in a resource's path, and
 * the little that its table names; what Azure fills in is chosen by it.
 */
const FIELDS: Readonly<Record<string, string>> = {
  "azure-native:resources:ResourceGroup": `location*~ managedBy resourceGroupName*~ tags:m`,
  "azure-native:network:VirtualNetwork": `addressSpace:m bgpCommunities:m ddosProtectionPlan:m dhcpOptions~:m enableDdosProtection~:b enableVmProtection:b
    encryption~:m extendedLocation:m flowTimeoutInMinutes:n id~ ipAllocations:l location*~ privateEndpointVNetPolicies~ resourceGroupName!* subnets~:l
    tags:m virtualNetworkName*~ virtualNetworkPeerings~:l`,
  "azure-native:network:Subnet": `addressPrefix~ addressPrefixes~:l applicationGatewayIPConfigurations:l defaultOutboundAccess:b delegations~:l id~ ipAllocations:l
    ipamPoolPrefixAllocations:l name~ natGateway:m networkSecurityGroup:m privateEndpointNetworkPolicies~ privateLinkServiceNetworkPolicies~
    resourceGroupName!* routeTable:m serviceEndpointPolicies:l serviceEndpoints~:l sharingScope subnetName*~ type virtualNetworkName!*`,
  "azure-native:network:NetworkSecurityGroup": `flushConnection:b id~ location~ networkSecurityGroupName*~ resourceGroupName!* securityRules~:l tags:m`,
  "azure-native:network:SecurityRule": `access! description destinationAddressPrefix destinationAddressPrefixes:l destinationApplicationSecurityGroups:l
    destinationPortRange destinationPortRanges:l direction! id~ name~ networkSecurityGroupName!* priority!:n protocol! resourceGroupName!*
    securityRuleName*~ sourceAddressPrefix sourceAddressPrefixes:l sourceApplicationSecurityGroups:l sourcePortRange sourcePortRanges:l type`,
  "azure-native:network:ApplicationSecurityGroup": `applicationSecurityGroupName*~ id~ location~ resourceGroupName!* tags:m`,
  "azure-native:network:NatGateway": `id~ idleTimeoutInMinutes~:n location~ natGatewayName*~ publicIpAddresses:l publicIpPrefixes:l resourceGroupName!* sku:m tags:m
    zones:l`,
  "azure-native:network:PublicIPAddress": `ddosSettings:m deleteOption dnsSettings:m extendedLocation:m id~ idleTimeoutInMinutes~:n ipAddress~ ipTags:l
    linkedPublicIPAddress:m location*~ migrationPhase natGateway:m publicIPAddressVersion*~ publicIPAllocationMethod~ publicIPPrefix*:m publicIpAddressName*~
    resourceGroupName!* servicePublicIPAddress:m sku*:m tags:m zones:l`,
  "azure-native:network:LoadBalancer": `backendAddressPools~:l extendedLocation:m frontendIPConfigurations:l id~ inboundNatPools:l inboundNatRules~:l loadBalancerName*~
    loadBalancingRules:l location~ outboundRules:l probes:l resourceGroupName!* sku:m tags:m`,
  "azure-native:network:NetworkInterface": `auxiliaryMode auxiliarySku disableTcpStateTracking:b dnsSettings~:m enableAcceleratedNetworking~:b enableIPForwarding:b
    extendedLocation:m id~ ipConfigurations:l location~ migrationPhase networkInterfaceName*~ networkSecurityGroup:m nicType privateLinkService:m
    resourceGroupName!* tags:m workloadType`,
  "azure-native:compute:VirtualMachine": `additionalCapabilities:m applicationProfile:m availabilitySet:m billingProfile:m capacityReservation:m diagnosticsProfile:m
    evictionPolicy extendedLocation:m extensionsTimeBudget hardwareProfile:m host:m hostGroup:m identity:m licenseType location*~ networkProfile:m
    osProfile:m placement:m plan:m platformFaultDomain:n priority proximityPlacementGroup:m resourceGroupName!* scheduledEventsPolicy:m
    scheduledEventsProfile:m securityProfile:m storageProfile:m tags:m userData virtualMachineScaleSet:m vmName*~ zones:l`,
  "azure-native:compute:Disk": `burstingEnabled:b completionPercent:n creationData!:m dataAccessAuthMode diskAccessId diskIOPSReadOnly~:n diskIOPSReadWrite~:n
    diskMBpsReadOnly~:n diskMBpsReadWrite~:n diskName*~ diskSizeGB~:n encryption~:m encryptionSettingsCollection:m extendedLocation:m hyperVGeneration
    location*~ maxShares:n networkAccessPolicy~ optimizedForFrequentAttach:b osType publicNetworkAccess~ purchasePlan:m resourceGroupName!* securityProfile:m
    sku:m supportedCapabilities:m supportsHibernation:b tags:m tier~ zones:l`,
  "azure-native:managedidentity:UserAssignedIdentity": `location*~ resourceGroupName!* resourceName*~ tags:m`,
  "azure-native:authorization:RoleDefinition": `assignableScopes:l description permissions:l roleDefinitionId*~ roleName roleType scope!*`,
  "azure-native:authorization:RoleAssignment": `condition conditionVersion delegatedManagedIdentityResourceId description principalId!* principalType~
    roleAssignmentName*~ roleDefinitionId! scope!*`,
};

/** What Azure changes of nothing that is there, and its provider does not make anew for: the call is refused. */
export const FIXED: Readonly<Record<string, readonly string[]>> = {
  "azure-native:network:NetworkSecurityGroup": ["location"],
  "azure-native:network:ApplicationSecurityGroup": ["location"],
  "azure-native:network:NatGateway": ["location", "sku", "zones"],
  "azure-native:network:PublicIPAddress": ["zones"],
  "azure-native:network:LoadBalancer": ["location", "sku"],
  "azure-native:network:NetworkInterface": ["location"],
  "azure-native:compute:VirtualMachine": ["availabilitySet", "zones"],
  "azure-native:compute:Disk": ["zones"],
  "azure-native:authorization:RoleAssignment": ["principalType", "roleDefinitionId"],
};

/** The inputs of a type. */
export function azureFields(token: string): Field[] {
  const short = FIELDS[token];
  if (short === undefined) throw new Error(`the simulated Azure has no type ${token}`);
  return fieldsOf(short);
}
