import { at, list } from "../../model/data";
import { type CheckFailure, type Properties, UNKNOWN } from "../../plugin/rpc/provider";
import { ApiError, newId } from "../cloud/cloud";
import { fieldsOf } from "../cloud/fields";
import { packagesOf } from "../cloud/user-data";
import type { Stored } from "../store";
import { isMap, maps, number, text } from "../values";
import { diskAt, refuseFull, refuseLong } from "./inventory";
import type { Types, VSphere } from "./names";
import { templateOf } from "./templates";
import { inUse, nameInUse } from "./words";

/** Inputs that the provider takes and our component never gives. */
const OTHERS =
  "alternateGuestName annotation~ bootDelay:n bootRetryDelay~:n bootRetryEnabled:b cdroms:l cpuHotAddEnabled:b cpuHotRemoveEnabled:b cpuLimit~:n cpuPerformanceCountersEnabled:b cpuReservation:n cpuShareCount~:n cpuShareLevel~ customAttributes:m datacenterId datastoreClusterId efiSecureBootEnabled:b enableLogging:b eptRviMode~ evcMode extraConfigRebootRequired~:b forcePowerOff~:b hardwareVersion~:n hostSystemId~ hvMode~ ideControllerCount~:n ignoredGuestIps:l latencySensitivity~ memoryHotAddEnabled:b memoryLimit~:n memoryReservation:n memoryReservationLockedToMax:b memoryShareCount~:n memoryShareLevel~ migrateWaitTimeout~:n nestedHvEnabled:b numCoresPerNumaNode:n numCoresPerSocket~:n nvmeControllerCount:n ovfDeploy:m pciDeviceIds:l poweronTimeout~:n replaceTrigger* runToolsScriptsAfterPowerOn~:b runToolsScriptsAfterResume~:b runToolsScriptsBeforeGuestReboot:b runToolsScriptsBeforeGuestShutdown~:b runToolsScriptsBeforeGuestStandby~:b sataControllerCount:n scsiBusSharing~ scsiControllerCount~:n shutdownWaitTimeout~:n storagePolicyId~ swapPlacementPolicy~ syncTimeWithHost~:b syncTimeWithHostPeriodically:b toolsUpgradePolicy~ vapp:m vbsEnabled:b videoCard:m vtpm:m vvtdEnabled:b waitForGuestIpTimeout:n waitForGuestNetRoutable~:b";

const DISK =
  "attach,controllerType,datastoreId,deviceAddress,diskMode,diskSharing,eagerlyScrub,ioLimit,ioReservation,ioShareCount,ioShareLevel,keepOnRemove,key,label,path,size,storagePolicyId,thinProvisioned,unitNumber,uuid,writeThrough";
const CARD =
  "adapterType,bandwidthLimit,bandwidthReservation,bandwidthShareCount,bandwidthShareLevel,deviceAddress,externalPortId,key,macAddress,networkId,ovfMapping,physicalFunction,useStaticMac";

/** Virtual machines. */
export const MACHINES: Types = {
  "vsphere:index/virtualMachine:VirtualMachine": {
    kind: "instance",
    fields: fieldsOf(
      `name~ resourcePoolId! datastoreId~ folder~ numCpus~:n memory~:n guestId~ firmware~ scsiType~ enableDiskUuid:b extraConfig:m tags:l
      clone*:m(templateUuid,customizationSpec,customize,linkedClone,ovfNetworkMap,ovfStorageMap,timeout)
      disks~:l(${DISK}) networkInterfaces:l(${CARD}) waitForGuestNetTimeout~:n ${OTHERS}`,
    ),
    defaults: { numCpus: 1, memory: 1024, firmware: "bios", scsiType: "pvscsi", waitForGuestNetTimeout: 5 },
    sets: ["tags"],
    unread: ["clone", "waitForGuestNetTimeout"],
    secrets: ["extraConfig"],
    outputs: [
      ..."changeVersion defaultIpAddress guestIpAddresses imported moid powerState rebootRequired uuid vappTransports vmwareToolsStatus vmxPath".split(
        " ",
      ),
    ],
    references: {
      ...{ resourcePoolId: "resourcePool", datastoreId: "datastore", tags: "tag" },
      ...{ "clone.templateUuid": "template", "networkInterfaces.networkId": "network" },
    },
    check: checkMachine,
    create: createMachine,
    failure: ({ status }) => (status === "ERROR" ? "timeout waiting for an available IP address" : undefined),
    update(cloud, object, inputs) {
      refusePlace(cloud, inputs);
      const { folder } = object;
      return { ...object, ...inputs, ...(folder === undefined ? {} : { folder }), disks: attached(cloud, inputs, object), id: object.id };
    },
  },
};

/** What the provider finds wrong before it asks anybody. */
function checkMachine(inputs: Properties): CheckFailure[] {
  const disks = maps(inputs, "disks");
  const problem = (reason: string): CheckFailure[] => [{ property: "disks", reason }];
  if (inputs.disks === UNKNOWN) return [];
  if (disks.length === 0) return problem("there must be at least one disk specified");
  if (maps(inputs, "networkInterfaces").length === 0 && inputs.networkInterfaces !== UNKNOWN)
    return [{ property: "networkInterfaces", reason: "network_interface parameter is required when not deploying from ovf template" }];
  const units = disks.map((disk) => number(disk, "unitNumber") ?? 0);
  const labels = disks.map((disk) => text(disk, "label"));
  const twice = labels.find((label, index) => labels.indexOf(label) < index);
  if (twice !== undefined) return problem(`disk: duplicate name ${twice}`);
  const taken = units.find((unit, index) => units.indexOf(unit) < index);
  if (taken !== undefined) return problem(`disk: duplicate SCSI unit_number ${taken}`);
  if (!units.includes(0)) return problem("at least one disk must have a unit_number of 0 for SATA, SCSI, NVMe or 1 for IDE");
  for (const disk of disks) {
    const label = text(disk, "label");
    if ((number(disk, "unitNumber") ?? 0) > 14)
      return problem(`unit_number on disk "${label}" too high (${disk.unitNumber}) - maximum value is 14 with 1 SCSI controller(s)`);
    if (disk.attach !== true && disk.size === undefined) return problem(`size for disk "${label}": required option not set`);
    if (disk.attach === true && disk.size !== undefined) return problem(`size for disk "${label}" cannot be defined when attach is set`);
    if (disk.attach === true && disk.datastoreId === undefined)
      return problem(`datastore_id for disk "${label}" is required when attach is set`);
  }
  return [];
}

