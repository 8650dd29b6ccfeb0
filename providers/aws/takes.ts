import type { Takes } from "../../model/cloud-takes";

/**
 * Sizes of volumes: EC2's API reference, EbsBlockDevice. The least of a boot volume is the snapshot's of Ubuntu's AMIs. Volumes of io1 and io2 want a
 * number of operations a second, which the file has no field for. Arm: a "g" behind the generation's number.
 */
export const takes: Takes = {
  region: { is: /^[a-z]{2,4}(-[a-z]+)+-\d{1,2}$/, remedy: "name it as AWS does, such as ap-northeast-2" },
  size: {
    is: /^[a-z][a-z0-9-]*\.[a-z0-9-]+$/,
    remedy: "name an instance type, such as m6i.xlarge, or one of small, medium, large, xlarge",
    arm: /^(a1|[a-z]+\d+g[a-z]*)\./,
  },
  boot: { option: "bootVolumeGiB", GiB: [8, 16_384] },
  volumes: {
    types: { gp3: [1, 65_536], gp2: [1, 16_384], st1: [125, 16_384], sc1: [125, 16_384], standard: [1, 1024] },
    byDefault: "gp3",
  },
};
