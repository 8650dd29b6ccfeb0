import { contains, overlaps, parseCidr } from "../../model/ipv4";
import { type CheckFailure, type Properties, UNKNOWN } from "../../plugin/rpc/provider";
import { awsLimits } from "../../providers/aws/names";
import { ApiError } from "../cloud/cloud";
import { maps, text, texts } from "../values";
import { hasGateway, interfacesIn, mappedOutside, takeAddress } from "./addresses";
import { type Aws, arnOf, awsId, type Types, typeOf } from "./names";

const HELD = "DependencyViolation";

/** VPCs, subnets, gateways and routes. */
export const NETWORKING: Types = {
  ...typeOf("aws:ec2/vpc:Vpc", {
    kind: "vpc",
    defaults: { enableDnsSupport: true, instanceTenancy: "default", assignGeneratedIpv6CidrBlock: false },
    waits: HELD,
    outputs: [
      "arn",
      "defaultNetworkAclId",
      "defaultRouteTableId",
      "defaultSecurityGroupId",
      "dhcpOptionsId",
      "mainRouteTableId",
      "ownerId",
      "tagsAll",
    ],
    references: {},
    check: ({ cidrBlock }) => checkCidr("cidrBlock", cidrBlock),
    create(cloud, inputs) {
      const vpcs = cloud.store.list("vpc");
      cloud.charge("vpcs", 1, vpcs.length + cloud.existing("vpcs").length);
      const id = awsId("vpc");
      const defaultSecurityGroupId = awsId("sg");
      // As a VPC is born: with a group that its members are let in by, and a table that leads to all of it.
      cloud.store.put("securityGroup", {
        id: defaultSecurityGroupId,
        name: "default",
        description: "default VPC security group",
        vpcId: id,
        own: true,
      });
      const mainRouteTableId = awsId("rtb");
      cloud.store.put("routeTable", { id: mainRouteTableId, vpcId: id, main: true });
      const outputs = {
        defaultSecurityGroupId,
        mainRouteTableId,
        defaultRouteTableId: mainRouteTableId,
        defaultNetworkAclId: awsId("acl"),
        dhcpOptionsId: "dopt-default",
      };
      return { enableDnsHostnames: false, ...inputs, ...outputs, arn: arnOf(cloud, "ec2", `vpc/${id}`), tagsAll: inputs.tags ?? {}, id };
    },
    remove(cloud, { id }) {
      const within = (kind: string): boolean =>
        cloud.store.list(kind).some((each) => each.vpcId === id && each.own !== true && each.main !== true);
      if (["subnet", "internetGateway", "securityGroup", "routeTable"].some(within))
        throw new ApiError(HELD, `The vpc '${id}' has dependencies and cannot be deleted.`);
      for (const kind of ["securityGroup", "routeTable", "defaultSecurityGroup", "dhcpOptionsAssociation"])
        for (const each of cloud.store.list(kind)) if (each.vpcId === id) cloud.store.delete(kind, each.id);
    },
  }),

  ...typeOf("aws:ec2/subnet:Subnet", {
    kind: "subnet",
    defaults: { mapPublicIpOnLaunch: false, assignIpv6AddressOnCreation: false },
    waits: HELD,
    outputs: ["arn", "ownerId", "tagsAll"],
    references: { vpcId: "vpc" },
    check: ({ cidrBlock }) => checkCidr("cidrBlock", cidrBlock),
    create(cloud, inputs) {
      const vpcId = text(inputs, "vpcId");
      const zone = text(inputs, "availabilityZone");
      if (zone !== "" && !cloud.existing("zones").includes(zone))
        throw new ApiError(
          "InvalidParameterValue",
          `Value (${zone}) for parameter availabilityZone is invalid. Subnets can currently only be created in the following availability zones: ${cloud.existing("zones").join(", ")}.`,
        );
      const [own, network] = [parseCidr(text(inputs, "cidrBlock")), parseCidr(text(cloud.find("vpc", vpcId), "cidrBlock"))];
      if (own && network && !(contains(network, own.first) && contains(network, own.last)))
        throw new ApiError("InvalidSubnet.Range", `The CIDR '${text(inputs, "cidrBlock")}' is invalid.`);
      for (const other of cloud.store.list("subnet")) {
        const theirs = parseCidr(text(other, "cidrBlock"));
        if (other.vpcId === vpcId && own && theirs && overlaps(own, theirs))
          throw new ApiError("InvalidSubnet.Conflict", `The CIDR '${text(inputs, "cidrBlock")}' conflicts with another subnet`);
      }
      const id = awsId("subnet");
      return {
        availabilityZone: cloud.existing("zones")[0] ?? "",
        ...inputs,
        arn: arnOf(cloud, "ec2", `subnet/${id}`),
        tagsAll: inputs.tags ?? {},
        id,
      };
    },
    remove(cloud, { id }) {
      if (interfacesIn(cloud).some((each) => each.subnetId === id))
        throw new ApiError(HELD, `The subnet '${id}' has dependencies and cannot be deleted.`);
    },
  }),

  ...typeOf("aws:ec2/internetGateway:InternetGateway", {
    kind: "internetGateway",
    waits: HELD,
    outputs: ["arn", "ownerId", "tagsAll"],
    references: { vpcId: "vpc" },
    create(cloud, inputs) {
      const vpcId = text(inputs, "vpcId");
      if (cloud.store.list("internetGateway").some((each) => each.vpcId === vpcId))
        throw new ApiError("Resource.AlreadyAssociated", `resource ${vpcId} is already attached to an internet gateway`);
      const id = awsId("igw");
      return { ...inputs, arn: arnOf(cloud, "ec2", `internet-gateway/${id}`), tagsAll: inputs.tags ?? {}, id };
    },
    remove(cloud, { vpcId }) {
      if (mappedOutside(cloud, String(vpcId)))
        throw new ApiError(
          HELD,
          `Network ${String(vpcId)} has some mapped public address(es). Please unmap those public address(es) before detaching the gateway.`,
        );
    },
  }),

  ...typeOf("aws:ec2/natGateway:NatGateway", {
    kind: "natGateway",
    defaults: { connectivityType: "public" },
    oneOf: { connectivityType: ["private", "public"] },
    outputs: ["associationId", "networkInterfaceId", "publicIp", "tagsAll"],
    references: { subnetId: "subnet", allocationId: "eip" },
    create(cloud, inputs) {
      const subnet = cloud.find("subnet", text(inputs, "subnetId"));
      if (!hasGateway(cloud, text(subnet, "vpcId")))
        throw new ApiError("Gateway.NotAttached", `Network ${text(subnet, "vpcId")} has no Internet gateway attached`);
      const allocation = cloud.find("eip", text(inputs, "allocationId"));
      refuseTaken(cloud, allocation.id);
      const privateIp = takeAddress(cloud, subnet, text(inputs, "privateIp"));
      const networkInterfaceId = awsId("eni");
      return {
        ...inputs,
        ...{ privateIp, networkInterfaceId, associationId: awsId("eipassoc"), publicIp: allocation.publicIp },
        interfaces: [{ id: networkInterfaceId, subnetId: subnet.id, privateIp }],
        vpcId: subnet.vpcId,
        tagsAll: inputs.tags ?? {},
        id: awsId("nat"),
      };
    },
    remove(cloud, { id }) {
      // Routes to it stay, and lead nowhere.
      for (const each of cloud.store.list("route")) if (each.natGatewayId === id) cloud.store.put("route", { ...each, state: "blackhole" });
    },
  }),

  ...typeOf("aws:ec2/routeTable:RouteTable", {
    kind: "routeTable",
    waits: HELD,
    outputs: ["arn", "ownerId", "tagsAll"],
    references: { vpcId: "vpc" },
    create(cloud, inputs) {
      const id = awsId("rtb");
      return { ...inputs, arn: arnOf(cloud, "ec2", `route-table/${id}`), tagsAll: inputs.tags ?? {}, id };
    },
    remove(cloud, { id }) {
      if (cloud.store.list("routeTableAssociation").some((each) => each.routeTableId === id))
        throw new ApiError(HELD, `The routeTable '${id}' has dependencies and cannot be deleted.`);
      for (const each of cloud.store.list("route")) if (each.routeTableId === id) cloud.store.delete("route", each.id);
    },
  }),

  ...typeOf("aws:ec2/route:Route", {
    kind: "route",
    outputs: ["instanceId", "instanceOwnerId", "origin", "state"],
    references: { routeTableId: "routeTable", gatewayId: "internetGateway", natGatewayId: "natGateway" },
    check(inputs) {
      const targets = ["gatewayId", "natGatewayId", "networkInterfaceId", "transitGatewayId", "vpcEndpointId", "vpcPeeringConnectionId"];
      return targets.filter((each) => inputs[each] !== undefined).length === 1
        ? []
        : [{ property: "gatewayId", reason: "one of its targets must be given, and no more" }];
    },
    create(cloud, inputs) {
      const table = cloud.find("routeTable", text(inputs, "routeTableId"));
      const destination = text(inputs, "destinationCidrBlock");
      if (cloud.store.list("route").some((each) => each.routeTableId === table.id && each.destinationCidrBlock === destination))
        throw new ApiError("RouteAlreadyExists", `The route identified by ${destination} already exists.`);
      const gateway =
        cloud.store.get("internetGateway", text(inputs, "gatewayId")) ?? cloud.store.get("natGateway", text(inputs, "natGatewayId"));
      if (gateway !== undefined && gateway.vpcId !== table.vpcId)
        throw new ApiError(
          "InvalidParameterValue",
          `route table ${table.id} and network gateway ${gateway.id} belong to different networks`,
        );
      return { ...inputs, origin: "CreateRoute", state: "active", id: `r-${table.id}${destination.replaceAll(/\D/g, "")}` };
    },
  }),

  ...typeOf("aws:ec2/routeTableAssociation:RouteTableAssociation", {
    kind: "routeTableAssociation",
    outputs: [],
    references: { routeTableId: "routeTable", subnetId: "subnet" },
    create(cloud, inputs) {
      const [table, subnet] = [cloud.find("routeTable", text(inputs, "routeTableId")), cloud.find("subnet", text(inputs, "subnetId"))];
      if (table.vpcId !== subnet.vpcId)
        throw new ApiError("InvalidParameterValue", `route table ${table.id} and subnet ${subnet.id} belong to different networks`);
      if (cloud.store.list("routeTableAssociation").some((each) => each.subnetId === subnet.id))
        throw new ApiError(
          "Resource.AlreadyAssociated",
          `the specified association for route table ${table.id} conflicts with an existing association`,
        );
      return { ...inputs, id: awsId("rtbassoc") };
    },
  }),

  ...typeOf("aws:ec2/vpcDhcpOptions:VpcDhcpOptions", {
    kind: "dhcpOptions",
    waits: HELD,
    outputs: ["arn", "ownerId", "tagsAll"],
    references: {},
    create(cloud, inputs) {
      if (texts(inputs, "domainNameServers").length > awsLimits.resolvers)
        throw new ApiError("InvalidParameterValue", `Value for parameter domain-name-servers is invalid: at most ${awsLimits.resolvers}.`);
      const id = awsId("dopt");
      return { ...inputs, arn: arnOf(cloud, "ec2", `dhcp-options/${id}`), tagsAll: inputs.tags ?? {}, id };
    },
    remove(cloud, { id }) {
      if (cloud.store.list("dhcpOptionsAssociation").some((each) => each.dhcpOptionsId === id))
        throw new ApiError(HELD, `The dhcpOptions '${id}' has dependencies and cannot be deleted.`);
    },
  }),

  ...typeOf("aws:ec2/vpcDhcpOptionsAssociation:VpcDhcpOptionsAssociation", {
    kind: "dhcpOptionsAssociation",
    outputs: [],
    references: { vpcId: "vpc", dhcpOptionsId: "dhcpOptions" },
    create: (_cloud, inputs) => ({ ...inputs, id: `${text(inputs, "dhcpOptionsId")}-${text(inputs, "vpcId")}` }),
  }),
};

/** Refuses an elastic address that something else has already. */
export function refuseTaken(cloud: Aws, allocationId: string, but = ""): void {
  const taken =
    cloud.store.list("natGateway").some((each) => each.allocationId === allocationId) ||
    cloud.store.list("eipAssociation").some((each) => each.allocationId === allocationId && each.id !== but) ||
    cloud.store.list("loadBalancer").some((each) => maps(each, "subnetMappings").some((mapping) => mapping.allocationId === allocationId));
  if (taken) throw new ApiError("Resource.AlreadyAssociated", `Elastic IP address [${allocationId}] is already associated`);
}

function checkCidr(property: string, value: Properties[string]): CheckFailure[] {
  if (value === undefined || value === UNKNOWN) return [];
  const block = parseCidr(String(value));
  if (block === undefined) return [{ property, reason: `"${String(value)}" is not a valid IPv4 CIDR block` }];
  const { shortest, longest } = awsLimits.prefix;
  return block.prefix < shortest || block.prefix > longest
    ? [
        {
          property,
          reason: `expected "${property}" to contain a network Value with between ${shortest} and ${longest} significant bits, got: ${block.prefix}`,
        },
      ]
    : [];
}
