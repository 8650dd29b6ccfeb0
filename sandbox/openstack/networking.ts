import { contains, formatAddress, parseAddress, parseCidr } from "../../model/ipv4";
import { type Properties, UNKNOWN } from "../../plugin/rpc/provider";
import { ApiError, newId } from "../cloud/cloud";
import { fieldsOf } from "../cloud/fields";
import type { Stored } from "../store";
import { maps, text, texts } from "../values";
import { allocateExternal, portsIn, portsOn, subnetsOf } from "./addresses";
import type { OpenStack, Types } from "./names";
import { createPort, removePort, updatePort } from "./ports";

/** Networks, subnets, routers and ports. */
export const NETWORKING: Types = {
  "openstack:networking/network:Network": {
    kind: "network",
    fields:
      fieldsOf(`name~ description adminStateUp~:b shared~:b external~:b mtu~:n dnsDomain~ portSecurityEnabled~:b qosPolicyId~ region~* tags:l
      tenantId~* transparentVlan~*:b segments~:l(networkType,physicalNetwork,segmentationId) availabilityZoneHints~*:l valueSpecs*:m`),
    sets: ["tags", "availabilityZoneHints", "segments"],
    unread: ["tags", "valueSpecs"],
    outputs: ["allTags"],
    references: {},
    create(cloud, inputs) {
      cloud.charge("networks", 1, cloud.store.list("network").length);
      const defaults = { adminStateUp: true, shared: false, external: false, mtu: 1450, portSecurityEnabled: true };
      return { ...defaults, ...inputs, ...tagged(inputs), id: newId() };
    },
    update: (_cloud, object, inputs) => ({ ...object, ...inputs, ...tagged(inputs), id: object.id }),
    remove(cloud, { id }) {
      const ports = portsOn(cloud, id).map((port) => port.id);
      if (ports.length > 0)
        throw new ApiError(
          409,
          `Unable to complete operation on network ${id}. There are one or more ports still in use on the network, id for these ports is: ${ports.join(",")}.`,
        );
      // As neutron does: subnets without ports go with their network.
      for (const subnet of subnetsOf(cloud, id)) cloud.store.delete("subnet", subnet.id);
    },
  },

  "openstack:networking/subnet:Subnet": {
    kind: "subnet",
    fields:
      fieldsOf(`networkId!* cidr~* name~ description gatewayIp~ noGateway:b ipVersion*:n enableDhcp:b dnsNameservers:l allocationPools~:l(start,end)
      allocationPoolsCollection~:l(start,end) hostRoutes:l(destinationCidr,nextHop) prefixLength*:n subnetpoolId* serviceTypes~:l region~* tags:l tenantId~* valueSpecs*:m
      ipv6AddressMode~* ipv6RaMode~*`),
    defaults: { ipVersion: 4, enableDhcp: true, noGateway: false },
    sets: ["tags", "allocationPools", "serviceTypes"],
    unread: ["tags", "valueSpecs", "hostRoutes", "prefixLength"],
    waits: 409,
    outputs: ["allTags"],
    references: { networkId: "network" },
    check(inputs) {
      const cidr = inputs.cidr;
      if (inputs.noGateway === true && text(inputs, "gatewayIp") !== "")
        return [{ property: "gatewayIp", reason: `conflicts with "noGateway"` }];
      if (cidr === undefined || cidr === UNKNOWN || inputs.ipVersion === 6) return [];
      return typeof cidr === "string" && parseCidr(cidr) !== undefined
        ? []
        : [{ property: "cidr", reason: `"${String(cidr)}" is no IPv4 network in CIDR notation` }];
    },
    create(cloud, inputs) {
      cloud.charge("subnets", 1, cloud.store.list("subnet").length);
      return subnet(cloud, inputs, newId());
    },
    update: (cloud, object, inputs) => subnet(cloud, { region: object.region, ...inputs }, object.id),
    remove(cloud, { id }) {
      if (portsIn(cloud, id).length > 0)
        throw new ApiError(409, `Unable to complete operation on subnet ${id}: One or more ports have an IP allocation from this subnet.`);
    },
  },

  "openstack:networking/router:Router": {
    kind: "router",
    fields:
      fieldsOf(`name~ description adminStateUp~:b distributed~*:b enableSnat~:b externalNetworkId~ externalGateway~ externalFixedIps~:l(subnetId,ipAddress)
      externalSubnetIds:l region~* tags:l tenantId~* valueSpecs*:m vendorOptions:m(setRouterGatewayAfterCreate) availabilityZoneHints~*:l`),
    sets: ["tags", "availabilityZoneHints", "externalSubnetIds"],
    unread: ["tags", "valueSpecs", "externalSubnetIds", "vendorOptions"],
    outputs: ["allTags"],
    references: { externalNetworkId: "network" },
    create(cloud, inputs) {
      cloud.charge("routers", 1, cloud.store.list("router").length);
      return { adminStateUp: true, distributed: false, ...inputs, ...gateway(cloud, inputs), ...tagged(inputs), id: newId() };
    },
    update(cloud, object, inputs) {
      if (object.externalNetworkId !== (inputs.externalNetworkId ?? object.externalNetworkId)) refuseInUseGateway(cloud, object);
      return {
        ...object,
        ...inputs,
        ...(object.externalNetworkId === inputs.externalNetworkId ? {} : gateway(cloud, inputs)),
        ...tagged(inputs),
        id: object.id,
      };
    },
    remove(cloud, { id }) {
      const ports = cloud.store.list("routerInterface").filter((one) => one.routerId === id);
      if (ports.length > 0)
        throw new ApiError(409, `Router ${id} has ports still attached: ${ports.map((one) => text(one, "portId")).join(", ")}`);
    },
  },

  "openstack:networking/routerInterface:RouterInterface": {
    kind: "routerInterface",
    fields: fieldsOf("routerId!* subnetId~* portId~* forceDestroy:b region~*"),
    defaults: { forceDestroy: false },
    outputs: [],
    references: { routerId: "router", subnetId: "subnet", portId: "port" },
    check: ({ subnetId, portId }) =>
      subnetId === undefined && portId === undefined ? [{ property: "subnetId", reason: `one of "subnetId", "portId" must be given` }] : [],
    create(cloud, inputs) {
      const given = text(inputs, "portId") === "" ? undefined : cloud.find("port", text(inputs, "portId"));
      const subnetId = given === undefined ? text(inputs, "subnetId") : text(maps(given, "addresses")[0] ?? {}, "subnetId");
      const subnet = cloud.find("subnet", subnetId);
      const routerId = text(inputs, "routerId");
      if (cloud.store.list("routerInterface").some((one) => one.routerId === routerId && one.subnetId === subnetId)) {
        throw new ApiError(400, `Bad router request: Router already has a port on subnet ${subnetId}.`);
      }
      if (given === undefined && text(subnet, "gatewayIp") === "" && text(subnet, "cidr") !== "") {
        throw new ApiError(400, `Bad router request: Subnet for router interface must have a gateway IP.`);
      }
      const port = given ?? internalPort(cloud, subnet, text(subnet, "gatewayIp"), "network:router_interface", routerId);
      if (given !== undefined) cloud.store.put("port", { ...given, deviceOwner: "network:router_interface", deviceId: routerId });
      return { ...inputs, subnetId, portId: port.id, id: port.id };
    },
    remove(cloud, object) {
      const subnetId = text(object, "subnetId");
      const inside = new Set(portsIn(cloud, subnetId).map((port) => port.id));
      if (cloud.store.list("floatingIp").some((floating) => inside.has(text(floating, "portId")))) {
        throw new ApiError(
          409,
          `Router interface for subnet ${subnetId} on router ${text(object, "routerId")} cannot be deleted, as it is required by one or more floating IPs.`,
        );
      }
      cloud.store.delete("port", text(object, "portId"));
    },
  },

  "openstack:networking/port:Port": {
    kind: "port",
    fields:
      fieldsOf(`networkId!* name~ description adminStateUp~:b fixedIps:l(subnetId,ipAddress) noFixedIp:b securityGroupIds:l noSecurityGroups:b
      allowedAddressPairs:l(ipAddress,macAddress) macAddress~* deviceId~* deviceOwner~* dnsName~ portSecurityEnabled~:b qosPolicyId~ region~* tags:l tenantId~*
      valueSpecs*:m extraDhcpOptions:l(name,value,ipVersion) binding~:m(hostId,profile,vifDetails,vifType,vnicType)`),
    sets: ["tags", "securityGroupIds", "allowedAddressPairs"],
    unread: ["tags", "valueSpecs", "fixedIps", "noFixedIp", "securityGroupIds", "noSecurityGroups"],
    outputs: ["allFixedIps", "allSecurityGroupIds", "allTags", "dnsAssignments"],
    references: { networkId: "network", "fixedIps.subnetId": "subnet", securityGroupIds: "secGroup" },
    create: (cloud, inputs) => ({ ...createPort(cloud, inputs), ...tagged(inputs) }),
    update: (cloud, object, inputs) => ({ ...updatePort(cloud, object, inputs), ...tagged(inputs) }),
    remove: removePort,
  },
};

