import { stringify } from "yaml";

/** What the NFS server machine serves. */
export interface NfsServer {
  /** The data volume's device, by id; it may appear after the machine has started. */
  readonly device: string;
  /** The exported folder. */
  readonly path: string;
  /** Who may mount it: the node subnet. */
  readonly clients: string;
}

const SCRIPT = "/usr/local/sbin/kpaas-nfs-volume";
const PLAIN = /^\/[A-Za-z0-9._/-]+$/;

/**
 * User data of the NFS server: formats the data volume if it is empty, mounts it and exports it to the node subnet, NFS 4 only.
 *
 * A volume that holds a file system is never formatted, so a machine built anew takes over the data. `no_root_squash`, because the
 * provisioner makes folders as root and hands them to the pods' users.
 *
 * @throws Error for a path or device that is no plain absolute path.
 */
export function nfsServerUserData({ device, path, clients }: NfsServer): string {
  for (const each of [device, path]) {
    if (!PLAIN.test(each)) throw new Error(`"${each}" must be an absolute path of letters, digits, ".", "_", "-" and "/"`);
  }
  const script = [
    "#!/bin/sh",
    "set -eu",
    "tries=0",
    `until [ -b ${device} ]; do`,
    "  tries=$((tries + 1))",
    `  [ $tries -le 300 ] || { echo "the volume ${device} did not appear" >&2; exit 1; }`,
    "  sleep 2",
    "done",
    `blkid ${device} >/dev/null || mkfs.ext4 -q -m 0 ${device}`,
    `mkdir -p ${path}`,
    `grep -q " ${path} " /etc/fstab || echo "${device} ${path} ext4 defaults,nofail 0 2" >>/etc/fstab`,
    "systemctl daemon-reload",
    `mountpoint -q ${path} || mount ${path}`,
    `echo "${path} ${clients}(rw,sync,no_subtree_check,no_root_squash)" >/etc/exports.d/kpaas.exports`,
    "systemctl enable --now nfs-server.service",
    "exportfs -ra",
    "",
  ].join("\n");
  return `#cloud-config\n${stringify({
    write_files: [
      { path: SCRIPT, permissions: "0755", content: script },
      { path: "/etc/nfs.conf.d/kpaas.conf", permissions: "0644", content: "[nfsd]\nvers3=n\n" },
      // Never serves the empty folder below the mount, neither after a reboot nor when the volume is missing.
      { path: "/etc/systemd/system/nfs-server.service.d/kpaas.conf", permissions: "0644", content: `[Unit]\nRequiresMountsFor=${path}\n` },
      { path: "/etc/exports.d/.keep", permissions: "0644", content: "" },
    ],
    package_update: true,
    packages: ["nfs-kernel-server"],
    runcmd: [[SCRIPT]],
  })}`;
}
