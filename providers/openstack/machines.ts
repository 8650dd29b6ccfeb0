import { Volume } from "@pulumi/openstack/blockstorage/volume";
import { Instance } from "@pulumi/openstack/compute/instance";
import { ServerGroup } from "@pulumi/openstack/compute/serverGroup";
import { VolumeAttach } from "@pulumi/openstack/compute/volumeAttach";
import { Port } from "@pulumi/openstack/networking/port";
import type { Input, Output, Resource } from "@pulumi/pulumi";
import type { MachinePlan, VolumePlan } from "../../model/plan/infrastructure-types";
import { groupsOf } from "../../model/plan/rules";
import { firstBoot } from "../machines/first-boot";
import { firstHostKey } from "../machines/host-key";
import { allowedAddresses } from "./address-pairs";
import { volumeDevices } from "./devices";
import { isId } from "./names";
import { idOf, type NodeNetwork, type SecurityGroups } from "./network";
import { groupsApart } from "./plan";
import { child, cloudName, metadata, type Scope, tags } from "./scope";

/** What all machines share. */
export interface MachineContext {
  readonly scope: Scope;
  readonly network: NodeNetwork;
  readonly security: SecurityGroups;
  readonly keyPair: Input<string>;
}

/** A machine's resources. */
export interface Machine {
  readonly plan: MachinePlan;
  readonly port: Port;
  readonly instance: Instance;
  /** Nothing else of the machine comes after these. */
  readonly last: readonly Resource[];
  /** The key the machine is first met by, where it is met from outside. */
  readonly hostKey?: Output<string>;
  /** Where the guest may find a volume, by its name. */
  readonly devices: Readonly<Record<string, Output<[string, ...string[]]>>>;
}

/** Every machine of the plan by name, with port, volumes and what keeps a group apart. */
export function createMachines(context: MachineContext): Record<string, Machine> {
  const { scope } = context;
  const { name, plan, openstack, dialect } = scope;
  const apart: Record<string, ServerGroup> = {};
  for (const group of groupsApart(plan)) {
    apart[group] = new ServerGroup(`${name}-group-${group}`, { name: cloudName(scope, group), policies: [dialect.apart] }, child(scope));
  }
  for (const [group, id] of Object.entries(openstack.serverGroups ?? {})) {
    // Reading it is the only way to know that it is there: the provider has no lookup for server groups.
    apart[group] = ServerGroup.get(`${name}-existing-group-${group}`, id, undefined, { parent: scope.parent, provider: scope.provider });
  }
  return Object.fromEntries(plan.machines.map((machine) => [machine.name, createMachine(context, machine, apart[machine.group])]));
}

/**
 * The resources of one machine. They are named after the machine, which has another name in each generation: the new port and machine are
 * made first, and the old ones go after everything that depends on them has moved.
 */
function createMachine(context: MachineContext, machine: MachinePlan, apart: ServerGroup | undefined): Machine {
  const { scope, network, security, keyPair } = context;
  const { name, plan, openstack, dialect } = scope;
  const { key } = machine;
  const local = dialect.bootsLocally?.test(machine.size) === true;
  const groups = groupsOf(machine);
  const port = new Port(
    `${name}-port-${machine.name}`,
    {
      name: cloudName(scope, machine.name),
      networkId: network.networkId,
      adminStateUp: true,
      portSecurityEnabled: true,
      fixedIps: [{ subnetId: network.subnetOf(machine.group), ipAddress: machine.address }],
      securityGroupIds: groups.map((group) => idOf(security.groups, group)),
      allowedAddressPairs: allowedAddresses(plan, machine).map((ipAddress) => ({ ipAddress })),
      tags: tags(scope),
    },
    child(scope),
  );
  const volumes = machine.volumes.map((volume) => ({ plan: volume, resource: createVolume(scope, machine, volume) }));
  const devices = Object.fromEntries(volumes.map(({ plan: volume, resource }) => [volume.name, resource.id.apply(volumeDevices)]));
  const hostKey = machine.roles.includes("bastion") ? firstHostKey(scope.parent, name, machine.name) : undefined;
  const instance = new Instance(
    `${name}-machine-${machine.name}`,
    {
      name: cloudName(scope, machine.name),
      flavorName: scope.survey.flavor(machine.size),
      availabilityZone: machine.zone,
      keyPair,
      networks: [{ port: port.id }],
      blockDevices: [
        {
          uuid: scope.survey.image(machine.image),
          sourceType: "image",
          ...(local
            ? { destinationType: "local" }
            : { destinationType: "volume", volumeSize: openstack.bootVolumeGiB, volumeType: openstack.bootVolumeType }),
          bootIndex: 0,
          deleteOnTermination: true,
        },
      ],
      // Cloud-init works also where the metadata service cannot be reached.
      configDrive: dialect.configDrive ? true : undefined,
      userData: hostKey?.userData ?? firstBoot(plan, machine, devices),
      metadata: metadata(scope, { "kpaas-key": key, "kpaas-roles": machine.roles.join(" ") }),
      vendorOptions: dialect.confirmsResize ? undefined : { ignoreResizeConfirmation: true },
      schedulerHints: apart === undefined ? undefined : [{ group: apart.id }],
    },
    child(scope, {
      // User data, image, boot volume, key pair and server group take effect once, at first boot, and the provider would build the machine
      // anew for each: a new image name or SSH key must not rebuild an etcd member. Raise the machine's generation to have it rebuilt.
      ignoreChanges: ["userData", "imageId", "blockDevices", "keyPair", "schedulerHints"],
      // A first boot needs its way out. The ways in are for whoever meets the machine, and everybody waits for the whole infrastructure; a
      // rule that goes with its group goes after the machine, because the port is in the group.
      dependsOn: [...network.uplink, ...security.waysOut.filter(({ group }) => groups.includes(group)).map(({ rule }) => rule)],
    }),
  );
  const attachments = volumes.map(
    ({ plan: volume, resource }) =>
      new VolumeAttach(
        `${name}-attach-${key}.${volume.name}`,
        { instanceId: instance.id, volumeId: resource.id },
        // A volume is attached to one machine at a time: when the machine is built anew, the old attachment has to go first.
        child(scope, { deleteBeforeReplace: true }),
      ),
  );
  const last = attachments.length === 0 ? [instance] : attachments;
  return { plan: machine, port, instance, last, ...(hostKey ? { hostKey: hostKey.publicKey } : {}), devices };
}

/** Data volumes belong to the machine's key and outlive its rebuilds. */
function createVolume(scope: Scope, machine: MachinePlan, volume: VolumePlan): Volume {
  const { name, plan, openstack, dialect } = scope;
  return new Volume(
    `${name}-volume-${machine.key}.${volume.name}`, // the dot keeps a-b's volume c apart from a's volume b-c
    {
      name: cloudName(scope, machine.key, volume.name),
      size: volume.sizeGiB ?? 0,
      volumeType: volume.type,
      enableOnlineResize: dialect.volumesGrow ? true : undefined,
      metadata: metadata(scope, { "kpaas-key": machine.key, "kpaas-volume": volume.name }),
      availabilityZone: dialect.volumesInZone || openstack.volumesInZones === true ? machine.zone : undefined,
    },
    child(scope, {
      protect: plan.protectData,
      retainOnDelete: plan.retain.includes("volumes"),
      // Where volumes are made counts for those to come: another zone would be another volume. Cinder tells a type's name only: one given by id
      // would look changed, and the volume would be replaced. The guard refuses real changes.
      ignoreChanges: ["availabilityZone", ...(volume.type !== undefined && isId(volume.type) ? ["volumeType"] : [])],
    }),
  );
}
