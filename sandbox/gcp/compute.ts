import type { Properties } from "../../plugin/rpc/provider";
import { DISKS, gcpLimits } from "../../providers/gcp/names";
import { ApiError } from "../cloud/cloud";
import { packagesOf } from "../cloud/user-data";
import type { Stored } from "../store";
import { isMap, maps, number, text } from "../values";
import { lead, refuseInside, refuseUse } from "./addresses";
import { imageByLink } from "./images";
import { type Gcp, idOf, inUse, labelled, linked, linkOf, made, placed, type Types, typeOf } from "./names";
import { chargeGigabytes, chargeMachine } from "./quotas";

const DISK_TYPES = Object.keys(DISKS);

const LABELS = ["effectiveLabels", "pulumiLabels", "labelFingerprint"];

/** Images, machines and disks. */
export const COMPUTE: Types = {
  ...typeOf("gcp:compute/image:Image", {
    kind: "image",
    unread: ["deletionPolicy", "sourceImage"],
    outputs: ["archiveSizeBytes", "creationTimestamp", "selfLink", ...LABELS],
    secrets: ["effectiveLabels", "pulumiLabels"],
    references: {},
    create(cloud, inputs) {
      const source = text(inputs, "sourceImage");
      if (imageByLink(cloud, source) === undefined)
        throw new ApiError("Error 404", `The resource '${idOf(source)}' was not found, notFound`);
      return made(cloud, "image", { diskSizeGb: 10, ...inputs }, placed(inputs, "global", "images"));
    },
    update: (_cloud, object, inputs) => ({ ...object, ...inputs, ...labelled(inputs), id: object.id }),
  }),

  ...typeOf("gcp:compute/instance:Instance", {
    kind: "instance",
    defaults: { deletionProtection: false },
    unread: ["allowStoppingForUpdate", "deletionPolicy"],
    outputs: [
      "cpuPlatform",
      "creationTimestamp",
      "currentStatus",
      "instanceId",
      "metadataFingerprint",
      "selfLink",
      "tagsFingerprint",
      ...LABELS,
    ],
    secrets: ["effectiveLabels", "pulumiLabels"],
    references: { "networkInterfaces.subnetwork": "subnetwork" },
    // More or fewer, and another address in the same subnet; another address outside takes the old one's place.
    replacedBy(before, after) {
      const [old, now] = [maps(before, "networkInterfaces"), maps(after, "networkInterfaces")];
      const moved = now.some((nic, index) => {
        const was = old[index] ?? {};
        return nic.networkIp !== was.networkIp && nic.subnetwork === was.subnetwork && nic.network === was.network;
      });
      return old.length !== now.length || moved ? ["networkInterfaces"] : [];
    },
    check(inputs) {
      const failures = maps(inputs, "networkInterfaces").flatMap(({ network, subnetwork }, index) =>
        network === undefined && subnetwork === undefined
          ? [
              {
                property: `networkInterfaces[${index}]`,
                reason: "exactly one of network, subnetwork, or network_attachment must be provided",
              },
            ]
          : [],
      );
      const { scopes } = isMap(inputs.serviceAccount) ? inputs.serviceAccount : { scopes: [] };
      return scopes === undefined ? [...failures, { property: "serviceAccount.scopes", reason: "is required" }] : failures;
    },
    create: createInstance,
    update(cloud, object, inputs) {
      const zone = text(object, "zone");
      const moved = text(inputs, "machineType") !== text(object, "machineType") || account(inputs) !== account(object);
      if (moved && inputs.allowStoppingForUpdate !== true)
        throw new Error(
          "Changing the machine_type, min_cpu_platform, service_account, enable_display, shielded_instance_config, scheduling.node_affinities or network_interface.[#d].(network/subnetwork/subnetwork_project) or advanced_machine_features on a started instance requires stopping it. To acknowledge this, please set allow_stopping_for_update = true in your config.",
        );
      refuseType(cloud, text(inputs, "machineType"), zone);
      refuseAccount(cloud, inputs);
      refuseMetadata(inputs);
      for (const nic of maps(inputs, "networkInterfaces"))
        for (const access of maps(nic, "accessConfigs")) refuseUse(cloud, text(access, "natIp"), object.id, true);
      return { ...object, ...inputs, ...labelled(inputs), id: object.id };
    },
    remove(cloud, { id, deletionProtection }) {
      if (deletionProtection === true)
        throw new ApiError(
          "Error 400",
          `Invalid resource usage: 'Resource cannot be deleted if it's protected against deletion. ${id}'., invalidResourceUsage`,
        );
      for (const each of cloud.store.list("attachment")) if (idOf(text(each, "instance")) === id) cloud.store.delete("attachment", each.id);
      for (const each of cloud.store.list("member")) if (text(each, "machine") === id) cloud.store.delete("member", each.id);
    },
  }),

  ...typeOf("gcp:compute/disk:Disk", {
    kind: "disk",
    defaults: { type: "pd-standard", description: "" },
    oneOf: { type: DISK_TYPES },
    unread: ["deletionPolicy", "createSnapshotBeforeDestroy"],
    outputs: [
      ...["creationTimestamp", "diskId", "lastAttachTimestamp", "lastDetachTimestamp", "selfLink", "sourceDiskId", "sourceImageId"],
      ...["sourceInstantSnapshotId", "sourceSnapshotId", "users", ...LABELS],
    ],
    secrets: ["effectiveLabels", "pulumiLabels"],
    references: {},
    replacedBy: (before, after) => ((number(after, "size") ?? Infinity) < (number(before, "size") ?? 0) ? ["size"] : []),
    create(cloud, inputs) {
      refuseZone(cloud, text(inputs, "zone"));
      refuseSize(inputs);
      cloud.charge("disks", 1, cloud.store.list("disk").length);
      chargeGigabytes(cloud, inputs);
      return made(cloud, "disk", { ...inputs, users: [] }, placed(inputs, "zones", "disks"));
    },
    update(_cloud, object, inputs) {
      refuseSize(inputs);
      if ((number(inputs, "size") ?? 0) < (number(object, "size") ?? 0))
        throw new ApiError("Error 400", "Invalid value for field 'sizeGb': New size must be larger than existing size., invalid");
      return { ...object, ...inputs, ...labelled(inputs), id: object.id };
    },
    remove(cloud, { id }) {
      const attached = cloud.store.list("attachment").find((each) => idOf(text(each, "disk")) === id);
      if (attached !== undefined) throw inUse(id, idOf(text(attached, "instance")));
    },
  }),

  ...typeOf("gcp:compute/attachedDisk:AttachedDisk", {
    kind: "attachment",
    defaults: { mode: "READ_WRITE" },
    oneOf: { mode: ["READ_ONLY", "READ_WRITE"], interface: ["NVME", "SCSI"] },
    unread: ["deletionPolicy"],
    outputs: [],
    references: {},
    create(cloud, inputs) {
      const [instance, disk] = [linked(cloud, "instance", text(inputs, "instance")), linked(cloud, "disk", text(inputs, "disk"))];
      if (instance.zone !== disk.zone)
        throw new ApiError(
          "Error 400",
          `Invalid value for field 'resource.source': '${disk.id}'. Disk must be in the same zone as instance., invalid`,
        );
      for (const each of cloud.store.list("attachment")) {
        if (idOf(text(each, "disk")) === disk.id) throw inUse(disk.id, idOf(text(each, "instance")));
        if (idOf(text(each, "instance")) === instance.id && each.deviceName === inputs.deviceName)
          throw new ApiError("Error 400", `Device name '${text(inputs, "deviceName")}' is already used by another disk., invalid`);
      }
      return { ...inputs, project: instance.project, zone: instance.zone, id: `${instance.id}/${text(disk, "name")}` };
    },
  }),

  ...typeOf("gcp:compute/instanceGroup:InstanceGroup", {
    kind: "instanceGroup",
    unread: ["deletionPolicy"],
    outputs: ["selfLink", "size"],
    references: { network: "network" },
    create(cloud, inputs) {
      refuseZone(cloud, text(inputs, "zone"));
      return made(cloud, "instanceGroup", { ...inputs, size: 0 }, placed(inputs, "zones", "instanceGroups"));
    },
    remove(cloud, { id }) {
      const service = cloud.store
        .list("backendService")
        .find((each) => maps(each, "backends").some((one) => idOf(text(one, "group")) === id));
      if (service !== undefined) throw inUse(id, service.id);
    },
  }),

  ...typeOf("gcp:compute/instanceGroupMembership:InstanceGroupMembership", {
    kind: "member",
    unread: ["deletionPolicy"],
    outputs: [],
    references: {},
    create(cloud, inputs) {
      const machine = linked(cloud, "instance", text(inputs, "instance"));
      const [project, zone, name] = ["project", "zone", "instanceGroup"].map((key) => text(inputs, key));
      const group = cloud.find("instanceGroup", `projects/${project}/zones/${zone}/instanceGroups/${name}`);
      if (machine.zone !== group.zone)
        throw new ApiError(
          "Error 400",
          `Invalid value for field 'instances': '${machine.id}'. Resource is in a different zone than the group., invalid`,
        );
      for (const each of cloud.store.list("member")) {
        if (each.machine !== machine.id) continue;
        if (each.group === group.id)
          throw new ApiError("Error 400", `Instance ${machine.id} is already a member of ${group.id}., memberAlreadyExists`);
        if (balanced(cloud, text(each, "group")) && balanced(cloud, group.id))
          throw new ApiError(
            "Error 400",
            `Validation failed for instance '${machine.id}': instance may belong to at most one load-balanced instance group., instanceInMultipleLoadBalancedIgs`,
          );
      }
      const member = { ...inputs, machine: machine.id, group: group.id, id: `${project}/${zone}/${name}/${text(machine, "name")}` };
      lead(cloud, [...cloud.store.list("member"), member]);
      return member;
    },
    remove(cloud, { id }) {
      lead(
        cloud,
        cloud.store.list("member").filter((each) => each.id !== id),
      );
    },
  }),
};

