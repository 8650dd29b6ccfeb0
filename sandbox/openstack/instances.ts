import type { Properties } from "../../plugin/rpc/provider";
import { ApiError, newId } from "../cloud/cloud";
import { packagesOf } from "../cloud/user-data";
import type { Stored } from "../store";
import { maps, number, text, texts } from "../values";
import { subnetsOf } from "./addresses";
import { attachments, createVolume } from "./blockstorage";
import type { OpenStack } from "./names";
import { createPort, portAddresses } from "./ports";

/** Processors by the size in a flavor's name, for the quota of cores. */
const CORES: Readonly<Record<string, number>> = { tiny: 1, small: 1, medium: 2, large: 4, xlarge: 8 };

/** Id and name of a flavor that exists: by its id where one is given, else by its name. */
export function flavorOf(cloud: OpenStack, inputs: Properties): { flavorId: string; flavorName: string } {
  const [id, name] = [text(inputs, "flavorId"), text(inputs, "flavorName")];
  const found = id === "" ? cloud.byName("flavors", name) : cloud.byId("flavors", id);
  if (found === undefined) throw new ApiError(404, `Flavor ${id || name} could not be found.`);
  return { flavorId: found.id, flavorName: found.name };
}

/** How many processors a flavor's name stands for: `m1.large`, `c4.m8`, `4x16` or two. */
export function coresOf(flavorName: string): number {
  const written = /(?:^|[.-])(?:c(\d+)|(\d+)x\d+)/.exec(flavorName);
  return Number(written?.[1] ?? written?.[2] ?? CORES[flavorName.split(".").at(-1) ?? ""] ?? 2);
}

/** Memory in MiB. */
export function ramOf(flavorName: string): number {
  return coresOf(flavorName) * 2048;
}

/** A new instance with its ports and boot volume. What was made before something is refused is released again, as nova does. */
export function createInstance(cloud: OpenStack, inputs: Properties): Stored {
  const flavor = flavorOf(cloud, inputs);
  const image = imageOf(cloud, inputs);
  const zone = text(inputs, "availabilityZone");
  if (zone !== "" && !cloud.existing("zones").includes(zone))
    throw new ApiError(400, `The requested availability zone is not available (${zone}).`);
  const there = cloud.store.list("instance");
  cloud.charge("instances", 1, there.length);
  cloud.charge(
    "cores",
    coresOf(flavor.flavorName),
    there.reduce((sum, one) => sum + coresOf(text(one, "flavorName")), 0),
  );

  cloud.charge(
    "ram",
    ramOf(flavor.flavorName),
    there.reduce((sum, one) => sum + ramOf(text(one, "flavorName")), 0),
  );

  const id = newId();
  const wanted = maps(inputs, "networks");
  for (const { port } of wanted) if (port !== undefined) refuseUsed(cloud.find("port", String(port)));
  if (wanted.length === 0 && inputs.networkMode !== "none")
    throw new ApiError(409, "Multiple possible networks found, use a Network ID to be more specific.");

  // The scheduler looks when the server is there already.
  const placed = zone || (cloud.existing("zones")[0] ?? "nova");
  const crowded = cloud.existing("crowded");
  if (crowded.includes(flavor.flavorName) || crowded.includes(placed))
    return {
      ...inputs,
      ...flavor,
      ...image,
      powerState: "error",
      fault: "No valid host was found. There are not enough hosts available.",
      id,
    };

  let bootVolumes: string[];
  try {
    bootVolumes = createBootVolumes(cloud, inputs, id);
  } catch (error) {
    // Nova makes the volumes when the server is there already, and only then hears of their quota.
    if (!(error instanceof ApiError && error.code === 413)) throw error;
    return { ...inputs, ...flavor, ...image, powerState: "error", fault: error.message, id };
  }
  const ownPorts: string[] = [];
  const ports = wanted.map((network) => {
    if (network.port !== undefined) return cloud.find("port", String(network.port));
    const port = createPort(cloud, implicitPort(cloud, network, inputs));
    ownPorts.push(port.id);
    return port;
  });
  for (const port of ports) cloud.store.put("port", { ...port, deviceId: id, deviceOwner: `compute:${placed}` });
  joinGroups(cloud, inputs, id);

  const networks = wanted.map((network, index) => {
    const port = ports[index];
    const address = port === undefined ? undefined : portAddresses(port)[0]?.ipAddress;
    const name = port === undefined ? "" : text(cloud.find("network", text(port, "networkId")), "name");
    return {
      accessNetwork: false,
      ...network,
      name,
      uuid: port?.networkId,
      port: text(network, "port"),
      mac: port?.macAddress,
      fixedIpV4: address,
    };
  });
  const created = new Date().toISOString();
  const computed = {
    networks,
    accessIpV4: networks[0]?.fixedIpV4 ?? "",
    accessIpV6: "",
    availabilityZone: placed,
    allMetadata: inputs.metadata ?? {},
    allTags: texts(inputs, "tags").sort(),
    created,
    updated: created,
  };
  return {
    securityGroups: groupsOn(cloud, ports),
    ...inputs,
    ...flavor,
    ...image,
    ...computed,
    portIds: ports.map((port) => port.id),
    ownPorts,
    bootVolumes,
    packages: packagesOf(text(inputs, "userData")),
    id,
  };
}

