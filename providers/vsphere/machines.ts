import { type Output, output, type Resource } from "@pulumi/pulumi";
import type { MachinePlan, VolumePlan } from "../../model/plan/infrastructure-types";
import type { EnvironmentPlan } from "../../model/plan/types";
import { firstBoot } from "../machines/first-boot";
import { firstHostKey } from "../machines/host-key";
import type { MadeMachine } from "../machines/reached";
import { guestInfo } from "./guestinfo";
import { noteOf, volumeFile } from "./marks";
import { machineTags } from "./names";
import { clusterPart, type Placement, type Tags } from "./placement";
import { apartOf, placeOf } from "./plan";
import { child, cloudName, type Scope } from "./scope";
import { ComputeClusterVmAntiAffinityRule } from "./sdk/computeClusterVmAntiAffinityRule";
import { VirtualDisk } from "./sdk/virtualDisk";
import { VirtualMachine, type VirtualMachineDisk } from "./sdk/virtualMachine";
import { parseSize } from "./sizes";
import { isVolumeType, volumeDevice, volumePath, volumeUnits } from "./volumes";

/** What all machines share. */
export interface MachineContext {
  readonly scope: Scope;
  readonly placement: Placement;
  readonly tags: Tags;
  /** In OpenSSH's format. */
  readonly publicKey: Output<string>;
}

/** A machine's resources. */
export interface Machine extends MadeMachine {
  readonly resource: VirtualMachine;
}

/** Every machine of the plan by name, with its volumes. */
export function createMachines(context: MachineContext): Record<string, Machine> {
  return Object.fromEntries(context.scope.plan.machines.map((machine) => [machine.name, createMachine(context, machine)]));
}

/**
 * The resources of one machine. They are named after the machine, which has another name in each generation: the new machine is made first, and
 * the old one goes after everything that depends on it has moved.
 */
function createMachine({ scope, placement, tags, publicKey }: MachineContext, machine: MachinePlan): Machine {
  const { name, plan, vsphere, survey } = scope;
  const { key, roles, zone } = machine;
  const { datastore } = placeOf(vsphere, zone);
  const datastoreId = survey.datastore(datastore);
  const { template } = survey;
  const { cpus, memoryGiB } = sizeOf(machine);
  const units = volumeUnits(machine);
  const own: VirtualMachineDisk = {
    label: "boot disk", // no volume can be called that
    unitNumber: 0,
    size: vsphere.bootDiskGiB,
    thinProvisioned: template.apply(({ thinProvisioned }) => thinProvisioned),
  };
  const attached = machine.volumes.map(
    (volume): VirtualMachineDisk => ({
      label: volume.name,
      unitNumber: units[volume.name] ?? 0,
      attach: true,
      path: createVolume(scope, machine, volume, datastore).vmdkPath,
      datastoreId,
    }),
  );
  const hostKey = roles.includes("bastion") ? firstHostKey(scope.parent, name, machine.name) : undefined;
  const [share] = machine.volumes;
  // A guest learns its disk's UUID, which by-id names follow from, when it boots: it is told the place.
  const devices = share === undefined ? {} : { [share.name]: output<[string]>([volumePath(units[share.name] ?? 0)]) };
  const userData = hostKey?.userData ?? firstBoot(plan, machine, devices);
  const instance = new VirtualMachine(
    `${name}-machine-${machine.name}`,
    {
      name: cloudName(scope, machine.name),
      annotation: noteOf(plan.environment, key, roles),
      resourcePoolId: placement.pool(zone),
      datastoreId,
      folder: placement.folder,
      clone: { templateUuid: template.apply(({ id }) => id) },
      guestId: template.apply(({ guestId }) => guestId),
      firmware: template.apply(({ firmware }) => firmware as string),
      scsiType: template.apply(({ scsiType }) => scsiType),
      numCpus: cpus,
      memory: memoryGiB * 1024,
      networkInterfaces: [{ networkId: survey.network, adapterType: template.apply(({ adapterType }) => adapterType as string) }],
      disks: [own, ...attached],
      enableDiskUuid: true, // volumes are found by their UUIDs, and so does vSphere's storage driver
      extraConfig: output({ publicKey, userData }).apply((known) =>
        guestInfo(plan, machine, { ...known, instance: cloudName(scope, machine.name) }),
      ),
      tags: tags(...machineTags(plan.labels, machine)),
      waitForGuestNetTimeout: 10,
    },
    child(scope, {
      // What a machine is cloned from and what its guest is told take effect once, at first boot; another template would build the machine anew,
      // and another text would restart it: neither must happen to an etcd member. Raise the machine's generation to have it rebuilt.
      ...(hostKey && { additionalSecretOutputs: ["extraConfig"] }),
      // The provider takes off a machine what it finds there and the file does not name: the storage driver's volumes, while pods write to them.
      ignoreChanges: [
        ...["clone", "guestId", "firmware", "scsiType", "networkInterfaces"],
        ...[hasDriversVolumes(plan, machine) ? "disks" : "disks[0]", "extraConfig"],
      ],
    }),
  );
  return {
    resource: instance,
    instance: { id: instance.id, userData: instance.extraConfig.apply((config) => config?.["guestinfo.userdata"]) },
    ...(hostKey ? { hostKey: hostKey.publicKey } : {}),
    devices: Object.fromEntries(
      machine.volumes.map((volume) => [
        volume.name,
        instance.disks.apply((disks): [string] => [volumeDevice(disks.find(({ label }) => label === volume.name)?.uuid ?? "")]),
      ]),
    ),
  };
}

