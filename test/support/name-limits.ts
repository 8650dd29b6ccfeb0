import { fields, list } from "../../model/data";

/** What a cloud takes as the name of a kind of thing. */
export interface NameLimit {
  /** What a name looks like, all of it. */
  readonly is: RegExp;
  /** Who says so. */
  readonly source: string;
  /** The names that a resource of the type gives. */
  readonly names: (inputs: Inputs) => readonly unknown[];
  /** What has its names among those of another kind: Azure's boot disks are disks. @default nothing */
  readonly among?: string;
  /** Within what nothing else of the kind may have the name, however it is written; undefined: several may, and something else tells them apart. */
  readonly within?: (inputs: Inputs) => readonly unknown[];
}

type Inputs = Readonly<Record<string, unknown>>;
type Given = Omit<NameLimit, "is" | "source">;

const named = (field: string, ...within: string[]): Given => ({
  names: (inputs) => [inputs[field]],
  within: (inputs) => within.map((each) => inputs[each]),
});
/** Of things that are known by ids, and called anything. */
const label = (field: string): Given => ({ names: (inputs) => [inputs[field]] });
const limit = (is: RegExp, source: string, given: Given): NameLimit => ({ is, source, ...given });

/** The tag that people know a thing by on AWS, and kpaas too where nothing else tells: unique among what is of its type. */
const tagged = limit(/^[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,255}$/u, "EC2: Tag (a value has 256 characters at most)", {
  names: ({ tags }) => [fields(tags).Name],
  within: () => [],
});
const BALANCER = "Elastic Load Balancing: CreateLoadBalancer, CreateTargetGroup (32 letters, digits and hyphens, none at an end)";
const IAM = "IAM: botocore iam-2010-05-08, roleNameType, instanceProfileNameType, policyNameType";

const GCE = "compute v1: [a-z](?:[-a-z0-9]{0,61}[a-z0-9])?";
const gce = (...within: string[]): NameLimit => limit(/^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/, GCE, named("name", "project", ...within));

const AZURE = "Naming rules and restrictions for Azure resources";
/** Azure has small and capital letters for the same; the end is a letter, a digit or an underline. */
const azure = (field: string, max: number, ...within: string[]): NameLimit =>
  limit(new RegExp(`^[A-Za-z0-9](?=.{0,${max - 1}}$)([\\w.-]*\\w)?$`), AZURE, named(field, "resourceGroupName", ...within));

const NEUTRON = "neutron, Octavia, nova, cinder: 255 characters";
const text = (given: Given): NameLimit => limit(/^.{1,255}$/u, NEUTRON, given);

const VCENTER = "vCenter: 80 characters; without % / and \\, which it would write otherwise";
const vcenter = (...within: string[]): NameLimit => limit(/^[^%/\\]{1,80}$/, VCENTER, named("name", ...within));
const vcenterTag = (...within: string[]): NameLimit => limit(/^.{1,255}$/u, "vCenter's tagging: 255 characters", named("name", ...within));

/**
 * What everything is called that an environment makes, by its type. Written apart from the clouds' own tables, by which names are made; `[]`: what has
 * no name of its own, or is called as what it belongs to.
 */
