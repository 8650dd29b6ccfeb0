import type { EnvironmentPlan } from "../../model/plan/types";
import { datastoresOf, isVSphere, placesOf } from "../../providers/vsphere/plan";
import type { List } from "./names";

/** What the plan names of vCenter: it exists in its sandbox, nothing else does. */
export function worldOf(plan: EnvironmentPlan): Readonly<Record<List, readonly string[]>> {
  const none: Record<List, readonly string[]> = {
    ...{ datacenters: [], clusters: [], resourcePools: [], datastores: [], networks: [], folders: [], templates: [] },
    ...{ storagePolicies: [], tagCategories: [], tags: [] },
    ...{ full: [], withoutDrs: [], withoutPrivilege: [] },
  };
  const { cloud } = plan;
  if (!isVSphere(cloud)) return none;
  const places = [...placesOf(plan).values()];
  const { storage } = plan.platform;
  const types = storage.kind === "cloud" ? storage.classes.map(({ type }) => type) : [];
  const category = cloud.storageDriver?.zoneCategory;
  return {
    ...none,
    datacenters: [cloud.datacenter ?? "Datacenter"],
    clusters: named(places.map(({ cluster }) => cluster)),
    resourcePools: named(places.map(({ cluster, resourcePool }) => resourcePool && `${cluster}/Resources/${resourcePool}`)),
    datastores: named([...datastoresOf(plan), ...types.map(datastoreOf)]),
    storagePolicies: named(types.filter((type) => datastoreOf(type) === undefined)),
    tagCategories: named([category]),
    tags: category === undefined ? [] : plan.zones.map((zone) => `${category}/${zone}`),
    networks: [cloud.network],
    folders: named([cloud.folder]),
    templates: named(cloud.template === undefined ? plan.machines.map(({ image }) => image) : [cloud.template]),
  };
}

/** The datastore that a URL is of, as it is called here; undefined for what is none. */
export function datastoreOf(url: string | undefined): string | undefined {
  return /^ds:\/\/\/vmfs\/volumes\/([^/]+)\/$/.exec(url ?? "")?.[1];
}

function named(values: readonly (string | undefined)[]): string[] {
  return [...new Set(values.filter((value) => value !== undefined))];
}
