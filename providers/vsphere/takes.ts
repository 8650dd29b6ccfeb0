import type { Range, Takes } from "../../model/cloud-takes";
import { SIZE } from "./sizes";
import { VOLUME_TYPES } from "./volumes";

/** A virtual disk has 62 TiB at most: vSphere's configuration maximums. The least of a boot disk is the template's, which only vCenter knows. */
const DISK: Range = [1, 63_488];

export const takes: Takes = {
  size: {
    is: SIZE,
    remedy:
      "write processors x GiB of memory, such as 4x16, or one of small, medium, large, xlarge, which infrastructure.vsphere.sizes can say more of",
  },
  boot: { option: "bootDiskGiB", GiB: DISK },
  volumes: { types: Object.fromEntries(VOLUME_TYPES.map((type) => [type, DISK])), byDefault: VOLUME_TYPES[0], classesApart: true },
};