export const NAMES: Readonly<Record<string, readonly NameLimit[]>> = {
  "aws:ebs/volume:Volume": [tagged],
  "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": [tagged],
  "aws:ec2/eip:Eip": [tagged],
  "aws:ec2/eipAssociation:EipAssociation": [],
  "aws:ec2/instance:Instance": [tagged],
  "aws:ec2/internetGateway:InternetGateway": [tagged],
  "aws:ec2/keyPair:KeyPair": [tagged, limit(/^[\x20-\x7e]{1,255}$/, "EC2: CreateKeyPair (255 characters of ASCII)", named("keyName"))],
  "aws:ec2/natGateway:NatGateway": [tagged],
  "aws:ec2/route:Route": [],
  "aws:ec2/routeTable:RouteTable": [tagged],
  "aws:ec2/routeTableAssociation:RouteTableAssociation": [],
  "aws:ec2/securityGroup:SecurityGroup": [tagged],
  "aws:ec2/subnet:Subnet": [tagged],
  "aws:ec2/volumeAttachment:VolumeAttachment": [],
  "aws:ec2/vpc:Vpc": [tagged],
  "aws:iam/instanceProfile:InstanceProfile": [limit(/^[\w+=,.@-]{1,128}$/, IAM, named("name"))],
  "aws:iam/role:Role": [limit(/^[\w+=,.@-]{1,64}$/, IAM, named("name"))],
  "aws:iam/rolePolicy:RolePolicy": [limit(/^[\w+=,.@-]{1,128}$/, IAM, named("name", "role"))],
  "aws:lb/listener:Listener": [],
  "aws:lb/loadBalancer:LoadBalancer": [tagged, limit(/^(?!internal-)(?!-)[A-Za-z0-9-]{1,32}(?<!-)$/, BALANCER, named("name"))],
  "aws:lb/targetGroup:TargetGroup": [tagged, limit(/^(?!-)[A-Za-z0-9-]{1,32}(?<!-)$/, BALANCER, named("name"))],
  "aws:lb/targetGroupAttachment:TargetGroupAttachment": [],
  "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": [tagged],
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": [tagged],

  "gcp:compute/address:Address": [gce("region")],
  "gcp:compute/attachedDisk:AttachedDisk": [
    limit(/^[a-z0-9]([-_a-z0-9]{0,61}[a-z0-9])?$/, "compute v1: AttachedDisk.deviceName", named("deviceName", "instance")),
  ],
  "gcp:compute/disk:Disk": [gce("zone")],
  "gcp:compute/firewall:Firewall": [gce()],
  "gcp:compute/forwardingRule:ForwardingRule": [gce("region")],
  "gcp:compute/image:Image": [gce()],
  "gcp:compute/instance:Instance": [gce("zone")],
  "gcp:compute/instanceGroup:InstanceGroup": [gce("zone")],
  "gcp:compute/instanceGroupMembership:InstanceGroupMembership": [],
  "gcp:compute/network:Network": [gce()],
  "gcp:compute/regionBackendService:RegionBackendService": [gce("region")],
  "gcp:compute/regionHealthCheck:RegionHealthCheck": [gce("region")],
  "gcp:compute/router:Router": [gce("region")],
  "gcp:compute/routerNat:RouterNat": [gce("router")],
  "gcp:compute/subnetwork:Subnetwork": [gce("region")],
  "gcp:projects/iAMCustomRole:IAMCustomRole": [
    limit(/^[a-zA-Z0-9_.]{3,64}$/, "iam v1: CreateRoleRequest.roleId", named("roleId", "project")),
  ],
  "gcp:projects/iAMMember:IAMMember": [],
  "gcp:serviceaccount/account:Account": [
    limit(/^[a-z]([-a-z0-9]{4,28}[a-z0-9])$/, "iam v1: CreateServiceAccountRequest.accountId", named("accountId", "project")),
  ],
  "gcp:serviceaccount/iAMMember:IAMMember": [],

  "azure-native:authorization:RoleAssignment": [],
  "azure-native:authorization:RoleDefinition": [limit(/^.{1,512}$/u, AZURE, named("roleName"))],
  "azure-native:compute:Disk": [limit(/^[\w-]{1,80}$/, AZURE, named("diskName", "resourceGroupName"))],
  "azure-native:compute:VirtualMachine": [
    azure("vmName", 64),
    limit(/^[A-Za-z0-9]([A-Za-z0-9-]{0,62}[A-Za-z0-9])?$/, `${AZURE}: computerName of Linux`, {
      names: ({ osProfile }) => [fields(osProfile).computerName],
      within: () => [],
    }),
    limit(/^[\w-]{1,80}$/, AZURE, {
      names: ({ storageProfile }) => [fields(fields(storageProfile).osDisk).name],
      within: ({ resourceGroupName }) => [resourceGroupName],
      among: "azure-native:compute:Disk",
    }),
  ],
  "azure-native:managedidentity:UserAssignedIdentity": [
    limit(/^[A-Za-z0-9][\w-]{2,127}$/, AZURE, named("resourceName", "resourceGroupName")),
  ],
  "azure-native:network:ApplicationSecurityGroup": [azure("applicationSecurityGroupName", 80)],
  "azure-native:network:LoadBalancer": [azure("loadBalancerName", 80)],
  "azure-native:network:NatGateway": [azure("natGatewayName", 80)],
  "azure-native:network:NetworkInterface": [azure("networkInterfaceName", 80)],
  "azure-native:network:NetworkSecurityGroup": [
    azure("networkSecurityGroupName", 80),
    limit(/^[A-Za-z0-9]([\w.-]{0,78}\w)?$/, `${AZURE}: a security rule`, {
      names: ({ securityRules }) => list(securityRules).map((each) => fields(each).name),
      within: ({ networkSecurityGroupName }) => [networkSecurityGroupName],
    }),
  ],
  "azure-native:network:SecurityRule": [azure("securityRuleName", 80, "networkSecurityGroupName")],
  "azure-native:network:PublicIPAddress": [azure("publicIpAddressName", 80)],
  "azure-native:network:Subnet": [azure("subnetName", 80, "virtualNetworkName")],
  "azure-native:network:VirtualNetwork": [azure("virtualNetworkName", 64)],
  "azure-native:resources:ResourceGroup": [azure("resourceGroupName", 90)],

  // By its metadata: `a-b` with `c`, and `a` with `b-c`, are called the same.
  "openstack:blockstorage/volume:Volume": [text(label("name"))],
  // The guest's own name is made of it, and cut after 63 characters: two must not become one.
  "openstack:compute/instance:Instance": [
    limit(/^[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/, "nova: a server's hostname (63 characters)", named("name")),
  ],
  "openstack:compute/keypair:Keypair": [limit(/^[\w -]{1,255}$/, "nova: keypair create", named("name"))],
  "openstack:compute/serverGroup:ServerGroup": [text(named("name"))],
  "openstack:compute/volumeAttach:VolumeAttach": [],
  "openstack:loadbalancer/listener:Listener": [text(named("name"))],
  "openstack:loadbalancer/loadBalancer:LoadBalancer": [text(named("name"))],
  "openstack:loadbalancer/member:Member": [text(named("name", "poolId"))],
  "openstack:loadbalancer/monitor:Monitor": [text(named("name"))],
  "openstack:loadbalancer/pool:Pool": [text(named("name"))],
  "openstack:networking/floatingIp:FloatingIp": [],
  "openstack:networking/floatingIpAssociate:FloatingIpAssociate": [],
  "openstack:networking/network:Network": [text(named("name"))],
  // By its address: a machine `api` has a port that is called as the API's.
  "openstack:networking/port:Port": [text(label("name"))],
  "openstack:networking/router:Router": [text(named("name"))],
  "openstack:networking/routerInterface:RouterInterface": [],
  "openstack:networking/secGroup:SecGroup": [text(named("name"))],
  "openstack:networking/secGroupRule:SecGroupRule": [],
  "openstack:networking/subnet:Subnet": [text(named("name"))],

  "vsphere:index/computeClusterVmAntiAffinityRule:ComputeClusterVmAntiAffinityRule": [vcenter("computeClusterId")],
  "vsphere:index/folder:Folder": [
    limit(/^[^%/\\]{1,80}$/, VCENTER, { names: ({ path }) => String(path).split("/").slice(-1), within: () => [] }),
  ],
  "vsphere:index/resourcePool:ResourcePool": [vcenter("parentResourcePoolId")],
  "vsphere:index/tag:Tag": [vcenterTag("categoryId")],
  "vsphere:index/tagCategory:TagCategory": [vcenterTag()],
  "vsphere:index/virtualDisk:VirtualDisk": [
    limit(/^[^%/\\]{1,80}\/[^%/\\]{1,80}$/, `${VCENTER}, for each part of a path`, named("vmdkPath", "datacenter", "datastore")),
  ],
  "vsphere:index/virtualMachine:VirtualMachine": [vcenter("folder")],
};
