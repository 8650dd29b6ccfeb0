import type { Properties } from "../../plugin/rpc/provider";
import type { Stored } from "../store";
import { isMap, maps, text, texts } from "../values";
import { interfacesIn } from "./addresses";
import { knownNetworks } from "./beforehand";
import { imagesIn } from "./images";
import { ACCOUNT, type Aws, idOfName, type Quota } from "./names";
import { processorsOf } from "./types";

type Lookup = (cloud: Aws, args: Properties) => Properties;

/** What a filter's name stands for, by the name that an object has it under; others are the name in camel case. */
const FILTERS: Readonly<Record<string, string>> = {
  "attachment.vpc-id": "vpcId",
  "private-ip-address": "privateIp",
  "instance-state-name": "instanceState",
  "group-id": "securityGroupId",
  "volume-id": "id",
  status: "status",
};

/** A lookup of one object by filters, tags and what else is given; refused where there is none, or several. */
function one(
  what: string,
  kind: string,
  of: (cloud: Aws, object: Stored) => Properties,
  by: Readonly<Record<string, string>> = {},
): Lookup {
  return (cloud, args) => {
    const found = matching([...cloud.store.list(kind), ...knownNetworks(cloud, kind)], args, by);
    if (found.length === 0) throw new Error(`no matching EC2 ${what} found`);
    if (found.length > 1)
      throw new Error(`multiple EC2 ${what}s matched; use additional constraints to reduce matches to a single EC2 ${what}`);
    const [object] = found;
    return object === undefined ? {} : { ...object, ...of(cloud, object) };
  };
}

function matching<T extends Properties>(objects: readonly T[], args: Properties, by: Readonly<Record<string, string>> = {}): T[] {
  const wanted = Object.entries(args).filter(
    ([key, value]) => !["filters", "tags", "state", "region"].includes(key) && value !== undefined,
  );
  return objects.filter(
    (object) =>
      wanted.every(([key, value]) => object[by[key] ?? key] === value) &&
      Object.entries(isMap(args.tags) ? args.tags : {}).every(([key, value]) => tagOf(object, key) === value) &&
      maps(args, "filters").every((filter) => texts(filter, "values").includes(String(attribute(object, text(filter, "name"))))),
  );
}

function attribute(object: Properties, filter: string): unknown {
  if (filter.startsWith("tag:")) return tagOf(object, filter.slice("tag:".length));
  const key = FILTERS[filter] ?? filter.replaceAll(/-(\w)/g, (_match, letter: string) => letter.toUpperCase());
  // What every object of the simulated cloud is, since it is made at once.
  return object[key] ?? (filter === "status" ? "available" : undefined);
}

function tagOf(object: Properties, key: string): unknown {
  return isMap(object.tags) ? object.tags[key] : undefined;
}

const CODES: Readonly<Record<string, Quota>> = {
  "L-1216C47A": "processors",
  "L-0263D0A3": "addresses",
  "L-F678F1CE": "vpcs",
  "L-69A177A2": "balancers",
};

