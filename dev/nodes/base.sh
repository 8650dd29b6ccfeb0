# The root of a node that has no name yet, in the current folder: a minimal Debian, and packages.txt.
. "$SOURCES/debian-root.sh"
later=(apparmor mergerfs software-properties-common jq)
debian_root "$PWD" "$(grep -v '^#' "$SOURCES/packages.txt" | grep -vxF "$(printf '%s\n' "${later[@]}")" | paste -sd,)"
install_into "$PWD" "${later[@]}"
chroot . useradd -m -s /bin/bash ubuntu
echo 'ubuntu ALL=(ALL) NOPASSWD:ALL' > etc/sudoers.d/ubuntu
chroot . systemctl enable ssh
chroot . systemctl set-default multi-user.target
# What cannot work in a container, or does work of its own accord while a test measures.
chroot . systemctl mask systemd-udevd.service systemd-udevd-kernel.socket systemd-udevd-control.socket systemd-modules-load.service \
  systemd-networkd-wait-online.service getty@.service console-getty.service run-rpc_pipefs.mount rpc-gssd.service rpcbind.service rpcbind.socket \
  nfs-client.target apparmor.service ipvsadm.service polkit.service packagekit.service e2scrub_reap.service \
  apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer e2scrub_all.timer fstrim.timer
