import { contains, overlaps, parseCidr } from "../../model/ipv4";
import type { Properties } from "../../plugin/rpc/provider";
import { azureLimits } from "../../providers/azure/names";
import { ApiError } from "../cloud/cloud";
import { isMap, text, texts } from "../values";
import { freePublic, holders, idIn, idsIn, refuseUsed } from "./addresses";
import { type Azure, groupId, newResourceId, SUBSCRIPTION, type Types, typeOf, users } from "./names";

/** Resource groups, networks, subnets, and the ways out. */
export const NETWORKING: Types = {
  ...typeOf("azure-native:resources:ResourceGroup", {
    kind: "resourceGroup",
    outputs: ["azureApiVersion", "name", "properties", "type"],
    references: {},
    create(cloud, inputs) {
      const name = text(inputs, "resourceGroupName");
      const id = groupId(name);
      if (cloud.has("resourceGroup", id)) throw new ApiError("ResourceExists", `cannot create already existing resource '${id}'`);
      if (text(inputs, "location") === "") throw new ApiError("LocationRequired", "The location property is required for this definition.");
      return { ...inputs, name, properties: { provisioningState: "Succeeded" }, type: "Microsoft.Resources/resourceGroups", id };
    },
    remove(cloud, { id }) {
      // The provider deletes a group with all that is in it; whoever relies on that has lost track of something.
      for (const kind of ["instance", "networkInterface", "virtualNetwork", "disk", "publicIp", "loadBalancer", "natGateway", "identity"]) {
        const left = cloud.store.list(kind).find((each) => each.id.startsWith(`${id}/`));
        if (left !== undefined) throw new ApiError("Conflict", `The resource group still holds ${left.id}.`);
      }
    },
  }),

  ...typeOf("azure-native:network:VirtualNetwork", {
    kind: "virtualNetwork",
    outputs: ["azureApiVersion", "etag", "flowLogs", "name", "provisioningState", "resourceGuid", "type"],
    references: {},
    create(cloud, inputs) {
      const name = text(inputs, "virtualNetworkName");
      const id = newResourceId(cloud, "virtualNetwork", inputs, "Microsoft.Network/virtualNetworks", name);
      const spaces = spacesOf(inputs);
      if (spaces.length === 0 || spaces.some((each) => parseCidr(each) === undefined))
        throw new ApiError(
          "InvalidAddressPrefixFormat",
          `Address prefix ${spaces.join(", ")} of resource ${id} is not formatted correctly.`,
        );
      return { ...inputs, ...made(name, "virtualNetworks"), id };
    },
    remove(cloud, { id }) {
      if (holders(cloud).some((each) => each.subnet.startsWith(`${id}/`)))
        throw new ApiError("InUseSubnetCannotBeDeleted", `Subnets of ${id} are in use and cannot be deleted.`);
      for (const each of cloud.store.list("subnet")) if (each.id.startsWith(`${id}/`)) cloud.store.delete("subnet", each.id);
    },
  }),

  ...typeOf("azure-native:network:Subnet", {
    kind: "subnet",
    outputs: [
      ...["azureApiVersion", "etag", "ipConfigurationProfiles", "ipConfigurations", "privateEndpoints", "provisioningState", "purpose"],
      ...["resourceNavigationLinks", "serviceAssociationLinks"],
    ],
    references: { "networkSecurityGroup.id": "networkSecurityGroup", "natGateway.id": "natGateway" },
    create(cloud, inputs) {
      const [network, name] = [text(inputs, "virtualNetworkName"), text(inputs, "subnetName")];
      const id = newResourceId(cloud, "subnet", inputs, "Microsoft.Network/virtualNetworks/subnets", network, name);
      const parent = cloud.find("virtualNetwork", id.slice(0, id.indexOf("/subnets/")));
      refuseRange(cloud, id, text(inputs, "addressPrefix"), parent);
      refuseZones(cloud, inputs);
      return { ...inputs, provisioningState: "Succeeded", id };
    },
    update(cloud, object, inputs) {
      if (object.addressPrefix !== inputs.addressPrefix && holders(cloud).some(({ subnet }) => subnet === object.id))
        throw new ApiError(
          "InUsePrefixCannotBeDeleted",
          `IpPrefix ${text(object, "addressPrefix")} on Subnet ${object.id} has active allocations and cannot be deleted.`,
        );
      return { ...object, ...inputs, id: object.id };
    },
    remove(cloud, { id }) {
      const holder = holders(cloud).find(({ subnet }) => subnet === id);
      if (holder !== undefined)
        throw new ApiError("InUseSubnetCannotBeDeleted", `Subnet ${id} is in use by ${holder.owner} and cannot be deleted.`);
    },
  }),

  ...typeOf("azure-native:network:PublicIPAddress", {
    kind: "publicIp",
    oneOf: { publicIPAllocationMethod: ["Static", "Dynamic"], publicIPAddressVersion: ["IPv4", "IPv6"] },
    outputs: ["azureApiVersion", "etag", "ipConfiguration", "name", "provisioningState", "resourceGuid", "type"],
    references: {},
    create(cloud, inputs) {
      const name = text(inputs, "publicIpAddressName");
      const id = newResourceId(cloud, "publicIp", inputs, "Microsoft.Network/publicIPAddresses", name);
      const standard = isMap(inputs.sku) && inputs.sku.name === "Standard";
      if (standard && inputs.publicIPAllocationMethod !== "Static")
        throw new ApiError(
          "StandardSkuPublicIPAddressesMustBeStatic",
          `Standard sku publicIp ${id} must have AllocationMethod set to Static.`,
        );
      refuseZone(cloud, inputs);
      cloud.charge("addresses", 1, cloud.store.list("publicIp").length);
      return {
        ...inputs,
        ipAddress: freePublic(cloud),
        idleTimeoutInMinutes: inputs.idleTimeoutInMinutes ?? 4,
        ...made(name, "publicIPAddresses"),
        id,
      };
    },
    remove(cloud, { id }) {
      try {
        refuseUsed(cloud, id, "");
      } catch {
        throw new ApiError("PublicIPAddressCannotBeDeleted", `Public IP address ${id} can not be deleted since it is still allocated.`);
      }
    },
  }),

  ...typeOf("azure-native:network:NatGateway", {
    kind: "natGateway",
    outputs: ["azureApiVersion", "etag", "name", "provisioningState", "resourceGuid", "subnets", "type"],
    references: { "publicIpAddresses.id": "publicIp" },
    create(cloud, inputs) {
      const name = text(inputs, "natGatewayName");
      const id = newResourceId(cloud, "natGateway", inputs, "Microsoft.Network/natGateways", name);
      refuseZone(cloud, inputs);
      const timeout = inputs.idleTimeoutInMinutes;
      if (typeof timeout === "number" && (timeout < 4 || timeout > 120))
        throw new ApiError("InvalidIdleTimeout", `The idle timeout of ${id} must be from 4 to 120 minutes.`);
      for (const address of idsIn(inputs, "publicIpAddresses")) {
        const [own] = texts(inputs, "zones");
        const its = texts(cloud.find("publicIp", address), "zones");
        if (own !== undefined && its.length > 0 && !its.includes(own))
          throw new ApiError("NatGatewayAndPublicIpZoneMismatch", `${id} and ${address} must be in the same zone.`);
        refuseUsed(cloud, address, id);
      }
      return { ...inputs, ...made(name, "natGateways"), id };
    },
    remove(cloud, { id }) {
      const [subnet] = users(cloud, "subnet", (each) => [idIn(each, "natGateway")], id);
      if (subnet !== undefined) throw new ApiError("InUseNatGatewayCannotBeDeleted", `NAT gateway ${id} is in use by ${subnet.id}.`);
    },
  }),
};

