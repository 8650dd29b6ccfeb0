import type { Takes } from "../../model/cloud-takes";
import { DATA_DISK, DISKS } from "./names";

/** Sizes of disks: cloud.google.com/compute/docs/disks. The least of a boot disk is that of Ubuntu's images. */
export const takes: Takes = {
  region: { is: /^[a-z]+(-[a-z]+)+\d+$/, remedy: "name it as GCP does, such as asia-northeast3" },
  size: {
    is: /^[a-z][a-z0-9]*(-[a-z0-9]+)+$/,
    remedy: "name a machine type, such as n2-standard-4, or one of small, medium, large, xlarge",
    arm: /^(t2a|c4a|n4a|a4x)-/,
  },
  boot: { option: "bootVolumeGiB", GiB: [10, 65_536] },
  volumes: {
    types: DISKS,
    byDefault: DATA_DISK,
  },
};
