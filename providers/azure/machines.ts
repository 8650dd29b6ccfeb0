import { Disk } from "@pulumi/azure-native/compute/disk";
import { VirtualMachine } from "@pulumi/azure-native/compute/virtualMachine";
import { NetworkInterface } from "@pulumi/azure-native/network/networkInterface";
import { type Input, type Output, output, type Resource } from "@pulumi/pulumi";
import type { MachinePlan, VolumePlan } from "../../model/plan/infrastructure-types";
import { groupsOf } from "../../model/plan/rules";
import { firstBoot } from "../machines/first-boot";
import { firstHostKey } from "../machines/host-key";
import type { MadeMachine } from "../machines/reached";
import { givenAddress } from "./addresses";
import type { Balancers } from "./balancers";
import { lunOf, volumeDevices } from "./devices";
import type { MachineIdentity } from "./identity";
import { azureLimits, azureName, DATA_DISK, diskName, imageReference, machineName } from "./names";
import type { Network } from "./network";
import { subnetFor } from "./plan";
import { child, placed, type Scope, tags } from "./scope";
import { idOf, type Security } from "./security";

/** What machines are made within. */
export interface MachineContext {
  readonly scope: Scope;
  readonly network: Network;
  readonly security: Security;
  readonly balancers: Balancers;
  /** In OpenSSH's format. */
  readonly publicKey: Output<string>;
  /** Of the control planes; undefined where they have none. */
  readonly identity: MachineIdentity | undefined;
}

/** A machine's resources. */
export interface Machine extends MadeMachine {
  readonly plan: MachinePlan;
  /** Where it is reached from outside, if it is. */
  readonly publicAddress?: Output<string>;
  /** Nothing else of the machine comes after these. */
  readonly last: readonly Resource[];
}

/** Every machine of the plan by name, with its disks. */
export function createMachines(context: MachineContext): Record<string, Machine> {
  return Object.fromEntries(context.scope.plan.machines.map((machine) => [machine.name, createMachine(context, machine)]));
}

/**
 * The resources of one machine. They are named after the machine, which has another name in each generation: the new one is made first, and the old
 * one goes after everything that depends on it has moved.
 */
function createMachine(context: MachineContext, machine: MachinePlan): Machine {
  const { scope, publicKey, identity, security } = context;
  const { name, plan, azure } = scope;
  const { key, roles, zone } = machine;
  const bastion = roles.includes("bastion");
  const { bastion: floating } = plan.network.floating;
  const reached = bastion && floating ? givenAddress(scope, machine.name, floating.address) : undefined;
  const volumes = machine.volumes.map(
    (volume): Volume => ({
      lun: lunOf(volume.name),
      plan: volume,
      resource: createVolume(scope, machine, volume),
    }),
  );
  const devices = Object.fromEntries(volumes.map(({ lun, plan: volume }) => [volume.name, output(volumeDevices(lun))]));
  const hostKey = bastion ? firstHostKey(scope.parent, name, machine.name) : undefined;
  const userData = hostKey?.userData ?? firstBoot(plan, machine, devices);
  const own = tags(scope, { "kpaas-key": key, "kpaas-roles": roles.join(" ") });
  const nic = createInterface(context, machine, reached?.id, own);
  const instance = new VirtualMachine(
    `${name}-machine-${machine.name}`,
    {
      ...placed(scope),
      vmName: machineName(plan, machine),
      ...(zone === undefined ? {} : { zones: [zone] }),
      hardwareProfile: { vmSize: machine.size },
      networkProfile: { networkInterfaces: [{ id: nic.id, primary: true, deleteOption: "Detach" }] },
      osProfile: {
        computerName: machine.name,
        adminUsername: plan.access.ssh.user,
        ...(userData === undefined ? {} : { customData: output(userData).apply((text) => Buffer.from(text).toString("base64")) }),
        linuxConfiguration: {
          disablePasswordAuthentication: true,
          provisionVMAgent: true,
          ssh: { publicKeys: [{ path: `/home/${plan.access.ssh.user}/.ssh/authorized_keys`, keyData: publicKey }] },
        },
      },
      storageProfile: {
        imageReference: imageReference(machine.image) ?? missingImage(machine),
        osDisk: {
          name: azureName(plan, azureLimits.disk, machine.name, "boot"),
          createOption: "FromImage",
          deleteOption: "Delete",
          caching: "ReadWrite",
          diskSizeGB: azure.bootVolumeGiB,
          managedDisk: { storageAccountType: azure.bootVolumeType, ...encryption(scope) },
        },
        // A machine is written with all its disks or none of them. Where the driver of disks attaches some, a list of ours would take those off.
        ...(volumes.length === 0 && plan.platform.storage.kind === "cloud"
          ? {}
          : {
              dataDisks: machine.generation === 1 ? volumes.map(attached) : freeVolumes(scope, machine, volumes),
            }),
      },
      securityProfile: { securityType: "TrustedLaunch", uefiSettings: { secureBootEnabled: true, vTpmEnabled: true } },
      // The console of a machine that does not come up.
      diagnosticsProfile: { bootDiagnostics: { enabled: true } },
      ...(identity && roles.includes("control-plane") ? { identity: { type: "UserAssigned", userAssignedIdentities: [identity.id] } } : {}),
      tags: own,
    },
    child(scope, {
      // Custom data, image, boot disk and key take effect once, at first boot, and Azure changes none of them: for others it would refuse the call, or
      // its provider build the machine anew. Raise the machine's generation to have it rebuilt.
      ignoreChanges: [
        "osProfile",
        "storageProfile.imageReference",
        ...["diskSizeGB", "managedDisk", "caching", "name"].map((field) => `storageProfile.osDisk.${field}`),
      ],
      dependsOn: [...security.closed, ...(roles.includes("control-plane") ? (identity?.granted ?? []) : [])],
    }),
  );
  return {
    plan: machine,
    // Azure's id of a machine is its name, which one that is built anew by hand has again; this one it has not.
    instance: { id: instance.vmId, userData: output(userData) },
    last: [instance],
    ...(reached ? { publicAddress: reached.address } : {}),
    ...(hostKey ? { hostKey: hostKey.publicKey } : {}),
    devices,
  };
}

