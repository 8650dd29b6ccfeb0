import type { CheckFailure, Properties } from "../../plugin/rpc/provider";
import { awsLimits } from "../../providers/aws/names";
import { ApiError } from "../cloud/cloud";
import { packagesOf } from "../cloud/user-data";
import type { Stored } from "../store";
import { isMap, number, text, texts } from "../values";
import { hasGateway, publicAddress, takeAddress } from "./addresses";
import { imageOf } from "./images";
import { type Aws, arnOf, awsId, type Types, typeOf } from "./names";
import { refuseTaken } from "./networking";
import { processorsOf } from "./types";

/** Machines, volumes, and addresses outside. */
export const COMPUTE: Types = {
  ...typeOf("aws:ec2/instance:Instance", {
    kind: "instance",
    defaults: { getPasswordData: false, sourceDestCheck: true, userDataReplaceOnChange: false, forceDestroy: false },
    unread: ["userDataReplaceOnChange", "userData", "getPasswordData", "forceDestroy"],
    hashed: ["userData"],
    sets: ["vpcSecurityGroupIds"],
    outputs: ["arn", "instanceState", "primaryNetworkInterfaceId", "privateDns", "publicDns", "publicIp", "tagsAll"],
    references: { subnetId: "subnet", vpcSecurityGroupIds: "securityGroup" },
    check: checkInstance,
    create: createInstance,
    update(cloud, object, inputs) {
      refuseType(cloud, text(inputs, "instanceType"), text(object, "availabilityZone"));
      refuseProfile(cloud, inputs);
      refuseGroups(cloud, inputs, text(cloud.find("subnet", text(object, "subnetId")), "vpcId"));
      return { ...object, ...inputs, tagsAll: inputs.tags ?? {}, id: object.id };
    },
    remove(cloud, { id }) {
      for (const each of cloud.store.list("volumeAttachment")) if (each.instanceId === id) cloud.store.delete("volumeAttachment", each.id);
      for (const each of cloud.store.list("eipAssociation")) if (each.instanceId === id) cloud.store.delete("eipAssociation", each.id);
    },
  }),

  ...typeOf("aws:ebs/volume:Volume", {
    kind: "volume",
    oneOf: { type: ["standard", "io1", "io2", "gp2", "sc1", "st1", "gp3"] },
    outputs: ["arn", "createTime", "tagsAll"],
    references: {},
    create(cloud, inputs) {
      const zone = text(inputs, "availabilityZone");
      if (!cloud.existing("zones").includes(zone)) throw new ApiError("InvalidZone.NotFound", `The zone '${zone}' does not exist.`);
      refuseSize(inputs);
      refuseWithoutOperations(inputs.type, inputs.iops);
      cloud.charge("volumes", 1, cloud.store.list("volume").length);
      const id = awsId("vol");
      return {
        type: "gp2",
        encrypted: false,
        ...inputs,
        arn: arnOf(cloud, "ec2", `volume/${id}`),
        createTime: new Date().toISOString(),
        tagsAll: inputs.tags ?? {},
        id,
      };
    },
    update(_cloud, object, inputs) {
      refuseSize(inputs);
      if ((number(inputs, "size") ?? 0) < (number(object, "size") ?? 0))
        throw new ApiError("InvalidParameterValue", "New size cannot be smaller than existing size");
      return { ...object, ...inputs, tagsAll: inputs.tags ?? {}, id: object.id };
    },
    remove(cloud, { id }) {
      const attached = cloud.store.list("volumeAttachment").find((each) => each.volumeId === id);
      if (attached !== undefined)
        throw new ApiError("VolumeInUse", `Volume ${id} is currently attached to ${text(attached, "instanceId")}`);
    },
  }),

  ...typeOf("aws:ec2/volumeAttachment:VolumeAttachment", {
    kind: "volumeAttachment",
    unread: ["forceDetach", "skipDestroy", "stopInstanceBeforeDetaching"],
    outputs: [],
    references: { instanceId: "instance", volumeId: "volume" },
    create(cloud, inputs) {
      const [instance, volume] = [cloud.find("instance", text(inputs, "instanceId")), cloud.find("volume", text(inputs, "volumeId"))];
      const device = text(inputs, "deviceName");
      if (!/^\/dev\/(sd[b-z]|xvd[a-z]{1,2}|sd[f-p][1-6]?)$/.test(device))
        throw new ApiError(
          "InvalidParameterValue",
          `Value (${device}) for parameter device is invalid. ${device} is not a valid EBS device name.`,
        );
      if (instance.availabilityZone !== volume.availabilityZone)
        throw new ApiError(
          "InvalidVolume.ZoneMismatch",
          `The volume '${volume.id}' is not in the same availability zone as instance '${instance.id}'`,
        );
      const id = `vai-${instance.id}${volume.id}`;
      for (const each of cloud.store.list("volumeAttachment")) {
        // The provider looks first whether it is attached so, and has nothing to do then.
        if (each.id === id && each.deviceName === device) continue;
        if (each.volumeId === volume.id) throw new ApiError("VolumeInUse", `${volume.id} is already attached to an instance`);
        if (each.instanceId === instance.id && each.deviceName === device)
          throw new ApiError(
            "InvalidParameterValue",
            `Invalid value '${device}' for unixDevice. Attachment point ${device} is already in use`,
          );
      }
      return { ...inputs, id };
    },
  }),

  ...typeOf("aws:ec2/eip:Eip", {
    kind: "eip",
    unread: ["address", "associateWithPrivateIp"],
    oneOf: { domain: ["vpc", "standard"] },
    outputs: [
      "allocationId",
      "arn",
      "associationId",
      "carrierIp",
      "customerOwnedIp",
      "privateDns",
      "privateIp",
      "ptrRecord",
      "publicDns",
      "publicIp",
      "tagsAll",
    ],
    references: {},
    create(cloud, inputs) {
      cloud.charge("addresses", 1, cloud.store.list("eip").length + cloud.existing("elasticIps").length);
      const id = awsId("eipalloc");
      const publicIp = publicAddress(cloud);
      return {
        domain: "vpc",
        ...inputs,
        allocationId: id,
        publicIp,
        arn: arnOf(cloud, "ec2", `elastic-ip/${id}`),
        tagsAll: inputs.tags ?? {},
        id,
      };
    },
    remove(cloud, { id }) {
      // The provider takes it off a machine first; a gateway or a balancer it is not taken off.
      for (const each of cloud.store.list("eipAssociation")) if (each.allocationId === id) cloud.store.delete("eipAssociation", each.id);
      try {
        refuseTaken(cloud, id);
      } catch {
        throw new ApiError("AuthFailure", `You do not have permission to access the specified resource: ${id} is in use.`);
      }
    },
  }),

  ...typeOf("aws:ec2/eipAssociation:EipAssociation", {
    kind: "eipAssociation",
    unread: ["allowReassociation"],
    outputs: [],
    references: { instanceId: "instance", allocationId: "eip" },
    create(cloud, inputs) {
      const instance = cloud.find("instance", text(inputs, "instanceId"));
      const { vpcId } = cloud.find("subnet", text(instance, "subnetId"));
      if (!hasGateway(cloud, String(vpcId)))
        throw new ApiError("Gateway.NotAttached", `Network ${String(vpcId)} is not attached to any internet gateway`);
      const allocationId = text(inputs, "allocationId");
      refuseTaken(cloud, allocationId);
      if (cloud.store.list("eipAssociation").some((each) => each.instanceId === instance.id))
        throw new ApiError("Resource.AlreadyAssociated", `resource ${instance.id} is already associated with an address`);
      return { ...inputs, publicIp: cloud.find("eip", allocationId).publicIp, id: awsId("eipassoc") };
    },
  }),
};

