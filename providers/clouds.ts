import type { cloudNames } from "../model/cloud-names";
import { aws } from "./aws/cloud";
import { azure } from "./azure/cloud";
import type { Cloud } from "./define-cloud";
import { existing } from "./existing/cloud";
import { gcp } from "./gcp/cloud";
import { nhn } from "./nhn/cloud";
import { openstack } from "./openstack/cloud";
import { vsphere } from "./vsphere/cloud";

/** The clouds that machines can come from; the first stands in where a file names none. */
export const clouds = { openstack, nhn, aws, gcp, azure, vsphere, existing } as const satisfies Readonly<
  Record<(typeof cloudNames)[number], Cloud>
>;

/** The one that stands in. */
export const STAND_IN = openstack.name;
