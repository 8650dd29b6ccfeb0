import type { Properties } from "../../plugin/rpc/provider";
import type { Thing } from "../cloud/cloud";
import { text } from "../values";
import type { List, VSphere } from "./names";
import { templateOf } from "./templates";

/** The lookups of the provider by token. */
export const LOOKUPS: Readonly<Record<string, (cloud: VSphere, args: Properties) => Properties>> = {
  "vsphere:index/getDatacenter:getDatacenter": (cloud, args) => {
    const [only, ...more] = cloud.things("datacenters");
    const name = text(args, "name");
    if (name !== "") return { ...named(cloud, "datacenters", name, "error fetching datacenter: datacenter"), virtualMachines: [] };
    if (only === undefined || more.length > 0)
      throw new Error(
        "error fetching datacenter: no default datacenter found: default datacenter resolves to multiple instances, please specify",
      );
    return { ...only, virtualMachines: [] };
  },
  "vsphere:index/getComputeCluster:getComputeCluster": (cloud, args) => {
    const name = text(args, "name");
    const found = cloud.byName("clusters", name);
    if (found === undefined) throw new Error(`cluster '${name}' not found`);
    return { ...args, ...found, resourcePoolId: rootPool(found) };
  },
  "vsphere:index/getResourcePool:getResourcePool": (cloud, args) => {
    const [name, parent] = [text(args, "name"), text(args, "parentResourcePoolId")];
    if (parent === "")
      return { ...args, ...named(cloud, "resourcePools", name, `error fetching resource pool by path "${name}": resource pool`) };
    const made = cloud.store.list("resourcePool").find((pool) => pool.name === name && pool.parentResourcePoolId === parent);
    if (made === undefined) throw new Error(`resource pool '${name}' not found`);
    return { ...args, id: made.id };
  },
  "vsphere:index/getDatastore:getDatastore": (cloud, args) => {
    const name = text(args, "name");
    const free = cloud.existing("full").includes(name) ? "0" : "1099511627776";
    return {
      ...args,
      ...named(cloud, "datastores", name, "error fetching datastore: datastore"),
      stats: { capacity: "1099511627776", free },
    };
  },
  "vsphere:index/getNetwork:getNetwork": (cloud, args) => {
    const found = cloud.byName("networks", text(args, "name"));
    if (found === undefined) throw new Error(`network ${text(args, "name")} not found`);
    return { ...args, ...found, type: "Network" };
  },
  "vsphere:index/getFolder:getFolder": (cloud, args) => {
    const path = text(args, "path");
    const below = belowMachines(path);
    const found = cloud.byName("folders", below) ?? cloud.store.list("folder").find((folder) => folder.path === below);
    if (found === undefined) throw new Error(`cannot locate folder: folder '${path}' not found`);
    return { path, id: found.id };
  },
  "vsphere:index/getVirtualMachine:getVirtualMachine": (cloud, args) => {
    const [name, uuid] = [text(args, "name"), text(args, "uuid")];
    const below = belowMachines(name);
    const made = cloud.store.list("instance").find((machine) => `${text(machine, "folder")}/${text(machine, "name")}` === below);
    if (made !== undefined) return { ...args, ...templateOf({ id: "", name: "" }), id: made.id, uuid: made.id, disks: [] };
    const found = uuid === "" ? cloud.byName("templates", name) : cloud.byId("templates", uuid);
    if (found === undefined)
      throw new Error(
        `error fetching virtual machine: ${uuid === "" ? `vm '${name}' not found` : `virtual machine with UUID "${uuid}" not found`}`,
      );
    const { disks, adapterType, ...template } = templateOf(found);
    return {
      ...args,
      ...template,
      ...found,
      uuid: found.id,
      disks: disks.map((size, unitNumber) => ({
        size,
        unitNumber,
        label: `disk${unitNumber}`,
        thinProvisioned: true,
        eagerlyScrub: false,
      })),
      networkInterfaceTypes: [adapterType],
    };
  },
  "vsphere:index/getTagCategory:getTagCategory": (cloud, args) =>
    stored(cloud, "tagCategory", args) ?? { ...named(cloud, "tagCategories", text(args, "name"), "category name") },
  "vsphere:index/getTag:getTag": (cloud, args) => {
    const category = cloud.byId("tagCategories", text(args, "categoryId"));
    const theirs = category && cloud.byName("tags", `${category.name}/${text(args, "name")}`);
    const found = stored(cloud, "tag", args) ?? (theirs && { ...theirs, ...args });
    if (found === undefined) throw new Error(`tag name "${text(args, "name")}" not found in category ID "${text(args, "categoryId")}"`);
    return found;
  },
  "vsphere:index/getPolicy:getPolicy": (cloud, args) => {
    const found = cloud.byName("storagePolicies", text(args, "name"));
    if (found === undefined) throw new Error(`no pbm profile found with name: "${text(args, "name")}"`);
    return { ...found };
  },
};

/** What a whole path has below its datacenter's folder of machines. */
function belowMachines(path: string): string {
  return /^\/[^/]+\/vm\/(.+)$/.exec(path)?.[1] ?? "";
}

/** The id of a compute cluster's own pool. */
export function rootPool({ id }: Pick<Thing, "id">): string {
  return `resgroup-of-${id}`;
}

function named(cloud: VSphere, list: List, name: string, what: string): Thing {
  const found = cloud.byName(list, name);
  if (found === undefined) throw new Error(`${what} '${name}' not found`);
  return found;
}

function stored(cloud: VSphere, kind: string, args: Properties): Properties | undefined {
  return cloud.store.list(kind).find((object) => Object.entries(args).every(([key, value]) => object[key] === value));
}
