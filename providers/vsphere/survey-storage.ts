import type { InvokeOptions } from "@pulumi/pulumi";
import type { EnvironmentPlan } from "../../model/plan/types";
import type { Put } from "../asking/ask";
import type { VSpherePlan } from "./plan";
import { getPolicy } from "./sdk/getPolicy";
import { getTag } from "./sdk/getTag";
import { getTagCategory } from "./sdk/getTagCategory";
import { isDatastoreUrl } from "./volumes";

/**
 * Asks for what the storage driver is told of vCenter: policies, and the tags by which it knows zones. Which compute clusters bear those, and which
 * datastore a URL is of, the provider does not tell.
 */
export function askStorage({ platform, zones }: EnvironmentPlan, { storageDriver }: VSpherePlan, put: Put, options: InvokeOptions): void {
  const { storage } = platform;
  if (storage.kind !== "cloud") return;
  for (const { name, type } of storage.classes)
    if (type !== undefined && !isDatastoreUrl(type))
      void put({
        path: `platform.storage.classes.${name}.type`,
        value: type,
        what: "storage policy",
        ask: () => getPolicy({ name: type }, options),
      });
  const category = storageDriver?.zoneCategory;
  if (category === undefined) return;
  const path = "infrastructure.vsphere.storageDriver.zoneCategory";
  const found = put({ path, value: category, what: "category of tags", ask: () => getTagCategory({ name: category }, options) });
  for (const zone of zones)
    void put({
      path: "infrastructure.zones",
      value: zone,
      what: "zone's tag",
      ask: async () => {
        const known = await found;
        // Of a category that is missing, that itself is told.
        return known === undefined ? undefined : await getTag({ name: zone, categoryId: known.id }, options);
      },
    });
}
