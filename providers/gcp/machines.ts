import { AttachedDisk } from "@pulumi/gcp/compute/attachedDisk";
import { Disk } from "@pulumi/gcp/compute/disk";
import { Image } from "@pulumi/gcp/compute/image";
import { Instance } from "@pulumi/gcp/compute/instance";
import { type Input, type Output, output, type Resource } from "@pulumi/pulumi";
import { physicalName } from "../../model/names";
import type { MachinePlan, VolumePlan } from "../../model/plan/infrastructure-types";
import { groupsOf } from "../../model/plan/rules";
import { byName } from "../asking/fields";
import { firstBoot } from "../machines/first-boot";
import { firstHostKey } from "../machines/host-key";
import type { MadeMachine } from "../machines/reached";
import { accountOf } from "./firewalls";
import type { Accounts } from "./iam";
import { DATA_DISK, gcpLimits, instanceName, nodeTag } from "./names";
import type { Firewalls, Network } from "./network";
import { copyOf, imageQuery } from "./neutral";
import { balancesServices } from "./plan";
import { child, described, labels, named, type Scope } from "./scope";

/** What machines are made within. */
export interface MachineContext {
  readonly scope: Scope;
  readonly network: Network;
  readonly firewalls: Firewalls;
  readonly accounts: Accounts;
  /** In OpenSSH's format. */
  readonly publicKey: Input<string>;
  /** Where the bastion is met from outside. */
  readonly bastion: Input<string> | undefined;
}

/** A machine's resources. */
export interface Machine extends MadeMachine {
  readonly plan: MachinePlan;
  /** Its link, as groups and attachments name it. */
  readonly link: Output<string>;
  /** Nothing else of the machine comes after these. */
  readonly last: readonly Resource[];
}

/** Every machine of the plan by name, with its disks. */
export function createMachines(context: MachineContext): Record<string, Machine> {
  const { scope } = context;
  const images = byName(
    scope.plan.machines.map(({ image }) => image),
    (image) => createImage(scope, image),
  );
  return Object.fromEntries(
    scope.plan.machines.map((machine) => [machine.name, createMachine(context, machine, images[machine.image] ?? machine.image)]),
  );
}

/**
 * The image that machines boot from. What a family stands for moves, and its builds go after a while: the environment takes a copy of the newest
 * once, and keeps it. A build that the file names is taken as it is.
 */
function createImage(scope: Scope, image: string): Input<string> {
  const query = imageQuery(image);
  if (query === undefined || !("family" in query)) return scope.survey.image(image);
  const copy = new Image(
    `${scope.name}-${copyOf(query)}`,
    {
      ...named(scope, "image", query.family),
      description: described(scope, image),
      sourceImage: scope.survey.image(image),
      labels: labels(scope),
    },
    // Another build of the family would be another image, and machines to come would differ from those that stand.
    child(scope, { ignoreChanges: ["sourceImage", "guestOsFeatures", "licenses", "diskSizeGb"] }),
  );
  return copy.selfLink;
}

/**
 * The resources of one machine. They are named after the machine, which has another name in each generation: the new one is made first, and
 * the old one goes after everything that depends on it has moved.
 */
