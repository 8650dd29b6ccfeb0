import type { Environment } from "../../model/environment/types";
import type { Findings } from "../../model/problems";
import { SIZE_LABEL } from "./in-cluster";
import { azureOptions } from "./plan";
import { resourceId } from "./resource-id";

/** What keeps balancers of the cloud controller's from being made: its rights end at the resource group. */
export function checkController({ platform, cloud, network }: Environment, findings: Findings): void {
  if (!platform.controller) return;
  const { controllers, existing, addresses = {} } = azureOptions(cloud);
  if (!controllers)
    findings.error(
      "infrastructure.azure.controllers",
      "without it control planes may make no balancers, which platform.loadBalancer.services needs",
      "take it out, or take the services out: a balancer of the infrastructure leads to the ingress",
      false,
    );
  const { ingress } = typeof network.floating === "object" ? network.floating : {};
  const elsewhere = "lies in another resource group than the environment, where the cloud controller may do nothing";
  if (isElsewhere(existing?.network, cloud))
    findings.error(
      "infrastructure.azure.existing.network",
      elsewhere,
      "set infrastructure.azure.resourceGroup to the network's, or take platform.loadBalancer.services out",
      existing?.network,
    );
  if (typeof ingress === "string" && isElsewhere(addresses[ingress], cloud))
    findings.error(
      `infrastructure.azure.addresses.${ingress}`,
      elsewhere,
      "set infrastructure.azure.resourceGroup to the address's, or take platform.loadBalancer.services out",
      addresses[ingress],
    );
}

/** What keeps volumes from being made and attached. */
export function checkDriver(environment: Environment, findings: Findings): void {
  const { platform, cloud, groups, labels, zones } = environment;
  const { storage } = platform;
  if (storage.kind !== "cloud") return;
  const { controllers, diskEncryptionSet } = azureOptions(cloud);
  const others = "or use nfs or existing";
  if (!controllers)
    findings.error(
      "infrastructure.azure.controllers",
      "without it control planes may not make and attach volumes, which platform.storage of kind cloud needs",
      `take it out, ${others}`,
      false,
    );
  if (isElsewhere(diskEncryptionSet, cloud))
    findings.error(
      "infrastructure.azure.diskEncryptionSet",
      "lies in another resource group than the environment, where the driver of disks may not use it",
      `set infrastructure.azure.resourceGroup to its own, ${others}`,
      diskEncryptionSet,
    );
  for (const [name, { type }] of Object.entries(storage.classes)) {
    const path = `platform.storage.classes.${name}.type`;
    if (type === "PremiumV2_LRS" && zones.length === 0)
      findings.error(path, "lies in a zone on Azure, and the environment names none", "name zones, or use Premium_LRS", type);
  }
  for (const group of groups) {
    if (!group.roles.some((role) => role === "worker" || role === "control-plane")) continue;
    // Azure changes a machine's disks as one list. Two who write it would take each other's off.
    if (group.volumes.length > 0)
      findings.error(
        `${group.path}.volumes`,
        "cannot be had beside platform.storage of kind cloud on Azure: a machine's disks are one list, which the driver of disks writes",
        `take them out, ${others}`,
      );
    if (Object.hasOwn(group.labels, SIZE_LABEL))
      findings.error(
        `${group.path}.labels.${SIZE_LABEL}`,
        "is set without the file",
        "take it out; it is the machine's size",
        group.labels[SIZE_LABEL],
      );
  }
  for (const key of Object.keys(labels))
    if (key.includes("."))
      findings.error(`labels.${key}`, "holds a dot, and the driver of disks gives volumes no tag with one in its name", "rename it");
}

/** Whether a resource of the file's lies outside the environment's resource group. */
function isElsewhere(id: string | undefined, cloud: Environment["cloud"]): boolean {
  const found = id === undefined ? undefined : resourceId(id);
  const { resourceGroup, subscription } = azureOptions(cloud);
  if (found === undefined) return false;
  const other = subscription !== undefined && found.subscription.toLowerCase() !== subscription.toLowerCase();
  return other || found.resourceGroup.toLowerCase() !== resourceGroup?.toLowerCase();
}
