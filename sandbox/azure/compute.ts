import { randomUUID } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import type { Properties } from "../../plugin/rpc/provider";
import { azureLimits, imageReference, refusedUsers } from "../../providers/azure/names";
import { ApiError } from "../cloud/cloud";
import { packagesOf } from "../cloud/user-data";
import type { Stored } from "../store";
import { differences, isMap, maps, number, text, texts } from "../values";
import { idIn, idsIn, takeAddress, takePublic } from "./addresses";
import { joinPools } from "./balancing";
import { type Azure, newResourceId, type Types, typeOf, users } from "./names";
import { made, refuseZone } from "./networking";

/** Interfaces, disks and machines. */
export const COMPUTE: Types = {
  ...typeOf("azure-native:network:NetworkInterface", {
    kind: "networkInterface",
    defaults: { enableIPForwarding: false, disableTcpStateTracking: false },
    outputs: [
      ...["azureApiVersion", "defaultOutboundConnectivityEnabled", "dscpConfiguration", "etag", "hostedWorkloads", "macAddress", "name"],
      ...[
        "primary",
        "privateEndpoint",
        "provisioningState",
        "resourceGuid",
        "tapConfigurations",
        "type",
        "virtualMachine",
        "vnetEncryptionSupported",
      ],
    ],
    references: {
      "ipConfigurations.subnet.id": "subnet",
      "ipConfigurations.publicIPAddress.id": "publicIp",
      "ipConfigurations.applicationSecurityGroups.id": "applicationSecurityGroup",
      "networkSecurityGroup.id": "networkSecurityGroup",
    },
    create(cloud, inputs) {
      const name = text(inputs, "networkInterfaceName");
      const id = newResourceId(cloud, "networkInterface", inputs, "Microsoft.Network/networkInterfaces", name);
      connect(cloud, id, inputs);
      return { ...inputs, macAddress: "", ...made(name, "networkInterfaces"), id };
    },
    update(cloud, object, inputs) {
      connect(cloud, object.id, inputs);
      return { ...object, ...inputs, id: object.id };
    },
    remove(cloud, object) {
      const [machine] = users(cloud, "instance", interfacesOf, object.id);
      if (machine !== undefined)
        throw new ApiError(
          "NicInUse",
          `Network Interface ${object.id} is used by existing resource ${machine.id}. In order to delete the network interface, it must be dissociated from the resource.`,
        );
      joinPools(
        cloud,
        maps(object, "ipConfigurations").map((each) => text(each, "privateIPAddress")),
        [],
      );
    },
  }),

  ...typeOf("azure-native:compute:Disk", {
    kind: "disk",
    outputs: [
      ...[
        "azureApiVersion",
        "burstingEnabledTime",
        "diskSizeBytes",
        "diskState",
        "lastOwnershipUpdateTime",
        "managedBy",
        "managedByExtended",
      ],
      ...["name", "propertyUpdatesInProgress", "provisioningState", "shareInfo", "systemData", "timeCreated", "type", "uniqueId"],
    ],
    references: {},
    create(cloud, inputs) {
      const name = text(inputs, "diskName");
      const id = newResourceId(cloud, "disk", inputs, "Microsoft.Compute/disks", name);
      refuseZone(cloud, inputs);
      refuseDisk(inputs);
      cloud.charge("disks", 1, cloud.store.list("disk").length);
      return { ...inputs, ...made(name, "disks", "Microsoft.Compute"), diskState: "Unattached", uniqueId: randomUUID(), id };
    },
    update(_cloud, object, inputs) {
      refuseDisk(inputs);
      if ((number(inputs, "diskSizeGB") ?? 0) < (number(object, "diskSizeGB") ?? 0))
        throw new ApiError(
          "OperationNotAllowed",
          `Disk ${object.id} cannot be made smaller: decreasing the size of a disk is not supported.`,
        );
      return { ...object, ...inputs, id: object.id };
    },
    remove(cloud, { id }) {
      const [machine] = users(cloud, "instance", disksOf, id);
      if (machine !== undefined) throw new ApiError("OperationNotAllowed", `Disk ${id} is attached to VM ${machine.id}.`);
    },
  }),

  ...typeOf("azure-native:compute:VirtualMachine", {
    kind: "instance",
    unread: ["osProfile"],
    outputs: [
      "azureApiVersion",
      "etag",
      "instanceView",
      "managedBy",
      "name",
      "provisioningState",
      "resources",
      "systemData",
      "timeCreated",
      "type",
      "vmId",
    ],
    references: { "networkProfile.networkInterfaces.id": "networkInterface", "storageProfile.dataDisks.managedDisk.id": "disk" },
    create: createMachine,
    update(cloud, object, inputs) {
      const changed = [
        ...Object.keys(differences("osProfile", object.osProfile, withoutData(inputs.osProfile))),
        ...Object.keys(differences("storageProfile.imageReference", storage(object).imageReference, storage(inputs).imageReference)),
      ].filter((path) => !path.startsWith("osProfile.customData"));
      const [first] = changed;
      if (first !== undefined) throw new ApiError("PropertyChangeNotAllowed", `Changing property '${first}' is not allowed.`);
      refuseSize(cloud, inputs);
      refuseDisks(cloud, object.id, inputs);
      // A list of disks takes the place of the one there is; without one, that stays.
      const { dataDisks } = storage(object);
      const storageProfile = { ...(dataDisks === undefined ? {} : { dataDisks }), ...storage(inputs) };
      return { ...object, ...inputs, osProfile: object.osProfile, storageProfile, id: object.id };
    },
  }),
};