function checkInstance(inputs: Properties): CheckFailure[] {
  const { httpTokens, httpEndpoint, httpPutResponseHopLimit: hops } = isMap(inputs.metadataOptions) ? inputs.metadataOptions : {};
  const lacking = ["ami", "instanceType"].filter((key) => inputs[key] === undefined && inputs.launchTemplate === undefined);
  return [
    ...lacking.map((property) => ({ property, reason: `one of "${property}", "launchTemplate" must be given` })),
    ...(httpTokens !== undefined && !["optional", "required"].includes(String(httpTokens))
      ? [{ property: "metadataOptions.httpTokens", reason: `expected one of [optional required], got ${String(httpTokens)}` }]
      : []),
    ...(httpEndpoint !== undefined && !["enabled", "disabled"].includes(String(httpEndpoint))
      ? [{ property: "metadataOptions.httpEndpoint", reason: `expected one of [disabled enabled], got ${String(httpEndpoint)}` }]
      : []),
    ...(typeof hops === "number" && (hops < 1 || hops > 64)
      ? [{ property: "metadataOptions.httpPutResponseHopLimit", reason: `expected to be in the range (1 - 64), got ${hops}` }]
      : []),
  ];
}

function createInstance(cloud: Aws, inputs: Properties): Stored {
  const ami = text(inputs, "ami");
  if (imageOf(cloud, ami) === undefined) throw new ApiError("InvalidAMIID.NotFound", `The image id '[${ami}]' does not exist`);
  const subnet = cloud.find("subnet", text(inputs, "subnetId"));
  const zone = text(subnet, "availabilityZone");
  const type = text(inputs, "instanceType");
  refuseType(cloud, type, zone);
  const key = text(inputs, "keyName");
  if (key !== "" && !cloud.has("keyPair", key)) throw new ApiError("InvalidKeyPair.NotFound", `The key pair '${key}' does not exist`);
  refuseProfile(cloud, inputs);
  refuseGroups(cloud, inputs, text(subnet, "vpcId"));
  if (Buffer.byteLength(text(inputs, "userData")) > awsLimits.userData)
    throw new ApiError("InvalidParameterValue", `User data is limited to ${awsLimits.userData} bytes`);
  const there = cloud.store.list("instance").reduce((sum, one) => sum + processorsOf(text(one, "instanceType")), 0);
  cloud.charge("processors", processorsOf(type), there);
  const crowded = cloud.existing("crowded");
  if (crowded.includes(type) || crowded.includes(zone))
    throw new ApiError(
      "InsufficientInstanceCapacity",
      `We currently do not have sufficient ${type} capacity in the Availability Zone you requested (${zone}).`,
    );
  const boot = isMap(inputs.rootBlockDevice) ? inputs.rootBlockDevice : {};
  refuseWithoutOperations(boot.volumeType, boot.iops);
  const privateIp = takeAddress(cloud, subnet, text(inputs, "privateIp"));
  const id = awsId("i");
  const primaryNetworkInterfaceId = awsId("eni");
  const rootBlockDevice = { deviceName: "/dev/sda1", volumeId: awsId("vol"), ...boot };
  return {
    ...inputs,
    ...{ privateIp, primaryNetworkInterfaceId, rootBlockDevice },
    availabilityZone: zone,
    interfaces: [{ id: primaryNetworkInterfaceId, subnetId: subnet.id, privateIp }],
    packages: packagesOf(text(inputs, "userData")),
    instanceState: "running",
    arn: arnOf(cloud, "ec2", `instance/${id}`),
    privateDns: `ip-${privateIp.replaceAll(".", "-")}.${cloud.region}.compute.internal`,
    publicDns: "",
    publicIp: "",
    tagsAll: inputs.tags ?? {},
    id,
  };
}

