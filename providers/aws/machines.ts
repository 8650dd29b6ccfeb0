import { Volume } from "@pulumi/aws/ebs/volume";
import { Instance } from "@pulumi/aws/ec2/instance";
import { VolumeAttachment } from "@pulumi/aws/ec2/volumeAttachment";
import type { Input, Resource } from "@pulumi/pulumi";
import { podsUnwrapped } from "../../model/plan/flows";
import type { MachinePlan, VolumePlan } from "../../model/plan/infrastructure-types";
import { groupsOf } from "../../model/plan/rules";
import { firstBoot } from "../machines/first-boot";
import { firstHostKey } from "../machines/host-key";
import type { MadeMachine } from "../machines/reached";
import { deviceNames, volumeDevices } from "./devices";
import { idOf, type Network, type SecurityGroups } from "./network";
import { DATA_VOLUME_TYPE, standsOutside } from "./plan";
import { child, ofCluster, type Scope, tags } from "./scope";

/** What machines are made within. */
export interface MachineContext {
  readonly scope: Scope;
  readonly network: Network;
  readonly security: SecurityGroups;
  readonly keyPair: Input<string>;
  /** Of the control planes; undefined where they have none. */
  readonly profile: Input<string> | undefined;
}

/** A machine's resources. */
export interface Machine extends MadeMachine {
  readonly plan: MachinePlan;
  readonly instance: Instance;
  /** Nothing else of the machine comes after these. */
  readonly last: readonly Resource[];
}

/** Every machine of the plan by name, with its volumes. */
export function createMachines(context: MachineContext): Record<string, Machine> {
  return Object.fromEntries(context.scope.plan.machines.map((machine) => [machine.name, createMachine(context, machine)]));
}

/**
 * The resources of one machine. They are named after the machine, which has another name in each generation: the new one is made first, and
 * the old one goes after everything that depends on it has moved.
 */
function createMachine(context: MachineContext, machine: MachinePlan): Machine {
  const { scope, network, security, keyPair, profile } = context;
  const { name, plan, aws } = scope;
  const { key, roles, zone = "" } = machine;
  const groups = groupsOf(machine);
  const bastion = roles.includes("bastion");
  const outside = standsOutside(plan, machine);
  const names = deviceNames(machine.volumes.map((volume) => volume.name));
  const volumes = machine.volumes.map((volume) => ({ plan: volume, resource: createVolume(scope, machine, volume) }));
  const devices = Object.fromEntries(
    volumes.map(({ plan: volume, resource }) => [volume.name, resource.id.apply((id) => volumeDevices(id, names[volume.name] ?? ""))]),
  );
  const hostKey = bastion ? firstHostKey(scope.parent, name, machine.name) : undefined;
  const own = tags(scope, machine.name, { ...ofCluster(scope), "kpaas-key": key, "kpaas-roles": roles.join(" ") });
  // The driver of volumes asks from the pod network, one hop further, on control planes alone.
  const hops = plan.platform.storage.kind === "cloud" && roles.includes("control-plane") ? 2 : 1;
  const instance = new Instance(
    `${name}-machine-${machine.name}`,
    {
      ami: scope.survey.image(machine.image),
      instanceType: machine.size,
      subnetId: (outside ? network.outer : network.inner)[zone] ?? missingSubnet(machine),
      privateIp: machine.address,
      vpcSecurityGroupIds: groups.map((group) => idOf(security.groups, group)),
      keyName: keyPair,
      iamInstanceProfile: roles.includes("control-plane") ? profile : undefined,
      associatePublicIpAddress: false,
      // Packets of pods bear the pods' addresses where nothing wraps them: AWS drops those of others by default.
      sourceDestCheck: !(groups.includes("nodes") && podsUnwrapped(plan.cluster.variables)),
      // Credentials of the machine by a session only, and in one hop: none for what is not in the host's own network, as ordinary pods are not.
      metadataOptions: { httpEndpoint: "enabled", httpTokens: "required", httpPutResponseHopLimit: hops, instanceMetadataTags: "disabled" },
      rootBlockDevice: {
        volumeSize: aws.bootVolumeGiB,
        volumeType: aws.bootVolumeType,
        encrypted: true,
        kmsKeyId: aws.kmsKey,
        deleteOnTermination: true,
        tags: own,
      },
      userData: hostKey?.userData ?? firstBoot(plan, machine, devices),
      userDataReplaceOnChange: false,
      tags: own,
    },
    child(scope, {
      // User data, image, boot volume and key pair take effect once, at first boot: for another image or key the provider would build the
      // machine anew, for other user data it would stop it. Raise the machine's generation to have it rebuilt.
      ignoreChanges: ["userData", "ami", "keyName", ...BOOT_VOLUME.map((field) => `rootBlockDevice.${field}`)],
      // A first boot needs its way out. The ways in are for whoever meets the machine, and everybody waits for the whole infrastructure.
      dependsOn: [
        ...((outside ? network.gateway : network.uplinks)[zone] ?? []),
        ...security.waysOut.filter(({ group }) => groups.includes(group)).map(({ rule }) => rule),
      ],
    }),
  );
  const attachments = volumes.map(
    ({ plan: volume, resource }) =>
      new VolumeAttachment(
        `${name}-attach-${key}.${volume.name}`,
        { instanceId: instance.id, volumeId: resource.id, deviceName: names[volume.name] ?? "" },
        // A volume is attached to one machine at a time: when the machine is built anew, the old attachment has to go first. The device's name is
        // a label that no machine on Nitro sees: a volume that is added must not move another.
        child(scope, { deleteBeforeReplace: true, ignoreChanges: ["deviceName"] }),
      ),
  );
  const last = attachments.length === 0 ? [instance] : attachments;
  return { plan: machine, instance, last, ...(hostKey ? { hostKey: hostKey.publicKey } : {}), devices };
}

const BOOT_VOLUME = ["volumeSize", "volumeType", "encrypted", "kmsKeyId"] as const;

function missingSubnet({ key, zone }: MachinePlan): never {
  throw new Error(
    `the machine ${key} is planned in the zone ${zone ?? "that nobody named"}, which has no subnet for it; this is a bug in kpaas`,
  );
}

/** Data volumes belong to the machine's key, lie in its zone and outlive its rebuilds. */
function createVolume(scope: Scope, machine: MachinePlan, volume: VolumePlan): Volume {
  const { name, plan, aws } = scope;
  const what = `${machine.key}.${volume.name}`; // the dot keeps a-b's volume c apart from a's volume b-c
  return new Volume(
    `${name}-volume-${what}`,
    {
      availabilityZone: machine.zone ?? "",
      size: volume.sizeGiB ?? 0,
      type: volume.type ?? DATA_VOLUME_TYPE,
      encrypted: true,
      kmsKeyId: aws.kmsKey,
      tags: tags(scope, what, { ...ofCluster(scope), "kpaas-key": machine.key, "kpaas-volume": volume.name }),
    },
    // Another key would mean another volume: those that there are keep theirs.
    child(scope, { protect: plan.protectData, retainOnDelete: plan.retain.includes("volumes"), ignoreChanges: ["kmsKeyId"] }),
  );
}
