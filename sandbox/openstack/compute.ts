import { type CheckFailure, type Properties, UNKNOWN } from "../../plugin/rpc/provider";
import { ApiError, newId } from "../cloud/cloud";
import { fieldsOf } from "../cloud/fields";
import type { Stored } from "../store";
import { maps, text, texts } from "../values";
import { attachments } from "./blockstorage";
import { createInstance, flavorOf, removeInstance } from "./instances";
import { fingerprint, opensshKeyPair } from "./keypairs";
import type { Types } from "./names";

/** Key pairs, server groups, instances and their volumes. */
export const COMPUTE: Types = {
  "openstack:compute/keypair:Keypair": {
    kind: "keypair",
    fields: fieldsOf("name~* publicKey~* userId~* region~* valueSpecs*:m"),
    outputs: ["fingerprint", "privateKey"],
    secrets: ["privateKey"],
    references: {},
    create(cloud, inputs) {
      const name = text(inputs, "name");
      if (cloud.has("keypair", name)) throw new ApiError(409, `Key pair '${name}' already exists.`);
      const given = text(inputs, "publicKey");
      const made = given === "" ? opensshKeyPair() : { publicKey: given };
      const hash = fingerprint(made.publicKey);
      if (hash === undefined) throw new ApiError(400, "Keypair data is invalid: failed to generate fingerprint");
      return { ...inputs, ...made, fingerprint: hash, id: name };
    },
  },

  "openstack:compute/serverGroup:ServerGroup": {
    kind: "serverGroup",
    fields: fieldsOf("name~* policies*:l rules~*:m(maxServerPerHost) region~* valueSpecs*:m"),
    oneOf: { policies: ["affinity", "anti-affinity", "soft-affinity", "soft-anti-affinity"] },
    outputs: ["members"],
    references: {},
    create(cloud, inputs) {
      cloud.charge("serverGroups", 1, cloud.store.list("serverGroup").length);
      return { ...inputs, members: [], id: newId() };
    },
  },

  "openstack:compute/instance:Instance": {
    kind: "instance",
    fields:
      fieldsOf(`name~ flavorName~ flavorId~ imageName~ imageId~ keyPair* availabilityZone~* availabilityZoneHints* userData* configDrive*:b adminPass metadata:m
      networks~*:l(accessNetwork,fixedIpV4,fixedIpV6,floatingIp,mac,name,port,uuid) networkMode* securityGroups~:l stopBeforeDestroy:b forceDelete:b powerState
      blockDevices*:l(bootIndex,deleteOnTermination,destinationType,deviceType,diskBus,guestFormat,multiattach,sourceType,uuid,volumeSize,volumeType)
      schedulerHints*:l(additionalProperties,buildNearHostIp,differentCells,differentHosts,group,queries,sameHosts,targetCell) personalities:l(content,file)
      accessIpV4~ accessIpV6~ tags:l region~* vendorOptions:m(detachPortsBeforeDestroy,ignoreResizeConfirmation) volumes:l(device,id,volumeId) floatingIp`),
    defaults: { powerState: "active", stopBeforeDestroy: false, forceDelete: false },
    oneOf: { powerState: ["active", "shutoff", "shelved_offloaded", "paused"], networkMode: ["auto", "none"] },
    sets: ["tags", "securityGroups"],
    // The provider's read has no networks, metadata and tags but those it was told of; an import makes up what it can from what there is.
    unread:
      "configDrive userData adminPass networks networkMode metadata tags schedulerHints blockDevices personalities stopBeforeDestroy forceDelete vendorOptions".split(
        " ",
      ),
    imported: ({ metadata, blockDevices, networks }) => ({
      metadata,
      blockDevices: maps({ blockDevices }, "blockDevices").map((device) => ({ ...device, volumeType: "" })),
      networks: maps({ networks }, "networks").map((network) => ({ ...network, port: "" })),
    }),
    passing: { powerState: ["error", "migrating"] },
    hashed: ["userData"],
    secrets: ["adminPass"],
    outputs: ["allMetadata", "allTags", "created", "updated"],
    references: { keyPair: "keypair", "networks.port": "port", "networks.uuid": "network", "schedulerHints.group": "serverGroup" },
    check: checkInstance,
    create: createInstance,
    failure: ({ id, powerState }) =>
      powerState === "error"
        ? `Error waiting for instance (${id}) to become ready: unexpected state 'ERROR', wanted target 'ACTIVE'. last error: %!s(<nil>)`
        : undefined,
    update(cloud, object, inputs) {
      // The cloud keeps what it chose; a flavor by its other name is the same flavor.
      const chosen = inputs.flavorName === undefined && inputs.flavorId === undefined ? {} : flavorOf(cloud, inputs);
      const { metadata: _metadata, tags: _tags, ...rest } = object;
      return {
        ...rest,
        ...inputs,
        ...chosen,
        networks: object.networks,
        allMetadata: inputs.metadata ?? {},
        allTags: texts(inputs, "tags").sort(),
        updated: new Date().toISOString(),
        id: object.id,
      };
    },
    remove: removeInstance,
  },

  "openstack:compute/volumeAttach:VolumeAttach": {
    kind: "volumeAttach",
    fields: fieldsOf("instanceId!* volumeId!* device~ multiattach*:b region~* vendorOptions*:m(ignoreVolumeConfirmation)"),
    outputs: [],
    references: { instanceId: "instance", volumeId: "volume" },
    create(cloud, inputs) {
      const [instanceId, volumeId] = [text(inputs, "instanceId"), text(inputs, "volumeId")];
      const volume = cloud.find("volume", volumeId);
      if (attachments(volume).length > 0 && inputs.multiattach !== true)
        throw new ApiError(400, `Invalid volume: volume ${volumeId} already attached`);
      const used = cloud.store
        .list("volume")
        .flatMap(attachments)
        .filter((one) => one.instanceId === instanceId)
        .map((one) => text(one, "device"));
      const device = text(inputs, "device") || freeDevice(used);
      if (used.includes(device)) throw new ApiError(409, `The supplied device path (${device}) is in use.`);
      cloud.store.put("volume", { ...volume, attachments: [...attachments(volume), { id: volumeId, instanceId, device }] });
      return { ...inputs, device, id: `${instanceId}/${volumeId}` };
    },
    remove(cloud, object) {
      const volume = cloud.store.get("volume", text(object, "volumeId"));
      if (volume !== undefined) detach(volume, text(object, "instanceId"), (changed) => cloud.store.put("volume", changed));
    },
  },
};

function detach(volume: Stored, instanceId: string, put: (changed: Stored) => void): void {
  put({ ...volume, attachments: attachments(volume).filter((one) => one.instanceId !== instanceId) });
}

function freeDevice(used: readonly string[]): string {
  // /dev/vda is the boot disk.
  const letter = [..."bcdefghijklmnopqrstuvwxyz"].find((one) => !used.includes(`/dev/vd${one}`));
  if (letter === undefined) throw new ApiError(403, "The number of devices has been exceeded: no free disk device names");
  return `/dev/vd${letter}`;
}

function checkInstance(inputs: Properties): CheckFailure[] {
  const failures: CheckFailure[] = [];
  if (inputs.flavorName === undefined && inputs.flavorId === undefined)
    failures.push({ property: "flavorName", reason: `one of "flavorId", "flavorName" must be given` });
  const boots = Array.isArray(inputs.blockDevices) && inputs.blockDevices.length > 0;
  if (inputs.imageName === undefined && inputs.imageId === undefined && !boots && inputs.blockDevices !== UNKNOWN) {
    failures.push({ property: "imageId", reason: `one of "imageId", "imageName", or a boot volume in "blockDevices", must be given` });
  }
  return failures;
}
