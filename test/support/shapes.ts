import type { EnvironmentPlan } from "../../model/plan/types";
import { fields, list } from "../../model/data";
import type { Graph, RecordedResource } from "../../testing/graph";
import { buildAws, ZONES as AWS_ZONES } from "./aws";
import { azureFirewall, awsFirewall, type Firewall, gcpFirewall, hostsFirewall, openstackFirewall } from "./reachability";
import { buildAzure, ZONES as AZURE_ZONES } from "./azure";
import { buildGcp, ZONES as GCP_ZONES } from "./gcp";
import { buildNhn } from "./nhn";
import { build as buildOpenStack } from "./openstack";
import type { FileContent } from "./plan";
import { build as buildVSphere } from "./vsphere";
import type { Wish } from "./wishes";

/*
 * What a cloud was told, in words that are the same for all. Read from the resources alone and written apart from what makes them: machines by the
 * names of their resources, everything else by what refers to what.
 */

/** A machine. */
export interface ReadMachine {
  readonly name: string;
  readonly zone: string | undefined;
  /** What keeps it from the hosts of others. */
  readonly apart: readonly string[];
  /** What leads its packets out of its network. */
  readonly waysOut: readonly string[];
}

/** A data volume, by `KEY.VOLUME`. */
export interface ReadVolume {
  readonly name: string;
  /** Undefined: of a cloud whose volumes are in no zone. */
  readonly zone: string | undefined;
  /** The names of the machines that it is attached to. */
  readonly on: readonly string[];
}

/** Something that listens for a role, at one port or several. */
export interface ReadBalancer {
  readonly what: "api" | "ingress";
  /** The names of the machines that it leads to, as often as they are named. */
  readonly members: readonly string[];
}

/** How a cloud is written to, and read. */
export interface Shape {
  /** The zones of its samples. */
  readonly zones: readonly [string, string, string];
  /** What its file says of the infrastructure in its own words. */
  readonly infrastructure: (wish: Wish, zones: readonly string[]) => FileContent;
  readonly build: (plan: EnvironmentPlan) => Promise<Graph>;
  readonly firewall: (g: Graph, plan: EnvironmentPlan) => Firewall;
  readonly machines: (g: Graph) => ReadMachine[];
  readonly volumes: (g: Graph) => ReadVolume[];
  readonly balancers: (g: Graph) => ReadBalancer[];
  /** Whether the environment makes ways out for its nodes, as its file has it. */
  readonly leadsOut: (wish: Wish) => boolean;
  /** Whether a bastion that nobody outside meets has one too. @default as nodes have */
  readonly leadsBastionOut?: (wish: Wish) => boolean;
}

const ofType = (g: Graph, end: string): readonly RecordedResource[] => g.resources.filter(({ type }) => type.endsWith(end));
const machineOf = (resource: string): string => resource.replace(/^.*?-(machine|nic|port)-/, "").replace(/-(id|link)$/, "");
const volumeOf = (resource: string): string => resource.replace(/^.*?-volume-/, "");
const byId = (resources: readonly RecordedResource[], suffix = "id") => new Map(resources.map((each) => [`${each.name}-${suffix}`, each]));
const texts = (value: unknown): string[] => list(value).map(String);
const roleOf = (resource: string): "api" | "ingress" => (/-ingress(-|$)/.test(resource.replace(/^seoul/, "")) ? "ingress" : "api");

/** The zone of a sample subnet that is there already. */
const AWS_SUBNET = /^subnet-([01])\1{6}(\d)$/;