function refuseType(cloud: Aws, type: string, zone: string): void {
  const there = cloud.existing("instanceTypes");
  if (there.includes(type)) return;
  // `TYPE in ZONE ZONE`: not offered everywhere.
  const partly = there.find((each) => each.startsWith(`${type} in `));
  if (partly === undefined) throw new ApiError("InvalidParameterValue", `Invalid value '${type}' for InstanceType.`);
  if (!partly.split(" ").includes(zone))
    throw new ApiError(
      "Unsupported",
      `Your requested instance type (${type}) is not supported in your requested Availability Zone (${zone}).`,
    );
}

function refuseProfile(cloud: Aws, inputs: Properties): void {
  const profile = text(inputs, "iamInstanceProfile");
  if (profile !== "" && cloud.store.get("instanceProfile", profile) === undefined)
    throw new ApiError(
      "InvalidParameterValue",
      `Value (${profile}) for parameter iamInstanceProfile.name is invalid. Invalid IAM Instance Profile name`,
    );
}

function refuseGroups(cloud: Aws, inputs: Properties, vpcId: string): void {
  const groups = texts(inputs, "vpcSecurityGroupIds");
  if (groups.length > 5)
    throw new ApiError("SecurityGroupsPerInterfaceLimitExceeded", "The maximum number of security groups per interface has been reached.");
  for (const id of groups)
    if (cloud.find("securityGroup", id).vpcId !== vpcId)
      throw new ApiError("InvalidParameter", `Security group ${id} and subnet belong to different networks.`);
}

function refuseWithoutOperations(type: unknown, operations: unknown): void {
  if ((type === "io1" || type === "io2") && operations === undefined)
    throw new ApiError("MissingParameter", `The request must contain the parameter iops for ${type} volumes`);
}

function refuseSize(inputs: Properties): void {
  const size = number(inputs, "size") ?? 0;
  if (size < 1 || size > 65_536)
    throw new ApiError("InvalidParameterValue", `Volume of ${size}GiB is invalid: it must be from 1 to 65536GiB`);
}
