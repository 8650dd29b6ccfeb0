# What images.sh and previous.sh make container images by, and push them into the folder of a registry, the current one. Each image is one layer
# without a base, so it brings its own libraries.
at=127.0.0.1:5000
w=$(mktemp -d)
trap 'rm -rf "$w"' EXIT

with_libraries() { # FOLDER FILE…: files of a node's root with the libraries they need
  local to=$1 file each
  shift
  for file in "$@"; do
    for each in $file $(chroot "$BASE" ldd "$file" 2> /dev/null | grep -o '/[^ ]*' || true); do
      mkdir -p "$to$(dirname "$each")"
      cp -aL "$BASE$each" "$to$each"
    done
  done
}
accounts() { # FOLDER
  mkdir -p "$1"/{etc,tmp,run,var/lib}
  chmod 1777 "$1/tmp"
  printf 'root:x:0:0:root:/root:/bin/sh\nwww-data:x:33:33::/:/bin/false\nnginx:x:101:101::/:/bin/false\nnobody:x:65534:65534::/:/bin/false\n' > "$1/etc/passwd"
  printf 'root:x:0:\nwww-data:x:33:\nnginx:x:101:\nnogroup:x:65534:\n' > "$1/etc/group"
}
shell() { # FOLDER NAME…: busybox under these names
  local to=$1 name
  shift
  mkdir -p "$to/bin"
  cp "$DEBIAN/busybox-static/bin/busybox" "$to/bin/"
  for name in "$@"; do [ "$name" = busybox ] || ln -sf busybox "$to/bin/$name"; done
}
program() { # IMAGE FOLDER FILE…
  local to=$w/$1$2
  shift 2
  mkdir -p "$to"
  cp "$@" "$to/"
}

kubernetes() { # PROGRAMS: Kubernetes' own images out of a folder of its programs
  local name
  for name in kube-apiserver kube-controller-manager kube-scheduler; do
    accounts "$w/$name"
    program $name /usr/local/bin "$1/$name"
  done
  iptables
  cp -a "$w/iptables" "$w/kube-proxy"
  program kube-proxy /usr/local/bin "$1/kube-proxy"
}
# For kube-proxy and flannel. Its extensions need libm, which ldd does not name: without it kube-proxy fails as soon as a Service has two
# endpoints.
iptables() {
  local name
  accounts "$w/iptables"
  shell "$w/iptables" sh cp cat ls mkdir rm sleep
  with_libraries "$w/iptables" /usr/sbin/xtables-nft-multi /usr/sbin/nft /usr/sbin/conntrack /usr/sbin/ipset /usr/bin/kmod /usr/sbin/ip /lib/x86_64-linux-gnu/libm.so.6
  mkdir -p "$w/iptables/usr/lib/x86_64-linux-gnu"
  cp -a "$BASE/usr/lib/x86_64-linux-gnu/xtables" "$w/iptables/usr/lib/x86_64-linux-gnu/"
  for name in ip{,6}tables{,-save,-restore}; do ln -sf xtables-nft-multi "$w/iptables/usr/sbin/$name"; done
}
pushing() { # pushes what the lines of the input say: `push NAME TAG FOLDER ENTRYPOINT…`, `push_kubernetes VERSION`
  cat > "$w/registry.yml" <<R
version: 0.1
storage: { filesystem: { rootdirectory: "$PWD" } }
http: { addr: "$at" }
log: { level: warn }
R
  cat > "$w/push.sh" <<P
ip link set lo up
"$DEBIAN/docker-registry/usr/bin/docker-registry" serve "$w/registry.yml" & trap "kill \$!" EXIT
for i in \$(seq 50); do curl -sf -o /dev/null http://$at/v2/ && break; sleep 0.1; done
push() { python3 "$SOURCES/image/push.py" $at "\$@"; }
push_kubernetes() {
  for name in kube-apiserver kube-controller-manager kube-scheduler kube-proxy; do push \$name v\$1 "$w/\$name" /usr/local/bin/\$name; done
}
P
  cat >> "$w/push.sh"
  unshare -n bash -eu "$w/push.sh" # a registry in a network of its own: its port is free there
}
