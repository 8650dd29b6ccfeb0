import { aws } from "./shapes/aws";
import { azure } from "./shapes/azure";
import { gcp } from "./shapes/gcp";
import { nhn, openstack } from "./shapes/openstack";
import type { Shape } from "./shapes/shape";
import { vsphere } from "./shapes/vsphere";

/** How every cloud that makes machines is written to, and read. */
export const SHAPES: Readonly<Record<string, Shape>> = { openstack, nhn, aws, gcp, azure, vsphere };