/** The machine's interface, at its planned address, in the groups of its roles and in the pools of its balancers. */
function createInterface(
  { scope, network, security, balancers }: MachineContext,
  machine: MachinePlan,
  publicAddress: Input<string> | undefined,
  own: Record<string, string>,
): NetworkInterface {
  const { name, plan, azure } = scope;
  const { roles, zone } = machine;
  const { name: subnet } = subnetFor(plan, zone, roles.includes("bastion"));
  const pools = roles.flatMap((role) => balancers.pools(role));
  return new NetworkInterface(
    `${name}-nic-${machine.name}`,
    {
      ...placed(scope),
      networkInterfaceName: azureName(plan, azureLimits.interface, machine.name),
      enableAcceleratedNetworking: azure.acceleratedNetworking,
      // Packets of pods are wrapped: no machine sends or takes any for another address than its own.
      enableIPForwarding: false,
      ...(network.interfaceGroup === undefined ? {} : { networkSecurityGroup: { id: network.interfaceGroup } }),
      ipConfigurations: [
        {
          name: "main",
          primary: true,
          subnet: { id: network.subnets[subnet] ?? "" },
          privateIPAllocationMethod: "Static",
          privateIPAddress: machine.address,
          applicationSecurityGroups: groupsOf(machine).map((group) => ({ id: idOf(security.applications, group) })),
          ...(pools.length === 0 ? {} : { loadBalancerBackendAddressPools: pools.map((id) => ({ id })) }),
          ...(publicAddress === undefined ? {} : { publicIPAddress: { id: publicAddress } }),
        },
      ],
      tags: own,
    },
    child(scope),
  );
}

/** A data disk with its place on the machine. */
interface Volume {
  readonly lun: number;
  readonly plan: VolumePlan;
  readonly resource: Disk;
}

/** It as its machine has it. */
function attached({ lun, resource }: Volume) {
  return { lun, createOption: "Attach", deleteOption: "Detach", caching: "None", managedDisk: { id: resource.id } } as const;
}

/** Those of a machine that is built anew which no other machine has any more. */
async function freeVolumes({ plan, survey }: Scope, machine: MachinePlan, volumes: readonly Volume[]) {
  const held = await survey.heldDisks;
  return volumes.filter((each) => !held.has(diskName(plan, machine, each.plan.name))).map(attached);
}

function encryption({ azure }: Scope): { diskEncryptionSet?: { id: string } } {
  return azure.diskEncryptionSet === undefined ? {} : { diskEncryptionSet: { id: azure.diskEncryptionSet } };
}

function missingImage({ key, image }: MachinePlan): never {
  throw new Error(`the machine ${key} is planned with the image "${image}", which is none of Azure's; this is a bug in kpaas`);
}

/** Data disks belong to the machine's key, lie in its zone and outlive the machine. */
function createVolume(scope: Scope, machine: MachinePlan, volume: VolumePlan): Disk {
  const { name, plan, azure } = scope;
  const { type = DATA_DISK } = volume;
  const what = `${machine.key}.${volume.name}`; // the dot keeps a-b's volume c apart from a's volume b-c
  return new Disk(
    `${name}-volume-${what}`,
    {
      ...placed(scope),
      diskName: diskName(plan, machine, volume.name),
      // One whose content is in every zone lies in none.
      ...(machine.zone === undefined || type.endsWith("_ZRS") ? {} : { zones: [machine.zone] }),
      creationData: { createOption: "Empty" },
      diskSizeGB: volume.sizeGiB ?? 0,
      sku: { name: type },
      // Its content leaves by a machine alone.
      networkAccessPolicy: "DenyAll",
      publicNetworkAccess: "Disabled",
      ...(azure.diskEncryptionSet === undefined
        ? {}
        : { encryption: { type: "EncryptionAtRestWithCustomerKey", diskEncryptionSetId: azure.diskEncryptionSet } }),
      tags: tags(scope, { "kpaas-key": machine.key, "kpaas-volume": volume.name }),
    },
    child(scope, { protect: plan.protectData, retainOnDelete: plan.retain.includes("volumes"), ignoreChanges: ["encryption"] }),
  );
}
