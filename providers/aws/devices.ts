import { createHash } from "node:crypto";

/** Names that EC2 takes for further volumes of a machine, `/dev/xvdba` to `/dev/xvddz`: more than a machine may have. */
const NAMES = [..."bcd"].flatMap((first) => [..."abcdefghijklmnopqrstuvwxyz"].map((second) => `/dev/xvd${first}${second}`));

/**
 * By volume, what EC2 is told as its device. It follows from the volume's name and not from its place among the others; where two would have
 * the same, the one further down takes the next.
 */
export function deviceNames(volumes: readonly string[]): Readonly<Record<string, string>> {
  const taken = new Map<string, string>();
  for (const volume of volumes) {
    const start = createHash("sha256").update(volume).digest().readUInt32BE(0) % NAMES.length;
    const free = NAMES.map((_, index) => NAMES[(start + index) % NAMES.length] ?? "").find((name) => !taken.has(name)) ?? "";
    taken.set(free, volume);
  }
  return Object.fromEntries([...taken].map(([name, volume]) => [volume, name]));
}

/** Where a guest finds a volume: on Nitro, where disks are NVMe, by udev's name, which holds its id; on older types as EC2 was told. */
export function volumeDevices(id: string, device: string): [string, ...string[]] {
  return [`/dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_${id.replace("-", "")}`, device];
}
