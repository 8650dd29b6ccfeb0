import type { Field } from "../cloud/fields";
import { fieldsOf } from "../cloud/fields";

/**
 * The inputs of every type, with their flags: names, kinds, what is required, and what AWS chooses where nothing is given as in @pulumi/aws 7.48.0
 * (held against by a test); what replaces as ForceNew in the schemas of hashicorp/terraform-provider-aws, internal/service/{ec2,elbv2,iam}, and
 * held against CloudFormation's by a long test.
 */
const FIELDS: Readonly<Record<string, string>> = {
  "aws:ec2/vpc:Vpc": `assignGeneratedIpv6CidrBlock:b cidrBlock*~ enableDnsHostnames~:b enableDnsSupport:b enableNetworkAddressUsageMetrics~:b
    instanceTenancy* ipv4IpamPoolId* ipv4NetmaskLength*:n ipv6CidrBlock~ ipv6CidrBlockNetworkBorderGroup~ ipv6IpamPoolId
    ipv6NetmaskLength:n region*~ tags:m`,
  "aws:ec2/subnet:Subnet": `assignIpv6AddressOnCreation:b availabilityZone*~ availabilityZoneId*~ cidrBlock*~ customerOwnedIpv4Pool enableDns64:b
    enableLniAtDeviceIndex:n enableResourceNameDnsARecordOnLaunch:b enableResourceNameDnsAaaaRecordOnLaunch:b ipv4IpamPoolId*
    ipv4NetmaskLength*:n ipv6CidrBlock~ ipv6IpamPoolId* ipv6Native*:b ipv6NetmaskLength*:n mapCustomerOwnedIpOnLaunch:b
    mapPublicIpOnLaunch:b outpostArn* privateDnsHostnameTypeOnLaunch~ region*~ tags:m vpcId!*`,
  "aws:ec2/internetGateway:InternetGateway": `region*~ tags:m vpcId~`,
  "aws:ec2/eip:Eip": `address* associateWithPrivateIp customerOwnedIpv4Pool domain*~ instance~ ipamPoolId*~ networkBorderGroup*~ networkInterface~
    publicIpv4Pool*~ region*~ tags:m`,
  "aws:ec2/eipAssociation:EipAssociation": `allocationId*~ allowReassociation*:b instanceId*~ networkInterfaceId*~ privateIpAddress*~ publicIp*~ region*~`,
  "aws:ec2/natGateway:NatGateway": `allocationId* availabilityMode*~ availabilityZoneAddresses:l connectivityType* privateIp*~ region*~ secondaryAllocationIds~:l
    secondaryPrivateIpAddressCount*~:n secondaryPrivateIpAddresses~:l subnetId* tags:m vpcId*~`,
  "aws:ec2/routeTable:RouteTable": `propagatingVgws~:l region*~ routes~:l tags:m vpcId!*`,
  "aws:ec2/route:Route": `carrierGatewayId coreNetworkArn destinationCidrBlock* destinationIpv6CidrBlock* destinationPrefixListId* egressOnlyGatewayId
    gatewayId localGatewayId natGatewayId networkInterfaceId~ odbNetworkArn region*~ routeTableId!* transitGatewayId vpcEndpointId
    vpcPeeringConnectionId`,
  "aws:ec2/routeTableAssociation:RouteTableAssociation": `gatewayId* region*~ routeTableId! subnetId*`,
  "aws:ec2/vpcDhcpOptions:VpcDhcpOptions": `domainName* domainNameServers*:l ipv6AddressPreferredLeaseTime* netbiosNameServers*:l netbiosNodeType* ntpServers*:l region*~
    tags:m`,
  "aws:ec2/vpcDhcpOptionsAssociation:VpcDhcpOptionsAssociation": `dhcpOptionsId! region*~ vpcId!*`,
  "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": `egress~:l ingress~:l region*~ revokeRulesOnDelete:b tags:m vpcId*~`,
  "aws:ec2/securityGroup:SecurityGroup": `description* egress~:l ingress~:l name*~ namePrefix*~ region*~ revokeRulesOnDelete:b tags:m vpcId*~`,
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": `cidrIpv4 cidrIpv6 description fromPort:n ipProtocol! prefixListId referencedSecurityGroupId region*~ securityGroupId!* tags:m
    toPort:n`,
  "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": `cidrIpv4 cidrIpv6 description fromPort:n ipProtocol! prefixListId referencedSecurityGroupId region*~ securityGroupId!* tags:m
    toPort:n`,
  "aws:ec2/keyPair:KeyPair": `keyName*~ keyNamePrefix*~ publicKey!* region*~ tags:m`,
  "aws:iam/role:Role": `assumeRolePolicy! description forceDetachPolicies:b inlinePolicies~:l managedPolicyArns~:l maxSessionDuration:n name*~
    namePrefix*~ path* permissionsBoundary tags:m`,
  "aws:iam/rolePolicy:RolePolicy": `name*~ namePrefix*~ policy! role!*`,
  "aws:iam/instanceProfile:InstanceProfile": `name*~ namePrefix*~ path* role tags:m`,
  "aws:ec2/instance:Instance": `ami*~ associatePublicIpAddress*~:b availabilityZone*~ capacityReservationSpecification~:m cpuOptions*~:m creditSpecification:m
    disableApiStop~:b disableApiTermination~:b ebsBlockDevices~:l ebsOptimized~:b enablePrimaryIpv6~:b enclaveOptions*~:m
    ephemeralBlockDevices*~:l forceDestroy:b getPasswordData:b hibernation*:b hostId*~ hostResourceGroupArn~ iamInstanceProfile~
    instanceInitiatedShutdownBehavior~ instanceMarketOptions~:m instanceType~ ipv6AddressCount*~:n ipv6Addresses~:l keyName*~
    launchTemplate*:m maintenanceOptions~:m
    metadataOptions~:m(httpEndpoint,httpProtocolIpv6,httpPutResponseHopLimit,httpTokens,instanceMetadataTags) monitoring~:b
    networkInterfaces*~:l placementGroup*~ placementGroupId~ placementPartitionNumber~:n primaryNetworkInterface~:m
    privateDnsNameOptions*~:m privateIp*~ region*~
    rootBlockDevice~:m(deleteOnTermination,deviceName,encrypted,iops,kmsKeyId,tags,tagsAll,throughput,volumeId,volumeSize,volumeType)
    secondaryNetworkInterfaces~:l secondaryPrivateIps~:l securityGroups*~:l sourceDestCheck:b subnetId*~ tags:m tenancy*~ userData
    userDataBase64~ userDataReplaceOnChange:b volumeTags:m vpcSecurityGroupIds~:l`,
  "aws:ebs/volume:Volume": `availabilityZone!* encrypted*~:b finalSnapshot:b iops~:n kmsKeyId*~ multiAttachEnabled*:b outpostArn* region*~ size~:n snapshotId*~
    tags:m throughput~:n type~ volumeInitializationRate*:n`,
  "aws:ec2/volumeAttachment:VolumeAttachment": `deviceName!* forceDetach:b instanceId!* region*~ skipDestroy:b stopInstanceBeforeDetaching:b volumeId!*`,
  "aws:lb/loadBalancer:LoadBalancer": `accessLogs:m clientKeepAlive:n connectionLogs:m customerOwnedIpv4Pool* desyncMitigationMode dnsRecordClientRoutingPolicy
    dropInvalidHeaderFields:b enableCrossZoneLoadBalancing:b enableDeletionProtection:b enableHttp2:b enablePrefixForIpv6SourceNat~
    enableTlsVersionAndCipherSuiteHeaders:b enableWafFailOpen:b enableXffClientPort:b enableZonalShift:b
    enforceSecurityGroupInboundRulesOnPrivateLinkTraffic~ healthCheckLogs:m idleTimeout:n internal*~:b ipAddressType~ ipamPools:m
    loadBalancerType* minimumLoadBalancerCapacity:m name*~ namePrefix*~ preserveHostHeader:b region*~
    secondaryIpsAutoAssignedPerSubnet~:n securityGroups~:l
    subnetMappings~:l(allocationId,ipv6Address,outpostId,privateIpv4Address,subnetId) subnets~:l tags:m xffHeaderProcessingMode`,
  "aws:lb/targetGroup:TargetGroup": `connectionTermination~:b deregistrationDelay:n
    healthCheck~:m(enabled,healthyThreshold,interval,matcher,path,port,protocol,timeout,unhealthyThreshold) ipAddressType*~
    lambdaMultiValueHeadersEnabled:b loadBalancingAlgorithmType~ loadBalancingAnomalyMitigation~ loadBalancingCrossZoneEnabled~ name*~
    namePrefix*~ port*:n preserveClientIp~ protocol* protocolVersion*~ proxyProtocolV2:b region*~ slowStart:n stickiness~:m tags:m
    targetControlPort*:n targetFailovers~:l targetGroupHealth~:m targetHealthStates~:l targetType* vpcId*`,
  "aws:lb/listener:Listener": `alpnPolicy certificateArn defaultActions!:l loadBalancerArn!* mutualAuthentication~:m port:n protocol~ region*~
    routingHttpRequestXAmznMtlsClientcertHeaderName~ routingHttpRequestXAmznMtlsClientcertIssuerHeaderName~
    routingHttpRequestXAmznMtlsClientcertLeafHeaderName~ routingHttpRequestXAmznMtlsClientcertSerialNumberHeaderName~
    routingHttpRequestXAmznMtlsClientcertSubjectHeaderName~ routingHttpRequestXAmznMtlsClientcertValidityHeaderName~
    routingHttpRequestXAmznTlsCipherSuiteHeaderName~ routingHttpRequestXAmznTlsVersionHeaderName~
    routingHttpResponseAccessControlAllowCredentialsHeaderValue~ routingHttpResponseAccessControlAllowHeadersHeaderValue~
    routingHttpResponseAccessControlAllowMethodsHeaderValue~ routingHttpResponseAccessControlAllowOriginHeaderValue~
    routingHttpResponseAccessControlExposeHeadersHeaderValue~ routingHttpResponseAccessControlMaxAgeHeaderValue~
    routingHttpResponseContentSecurityPolicyHeaderValue~ routingHttpResponseServerEnabled~:b
    routingHttpResponseStrictTransportSecurityHeaderValue~ routingHttpResponseXContentTypeOptionsHeaderValue~
    routingHttpResponseXFrameOptionsHeaderValue~ sslPolicy~ tags:m tcpIdleTimeoutSeconds~:n`,
  "aws:lb/targetGroupAttachment:TargetGroupAttachment": `availabilityZone* port*:n quicServerId* region*~ targetGroupArn!* targetId!*`,
};

/** The inputs of a type. */
export function awsFields(token: string): Field[] {
  const short = FIELDS[token];
  if (short === undefined) throw new Error(`the simulated AWS has no type ${token}`);
  return fieldsOf(short);
}
