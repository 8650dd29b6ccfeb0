import { getDisk } from "@pulumi/azure-native/compute/getDisk";
import { getGalleryImageVersion } from "@pulumi/azure-native/compute/getGalleryImageVersion";
import { getImage } from "@pulumi/azure-native/compute/getImage";
import { type InvokeOptions, log, type Resource, runtime } from "@pulumi/pulumi";
import { at, fields, list, text } from "../../model/data";
import type { EnvironmentPlan } from "../../model/plan/types";
import type { Finding } from "../../model/problems";
import type { Put } from "../asking/ask";
import type { Using } from "../asking/asker";
import { byName, sizePath } from "../asking/fields";
import type { Limit } from "../asking/quotas";
import { orNothing } from "./ask";
import type { Manager } from "./manager";
import { DATA_DISK, diskName, groupName, imageReference, machineName } from "./names";
import type { AzurePlan } from "./plan";
import { QUOTAS, type SizeDemand } from "./quotas";
import { squeezed } from "./regions";

/** What machines are asked for with. */
export interface MachineQuestions {
  readonly plan: EnvironmentPlan;
  readonly azure: AzurePlan;
  readonly manager: Manager;
  readonly put: Put;
  readonly using: Using;
}

const part = encodeURIComponent;

function locationOf({ region = "" }: AzurePlan): string {
  return part(squeezed(region));
}

/** A size, as Azure's list of them tells of it. */
interface Sku {
  readonly family: string;
  readonly zones: readonly string[];
  readonly refused: boolean;
  readonly can: Readonly<Record<string, string>>;
}

function skuOf(found: unknown): Sku {
  const restrictions = list(at(found, "restrictions"));
  const zones = list(at(found, "locationInfo")).flatMap((each) => list(at(each, "zones")).map(String));
  const refusedIn = restrictions.flatMap((each) => list(at(each, "restrictionInfo.zones")).map(String));
  return {
    family: text(at(found, "family")) ?? "",
    zones: zones.filter((zone) => !refusedIn.includes(zone)),
    refused: restrictions.some((each) => at(each, "type") === "Location"),
    can: Object.fromEntries(list(at(found, "capabilities")).map((each) => [String(at(each, "name")), String(at(each, "value"))])),
  };
}

/** Sizes: there, offered to this subscription in every zone that machines of them are in, and able to be what machines are. */
export function askSizes(questions: MachineQuestions): Record<string, Promise<SizeDemand | undefined>> {
  const { plan, azure, manager, put, using } = questions;
  const location = locationOf(azure);
  const all = manager.list("providers/Microsoft.Compute/skus", "2021-07-01", `location eq '${location}'`);
  // Of several sizes one may be missing.
  all.catch(() => undefined);
  return byName(
    plan.machines.map(({ size }) => size),
    async (size) => {
      const path = sizePath(plan, size);
      const sku = await put({
        path,
        value: size,
        what: "size",
        ask: async () => {
          const isIt = (each: unknown): boolean =>
            at(each, "resourceType") === "virtualMachines" && text(at(each, "name"))?.toLowerCase() === size.toLowerCase();
          const found = (await all).find(isIt);
          if (found === undefined) throw new Error(`ResourceNotFound: ${location} has no size ${size}`);
          return skuOf(found);
        },
        check: (found) => unfit(questions, size, path, found),
        uses: using((machine) => machine.size === size),
        optional: true,
      });
      const processors = Number(sku?.can.vCPUs ?? Number.NaN);
      return sku === undefined || Number.isNaN(processors) ? undefined : { processors, family: sku.family };
    },
  );
}

/** What keeps a size from being that of these machines. */
function unfit({ plan, azure }: MachineQuestions, size: string, path: string, { zones, refused, can }: Sku): Finding | undefined {
  const machines = plan.machines.filter((machine) => machine.size === size);
  const finding = (reason: string, remedy: string): Finding => ({ path, value: size, reason, remedy });
  const another = "choose another size";
  if (refused) return finding("is not offered to this subscription in the region", `${another}, or ask for it under Help + support`);
  const lacking = [...new Set(machines.flatMap(({ zone }) => zone ?? []))].filter((zone) => !zones.includes(zone));
  if (lacking.length > 0) return finding(`is not offered to this subscription in zone ${lacking.join(", ")}`, `${another}, or other zones`);
  if ((can.CpuArchitectureType ?? "x64") !== "x64") return finding(`is for ${can.CpuArchitectureType}, and images are for x64`, another);
  if (!(can.HyperVGenerations ?? "V2").includes("V2") || can.TrustedLaunchDisabled === "True")
    return finding("cannot be launched trusted, which every machine is", another);
  if (azure.acceleratedNetworking && can.AcceleratedNetworkingEnabled === "False")
    return finding("cannot reach its network past the host", `${another}, or set infrastructure.azure.acceleratedNetworking to false`);
  const volumes = machines.flatMap((machine) => machine.volumes);
  const premium = [azure.bootVolumeType, ...volumes.map(({ type = DATA_DISK }) => type)].find((type) => type.startsWith("Premium"));
  if (premium !== undefined && can.PremiumIO === "False")
    return finding(`takes no disk of the type ${premium}`, `${another}, or another type of disk`);
  const most = Number(can.MaxDataDiskCount ?? Number.NaN);
  const wanted = Math.max(0, ...machines.map((machine) => machine.volumes.length));
  return wanted > most ? finding(`takes ${most} data disks, and its machines have ${wanted}`, `${another}, or fewer volumes`) : undefined;
}