function createMachine(cloud: VSphere, inputs: Properties): Stored {
  const name = text(inputs, "name");
  refuseLong(name);
  refusePlace(cloud, inputs);
  const clone = isMap(inputs.clone) ? inputs.clone : {};
  const template = templateOf(cloud.byId("templates", text(clone, "templateUuid")) ?? { id: "", name: "" });
  if (inputs.guestId !== template.guestId)
    throw new ApiError("CustomizeDiff", `invalid guest ID "${text(inputs, "guestId")}" for clone. Please set it to "${template.guestId}"`);
  const disks = maps(inputs, "disks");
  if (template.disks.length > disks.length)
    throw new ApiError(
      "CustomizeDiff",
      `not enough disks in configuration - you need at least ${template.disks.length} to use this template (current: ${disks.length})`,
    );
  const [boot] = template.disks;
  const own = disks.find((disk) => (disk.unitNumber ?? 0) === 0);
  if (own !== undefined && (number(own, "size") ?? 0) < (boot ?? 0))
    throw new ApiError(
      "CustomizeDiff",
      `disk.0: disk name ${text(own, "label")} must be at least the same size of source when cloning (expected: >= ${boot} GiB)`,
    );
  const there = cloud.store.list("instance");
  if (there.some((machine) => machine.name === name && machine.folder === inputs.folder)) throw nameInUse(name);

  const id = newId();
  const address = addressIn(inputs);
  // Two of one address: neither vCenter nor its provider knows, but the guest's network does not come up.
  const silent = address !== "" && there.some((machine) => machine.defaultIpAddress === address);
  return {
    ...inputs,
    disks: attached(cloud, inputs),
    hardwareVersion: template.hardwareVersion,
    defaultIpAddress: silent ? "" : address,
    guestIpAddresses: silent || address === "" ? [] : [address],
    accessIpV4: address,
    packages: packagesOf(guestInfo(inputs, "userdata")),
    ...(silent ? { status: "ERROR" } : {}),
    powerState: "on",
    moid: `vm-${id.slice(0, 8)}`,
    uuid: id,
    vmxPath: `${name}/${name}.vmx`,
    vmwareToolsStatus: "guestToolsRunning",
    changeVersion: new Date().toISOString(),
    imported: false,
    rebootRequired: false,
    vappTransports: [],
    id,
  };
}

/** The datastore must have room, the compute cluster processors and memory. */
function refusePlace(cloud: VSphere, inputs: Properties): void {
  const pool = cloud.find("resourcePool", text(inputs, "resourcePoolId"));
  if (cloud.existing("full").includes(text(pool, "cluster")))
    throw new ApiError("ServerFaultCode", "Insufficient resources to satisfy configured failover level for vSphere HA.");
  refuseFull(cloud, text(cloud.find("datastore", text(inputs, "datastoreId")), "name"));
}

/** The disks with what vCenter adds: each its UUID; those that are attached must be there, and nobody else's. */
function attached(cloud: VSphere, inputs: Properties, object?: Stored): Properties[] {
  const before = object === undefined ? [] : maps(object, "disks");
  return maps(inputs, "disks").map((disk) => {
    const label = text(disk, "label");
    const known = before.find((each) => each.label === label);
    if (disk.attach === true && known === undefined) refuseDisk(cloud, disk, object?.id);
    const uuid = text(known ?? {}, "uuid") || `6000C29${newId().slice(7)}`;
    return { ...disk, uuid };
  });
}

function refuseDisk(cloud: VSphere, disk: Properties, self: string | undefined): void {
  const [path, datastore] = [text(disk, "path"), text(cloud.find("datastore", text(disk, "datastoreId")), "name")];
  if (diskAt(cloud, datastore, path) === undefined) throw new ApiError("ServerFaultCode", `File [${datastore}] ${path} was not found`);
  const holder = cloud.store
    .list("instance")
    .find(({ id, ...machine }) => id !== self && maps(machine, "disks").some((each) => each.attach === true && each.path === path));
  if (holder !== undefined) throw inUse(`Failed to lock the file [${datastore}] ${path}: virtual machine ${text(holder, "name")} has it`);
}

/** The address that a machine's guest is told. */
function addressIn(inputs: Properties): string {
  const metadata = guestInfo(inputs, "metadata");
  const network = metadata === "" ? undefined : at(JSON.parse(metadata), "network.ethernets.nodes.addresses");
  return String(list(network)[0] ?? "").replace(/\/\d+$/, "");
}

/** What a machine's configuration tells its guest. */
function guestInfo({ extraConfig }: Properties, what: string): string {
  return Buffer.from(text(isMap(extraConfig) ? extraConfig : {}, `guestinfo.${what}`), "base64").toString();
}