/** The lookups that infrastructures, and whoever looks for what was lost, call. */
export const LOOKUPS: Readonly<Record<string, Lookup>> = {
  "aws:ec2/getAmi:getAmi": (cloud, args) => {
    const names = maps(args, "filters").flatMap((filter) => (text(filter, "name") === "name" ? texts(filter, "values") : []));
    const ids = maps(args, "filters").flatMap((filter) => (text(filter, "name") === "image-id" ? texts(filter, "values") : []));
    const owners = texts(args, "owners");
    const found = imagesIn(cloud).filter(({ id, name, owner }) =>
      ids.length > 0 ? ids.includes(id) : names.includes(name) && owners.includes(owner),
    );
    if (found.length === 0) throw new Error("Your query returned no results. Please change your search criteria and try again.");
    if (found.length > 1)
      throw new Error(
        "Your query returned more than one result. Please try a more specific search criteria, or set `most_recent` attribute to true.",
      );
    const [image] = found;
    return { ...image, imageId: image?.id, architecture: "x86_64", ownerId: image?.owner };
  },
  "aws:index/getAvailabilityZones:getAvailabilityZones": (cloud) => ({
    id: cloud.region,
    names: cloud.existing("zones"),
    zoneIds: [],
    groupNames: [],
  }),
  "aws:ec2/getInstanceTypeOfferings:getInstanceTypeOfferings": (cloud, args) => {
    const wanted = maps(args, "filters").flatMap((filter) => texts(filter, "values"));
    const offered = cloud.existing("instanceTypes").flatMap((entry) => {
      const [type = "", , ...zones] = entry.split(" ");
      return wanted.includes(type) ? (zones.length > 0 ? zones : cloud.existing("zones")).map((zone) => ({ type, zone })) : [];
    });
    return {
      id: cloud.region,
      instanceTypes: offered.map(({ type }) => type),
      locations: offered.map(({ zone }) => zone),
      locationTypes: offered.map(() => "availability-zone"),
    };
  },
  "aws:ec2/getInstanceType:getInstanceType": (cloud, args) => {
    const type = text(args, "instanceType");
    if (!cloud.existing("instanceTypes").some((entry) => entry.split(" ")[0] === type))
      throw new Error(
        `reading EC2 Instance Type (${type}): InvalidInstanceType: The following supplied instance types do not exist: [${type}]`,
      );
    return { id: type, instanceType: type, defaultVcpus: processorsOf(type) };
  },
  "aws:ec2/getKeyPair:getKeyPair": (cloud, args) => {
    const keyName = text(args, "keyName");
    const own = cloud.store.get("keyPair", keyName);
    if (own === undefined && cloud.byName("keyPairs", keyName) === undefined)
      throw new Error(`InvalidKeyPair.NotFound: The key pair '${keyName}' does not exist`);
    return { id: keyName, keyName, publicKey: own?.publicKey ?? "" };
  },
  "aws:ec2/getVpc:getVpc": one("VPC", "vpc", () => ({})),
  "aws:ec2/getVpcs:getVpcs": (cloud) => ({
    id: cloud.region,
    ids: [...cloud.store.list("vpc"), ...knownNetworks(cloud, "vpc")].map(({ id }) => id),
  }),
  "aws:ec2/getSubnet:getSubnet": one("Subnet", "subnet", () => ({})),
  "aws:ec2/getElasticIp:getElasticIp": (cloud, args) => {
    const publicIp = text(args, "publicIp");
    if (publicIp !== "" && cloud.existing("elasticIps").includes(publicIp))
      return withUser(cloud, { id: idOfName("eipalloc", publicIp), publicIp });
    return one("EIP", "eip", withUser)(cloud, args);
  },
  "aws:ec2/getEips:getEips": (cloud) => {
    const own = cloud.store.list("eip");
    return {
      id: cloud.region,
      publicIps: own.map((each) => text(each, "publicIp")),
      allocationIds: [...own.map(({ id }) => id), ...cloud.existing("elasticIps").map((each) => idOfName("eipalloc", each))],
    };
  },
  "aws:servicequotas/getServiceQuota:getServiceQuota": (cloud, args) => {
    const quota = CODES[text(args, "quotaCode")];
    const value = quota === undefined ? undefined : cloud.quota(quota);
    return { id: text(args, "quotaCode"), ...(value === undefined ? {} : { value }) };
  },
  "aws:ec2/getInternetGateway:getInternetGateway": one("Internet Gateway", "internetGateway", (_cloud, { id }) => ({
    internetGatewayId: id,
  })),
  "aws:ec2/getNatGateway:getNatGateway": one("NAT Gateway", "natGateway", () => ({})),
  "aws:ec2/getRouteTable:getRouteTable": (cloud, args) => {
    const of = (subnetId: string) => cloud.store.list("routeTableAssociation").find((each) => each.subnetId === subnetId);
    const { subnetId, ...rest } = args;
    const id = subnetId === undefined ? {} : { id: of(String(subnetId))?.routeTableId ?? "" };
    return one("Route Table", "routeTable", (_cloud, table) => ({
      routeTableId: table.id,
      associations: cloud.store
        .list("routeTableAssociation")
        .flatMap((each) =>
          each.routeTableId === table.id ? [{ routeTableAssociationId: each.id, subnetId: each.subnetId, routeTableId: table.id }] : [],
        ),
    }))(cloud, { ...rest, ...id });
  },
  "aws:ec2/getRoute:getRoute": one("Route", "route", () => ({})),
  "aws:ec2/getVpcDhcpOptions:getVpcDhcpOptions": one("DHCP Options Set", "dhcpOptions", () => ({})),
  "aws:ec2/getSecurityGroup:getSecurityGroup": one("Security Group", "securityGroup", () => ({})),
  "aws:vpc/getSecurityGroupRules:getSecurityGroupRules": (cloud, args) => ({
    id: cloud.region,
    ids: matching(cloud.store.list("securityGroupRule"), args).map(({ id }) => id),
  }),
  "aws:ec2/getInstance:getInstance": one("Instance", "instance", () => ({})),
  "aws:ebs/getVolume:getVolume": one("EBS Volume", "volume", () => ({})),
  "aws:lb/getLoadBalancer:getLoadBalancer": one("Load Balancer", "loadBalancer", () => ({})),
  "aws:lb/getTargetGroup:getTargetGroup": one("Target Group", "targetGroup", () => ({})),
  "aws:lb/getListener:getListener": one("Listener", "listener", () => ({})),
  "aws:ec2/getNetworkInterfaces:getNetworkInterfaces": (cloud, args) => ({
    id: cloud.region,
    ids: interfacesIn(cloud)
      .filter((each) =>
        maps(args, "filters").every((filter) => {
          const values = texts(filter, "values");
          const [name] = [text(filter, "name")];
          if (name === "group-id") return each.groups.some((group) => values.includes(group));
          if (name === "subnet-id") return values.includes(each.subnetId);
          return values.includes(text(cloud.store.get("subnet", each.subnetId) ?? {}, "vpcId"));
        }),
      )
      .map(({ id }) => id),
  }),
  "aws:ec2/getNetworkInterface:getNetworkInterface": (cloud, args) => {
    const found = interfacesIn(cloud).find(({ id }) => id === args.id);
    if (found === undefined)
      throw new Error(`InvalidNetworkInterfaceID.NotFound: The networkInterface ID '${text(args, "id")}' does not exist`);
    const { type, groups, ...rest } = found;
    return {
      ...rest,
      interfaceType: type,
      securityGroups: [...groups],
      requesterId: type === "network_load_balancer" ? "amazon-elb" : "",
      ownerId: ACCOUNT,
    };
  },
};

/** With whoever has the address. */
function withUser<T extends Stored>(cloud: Aws, address: T): Properties {
  const association = cloud.store.list("eipAssociation").find((each) => each.allocationId === address.id);
  if (association === undefined) return { ...address };
  const instance = cloud.store.get("instance", text(association, "instanceId"));
  return { ...address, instanceId: association.instanceId, associationId: association.id, privateIp: instance?.privateIp };
}