/** Images: there, for the processors and the firmware that machines have, and sold under no plan. */
export function askImages({ plan, azure, manager, put, using }: MachineQuestions, options: InvokeOptions): void {
  const path = "infrastructure.image";
  for (const image of new Set(plan.machines.map((machine) => machine.image))) {
    const reference = imageReference(image);
    if (reference === undefined) continue;
    void put({
      path,
      value: image,
      what: "image",
      ask: async () => {
        if ("id" in reference) return fields(await lookUp(reference.id, options));
        const { publisher, offer, sku, version } = reference;
        const of = `publishers/${part(publisher)}/artifacttypes/vmimage/offers/${part(offer)}/skus/${part(sku)}/versions/${version}`;
        return fields(
          at(await manager.get(`providers/Microsoft.Compute/locations/${locationOf(azure)}/${of}`, "2024-07-01"), "properties"),
        );
      },
      check: ({ architecture, hyperVGeneration, plan: sold }): Finding | undefined => {
        const finding = (reason: string, remedy: string): Finding => ({ path, value: image, reason, remedy });
        if (text(architecture)?.toLowerCase() === "arm64")
          return finding("is for Arm64, and machines are made for x64", "name one for x64");
        if (hyperVGeneration === "V1") return finding("is of generation 1, which cannot be launched trusted", "name one of generation 2");
        return text(at(sold, "name")) === undefined
          ? undefined
          : finding("is sold under a plan of its publisher's, which machines are not made with", "name one without a plan");
      },
      uses: using((machine) => machine.image === image),
      optional: true,
    });
  }
}

/** An image of the subscription's own, or a version of a gallery's. */
function lookUp(id: string, options: InvokeOptions): Promise<object> {
  const [, , , , resourceGroupName = "", , , , name = "", , galleryImageName, , galleryImageVersionName = ""] = id.split("/");
  return galleryImageName === undefined
    ? getImage({ resourceGroupName, imageName: name }, options)
    : getGalleryImageVersion({ resourceGroupName, galleryName: name, galleryImageName, galleryImageVersionName }, options);
}

/**
 * Data disks of machines that are built anew, by name: who else has them. A disk is a part of its machine to Azure's provider, which has no
 * attachment to lead from one to another, and the new machine comes before the old one goes. So disks stay where they are until that is drained and
 * deleted, and come to its successor with the next update.
 */
export async function askDisks(
  { plan, azure, put }: MachineQuestions,
  parent: Resource,
  options: InvokeOptions,
): Promise<ReadonlyMap<string, string>> {
  const resourceGroupName = azure.resourceGroup ?? groupName(plan);
  const held = new Map<string, string>();
  const asked = plan.machines
    .filter(({ generation }) => generation > 1)
    .flatMap((machine) =>
      machine.volumes.map(async (volume) => {
        const disk = diskName(plan, machine, volume.name);
        const found = await put({
          path: `cluster.pools.${machine.group}.nodes.${machine.key}.generation`,
          what: `the disk ${disk}`,
          ask: () => orNothing(getDisk({ resourceGroupName, diskName: disk }, options)),
        });
        const holder = found?.managedBy?.split("/").at(-1);
        if (!holder || holder.toLowerCase() === machineName(plan, machine).toLowerCase()) return;
        held.set(disk, holder);
        if (runtime.isDryRun())
          await log.warn(
            `the volume ${volume.name} of ${machine.key} stays at ${holder} until that is drained and gone; the next update after this one attaches it to ${machineName(plan, machine)}`,
            parent,
          );
      }),
    );
  await Promise.all(asked);
  return held;
}

/** The subscription's quotas in the region, and what is used of them. */
export async function askLimits({ azure, manager, put }: MachineQuestions): Promise<Record<string, Limit>> {
  const usages = (of: "Compute" | "Network", version: string) =>
    put({
      path: "infrastructure",
      what: `quotas of Microsoft.${of}`,
      ask: () => manager.list(`providers/Microsoft.${of}/locations/${locationOf(azure)}/usages`, version),
      optional: true,
    });
  const found = (await Promise.all([usages("Compute", "2024-07-01"), usages("Network", "2024-05-01")])).flatMap((each) => each ?? []);
  return Object.fromEntries(
    found.flatMap((each) => {
      const [name, limit, used] = [text(at(each, "name.value")), at(each, "limit"), at(each, "currentValue")];
      if (name === undefined || typeof limit !== "number") return [];
      // Some subscriptions have their addresses counted by version.
      const quota = name === `IPv4${QUOTAS.addresses}` ? QUOTAS.addresses : name;
      return [[quota, { limit, ...(typeof used === "number" ? { used } : {}) }]];
    }),
  );
}