function createMachine(context: MachineContext, machine: MachinePlan, image: Input<string>): Machine {
  const { scope, network, firewalls, accounts, publicKey, bastion: outside } = context;
  const { name, plan, gcp } = scope;
  const { key, roles, zone = "" } = machine;
  const groups = groupsOf(machine);
  const account = accountOf(machine);
  const bastion = roles.includes("bastion");
  const volumes = machine.volumes.map((volume) => ({ plan: volume, resource: createVolume(scope, machine, volume) }));
  const devices = Object.fromEntries(
    volumes.map(({ plan: volume }) => [volume.name, output<[string, ...string[]]>([`/dev/disk/by-id/google-${deviceName(volume)}`])]),
  );
  const hostKey = bastion ? firstHostKey(scope.parent, name, machine.name) : undefined;
  const own = labels(scope, { "kpaas-key": key, "kpaas-roles": roles.join("_") });
  const userData = hostKey?.userData ?? firstBoot(plan, machine, devices);
  const instance = new Instance(
    `${name}-machine-${machine.name}`,
    {
      name: instanceName(plan, machine.name),
      project: gcp.project,
      description: described(scope, `machine ${key}`),
      zone,
      machineType: machine.size,
      bootDisk: {
        autoDelete: true,
        initializeParams: { image, size: gcp.bootVolumeGiB, type: gcp.bootVolumeType, labels: own },
      },
      networkInterfaces: [
        {
          subnetwork: network.subnetId,
          networkIp: machine.address, // it stays the machine's as long as that is there, running or not
          stackType: "IPV4_ONLY",
          ...(bastion && outside !== undefined ? { accessConfigs: [{ natIp: outside, networkTier: "PREMIUM" }] } : {}),
        },
      ],
      // Nodes send under their own addresses: what pods send is wrapped, or GCP would lead none of it.
      canIpForward: false,
      serviceAccount: { email: accounts.email(account), scopes: ["https://www.googleapis.com/auth/cloud-platform"] },
      shieldedInstanceConfig: { enableSecureBoot: true, enableVtpm: true, enableIntegrityMonitoring: true },
      metadata: {
        "ssh-keys": output(publicKey).apply((half) => `${plan.access.ssh.user}:${half}`),
        // Whoever may log in is said here alone: neither by the project's keys nor by OS Login.
        "block-project-ssh-keys": "TRUE",
        "enable-oslogin": "FALSE",
        "serial-port-enable": "FALSE",
        ...(userData === undefined ? {} : { "user-data": userData }),
      },
      labels: own,
      // For the controller's rules alone: none of ours names a tag, and who is let in by account is as before.
      ...(balancesServices(plan) && roles.includes("worker") ? { tags: [nodeTag(plan)] } : {}),
      // Another size or account: the provider stops the machine, and starts it again.
      allowStoppingForUpdate: true,
      deletionProtection: false,
    },
    child(scope, {
      // User data and boot disk take effect once, at first boot. Raise the machine's generation to have it rebuilt. Disks are attached by
      // resources of their own, and the cloud's controllers attach more.
      ignoreChanges: ["attachedDisks", "bootDisk.initializeParams", 'metadata["user-data"]'],
      // A first boot needs its way out. The ways in are for whoever meets the machine, and everybody waits for the whole infrastructure.
      dependsOn: [
        ...(bastion && outside !== undefined ? [] : network.uplink),
        ...firewalls.waysOut.filter(({ group }) => groups.includes(group)).map(({ rule }) => rule),
        ...accounts.granted(account),
      ],
    }),
  );
  const attachments = volumes.map(
    ({ plan: volume, resource }) =>
      new AttachedDisk(
        `${name}-attach-${key}.${volume.name}`,
        { instance: instance.selfLink, disk: resource.selfLink, deviceName: deviceName(volume), mode: "READ_WRITE" },
        // A disk is attached to one machine at a time: when the machine is built anew, the old attachment has to go first.
        child(scope, { deleteBeforeReplace: true }),
      ),
  );
  return {
    plan: machine,
    instance: { id: instance.id, userData: instance.metadata.apply((metadata) => metadata?.["user-data"]) },
    link: instance.selfLink,
    last: attachments.length === 0 ? [instance] : attachments,
    ...(hostKey ? { hostKey: hostKey.publicKey } : {}),
    devices,
  };
}

/** What the guest finds the disk by, behind `/dev/disk/by-id/google-`. */
function deviceName({ name }: VolumePlan): string {
  return physicalName([name], gcpLimits.name);
}

/** Data disks belong to the machine's key, lie in its zone and outlive its rebuilds. */
function createVolume(scope: Scope, machine: MachinePlan, volume: VolumePlan): Disk {
  const { name, plan } = scope;
  const what = `${machine.key}.${volume.name}`; // the dot keeps a-b's volume c apart from a's volume b-c
  return new Disk(
    `${name}-volume-${what}`,
    {
      ...named(scope, "volume", what),
      description: described(scope, `data of ${machine.key}`),
      zone: machine.zone,
      size: volume.sizeGiB,
      type: volume.type ?? DATA_DISK,
      labels: labels(scope, { "kpaas-key": machine.key, "kpaas-volume": volume.name }),
    },
    child(scope, { protect: plan.protectData, retainOnDelete: plan.retain.includes("volumes") }),
  );
}
