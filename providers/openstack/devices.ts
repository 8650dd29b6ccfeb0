/**
 * Where a guest may find a volume, by the bus its image asks for (`hw_disk_bus`), as udev names what the hypervisor shows of the volume's id:
 * virtio-blk, which is the default, virtio-scsi (its serial whole, or cut to 20 characters as virtio's is), SATA or IDE, and ESXi. Each of these
 * names is that volume's alone; nova does not tell which of them the guest has.
 */
export function volumeDevices(id: string): [string, ...string[]] {
  const short = id.slice(0, 20);
  const names = [
    `scsi-0QEMU_QEMU_HARDDISK_${id}`,
    `scsi-0QEMU_QEMU_HARDDISK_${short}`,
    `ata-QEMU_HARDDISK_${short}`,
    `wwn-0x${id.replaceAll("-", "")}`,
  ];
  return [`/dev/disk/by-id/virtio-${short}`, ...names.map((name) => `/dev/disk/by-id/${name}`)];
}