function balanced(cloud: Gcp, group: string): boolean {
  return cloud.store.list("backendService").some((each) => maps(each, "backends").some((one) => text(one, "group") === linkOf(group)));
}

function createInstance(cloud: Gcp, inputs: Properties): Stored {
  const where = placed(inputs, "zones", "instances");
  const zone = text(inputs, "zone");
  refuseZone(cloud, zone);
  const type = text(inputs, "machineType");
  refuseType(cloud, type, zone);
  refuseAccount(cloud, inputs);
  refuseMetadata(inputs);
  const { initializeParams } = isMap(inputs.bootDisk) ? inputs.bootDisk : {};
  const { image, type: diskType } = isMap(initializeParams) ? initializeParams : {};
  if (typeof image !== "string" || (imageByLink(cloud, image) === undefined && !cloud.has("image", idOf(image))))
    throw new ApiError("Error 404", `The resource '${String(image)}' was not found, notFound`);
  if (typeof diskType === "string" && !DISK_TYPES.includes(diskType))
    throw new ApiError("Error 400", `Invalid value for field 'resource.disks[0].initializeParams.diskType': '${diskType}'., invalid`);
  chargeMachine(cloud, inputs);
  const crowded = cloud.existing("crowded");
  if (crowded.includes(type) || crowded.includes(zone))
    throw new ApiError(
      "ZONE_RESOURCE_POOL_EXHAUSTED",
      `The zone 'projects/${text(inputs, "project")}/zones/${zone}' does not have enough resources available to fulfill the request.`,
    );
  const networkInterfaces = maps(inputs, "networkInterfaces").map((nic, index) => {
    const networkIp = text(nic, "networkIp");
    refuseInside(linked(cloud, "subnetwork", text(nic, "subnetwork")), networkIp);
    refuseUse(cloud, networkIp, where.id, false);
    for (const access of maps(nic, "accessConfigs")) refuseUse(cloud, text(access, "natIp"), where.id, true);
    return { name: `nic${index}`, ...nic };
  });
  const metadata = isMap(inputs.metadata) ? inputs.metadata : {};
  return made(
    cloud,
    "instance",
    {
      ...inputs,
      networkInterfaces,
      privateIp: text(networkInterfaces[0] ?? {}, "networkIp"),
      packages: packagesOf(text(metadata, "user-data")),
      currentStatus: "RUNNING",
      cpuPlatform: "Intel Cascade Lake",
      instanceId: String(Math.floor(Math.random() * 1e15)),
    },
    where,
  );
}