function connect(cloud: Azure, id: string, inputs: Properties): void {
  const configurations = maps(inputs, "ipConfigurations");
  if (configurations.length === 0) throw new ApiError("NetworkInterfaceMustHaveIpConfiguration", `${id} must have an IP configuration.`);
  for (const each of configurations) {
    takeAddress(cloud, id, each);
    takePublic(cloud, id, each);
    joinPools(cloud, [text(each, "privateIPAddress")], idsIn(each, "loadBalancerBackendAddressPools"));
  }
}

function refuseDisk(inputs: Properties): void {
  const size = number(inputs, "diskSizeGB") ?? 0;
  if (size < 1 || size > 32_767)
    throw new ApiError("InvalidParameter", `The value '${size}' of parameter 'disk.diskSizeGB' is out of range: 1 to 32767.`);
  const name = isMap(inputs.sku) ? text(inputs.sku, "name") : "Standard_LRS";
  const zones = texts(inputs, "zones");
  if (name.endsWith("_ZRS") && zones.length > 0)
    throw new ApiError("InvalidParameter", `A disk of the type ${name} is in every zone, and takes none.`);
  if (name === "PremiumV2_LRS" && zones.length === 0)
    throw new ApiError("InvalidParameter", `A disk of the type ${name} must be in a zone.`);
  if (!["Standard_LRS", "StandardSSD_LRS", "StandardSSD_ZRS", "Premium_LRS", "Premium_ZRS", "PremiumV2_LRS", "UltraSSD_LRS"].includes(name))
    throw new ApiError("InvalidParameter", `The value '${name}' of parameter 'disk.sku.name' is not supported.`);
}

const map = (value: unknown): Properties => (isMap(value) ? value : {});
const storage = (machine: Properties): Properties => map(machine.storageProfile);
const interfacesOf = (machine: Stored): string[] => idsIn(map(machine.networkProfile), "networkInterfaces");
export const disksOf = (machine: Properties): string[] => maps(storage(machine), "dataDisks").map((each) => idIn(each, "managedDisk"));

/** What Azure tells of a machine's first boot: never its custom data. */
function withoutData(profile: unknown): Properties {
  const { customData: _, ...rest } = map(profile);
  return rest;
}

function createMachine(cloud: Azure, inputs: Properties): Stored {
  const name = text(inputs, "vmName");
  const id = newResourceId(cloud, "instance", inputs, "Microsoft.Compute/virtualMachines", name);
  refuseZone(cloud, inputs);
  if (texts(inputs, "zones").length > 1) throw new ApiError("InvalidParameter", "A machine is in one zone.");
  refuseSize(cloud, inputs);
  refuseImage(cloud, storage(inputs).imageReference);
  const profile = map(inputs.osProfile);
  if (refusedUsers.includes(text(profile, "adminUsername")))
    throw new ApiError("InvalidParameter", "The Admin Username specified is not allowed.");
  const linux = map(profile.linuxConfiguration);
  for (const { keyData } of maps(map(linux.ssh), "publicKeys"))
    if (!/^ssh-(rsa|ed25519) /.test(String(keyData)))
      throw new ApiError("InvalidParameter", "The value of parameter linuxConfiguration.ssh.publicKeys.keyData is invalid.");
  if (linux.disablePasswordAuthentication !== true || maps(map(linux.ssh), "publicKeys").length === 0)
    throw new ApiError(
      "InvalidParameter",
      "Authentication using either SSH or by user name and password must be enabled in Linux profile.",
    );
  const userData = Buffer.from(text(profile, "customData"), "base64").toString();
  if (Buffer.byteLength(userData) > azureLimits.customData)
    throw new ApiError(
      "InvalidParameter",
      "Custom data in OSProfile must be in Base64 encoding and with a maximum length of 87380 characters.",
    );
  for (const nic of interfacesOf({ ...inputs, id })) {
    const [other] = users(cloud, "instance", interfacesOf, nic);
    if (other !== undefined) throw new ApiError("NicInUse", `Network Interface ${nic} is used by existing resource ${other.id}.`);
  }
  refuseDisks(cloud, id, inputs);
  for (const each of texts(map(inputs.identity), "userAssignedIdentities")) cloud.find("identity", each);
  const size = text(map(inputs.hardwareProfile), "vmSize");
  cloud.charge("processors", processorsOf(size), processorsIn(cloud));
  cloud.charge("families", processorsOf(size), processorsIn(cloud, familyOf(size)), familyOf(size));
  const [zone = ""] = texts(inputs, "zones");
  const crowded = cloud.existing("crowded");
  if (crowded.includes(size) || crowded.includes(zone))
    throw new ApiError(
      "ZonalAllocationFailed",
      `We do not have sufficient capacity for the requested VM size ${size} in the zone ${zone}.`,
    );
  const [nic] = interfacesOf({ ...inputs, id });
  const [configuration = {}] = nic === undefined ? [] : maps(cloud.find("networkInterface", nic), "ipConfigurations");
  return {
    ...inputs,
    ...made(name, "virtualMachines", "Microsoft.Compute"),
    osProfile: withoutData(profile),
    privateIp: text(configuration, "privateIPAddress"),
    packages: packagesOf(userData),
    timeCreated: new Date().toISOString(),
    vmId: randomUUID(),
    id,
  };
}

