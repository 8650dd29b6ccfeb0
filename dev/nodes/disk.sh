#!/bin/bash
# disk.sh ROOT NAME ADDRESS GATEWAY KEY: a node's root from the base's. A plain folder and no overlay: containerd's own overlayfs wants a real
# file system below it.
set -eu
root=$1 name=$2 address=$3 gateway=$4 key=$5
cp -a --reflink=auto "$BASE" "$root.part"
chmod 755 "$root.part" # a build's own folder is its maker's alone, and nobody but root would get past / here
cp -r "$SOURCES/root/." "$root.part/"
chroot "$root.part" systemctl -q enable node-early node-net
for home in root home/ubuntu; do
  install -d -m 700 "$root.part/$home/.ssh"
  cp "$key" "$root.part/$home/.ssh/authorized_keys"
done
chroot "$root.part" chown -R ubuntu: /home/ubuntu/.ssh
echo "$name" > "$root.part/etc/hostname"
printf '127.0.0.1 localhost\n127.0.1.1 %s\n' "$name" > "$root.part/etc/hosts"
: > "$root.part/etc/machine-id" # systemd makes a new one
rm -f "$root.part/var/lib/dbus/machine-id" "$root.part"/etc/ssh/ssh_host_*
chroot "$root.part" ssh-keygen -A > /dev/null
echo "nameserver $gateway" > "$root.part/etc/resolv.conf" # nobody listens there: names from outside fail at once
# A kernel without NFS: its mounts are played.
grep -q '\bnfs4\?$' /proc/filesystems || ln -sf ../local/sbin/mount.nfs-double "$root.part/usr/sbin/mount.nfs"
printf 'ADDRESS=%s\nGATEWAY=%s\n' "$address" "$gateway" > "$root.part/etc/node-net"
mv "$root.part" "$root"