const aws: Shape = {
  zones: AWS_ZONES,
  infrastructure: ({ nat, existing }, zones) => ({
    ...{ provider: "aws", region: "ap-northeast-2", zones },
    aws: existing
      ? {
          existing: {
            vpc: "vpc-00000001",
            subnets: Object.fromEntries(
              zones.map((zone, index) => [
                zone,
                {
                  node: { id: `subnet-0000000${index}`, cidr: `10.20.${index}.0/24` },
                  outer: { id: `subnet-1111111${index}`, cidr: `10.20.1${index}.0/24` },
                },
              ]),
            ),
          },
        }
      : { natGateways: nat },
  }),
  build: (plan) => buildAws(plan),
  firewall: awsFirewall,
  machines: (g) => {
    const subnets = byId(ofType(g, "subnet:Subnet"));
    const nats = byId(ofType(g, ":NatGateway"));
    const met = new Set(ofType(g, ":EipAssociation").map(({ inputs }) => inputs.instanceId));
    /** The default routes of a subnet. */
    const routes = (subnet: unknown): RecordedResource[] =>
      ofType(g, ":RouteTableAssociation")
        .filter(({ inputs }) => inputs.subnetId === subnet)
        .flatMap((joined) =>
          ofType(g, ":Route").filter(
            ({ inputs }) => inputs.routeTableId === joined.inputs.routeTableId && inputs.destinationCidrBlock === "0.0.0.0/0",
          ),
        );
    const isOuter = (subnet: unknown): boolean => routes(subnet).some(({ inputs }) => inputs.gatewayId !== undefined);
    return ofType(g, "instance:Instance").map(({ name, inputs }) => {
      const [, , index] = AWS_SUBNET.exec(String(inputs.subnetId)) ?? [];
      const zone = subnets.get(String(inputs.subnetId))?.inputs.availabilityZone ?? AWS_ZONES[Number(index)];
      const waysOut = routes(inputs.subnetId).flatMap((route) => {
        const { gatewayId, natGatewayId } = route.inputs;
        // Packets of an inner address are dropped by the internet's gateway; a NAT gateway needs that itself.
        const leads = gatewayId !== undefined ? met.has(`${name}-id`) : isOuter(nats.get(String(natGatewayId))?.inputs.subnetId);
        return leads ? [route.name] : [];
      });
      return { name: machineOf(name), zone: String(zone), apart: [], waysOut };
    });
  },
  volumes: (g) =>
    ofType(g, "volume:Volume").map(({ name, inputs }) => ({
      name: volumeOf(name),
      zone: String(inputs.availabilityZone),
      on: ofType(g, ":VolumeAttachment")
        .filter((each) => each.inputs.volumeId === `${name}-id`)
        .map((each) => machineOf(String(each.inputs.instanceId))),
    })),
  balancers: (g) => {
    const machines = new Map(ofType(g, "instance:Instance").map(({ name, inputs }) => [inputs.privateIp, machineOf(name)]));
    return ofType(g, ":Listener").map(({ name, inputs }) => {
      const targets = list(inputs.defaultActions).map((each) => fields(each).targetGroupArn);
      const members = ofType(g, ":TargetGroupAttachment").filter((each) => targets.includes(each.inputs.targetGroupArn));
      return { what: roleOf(name), members: members.map((each) => machines.get(each.inputs.targetId) ?? String(each.inputs.targetId)) };
    });
  },
  leadsOut: ({ nat, existing }) => nat !== "none" && !existing,
  // It stands in an outer subnet, whose way out is for public addresses alone; it runs nothing that would need one (docs/aws.md).
  leadsBastionOut: () => false,
};

const gcp: Shape = {
  zones: GCP_ZONES,
  infrastructure: ({ nat, existing }, zones) => ({
    ...{ provider: "gcp", region: "asia-northeast3", zones },
    gcp: { project: "acme-platform", nat: nat !== "none" },
    ...(existing ? { network: { existing: { network: "shared", subnets: { node: "nodes" } } } } : {}),
  }),
  build: (plan) => buildGcp(plan),
  firewall: gcpFirewall,
  machines: (g) =>
    ofType(g, "instance:Instance").map(({ name, inputs }) => {
      const [nic = {}] = list(inputs.networkInterfaces).map(fields);
      const nats = ofType(g, ":RouterNat").filter((each) =>
        list(each.inputs.subnetworks).some((subnet) => fields(subnet).name === nic.subnetwork),
      );
      // Who has an address outside is not led out by NAT.
      const own = list(nic.accessConfigs).map((each) => String(fields(each).natIp));
      const waysOut = own.length > 0 ? own : nats.map((each) => each.name);
      return { name: machineOf(name), zone: String(inputs.zone), apart: [], waysOut };
    }),
  volumes: (g) =>
    ofType(g, ":Disk").map(({ name, inputs }) => ({
      name: volumeOf(name),
      zone: String(inputs.zone),
      on: ofType(g, ":AttachedDisk")
        .filter((each) => each.inputs.disk === `${name}-link`)
        .map((each) => machineOf(String(each.inputs.instance))),
    })),
  balancers: (g) => {
    const services = byId(ofType(g, ":RegionBackendService"), "link");
    const groups = byId(ofType(g, ":InstanceGroup"), "link");
    return ofType(g, ":ForwardingRule").map(({ name, inputs }) => {
      const members = list(services.get(String(inputs.backendService))?.inputs.backends).flatMap((backend) => {
        const { name: group, zone } = groups.get(String(fields(backend).group))?.inputs ?? {};
        return ofType(g, ":InstanceGroupMembership").filter((each) => each.inputs.instanceGroup === group && each.inputs.zone === zone);
      });
      return { what: roleOf(name), members: members.map((each) => machineOf(String(each.inputs.instance))) };
    });
  },
  leadsOut: ({ nat }) => nat !== "none",
};