function refuseSize(cloud: Azure, inputs: Properties): void {
  const size = text(map(inputs.hardwareProfile), "vmSize");
  const [zone = ""] = texts(inputs, "zones");
  // `SIZE in ZONE ZONE`: not offered everywhere.
  const entry = cloud.existing("sizes").find((each) => each.split(" ")[0] === size);
  if (entry === undefined) throw new ApiError("InvalidParameter", `The value ${size} provided for the VM size is not valid.`);
  const [, , ...zones] = entry.split(" ");
  if (zones.length > 0 && !zones.includes(zone))
    throw new ApiError("SkuNotAvailable", `The requested VM size ${size} is currently not available in zone ${zone}.`);
}

function refuseImage(cloud: Azure, reference: unknown): void {
  if (!cloud.existing("images").some((each) => isDeepStrictEqual(imageReference(each), reference)))
    throw new ApiError("PlatformImageNotFound", `The platform image '${Object.values(map(reference)).join(":")}' is not available.`);
}

/** Disks that are somewhere else already, in another zone, or at one place. */
function refuseDisks(cloud: Azure, id: string, inputs: Properties): void {
  const luns = new Set<unknown>();
  for (const each of maps(storage(inputs), "dataDisks")) {
    if (luns.has(each.lun)) throw new ApiError("InvalidParameter", `A disk at LUN ${String(each.lun)} already exists.`);
    luns.add(each.lun);
    const disk = idIn(each, "managedDisk");
    const other = users(cloud, "instance", disksOf, disk).find((one) => one.id !== id);
    if (other !== undefined)
      throw new ApiError("ConflictingUserInput", `Disk '${disk}' cannot be attached as the disk is already owned by VM '${other.id}'.`);
    const [zones, its] = [texts(inputs, "zones"), texts(cloud.find("disk", disk), "zones")];
    if (its.length > 0 && !its.includes(zones[0] ?? ""))
      throw new ApiError(
        "BadRequest",
        `Disk '${disk}' is in zone ${its.join()}, and the VM in ${zones.join() || "none"}: a zonal disk is attached in its zone only.`,
      );
  }
}

/** The machine that a disk is attached to. */
export function holderOf(cloud: Azure, disk: string): string | undefined {
  return users(cloud, "instance", disksOf, disk)[0]?.id;
}

/** Those of every machine there is. */
export function processorsIn(cloud: Azure, family?: string): number {
  const sizes = cloud.store.list("instance").map((one) => text(map(one.hardwareProfile), "vmSize"));
  return sizes.filter((size) => family === undefined || familyOf(size) === family).reduce((sum, size) => sum + processorsOf(size), 0);
}

/** What a size's name says of its processors: `Standard_D4s_v5` has four. */
export function processorsOf(size: string): number {
  return Number(/^\w+?_[A-Z]+(\d+)/.exec(size)?.[1] ?? 1);
}

/** As the quota of a size's family is called: `standardDSv5Family`. */
export function familyOf(size: string): string {
  return size.replace(/^Standard_([A-Z]+)\d+(\w*?)(_v\d+)?$/, (_match, series: string, more: string, of = "") =>
    ["standard", series, more, of.replace("_", ""), "Family"].join(""),
  );
}