/** Whether vSphere's storage driver puts volumes on a machine. */
function hasDriversVolumes({ platform }: EnvironmentPlan, { roles }: MachinePlan): boolean {
  return platform.storage.kind === "cloud" && roles.some((role) => role === "control-plane" || role === "worker");
}

/** The check has refused what is none. */
function sizeOf({ key, size }: MachinePlan): { readonly cpus: number; readonly memoryGiB: number } {
  const found = parseSize(size);
  if (found === undefined) throw new Error(`${size}, the size of ${key}, is none that vSphere knows`);
  return found;
}

/** Data volumes belong to the machine's key: files on the datastore that no machine takes along when it goes. */
function createVolume(scope: Scope, machine: MachinePlan, volume: VolumePlan, datastore: string): VirtualDisk {
  const { name, plan, vsphere } = scope;
  return new VirtualDisk(
    `${name}-volume-${machine.key}.${volume.name}`, // the dot keeps a-b's volume c apart from a's volume b-c
    {
      datacenter: vsphere.datacenter,
      datastore,
      vmdkPath: volumeFile(plan.environment, machine.key, volume.name),
      size: volume.sizeGiB ?? 0,
      type: volume.type !== undefined && isVolumeType(volume.type) ? volume.type : "thin",
      createDirectories: true,
    },
    child(scope, { protect: plan.protectData, retainOnDelete: plan.retain.includes("volumes") }),
  );
}

/**
 * The rules that keep the machines of a group on different hosts, one for each compute cluster in which the group has two or more: a host that
 * is lost or full is put up with, as a machine that does not start would not be.
 */
export function createRules(scope: Scope, made: Readonly<Record<string, Machine>>): Resource[] {
  const { name, plan, survey } = scope;
  return apartOf(plan).map(({ cluster, group, machines }) => {
    return new ComputeClusterVmAntiAffinityRule(
      `${name}-apart-${group}${clusterPart(scope, { cluster })}`,
      {
        name: cloudName(scope, group),
        computeClusterId: survey.cluster(cluster).id,
        virtualMachineIds: machines.map((machine) => made[machine.name]!.instance.id),
        mandatory: false,
      },
      child(scope),
    );
  });
}