const azure: Shape = {
  zones: AZURE_ZONES,
  infrastructure: ({ nat, existing }, zones) => ({
    ...{ provider: "azure", region: "koreacentral", zones },
    azure: existing
      ? {
          existing: {
            network: "/subscriptions/0/resourceGroups/net/providers/Microsoft.Network/virtualNetworks/hub",
            subnets: { node: { name: "nodes", cidr: "10.20.4.0/24" }, outer: { name: "edge", cidr: "10.20.5.0/27" } },
          },
        }
      : { natGateways: nat },
  }),
  build: (plan) => buildAzure(plan),
  firewall: azureFirewall,
  machines: (g) => {
    const subnets = byId(ofType(g, ":Subnet"));
    const nics = byId(ofType(g, ":NetworkInterface"));
    return ofType(g, ":VirtualMachine").map(({ name, inputs }) => {
      const waysOut = list(fields(inputs.networkProfile).networkInterfaces).flatMap((nic) =>
        list(nics.get(String(fields(nic).id))?.inputs.ipConfigurations).flatMap((each) => {
          const { subnet, publicIPAddress: own } = fields(each);
          const nat = fields(subnets.get(String(fields(subnet).id))?.inputs.natGateway);
          return [own, nat].flatMap((way) => (fields(way).id === undefined ? [] : [String(fields(way).id)]));
        }),
      );
      return { name: machineOf(name), zone: texts(inputs.zones).join(), apart: [], waysOut };
    });
  },
  volumes: (g) =>
    ofType(g, ":Disk").map(({ name, inputs }) => ({
      name: volumeOf(name),
      zone: texts(inputs.zones).join(),
      on: ofType(g, ":VirtualMachine")
        .filter((each) =>
          list(fields(each.inputs.storageProfile).dataDisks).some((disk) => fields(fields(disk).managedDisk).id === `${name}-id`),
        )
        .map((each) => machineOf(each.name)),
    })),
  balancers: (g) =>
    ofType(g, ":LoadBalancer").flatMap(({ name, inputs }) =>
      list(inputs.loadBalancingRules).map((rule) => {
        const pool = String(fields(fields(rule).backendAddressPool).id).replace("$self", `${name}-id`);
        const members = ofType(g, ":NetworkInterface").flatMap((nic) =>
          list(nic.inputs.ipConfigurations).flatMap((each) =>
            list(fields(each).loadBalancerBackendAddressPools)
              .filter((own) => fields(own).id === pool)
              .map(() => machineOf(nic.name)),
          ),
        );
        return { what: fields(rule).name === "api" ? ("api" as const) : ("ingress" as const), members };
      }),
    ),
  leadsOut: ({ nat, existing }) => nat !== "none" && !existing,
};

