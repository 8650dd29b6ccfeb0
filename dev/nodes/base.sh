# The root of a node that has no name yet, in the current folder: a minimal Debian, and packages.txt.
# Debian comes from where this machine's own apt takes it.
mirror=$(apt-get indextargets --format '$(ORIGIN)|$(LABEL)|$(REPO_URI)' 'Created-By: Packages' | sed -n 's/^Debian|Debian|//p' | head -1)
[ -n "$mirror" ] || { echo "apt has no Debian source here, or apt-get update was never run" >&2; exit 1; }
eval "$(apt-config shell http_proxy Acquire::http::Proxy)"
[ -z "${http_proxy:-}" ] || export http_proxy
# debootstrap's resolver is too simple for these: apt installs them, with this machine's name server and settings.
later=(apparmor mergerfs software-properties-common jq)
packages=$(grep -v '^#' "$SOURCES/packages.txt" | grep -vxF "$(printf '%s\n' "${later[@]}")" | paste -sd,)
DEBOOTSTRAP_DIR=$DEBIAN/debootstrap/usr/share/debootstrap "$DEBIAN/debootstrap/usr/sbin/debootstrap" --variant=minbase --include="$packages" "$SUITE" "$PWD" "$mirror"
echo "deb $mirror $SUITE main" > etc/apt/sources.list
cp /etc/resolv.conf etc/resolv.conf
apt-config dump | grep -E '^Acquire::https?::' > etc/apt/apt.conf.d/99-build || true
chroot . apt-get update -q
DEBIAN_FRONTEND=noninteractive chroot . apt-get install -y -q --no-install-recommends "${later[@]}"
chroot . apt-get clean
rm -rf var/lib/apt/lists/* etc/apt/apt.conf.d/99-build
: > etc/apt/sources.list # `apt-get update` then succeeds without a network, as kubespray wants
chroot . useradd -m -s /bin/bash ubuntu
echo 'ubuntu ALL=(ALL) NOPASSWD:ALL' > etc/sudoers.d/ubuntu
chroot . systemctl enable ssh
chroot . systemctl set-default multi-user.target
# What cannot work in a container, or does work of its own accord while a test measures.
chroot . systemctl mask systemd-udevd.service systemd-udevd-kernel.socket systemd-udevd-control.socket systemd-modules-load.service \
  systemd-networkd-wait-online.service getty@.service console-getty.service run-rpc_pipefs.mount rpc-gssd.service rpcbind.service rpcbind.socket \
  nfs-client.target apparmor.service ipvsadm.service polkit.service packagekit.service e2scrub_reap.service \
  apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer e2scrub_all.timer fstrim.timer
