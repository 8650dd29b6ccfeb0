# What makes a root of Debian: sourced by scripts that fill one. Debian comes from where this machine's own apt takes it.
mirror=$(apt-get indextargets --format '$(ORIGIN)|$(LABEL)|$(REPO_URI)' 'Created-By: Packages' | sed -n 's/^Debian|Debian|//p' | head -1)
[ -n "$mirror" ] || { echo "apt has no Debian source here, or apt-get update was never run" >&2; exit 1; }
eval "$(apt-config shell http_proxy Acquire::http::Proxy)"
[ -z "${http_proxy:-}" ] || export http_proxy

debian_root() { # ROOT PACKAGES: a minimal Debian with these packages, their names with commas between
  DEBOOTSTRAP_DIR=$DEBIAN/debootstrap/usr/share/debootstrap "$DEBIAN/debootstrap/usr/sbin/debootstrap" --variant=minbase ${2:+--include="$2"} "$SUITE" "$1" "$mirror"
}
# debootstrap's resolver is too simple for most: apt installs them, with this machine's name server and settings.
install_into() { # ROOT PACKAGE…
  local root=$1
  shift
  echo "deb $mirror $SUITE main" > "$root/etc/apt/sources.list"
  cp /etc/resolv.conf "$root/etc/resolv.conf"
  apt-config dump | grep -E '^Acquire::https?::' > "$root/etc/apt/apt.conf.d/99-build" || true
  chroot "$root" apt-get update -q
  DEBIAN_FRONTEND=noninteractive chroot "$root" apt-get install -y -q --no-install-recommends "$@"
  chroot "$root" apt-get clean
  rm -rf "$root"/var/lib/apt/lists/* "$root/etc/apt/apt.conf.d/99-build"
  : > "$root/etc/apt/sources.list" # `apt-get update` then succeeds without a network, as kubespray wants
}
