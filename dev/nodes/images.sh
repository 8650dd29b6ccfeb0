# The container images that nodes pull.
. "$SOURCES/image/images.sh"
kubernetes "$KUBERNETES"
cp -a "$w/iptables" "$w/flannel"
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

pushing <<P
push_kubernetes $KUBERNETES_VERSION
# The first tag is the one that is asked for, the second says what is in it.
push etcd 3.5.21-0,$ETCD_VERSION "$w/etcd"
push pause 3.10 "$w/pause" /pause
push coredns/coredns v1.12.0,v$COREDNS_VERSION "$w/coredns" /coredns
push flannel/flannel v0.27.3,v$FLANNEL_VERSION "$w/flannel" /opt/bin/flanneld
push flannel/flannel-cni-plugin v1.7.1-flannel1,v$CNI_FLANNEL_VERSION "$w/cni-flannel"
push library/nginx 1.28.0-alpine,debian "$w/nginx" /usr/sbin/nginx -g 'daemon off; load_module /usr/lib/nginx/modules/ngx_stream_module.so;'
push library/busybox 1.35 "$w/busybox"
P
