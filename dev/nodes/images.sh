# Container images, pushed into the folder of a registry: the current folder. Each is one layer without a base, so it brings its own libraries.
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

for name in kube-apiserver kube-controller-manager kube-scheduler; do
  accounts "$w/$name"
  program $name /usr/local/bin "$KUBERNETES/$name"
done
# iptables for kube-proxy and flannel. Its extensions need libm, which ldd does not name: without it kube-proxy fails as soon as a Service
# has two endpoints.
accounts "$w/iptables"
shell "$w/iptables" sh cp cat ls mkdir rm sleep
with_libraries "$w/iptables" /usr/sbin/xtables-nft-multi /usr/sbin/nft /usr/sbin/conntrack /usr/sbin/ipset /usr/bin/kmod /usr/sbin/ip /lib/x86_64-linux-gnu/libm.so.6
mkdir -p "$w/iptables/usr/lib/x86_64-linux-gnu"
cp -a "$BASE/usr/lib/x86_64-linux-gnu/xtables" "$w/iptables/usr/lib/x86_64-linux-gnu/"
for name in ip{,6}tables{,-save,-restore}; do ln -sf xtables-nft-multi "$w/iptables/usr/sbin/$name"; done
cp -a "$w/iptables" "$w/kube-proxy"
cp -a "$w/iptables" "$w/flannel"
program kube-proxy /usr/local/bin "$KUBERNETES/kube-proxy"
program flannel /opt/bin "$FLANNEL/flanneld"
shell "$w/cni-flannel" sh cp
program cni-flannel / "$CNI_FLANNEL/flannel"
accounts "$w/coredns"
program coredns / "$COREDNS/coredns"
program etcd /usr/local/bin "$ETCD/etcd" "$ETCDCTL/etcdctl"
mkdir "$w/pause"
gcc -O2 -static -s -o "$w/pause/pause" "$SOURCES/image/pause.c"
# kubespray's nginx.conf has a stream section, which Debian builds as a module.
accounts "$w/nginx"
shell "$w/nginx" sh
mkdir -p "$w"/nginx/var/{log,lib}/nginx
program nginx /usr/sbin "$DEBIAN/nginx/usr/sbin/nginx"
program nginx /usr/lib/nginx/modules "$DEBIAN"/libnginx-mod-stream/usr/lib/nginx/modules/*stream_module.so
with_libraries "$w/nginx" /lib/x86_64-linux-gnu/{libcrypt.so.1,libssl.so.3,libcrypto.so.3,libz.so.1,libc.so.6}
cp -L "$DEBIAN/libpcre2-8-0/usr/lib/x86_64-linux-gnu/libpcre2-8.so.0" "$w/nginx/lib/x86_64-linux-gnu/"
accounts "$w/busybox"
shell "$w/busybox" $("$DEBIAN/busybox-static/bin/busybox" --list)

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
for name in kube-apiserver kube-controller-manager kube-scheduler kube-proxy; do push \$name v$KUBERNETES_VERSION "$w/\$name" /usr/local/bin/\$name; done
# The first tag is the one that is asked for, the second says what is in it.
push etcd 3.5.21-0,$ETCD_VERSION "$w/etcd"
push pause 3.10 "$w/pause" /pause
push coredns/coredns v1.12.0,v$COREDNS_VERSION "$w/coredns" /coredns
push flannel/flannel v0.27.3,v$FLANNEL_VERSION "$w/flannel" /opt/bin/flanneld
push flannel/flannel-cni-plugin v1.7.1-flannel1,v$CNI_FLANNEL_VERSION "$w/cni-flannel"
push library/nginx 1.28.0-alpine,debian "$w/nginx" /usr/sbin/nginx -g 'daemon off; load_module /usr/lib/nginx/modules/ngx_stream_module.so;'
push library/busybox 1.35 "$w/busybox"
P
unshare -n bash -eu "$w/push.sh" # a registry in a network of its own: its port is free there
