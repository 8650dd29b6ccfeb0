import { contains, formatAddress, parseAddress, parseCidr } from "../../model/ipv4";
import { type Properties, UNKNOWN } from "../../plugin/rpc/provider";
import { ApiError, newId } from "../cloud/cloud";
import { fieldsOf } from "../cloud/fields";
import type { Stored } from "../store";
import { isMap, maps, text, texts } from "../values";
import { allocateExternal, floatingAt, freeFloating, portsIn, portsOn, routeOut, subnetsOf } from "./addresses";
import type { OpenStack, Types } from "./names";
import { createPort, portAddresses, removePort, updatePort } from "./ports";

/** Networks, subnets, routers, ports and floating addresses. */
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
    create: (_cloud, inputs) => ({
      adminStateUp: true,
      shared: false,
      external: false,
      mtu: 1450,
      portSecurityEnabled: true,
      ...inputs,
      ...tagged(inputs),
      id: newId(),
    }),
    update: (_cloud, object, inputs) => ({ ...object, ...inputs, ...tagged(inputs), id: object.id }),
    remove(cloud, { id }) {
      if (portsOn(cloud, id).length > 0)
        throw new ApiError(409, `Unable to complete operation on network ${id}. There are one or more ports still in use on the network.`);
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
    create: (cloud, inputs) => subnet(cloud, inputs, newId()),
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
      if (cloud.store.list("routerInterface").some((one) => one.routerId === id)) throw new ApiError(409, `Router ${id} still has ports`);
    },
  },

  "openstack:networking/routerInterface:RouterInterface": {
    kind: "routerInterface",
    fields: fieldsOf("routerId!* subnetId~* portId~* forceDestroy:b region~*"),
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

  "openstack:networking/floatingIp:FloatingIp": {
    kind: "floatingIp",
    fields: fieldsOf(
      "pool!* address~* description fixedIp~ portId~ subnetId~ subnetIds:l dnsName~* dnsDomain~* region~* tags:l tenantId~* valueSpecs*:m",
    ),
    sets: ["tags", "subnetIds"],
    unread: ["tags", "valueSpecs", "subnetIds"],
    outputs: ["allTags"],
    references: { portId: "port" },
    create(cloud, inputs) {
      const pool = text(inputs, "pool");
      // The provider looks a pool up by its name only.
      if (cloud.byName("externalNetworks", pool) === undefined && !ownExternal(cloud, pool))
        throw new ApiError(404, `No network found with name: ${pool}`);
      cloud.charge("floatingIps", 1, cloud.store.list("floatingIp").length);
      const floating = { ...inputs, address: allocateExternal(cloud, text(inputs, "address")), ...tagged(inputs), id: newId() };
      return text(inputs, "portId") === "" ? floating : associated(cloud, floating, text(inputs, "portId"), text(inputs, "fixedIp"));
    },
    update(cloud, object, inputs) {
      const changed = { ...object, ...inputs, ...tagged(inputs), id: object.id };
      const portId = text(inputs, "portId");
      return portId === "" || portId === object.portId ? changed : associated(cloud, changed, portId, text(inputs, "fixedIp"));
    },
    remove: (cloud, { id }) => cloud.store.delete("floatingIpAssociate", id),
  },

  "openstack:networking/floatingIpAssociate:FloatingIpAssociate": {
    kind: "floatingIpAssociate",
    fields: fieldsOf("floatingIp!* portId! fixedIp~ region~*"),
    outputs: [],
    references: { portId: "port" },
    create: (cloud, inputs) => associate(cloud, inputs),
    update: (cloud, _object, inputs) => associate(cloud, inputs),
    remove(cloud, object) {
      const floating = cloud.store.get("floatingIp", object.id);
      if (floating?.portId !== object.portId || floating === undefined) return;
      freeFloating(cloud, floating);
    },
  },
};

function tagged(inputs: Properties): Properties {
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
  return { ...inputs, gatewayIp, allocationPools, ...tagged(inputs), id };
}

function gateway(cloud: OpenStack, inputs: Properties): Properties {
  const id = text(inputs, "externalNetworkId");
  if (id === "") return {};
  const network = cloud.find("network", id);
  if (network.external !== true) throw new ApiError(400, `Bad router request: Network ${id} is not an external network.`);
  const wanted = maps(inputs, "externalFixedIps");
  return {
    enableSnat: inputs.enableSnat ?? true,
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

function ownExternal(cloud: OpenStack, name: string): boolean {
  return cloud.store.list("network").some((network) => network.external === true && network.name === name);
}

function associate(cloud: OpenStack, inputs: Properties): Stored {
  const address = text(inputs, "floatingIp");
  const floating = floatingAt(cloud, address);
  if (floating === undefined) throw new ApiError(404, `Error retrieving floating IP ${address}: there is none with this address`);
  const changed = associated(cloud, floating, text(inputs, "portId"), text(inputs, "fixedIp"));
  cloud.store.put("floatingIp", changed);
  return { ...inputs, fixedIp: changed.fixedIp, id: floating.id };
}

function associated(cloud: OpenStack, floating: Stored, portId: string, wanted: string): Stored {
  const addresses = portAddresses(cloud.find("port", portId));
  const [address] = wanted === "" ? addresses : addresses.filter(({ ipAddress }) => ipAddress === wanted);
  if (address === undefined)
    throw new ApiError(
      400,
      `Bad floatingip request: Cannot add floating IP to port ${portId} that has no fixed IPv4 addresses${wanted === "" ? "" : ` ${wanted}`}.`,
    );
  const pool = text(floating, "pool");
  const networkId = cloud.byName("externalNetworks", pool)?.id ?? pool;
  if (routeOut(cloud, address.subnetId, networkId) === undefined) {
    throw new ApiError(
      404,
      `External network ${networkId} is not reachable from subnet ${address.subnetId}. Therefore, cannot associate Port ${portId} with a Floating IP.`,
    );
  }
  const other = cloud.store
    .list("floatingIp")
    .find((one) => one.id !== floating.id && one.portId === portId && one.fixedIp === address.ipAddress);
  if (other !== undefined)
    throw new ApiError(
      409,
      `Cannot associate floating IP ${text(floating, "address")} with port ${portId} using fixed IP ${address.ipAddress}, as that fixed IP already has a floating IP on external network ${networkId}.`,
    );
  if (isMap(floating) && text(floating, "portId") !== "" && floating.portId !== portId)
    throw new ApiError(409, `Floating IP ${text(floating, "address")} is already associated with port ${text(floating, "portId")}.`);
  return { ...floating, portId, fixedIp: address.ipAddress };
}