/** The tags as neutron tells them. */
export function tagged(inputs: Properties): Properties {
  return { allTags: texts(inputs, "tags").sort() };
}

function subnet(cloud: OpenStack, inputs: Properties, id: string): Stored {
  const networkId = text(inputs, "networkId");
  const cidr = text(inputs, "cidr");
  const block = parseCidr(cidr);
  if (block === undefined) throw new ApiError(400, `Bad subnet request: a subnetpool must be specified in the absence of a cidr.`);
  for (const other of subnetsOf(cloud, networkId)) {
    const theirs = parseCidr(text(other, "cidr"));
    if (other.id !== id && theirs !== undefined && theirs.first <= block.last && block.first <= theirs.last) {
      throw new ApiError(
        400,
        `Invalid input for operation: Requested subnet with cidr: ${cidr} for network: ${networkId} overlaps with another subnet.`,
      );
    }
  }
  const gatewayIp = inputs.noGateway === true ? "" : text(inputs, "gatewayIp") || formatAddress(block.first + 1);
  const gatewayAddress = parseAddress(gatewayIp);
  if (
    gatewayIp !== "" &&
    (gatewayAddress === undefined || !contains(block, gatewayAddress) || gatewayAddress === block.first || gatewayAddress === block.last)
  ) {
    throw new ApiError(400, `Invalid input for operation: Gateway ${gatewayIp} is not valid on subnet.`);
  }
  const pools = maps(inputs, "allocationPools");
  for (const pool of pools) {
    const [first, last] = [parseAddress(text(pool, "start")), parseAddress(text(pool, "end"))];
    if (first === undefined || last === undefined || first > last)
      throw new ApiError(400, `The allocation pool ${text(pool, "start")}-${text(pool, "end")} is not valid.`);
    if (!contains(block, first) || !contains(block, last))
      throw new ApiError(400, `The allocation pool ${text(pool, "start")}-${text(pool, "end")} spans beyond the subnet cidr ${cidr}.`);
    if (gatewayAddress !== undefined && contains({ first, last }, gatewayAddress))
      throw new ApiError(409, `Gateway ip ${gatewayIp} conflicts with allocation pool ${text(pool, "start")}-${text(pool, "end")}.`);
  }
  const start = block.first + (gatewayAddress === block.first + 1 ? 2 : 1);
  const allocationPools = pools.length > 0 ? pools : [{ start: formatAddress(start), end: formatAddress(block.last - 1) }];
  return { ...inputs, gatewayIp, allocationPools, allocationPoolsCollection: allocationPools, ...tagged(inputs), id };
}