/** What Azure adds to whatever it makes. */
export function made(name: string, type: string, service = "Microsoft.Network"): Properties {
  return { name, provisioningState: "Succeeded", type: `${service}/${type}` };
}

function spacesOf(network: Properties): string[] {
  return isMap(network.addressSpace) ? texts(network.addressSpace, "addressPrefixes") : [];
}

function refuseRange(cloud: Azure, id: string, cidr: string, network: Properties & { readonly id: string }): void {
  const block = parseCidr(cidr);
  if (block === undefined || block.prefix > azureLimits.prefix.longest)
    throw new ApiError("NetcfgSubnetRangeInvalid", `The address prefix ${cidr} of ${id} is not valid: a subnet has a prefix up to /29.`);
  const inside = spacesOf(network).some((text) => {
    const space = parseCidr(text);
    return space !== undefined && contains(space, block.first) && contains(space, block.last);
  });
  if (!inside)
    throw new ApiError(
      "NetcfgSubnetRangeOutsideVnet",
      `Subnet '${id}' is not valid because its IP address range is outside the IP address range of virtual network.`,
    );
  for (const each of cloud.store.list("subnet")) {
    const other = parseCidr(text(each, "addressPrefix"));
    if (each.id.startsWith(`${network.id}/`) && other && overlaps(other, block))
      throw new ApiError(
        "NetcfgSubnetRangesOverlap",
        `Subnet '${id}' is not valid because its IP address range overlaps with that of ${each.id}.`,
      );
  }
}

/** Refuses a subnet's gateway that is not there; its zone, Azure does not compare with anything of a subnet. */
function refuseZones(cloud: Azure, inputs: Properties): void {
  const gateway = idIn(inputs, "natGateway");
  if (gateway !== "") cloud.find("natGateway", gateway);
}

/** Refuses zones that the region does not have: one of them, or all three. */
export function refuseZone(cloud: Azure, inputs: Properties): void {
  const zones = texts(inputs, "zones");
  const there = cloud.existing("zones");
  const wrong = zones.find((zone) => !/^[1-3]$/.test(zone)) ?? (there.length === 0 ? zones[0] : undefined);
  if (wrong !== undefined || zones.length === 2)
    throw new ApiError("InvalidAvailabilityZone", `The zone(s) '${zones.join(", ")}' for the resource is not supported in this location.`);
}

/** What the configuration of the subscription says. */
export const CLIENT = { clientId: "", objectId: "", subscriptionId: SUBSCRIPTION, tenantId: SUBSCRIPTION };
