import type { Input, Output } from "@pulumi/pulumi";
import { physicalName } from "../../model/names";
import { commonTags, part, tagsOf, vsphereLimits } from "./names";
import { type Place, placeOf, placesOf } from "./plan";
import { child, cloudName, type Scope } from "./scope";
import { Folder } from "./sdk/folder";
import { ResourcePool } from "./sdk/resourcePool";
import { Tag } from "./sdk/tag";
import { TagCategory } from "./sdk/tagCategory";

/** The tags of the environment, by what they are called here. */
export type Tags = (...names: readonly string[]) => Input<string>[];

/** The environment's category of tags with its labels, and its machines' roles and zones. */
export function createTags(scope: Scope): Tags {
  const { name, plan } = scope;
  const category = new TagCategory(
    `${name}-tags`,
    {
      name: physicalName(["kpaas", plan.environment], { max: vsphereLimits.tag, charset: "A-Za-z0-9-" }),
      description: `kpaas ${plan.environment}`,
      cardinality: "MULTIPLE",
      associableTypes: ["Folder", "ResourcePool", "VirtualMachine"],
    },
    // Some vCenters tell them with a prefix after a refresh, and none could be taken away.
    child(scope, { ignoreChanges: ["associableTypes"] }),
  );
  const tags = Object.fromEntries(
    Object.entries(tagsOf(plan)).map(([key, text]) => [
      key,
      new Tag(`${name}-tag-${key}`, { name: text, categoryId: category.id, description: `kpaas ${plan.environment}` }, child(scope)).id,
    ]),
  );
  return (...names) => names.map((each) => tags[each]!);
}

/** Where machines are put. */
export interface Placement {
  /** Path of the environment's own folder. */
  readonly folder: Output<string>;
  readonly pool: (zone: string | undefined) => Input<string>;
}

/** The environment's folder, and a resource pool of its own in each compute cluster where the file names none. */
export function createPlacement(scope: Scope, tags: Tags): Placement {
  const { name, plan, vsphere, survey } = scope;
  const common = tags(...commonTags(plan.labels));
  const folder = new Folder(
    `${name}-folder`,
    {
      path: [...(vsphere.folder === undefined ? [] : [vsphere.folder]), cloudName(scope)].join("/"),
      type: "vm",
      datacenterId: survey.datacenter,
      tags: common,
    },
    child(scope),
  );
  const pools = new Map<string, Input<string>>();
  for (const place of placesOf(plan).values()) {
    const made = (): Input<string> =>
      new ResourcePool(
        `${name}-pool${clusterPart(scope, place)}`,
        {
          name: cloudName(scope),
          parentResourcePoolId: survey.cluster(place.cluster).pool,
          scaleDescendantsShares: "disabled",
          tags: common,
        },
        child(scope),
      ).id;
    pools.set(keyOf(place), place.resourcePool === undefined ? made() : survey.pool(place));
  }
  return { folder: folder.path, pool: (zone) => pools.get(keyOf(placeOf(vsphere, zone)))! };
}

/** What tells the things of one compute cluster from those of another: nothing for the environment's first. */
export function clusterPart({ vsphere }: Pick<Scope, "vsphere">, { cluster }: Pick<Place, "cluster">): string {
  return cluster === vsphere.cluster ? "" : `-${part(cluster)}`;
}

function keyOf({ cluster, resourcePool }: Place): string {
  return JSON.stringify([cluster, resourcePool]);
}
