import type { Cloud } from "../cloud/cloud";
import type { ResourceType } from "../cloud/type";

/** The lists of world.json: what exists in the simulated vCenter although nobody created it there. */
export type List =
  | "datacenters"
  | "clusters"
  | "resourcePools"
  | "datastores"
  | "networks"
  | "folders"
  | "templates"
  | "storagePolicies"
  /** Categories of tags that are not the environment's, and their tags, each as `CATEGORY/TAG`. */
  | "tagCategories"
  | "tags"
  /** Datastores without room, and compute clusters without processors or memory to give. */
  | "full"
  /** Compute clusters that cannot have resource pools. */
  | "withoutDrs"
  /** Datastores on which the storage driver's user may do nothing. */
  | "withoutPrivilege";

/** vCenter has no quotas. */
export type Quota = never;

/** The simulated vCenter at work. */
export type VSphere = Cloud<List, Quota>;

/** Its resource types by token. */
export type Types = Readonly<Record<string, ResourceType<VSphere>>>;
