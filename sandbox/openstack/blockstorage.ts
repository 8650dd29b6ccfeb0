import type { Properties } from "../../plugin/rpc/provider";
import { ApiError, newId } from "../cloud/cloud";
import { fieldsOf } from "../cloud/fields";
import type { Stored } from "../store";
import { maps, number, text } from "../values";
import type { OpenStack, Types } from "./names";

/** What a machine boots from stays on it. */
const ROOT_DEVICE = "/dev/vda";

/** Volumes. */
export const BLOCKSTORAGE: Types = {
  "openstack:blockstorage/volume:Volume": {
    kind: "volume",
    fields:
      fieldsOf(`size!:n name~ description volumeType~* availabilityZone~* metadata~:m enableOnlineResize:b imageId* snapshotId* sourceVolId* backupId*
      multiattach:b consistencyGroupId* sourceReplica* schedulerHints*:l(additionalProperties,differentHosts,localToInstance,query,sameHosts) region~*`),
    unread: ["enableOnlineResize", "imageId", "schedulerHints", "consistencyGroupId", "sourceReplica"],
    outputs: ["attachments"],
    references: { sourceVolId: "volume" },
    check: ({ size }) =>
      typeof size === "number" && size < 1 ? [{ property: "size", reason: `must be at least 1 GiB, got ${size}` }] : [],
    create: createVolume,
    update(cloud, object, inputs) {
      const [before, after] = [number(object, "size") ?? 0, number(inputs, "size") ?? 0];
      if (after < before)
        throw new ApiError(
          400,
          `Invalid input received: New size for extend must be greater than current size. (current: ${before}, extended: ${after}).`,
        );
      if (after > before) {
        if (attachments(object).length > 0 && inputs.enableOnlineResize !== true)
          throw new ApiError(400, `Invalid volume: Volume ${object.id} status must be available to extend, currently in-use.`);
        cloud.charge("gigabytes", after - before, gigabytes(cloud));
      }
      return { ...object, ...inputs, id: object.id };
    },
    remove(cloud, object) {
      const root = attachments(object).find((one) => text(one, "device") === ROOT_DEVICE);
      if (root !== undefined)
        throw new ApiError(
          400,
          `Invalid volume: Volume status must be available or error or error_restoring or error_extending or error_managing and must not be migrating, attached, belong to a group, have snapshots, awaiting a transfer, or be disassociated from snapshots (attached to ${text(root, "instanceId")}).`,
        );
      // The provider takes it off its machine first.
      for (const one of cloud.store.list("volumeAttach")) if (one.volumeId === object.id) cloud.store.delete("volumeAttach", one.id);
    },
  },
};

/** What a volume is attached to. */
export function attachments(volume: Stored): Properties[] {
  return maps(volume, "attachments");
}

/** A new volume, not stored yet. */
export function createVolume(cloud: OpenStack, inputs: Properties): Stored {
  const type = text(inputs, "volumeType");
  const known = cloud.byName("volumeTypes", type) ?? cloud.byId("volumeTypes", type);
  if (type !== "" && known === undefined) throw new ApiError(404, `Volume type with name ${type} could not be found.`);
  const zone = text(inputs, "availabilityZone");
  if (zone !== "" && !cloud.existing("zones").includes(zone))
    throw new ApiError(400, `Invalid input received: Availability zone '${zone}' is invalid.`);
  const image = text(inputs, "imageId");
  if (image !== "" && cloud.byId("images", image) === undefined)
    throw new ApiError(400, `Invalid image identifier or unable to access requested image (${image}).`);
  cloud.charge("volumes", 1, cloud.store.list("volume").length);
  cloud.charge("gigabytes", number(inputs, "size") ?? 0, gigabytes(cloud));
  return {
    availabilityZone: "nova",
    metadata: {},
    ...inputs,
    // Cinder tells its name, however it was named.
    volumeType: (known ?? cloud.things("volumeTypes")[0])?.name ?? "__DEFAULT__",
    attachments: [],
    id: newId(),
  };
}

function gigabytes(cloud: OpenStack): number {
  return cloud.store.list("volume").reduce((sum, volume) => sum + (number(volume, "size") ?? 0), 0);
}
