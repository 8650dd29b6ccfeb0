import { isDeepStrictEqual } from "node:util";
import type { Properties } from "../../plugin/rpc/provider";
import { ApiError, type Cloud } from "../cloud/cloud";
import type { ResourceType } from "../cloud/type";
import type { Stored } from "../store";
import { text } from "../values";
import { azureFields, FIXED } from "./fields";

/** The lists of world.json: what exists in the simulated Azure although nobody created it there. */
export type List = "images" | "sizes" | "zones" | "resourceGroups" | "networks" | "subnets" | "addresses" | "crowded" | "subscriptions";

/** What a quota can be set on. */
export type Quota = "processors" | "families" | "addresses" | "disks" | "rules";

/** The simulated Azure at work. */
export type Azure = Cloud<List, Quota>;

/** Its resource types by token. */
export type Types = Readonly<Record<string, ResourceType<Azure>>>;

/** The subscription there is. */
export const SUBSCRIPTION = "00000000-0000-4000-8000-000000000000";

/** The id of a resource group. */
export function groupId(name: string): string {
  return `/subscriptions/${SUBSCRIPTION}/resourceGroups/${name}`;
}

/** A new resource's id in its group; refused where the group is missing, or something of that name and type is there. */
export function newResourceId(cloud: Azure, kind: string, inputs: Properties, type: string, ...names: readonly string[]): string {
  const group = text(inputs, "resourceGroupName");
  cloud.find("resourceGroup", groupId(group));
  const [first = "", ...children] = type.split("/").slice(1);
  const path = [first, ...children].map((part, index) => `${part}/${names[index] ?? ""}`).join("/");
  const id = `${groupId(group)}/providers/${type.split("/")[0]}/${path}`;
  if (cloud.has(kind, id)) throw new ApiError("ResourceExists", `cannot create already existing resource '${id}'`);
  return id;
}

/** The last part of an id. */
export function lastOf(id: string): string {
  return id.slice(id.lastIndexOf("/") + 1);
}

/** Everything of a kind that names an object by the id at a dotted path. */
export function users(cloud: Azure, kind: string, uses: (object: Stored) => readonly string[], id: string): readonly Stored[] {
  return cloud.store.list(kind).filter((object) => uses(object).includes(id));
}

/** A type with its inputs from the table, of which Azure refuses to change some of what is there. */
export function typeOf(token: string, type: Omit<ResourceType<Azure>, "fields">): Types {
  const fixed = FIXED[token] ?? [];
  const update: ResourceType<Azure>["update"] = (cloud, object, inputs) => {
    const moved = fixed.find((field) => !isDeepStrictEqual(object[field], inputs[field]));
    if (moved !== undefined) throw new ApiError("PropertyChangeNotAllowed", `Changing property '${moved}' is not allowed.`);
    return type.update?.(cloud, object, inputs) ?? { ...object, ...inputs, id: object.id };
  };
  return { [token]: { ...type, ...(fixed.length > 0 || type.update ? { update } : {}), fields: azureFields(token) } };
}