function gateway(cloud: OpenStack, inputs: Properties): Properties {
  const id = text(inputs, "externalNetworkId");
  if (id === "") return {};
  const network = cloud.find("network", id);
  if (network.external !== true) throw new ApiError(400, `Bad router request: Network ${id} is not an external network.`);
  const wanted = maps(inputs, "externalFixedIps");
  return {
    enableSnat: inputs.enableSnat ?? true,
    externalGateway: id,
    externalFixedIps: [{ ...wanted[0], ipAddress: allocateExternal(cloud, text(wanted[0] ?? {}, "ipAddress")) }],
  };
}

function refuseInUseGateway(cloud: OpenStack, router: Stored): void {
  const subnets = cloud.store
    .list("routerInterface")
    .filter((one) => one.routerId === router.id)
    .map((one) => text(one, "subnetId"));
  const inside = new Set(subnets.flatMap((id) => portsIn(cloud, id).map((port) => port.id)));
  if (cloud.store.list("floatingIp").some((floating) => inside.has(text(floating, "portId")))) {
    throw new ApiError(
      409,
      `Gateway cannot be updated for router ${router.id}, since a gateway to external network ${text(router, "externalNetworkId")} is required by one or more floating IPs.`,
    );
  }
}

/** A port the cloud makes for its own devices. */
export function internalPort(cloud: OpenStack, subnet: Stored, wanted: string, deviceOwner: string, deviceId: string): Stored {
  const inputs = {
    networkId: text(subnet, "networkId"),
    fixedIps: [{ subnetId: subnet.id, ...(wanted === "" ? {} : { ipAddress: wanted }) }],
    noSecurityGroups: true,
  };
  const port = { ...createPort(cloud, inputs), deviceOwner, deviceId };
  cloud.store.put("port", port);
  return port;
}
