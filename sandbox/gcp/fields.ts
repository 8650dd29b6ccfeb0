import type { Field } from "../cloud/fields";
import { fieldsOf } from "../cloud/fields";

/**
 * The inputs of every type, with their flags: names, kinds and what is required as in @pulumi/gcp 9.37.0 (held against by a test); what replaces,
 * and what GCP chooses where nothing is given, as ForceNew and Optional with Computed in the schemas of hashicorp/terraform-provider-google
 * (google/services/{compute,dns,resourcemanager} of 21 August 2026, after 7.45.0), and of the beta provider where that one has no such field. What
 * replaces now and then only (CustomizeDiff) stands with its type.
 */
const FIELDS: Readonly<Record<string, string>> = {
  "gcp:compute/network:Network": `autoCreateSubnetworks*:b bgpAlwaysCompareMed~:b bgpBestPathSelectionMode~ bgpInterRegionCost~ deleteBgpAlwaysCompareMed:b
    deleteDefaultRoutesOnCreate:b deletionPolicy~ description* enableUlaInternalIpv6:b internalIpv6Range*~ mtu~:n name*
    networkFirewallPolicyEnforcementOrder networkProfile* params*:m project*~ routingMode~`,
  "gcp:compute/subnetwork:Subnetwork": `allowSubnetCidrRoutesOverlap~:b deletionPolicy~ description* externalIpv6Prefix*~ internalIpv6Prefix*~ ipCidrRange~
    ipCollection ipv6AccessType logConfig:m name* network!* params*:m privateIpGoogleAccess~:b privateIpv6GoogleAccess~
    project*~ purpose~ region*~ reservedInternalRange* resolveSubnetMask* role secondaryIpRanges~:l sendSecondaryIpRangeIfEmpty:b
    stackType~`,
  "gcp:compute/router:Router": `bgp:m deletionPolicy~ description encryptedInterconnectRouter*:b md5AuthenticationKeys:m name* nccGateway* network* params*:m
    project*~ region*~`,
  "gcp:compute/routerNat:RouterNat": `autoNetworkTier~ deletionPolicy~ drainNatIps~:l enableDynamicPortAllocation~:b enableEndpointIndependentMapping~:b
    endpointTypes*~:l icmpIdleTimeoutSec:n initialNatIps*:l logConfig:m maxPortsPerVm:n minPortsPerVm~:n name* nat64Subnetworks:l
    natIpAllocateOption natIps~:l project*~ region*~ router!* rules:l sourceSubnetworkIpRangesToNat!
    sourceSubnetworkIpRangesToNat64 subnetworks:l tcpEstablishedIdleTimeoutSec:n tcpTimeWaitTimeoutSec:n
    tcpTransitoryIdleTimeoutSec:n type* udpIdleTimeoutSec:n`,
  "gcp:compute/firewall:Firewall": `allows:l deletionPolicy~ denies:l description destinationRanges~:l direction*~ disabled:b enableLogging~:b logConfig:m name*
    network! params*:m priority:n project*~ sourceRanges:l sourceServiceAccounts:l sourceTags:l targetServiceAccounts:l
    targetTags:l`,
  "gcp:compute/address:Address": `address*~ addressType* deletionPolicy~ description* ipCollection* ipVersion* ipv6EndpointType* labels:m name* network*
    networkTier*~ prefixLength*~:n project*~ purpose*~ region*~ subnetwork*~`,
  "gcp:compute/image:Image": `deletionPolicy~ description* diskSizeGb*~:n family* guestOsFeatures*~:l imageEncryptionKey*:m labels:m licenses*~:l name*
    params*:m project*~ rawDisk*:m shieldedInstanceInitialState*~:m sourceDisk* sourceDiskEncryptionKey*:m sourceImage*
    sourceImageEncryptionKey*:m sourceSnapshot* sourceSnapshotEncryptionKey*:m storageLocations*~:l`,
  "gcp:compute/instance:Instance": `advancedMachineFeatures:m allowStoppingForUpdate:b attachedDisks:l bootDisk!*:m canIpForward:b
    confidentialInstanceConfig*~:m deletionPolicy deletionProtection:b description desiredStatus enableDisplay:b
    eraseWindowsVssSignature:b guestAccelerators*~:l hostname* instanceEncryptionKey*:m keyRevocationActionType* labels:m
    machineType! metadata:m metadataStartupScript* minCpuPlatform~ name* networkInterfaces!:l networkPerformanceConfig*:m
    params*:m partnerMetadata:m project*~ reservationAffinity*~:m resourcePolicies scheduling~:m scratchDisks*:l serviceAccount:m
    shieldedInstanceConfig~:m tags:l workloadIdentityConfig*:m zone*~`,
  "gcp:compute/disk:Disk": `accessMode~ architecture* asyncPrimaryDisk*:m createSnapshotBeforeDestroy:b createSnapshotBeforeDestroyPrefix deletionPolicy~
    description* diskEncryptionKey*:m enableConfidentialCompute*~:b eraseWindowsVssSignature:b guestOsFeatures*~:l image*
    interface* labels:m licenses*~:l multiWriter*:b name* params*:m physicalBlockSizeBytes*~:n project*~ provisionedIops~:n
    provisionedThroughput~:n resourcePolicies*~:l size~:n snapshot* sourceDisk* sourceImageEncryptionKey*:m sourceInstantSnapshot*
    sourceSnapshotEncryptionKey*:m sourceStorageObject* storagePool* type* zone*~`,
  "gcp:compute/attachedDisk:AttachedDisk": `deletionPolicy deviceName*~ disk!* instance!* interface* mode* project*~ zone*~`,
  "gcp:compute/instanceGroup:InstanceGroup": `deletionPolicy description* instances~:l name* namedPorts:l network*~ project*~ zone*~`,
  "gcp:compute/instanceGroupMembership:InstanceGroupMembership": `deletionPolicy~ instance!* instanceGroup!* project*~ zone*`,
  "gcp:compute/regionHealthCheck:RegionHealthCheck": `checkIntervalSec:n deletionPolicy~ description grpcHealthCheck:m grpcTlsHealthCheck:m healthyThreshold:n http2HealthCheck:m
    httpHealthCheck:m httpsHealthCheck:m logConfig~:m name* project*~ region*~ sslHealthCheck:m tcpHealthCheck:m timeoutSec:n
    unhealthyThreshold:n`,
  "gcp:compute/regionBackendService:RegionBackendService": `affinityCookieTtlSec:n backends:l cdnPolicy~:m circuitBreakers:m connectionDrainingTimeoutSec:n connectionTrackingPolicy:m
    consistentHash:m customMetrics:l deletionPolicy~ description dynamicForwarding:m enableCdn:b failoverPolicy:m haPolicy:m
    healthChecks iap~:m ipAddressSelectionPolicy loadBalancingScheme* localityLbPolicy logConfig~:m name* network*
    networkPassThroughLbTrafficPolicy:m outlierDetection:m params*:m portName~ project*~ protocol~ region~ securityPolicy
    sessionAffinity~ strongSessionAffinityCookie:m subsetting:m timeoutSec~:n tlsSettings:m`,
  "gcp:compute/forwardingRule:ForwardingRule": `allPorts*:b allowGlobalAccess:b allowPscGlobalAccess:b backendService* deletionPolicy~ description* ipAddress*~
    ipCollection* ipProtocol*~ ipVersion*~ isMirroringCollector*:b labels:m loadBalancingScheme* name* network*~ networkTier*~
    noAutomateDnsZone*:b portRange*~ ports*:l project*~ recreateClosedPsc:b region*~ serviceDirectoryRegistrations*~:m
    serviceLabel* sourceIpRanges*:l subnetwork*~ target`,
  "gcp:dns/policy:Policy": `alternativeNameServerConfig:m deletionPolicy~ description dns64Config*~:m enableInboundForwarding:b enableLogging:b name*
    networks:l project*~`,
  "gcp:serviceaccount/account:Account": `accountId* createIgnoreAlreadyExists:b deletionPolicy description disabled:b displayName project*~`,
  "gcp:projects/iAMCustomRole:IAMCustomRole": `deletionPolicy description permissions!:l project*~ roleId* stage title!`,
  "gcp:projects/iAMMember:IAMMember": `condition*:m member!* project!* role!*`,
  "gcp:serviceaccount/iAMMember:IAMMember": `condition*:m member!* role!* serviceAccountId!*`,
};

/** The inputs of a type. */
export function gcpFields(token: string): Field[] {
  const short = FIELDS[token];
  if (short === undefined) throw new Error(`the simulated GCP has no type ${token}`);
  return fieldsOf(short);
}
