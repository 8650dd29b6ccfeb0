import type { SimulatedCloud } from "../cloud/cloud";
import type { Stored } from "../store";
import { PARTS } from "./in-cluster";
import { INVENTORY } from "./inventory";
import { LOOKUPS, rootPool } from "./lookups";
import { MACHINES } from "./machines";
import type { List, Quota, VSphere } from "./names";
import { TAGS } from "./tags";
import { WORDS } from "./words";

/** The simulated vCenter. */
export const VSPHERE: SimulatedCloud<List, Quota> = {
  name: "vsphere",
  version: "4.17.0",
  region: "",
  types: { ...INVENTORY, ...TAGS, ...MACHINES },
  invokes: LOOKUPS,
  quotas: {},
  words: WORDS,
  parts: PARTS,
  beforehand,
};

/** The lists of world.json that hold the objects of a kind. */
const LISTS: Readonly<Record<string, List>> = {
  template: "templates",
  datastore: "datastores",
  network: "networks",
  cluster: "clusters",
  resourcePool: "resourcePools",
};

function beforehand(cloud: VSphere, kind: string, id: string): Stored | undefined {
  const list = LISTS[kind];
  const found = list === undefined ? undefined : cloud.byId(list, id);
  if (kind !== "resourcePool") return found && { ...found };
  if (found !== undefined) return { ...found, cluster: found.name.split("/Resources/")[0] };
  const cluster = cloud.things("clusters").find((each) => rootPool(each) === id);
  return cluster && { id, name: "Resources", cluster: cluster.name };
}
