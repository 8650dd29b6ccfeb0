import type { Takes } from "../../model/cloud-takes";
import { DATA_DISK } from "./names";

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
    types: {
      ...{ "pd-balanced": [10, 65_536], "pd-ssd": [10, 65_536], "pd-standard": [10, 65_536], "pd-extreme": [500, 65_536] },
      ...{ "hyperdisk-balanced": [4, 65_536], "hyperdisk-balanced-high-availability": [4, 65_536], "hyperdisk-extreme": [64, 65_536] },
      ...{ "hyperdisk-ml": [4, 65_536], "hyperdisk-throughput": [2048, 32_768] },
    },
    byDefault: DATA_DISK,
  },
};
