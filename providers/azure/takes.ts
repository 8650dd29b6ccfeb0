import type { Takes } from "../../model/cloud-takes";

/**
 * Sizes of disks: "Azure managed disk types". The least of a boot disk is that of Ubuntu's images, the most that of any system's disk. Ultra disks want
 * more of their machine. Arm: a "p" among the letters behind the number of processors.
 */
export const takes: Takes = {
  region: { is: /^[a-z0-9]+$/, remedy: "name it without blanks and capitals, as `az account list-locations` does: koreacentral" },
  size: {
    is: /^(Standard|Basic)_[A-Za-z0-9_-]+$/,
    remedy: "name a size of Azure's, such as Standard_D4s_v5, or one of small, medium, large, xlarge",
    arm: /^Standard_[A-Z]+\d+(-\d+)?[a-z]*p[a-z]*_v\d/,
  },
  boot: { option: "bootVolumeGiB", GiB: [30, 4095] },
  volumes: {
    types: {
      ...{ Premium_LRS: [1, 32_767], Premium_ZRS: [1, 32_767], PremiumV2_LRS: [1, 65_536] },
      ...{ StandardSSD_LRS: [1, 32_767], StandardSSD_ZRS: [1, 32_767], Standard_LRS: [1, 32_767] },
    },
    byDefault: "Premium_LRS",
  },
};