function account(object: Properties): string {
  return isMap(object.serviceAccount) ? text(object.serviceAccount, "email") : "";
}

function refuseAccount(cloud: Gcp, inputs: Properties): void {
  const email = account(inputs);
  if (email !== "" && !cloud.store.list("account").some((each) => each.email === email))
    throw new ApiError(
      "Error 400",
      `The user does not have access to service account '${email}', or it does not exist., serviceAccountAccessDenied`,
    );
}

function refuseMetadata(inputs: Properties): void {
  for (const [key, value] of Object.entries(isMap(inputs.metadata) ? inputs.metadata : {}))
    if (!/^[a-zA-Z0-9_-]{1,128}$/.test(key) || Buffer.byteLength(String(value)) > gcpLimits.metadata)
      throw new ApiError("Error 400", `Invalid value for field 'resource.metadata': '${key}'., invalid`);
}

function refuseZone(cloud: Gcp, zone: string): void {
  if (!cloud.existing("zones").includes(zone))
    throw new ApiError("Error 400", `Invalid value for field 'zone': '${zone}'. Unknown zone., invalid`);
}

function refuseType(cloud: Gcp, type: string, zone: string): void {
  // `TYPE in ZONE ZONE`: not offered everywhere.
  const entry = cloud.existing("machineTypes").find((each) => each === type || each.startsWith(`${type} in `));
  if (entry === undefined || (entry !== type && !entry.split(" ").includes(zone)))
    throw new ApiError(
      "Error 400",
      `Invalid value for field 'resource.machineType': 'zones/${zone}/machineTypes/${type}'. Machine type with name '${type}' does not exist in zone '${zone}'., invalid`,
    );
}

function refuseSize(inputs: Properties): void {
  const size = number(inputs, "size") ?? 10;
  if (size < 10 || size > 65_536)
    throw new ApiError(
      "Error 400",
      `Invalid value for field 'resource.sizeGb': '${size}'. Disk size must be from 10 GB to 65536 GB., invalid`,
    );
}
