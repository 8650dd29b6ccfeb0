import { randomBytes } from "node:crypto";
import type { Properties } from "../../plugin/rpc/provider";
import { ApiError, newId } from "../cloud/cloud";
import type { Stored } from "../store";
import { maps, text, texts } from "../values";
import { allocate, freeFloating, portsOn, subnetsOf } from "./addresses";
import type { OpenStack } from "./names";

/** An address of a port. */
export interface PortAddress {
  readonly subnetId: string;
  readonly ipAddress: string;
}

/** The addresses a port has, in order. */
export function portAddresses(port: Stored): PortAddress[] {
  return maps(port, "addresses").map((address) => ({ subnetId: text(address, "subnetId"), ipAddress: text(address, "ipAddress") }));
}

/** A new port, not stored yet. */
export function createPort(cloud: OpenStack, inputs: Properties): Stored {
  cloud.charge("ports", 1, cloud.store.list("port").length);
  const mac = text(inputs, "macAddress");
  if (mac !== "" && portsOn(cloud, text(inputs, "networkId")).some((port) => port.macAddress === mac)) {
    throw new ApiError(409, `Unable to complete operation for network ${text(inputs, "networkId")}. The mac address ${mac} is in use.`);
  }
  const id = newId();
  const base = { adminStateUp: true, portSecurityEnabled: true, deviceId: "", deviceOwner: "", ...inputs };
  return { ...base, ...given(cloud, inputs, id), macAddress: mac || newMac(), dnsAssignments: [], id };
}

/** The port after a change of its inputs. */
export function updatePort(cloud: OpenStack, port: Stored, inputs: Properties): Stored {
  // Who uses the port is nova's to say once an instance has it, not the program's.
  const device = { deviceId: inputs.deviceId ?? port.deviceId, deviceOwner: inputs.deviceOwner ?? port.deviceOwner };
  const { fixedIps: _ips, allowedAddressPairs: _pairs, securityGroupIds: _groups, description: _description, tags: _tags, ...rest } = port;
  return { ...rest, ...inputs, ...device, ...given(cloud, inputs, port.id, portAddresses(port)), id: port.id };
}

/** What has to be true before a port goes, and what goes with it. */
export function removePort(cloud: OpenStack, port: Stored): void {
  const owner = text(port, "deviceOwner");
  if (owner.startsWith("network:"))
    throw new ApiError(409, `Port ${port.id} cannot be deleted directly via the port API: has device owner ${owner}.`);
  freeFloatingIps(cloud, port.id);
  // Nova detaches a port that neutron deletes.
  for (const instance of cloud.store.list("instance")) {
    const ports = texts(instance, "portIds");
    if (ports.includes(port.id)) cloud.store.put("instance", { ...instance, portIds: ports.filter((id) => id !== port.id) });
  }
}

/** Takes the floating addresses off a port. */
export function freeFloatingIps(cloud: OpenStack, portId: string): void {
  for (const floating of cloud.store.list("floatingIp").filter((one) => one.portId === portId)) {
    freeFloating(cloud, floating);
    cloud.store.delete("floatingIpAssociate", floating.id);
  }
}

function given(cloud: OpenStack, inputs: Properties, id: string, had: readonly PortAddress[] = []): Properties {
  const networkId = text(inputs, "networkId");
  const wanted = maps(inputs, "fixedIps");
  const addresses: PortAddress[] = [];
  for (const one of wanted) {
    const subnet = cloud.find("subnet", text(one, "subnetId") || (subnetFor(cloud, networkId)?.id ?? ""));
    if (text(subnet, "networkId") !== "" && subnet.networkId !== networkId) {
      throw new ApiError(
        400,
        `Invalid input for operation: Failed to create port on network ${networkId}, because fixed_ips included invalid subnet ${subnet.id}.`,
      );
    }
    const kept = text(one, "ipAddress") || had.find((address) => address.subnetId === subnet.id)?.ipAddress || "";
    addresses.push({ subnetId: subnet.id, ipAddress: allocate(cloud, subnet, kept, id) });
  }
  if (wanted.length === 0 && inputs.noFixedIp !== true) {
    const subnet = subnetFor(cloud, networkId);
    const [first] = had;
    if (first !== undefined) addresses.push(first);
    else if (subnet !== undefined) addresses.push({ subnetId: subnet.id, ipAddress: allocate(cloud, subnet, "", id) });
  }
  const groups = texts(inputs, "securityGroupIds");
  if (groups.length > 0 && inputs.portSecurityEnabled === false) {
    throw new ApiError(409, "Port Security must be enabled in order to have security groups or allowed address pairs on a port.");
  }
  return { addresses, allFixedIps: addresses.map(({ ipAddress }) => ipAddress), allSecurityGroupIds: groups };
}

/** A MAC address as neutron gives them. */
function newMac(): string {
  return ["fa", "16", "3e", ...[...randomBytes(3)].map((byte) => byte.toString(16).padStart(2, "0"))].join(":");
}

function subnetFor(cloud: OpenStack, networkId: string): Stored | undefined {
  return subnetsOf(cloud, networkId)[0];
}