/** The names of the groups on ports: nova tells those as the machine's own. */
function groupsOn(cloud: OpenStack, ports: readonly Stored[]): string[] {
  const ids = new Set(ports.flatMap((port) => texts(port, "allSecurityGroupIds")));
  return [...ids].map((id) => text(cloud.store.get("secGroup", id) ?? {}, "name")).filter((name) => name !== "");
}

/** Frees the instance's ports and volumes; what nova made for it goes. */
export function removeInstance(cloud: OpenStack, instance: Stored): void {
  const own = new Set(texts(instance, "ownPorts"));
  for (const id of texts(instance, "portIds")) {
    const port = cloud.store.get("port", id);
    if (port === undefined) continue;
    if (own.has(id)) cloud.store.delete("port", id);
    else cloud.store.put("port", { ...port, deviceId: "", deviceOwner: "" });
  }
  for (const attachment of cloud.store.list("volumeAttach")) {
    if (attachment.instanceId === instance.id) cloud.store.delete("volumeAttach", attachment.id);
  }
  const terminated = new Set(texts(instance, "bootVolumes"));
  for (const volume of cloud.store.list("volume")) {
    if (!attachments(volume).some((one) => one.instanceId === instance.id)) continue;
    if (terminated.has(volume.id)) cloud.store.delete("volume", volume.id);
    else cloud.store.put("volume", { ...volume, attachments: attachments(volume).filter((one) => one.instanceId !== instance.id) });
  }
  for (const group of cloud.store.list("serverGroup")) {
    const members = texts(group, "members");
    if (members.includes(instance.id)) cloud.store.put("serverGroup", { ...group, members: members.filter((id) => id !== instance.id) });
  }
}

function imageOf(cloud: OpenStack, inputs: Properties): Properties {
  const [id, name] = [text(inputs, "imageId"), text(inputs, "imageName")];
  if (id === "" && name === "") return { imageId: "Attempt to boot from volume - no image supplied" };
  const found = id === "" ? cloud.byName("images", name) : cloud.byId("images", id);
  if (found === undefined) throw new ApiError(400, `Can not find requested image ${id || name}`);
  return { imageId: found.id, imageName: found.name };
}

function refuseUsed(port: Stored): void {
  if (text(port, "deviceId") !== "") throw new ApiError(409, `Port ${port.id} is still in use.`);
}

function implicitPort(cloud: OpenStack, network: Properties, inputs: Properties): Properties {
  const name = text(network, "name");
  const byName = cloud.store.list("network").find((one) => one.name === name)?.id ?? cloud.byName("networks", name)?.id;
  const networkId = text(network, "uuid") || byName;
  if (networkId === undefined) throw new ApiError(404, `Network ${name} could not be found.`);
  const groups = texts(inputs, "securityGroups").map(
    (group) => cloud.store.list("secGroup").find((one) => one.name === group || one.id === group)?.id ?? unknownGroup(group),
  );
  const ipAddress = text(network, "fixedIpV4");
  const subnet = subnetsOf(cloud, networkId)[0];
  return {
    networkId,
    securityGroupIds: groups,
    ...(ipAddress === "" || subnet === undefined ? {} : { fixedIps: [{ subnetId: subnet.id, ipAddress }] }),
  };
}

function unknownGroup(name: string): never {
  throw new ApiError(404, `Security group ${name} not found.`);
}

/** Makes the volumes nova would make from block devices; gives those that end with the instance. */
function createBootVolumes(cloud: OpenStack, inputs: Properties, instanceId: string): string[] {
  const made: Stored[] = [];
  const terminated: string[] = [];
  for (const device of maps(inputs, "blockDevices")) {
    const source = text(device, "sourceType");
    const uuid = text(device, "uuid");
    if (source === "image" && cloud.byId("images", uuid) === undefined)
      throw new ApiError(400, `Block Device Mapping is Invalid: failed to get image ${uuid}.`);
    if (source === "volume") {
      const volume = cloud.find("volume", uuid);
      if (attachments(volume).length > 0) throw new ApiError(400, `Block Device Mapping is Invalid: volume ${uuid} is in use.`);
      made.push(volume);
      if (device.deleteOnTermination === true) terminated.push(uuid);
    } else if (text(device, "destinationType") === "volume") {
      const size = number(device, "volumeSize");
      if (size === undefined || size < 1)
        throw new ApiError(400, "Block Device Mapping is Invalid: volume_size is required for a new volume.");
      const type = text(device, "volumeType");
      const volume = createVolume(cloud, {
        size,
        name: "",
        ...(source === "image" ? { imageId: uuid } : {}),
        ...(type === "" ? {} : { volumeType: type }),
      });
      made.push(volume);
      if (device.deleteOnTermination === true) terminated.push(volume.id);
    }
  }
  for (const [index, volume] of made.entries()) {
    cloud.store.put("volume", { ...volume, attachments: [{ id: volume.id, instanceId, device: `/dev/vd${"abcdefgh".charAt(index)}` }] });
  }
  return terminated;
}

function joinGroups(cloud: OpenStack, inputs: Properties, instanceId: string): void {
  for (const hint of maps(inputs, "schedulerHints")) {
    const group = text(hint, "group") === "" ? undefined : cloud.find("serverGroup", text(hint, "group"));
    // One that was there from the start is no object of this cloud's.
    if (group !== undefined && cloud.store.get("serverGroup", group.id))
      cloud.store.put("serverGroup", { ...group, members: [...texts(group, "members"), instanceId] });
  }
}
