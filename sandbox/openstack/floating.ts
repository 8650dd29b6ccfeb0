import type { Properties } from "../../plugin/rpc/provider";
import { ApiError, newId } from "../cloud/cloud";
import { fieldsOf } from "../cloud/fields";
import type { Stored } from "../store";
import { isMap, text } from "../values";
import { allocateExternal, floatingAt, freeFloating, routeOut } from "./addresses";
import type { OpenStack, Types } from "./names";
import { tagged } from "./networking";
import { portAddresses } from "./ports";

/** Floating addresses and what they point to. */
export const FLOATING: Types = {
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