const openstack: Shape = {
  zones: ["az-1", "az-2", "az-3"],
  infrastructure: ({ existing, outside }, zones) => ({
    ...{ provider: "openstack", zones },
    ...(existing ? { network: { existing: { network: "net", subnets: { node: "sub" }, ...(outside ? { router: "edge" } : {}) } } } : {}),
  }),
  build: (plan) => buildOpenStack(plan),
  firewall: (g) => openstackFirewall(g),
  machines: (g) => {
    const ports = byId(ofType(g, ":Port"));
    const routers = byId(ofType(g, ":Router"));
    return ofType(g, ":Instance").map(({ name, inputs }) => {
      const waysOut = list(inputs.networks).flatMap((network) =>
        list(ports.get(String(fields(network).port))?.inputs.fixedIps).flatMap((address) =>
          ofType(g, ":RouterInterface")
            .filter((joined) => joined.inputs.subnetId === fields(address).subnetId)
            .filter((joined) => routers.get(String(joined.inputs.routerId))?.inputs.externalNetworkId !== undefined)
            .map((joined) => joined.name),
        ),
      );
      const apart = list(inputs.schedulerHints).map((each) => String(fields(each).group));
      return { name: machineOf(name), zone: String(inputs.availabilityZone), apart, waysOut };
    });
  },
  volumes: (g) =>
    ofType(g, ":Volume").map(({ name, inputs }) => ({
      name: volumeOf(name),
      zone: inputs.availabilityZone === undefined ? undefined : String(inputs.availabilityZone),
      on: ofType(g, ":VolumeAttach")
        .filter((each) => each.inputs.volumeId === `${name}-id`)
        .map((each) => machineOf(String(each.inputs.instanceId))),
    })),
  balancers: (g) => {
    const addresses = new Map(
      ofType(g, ":Port").flatMap(({ name, inputs }) =>
        list(inputs.fixedIps).map((each) => [fields(each).ipAddress, machineOf(name)] as const),
      ),
    );
    return ofType(g, ":Listener").map(({ name }) => {
      const pools = ofType(g, ":Pool").filter((each) => each.inputs.listenerId === `${name}-id`);
      const members = ofType(g, ":Member").filter((each) => pools.some((pool) => `${pool.name}-id` === each.inputs.poolId));
      return { what: "api" as const, members: members.map((each) => addresses.get(each.inputs.address) ?? String(each.inputs.address)) };
    });
  },
  leadsOut: ({ existing }) => !existing,
};

const nhn: Shape = {
  ...openstack,
  zones: ["kr-pub-a", "kr-pub-b", "kr-pub-c"],
  infrastructure: (_wish, zones) => ({
    ...{ provider: "nhn", region: "KR1", zones, image: "Ubuntu Server 22.04.5 LTS (2025.07.15)" },
    network: { existing: { network: "Default Network", subnets: { node: "Default Network" } } },
  }),
  build: (plan) => buildNhn(plan),
  // The routing table of the network that is there does.
  leadsOut: () => false,
};

const vsphere: Shape = {
  zones: ["az-1", "az-2", "az-3"],
  infrastructure: (_wish, zones) => ({
    ...{ provider: "vsphere", zones, network: { dns: ["10.20.0.2"] } },
    vsphere: {
      ...{ server: "vcenter.example.org", datacenter: "Seoul" },
      zones: Object.fromEntries(zones.map((zone) => [zone, { cluster: zone, datastore: zone }])),
    },
  }),
  build: (plan) => buildVSphere(plan),
  firewall: (g, plan) => hostsFirewall(g, plan.cluster.variables),
  machines: (g) => {
    const pools = byId(ofType(g, ":ResourcePool"));
    return ofType(g, ":VirtualMachine").map(({ name, inputs }) => {
      const config = fields(inputs.extraConfig);
      // The bastion's is a secret.
      const told = String({ ...config, ...fields(config.value) }["guestinfo.metadata"]);
      const ethernets = fields(fields(JSON.parse(Buffer.from(told, "base64").toString())).network).ethernets;
      const waysOut = Object.values(fields(ethernets)).flatMap((each) => list(fields(each).routes).map((route) => String(fields(route).via)));
      const apart = ofType(g, ":ComputeClusterVmAntiAffinityRule")
        .filter((rule) => texts(rule.inputs.virtualMachineIds).includes(`${name}-id`))
        .map((rule) => rule.name);
      const parent = String(pools.get(String(inputs.resourcePoolId))?.inputs.parentResourcePoolId);
      return { name: machineOf(name), zone: parent.replace(/^pool of /, ""), apart, waysOut };
    });
  },
  volumes: (g) =>
    ofType(g, ":VirtualDisk").map(({ name, inputs }) => ({
      name: volumeOf(name),
      zone: String(inputs.datastore),
      on: ofType(g, ":VirtualMachine").flatMap((each) =>
        list(each.inputs.disks)
          .filter((disk) => fields(disk).path === inputs.vmdkPath)
          .map(() => machineOf(each.name)),
      ),
    })),
  balancers: () => [],
  // Each guest is told its network's router.
  leadsOut: () => true,
};

/** Every cloud that makes machines. */
export const SHAPES: Readonly<Record<string, Shape>> = { openstack, nhn, aws, gcp, azure, vsphere };
