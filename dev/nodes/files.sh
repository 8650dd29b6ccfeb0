# What nodes download, in the current folder, under the names that kubespray's defaults give: k8s/ (dl_k8s_io_url) and github/ (github_url).
# checksums.yml has the checksums of what is here: these are no releases' own bytes.
w=$(mktemp -d)
trap 'rm -rf "$w"' EXIT
sum() { echo "${1}_checksum: \"sha256:$(sha256sum "$2" | cut -d' ' -f1)\"" >> checksums.yml; }
put() { # FILE PLACE VARIABLE
  mkdir -p "$(dirname "$2")"
  cp "$1" "$2"
  sum "$3" "$2"
}
pack() { # FOLDER PLACE VARIABLE: names without ./ in front, since kubespray strips one folder of containerd's
  mkdir -p "$(dirname "$2")"
  (cd "$1"; tar --owner=0 --group=0 --sort=name --mtime=@0 -c -- *) | gzip -1n > "$2"
  sum "$3" "$2"
}
for name in kubelet kubectl kubeadm; do put "$KUBERNETES/$name" "k8s/release/v$KUBERNETES_VERSION/bin/linux/amd64/$name" ${name}_binary; done
etcd=etcd-v$ETCD_VERSION-linux-amd64
mkdir -p "$w"/{etcd/"$etcd",crictl,containerd/bin,nerdctl}
cp "$ETCD"/* "$ETCDCTL"/* "$w/etcd/$etcd/"
cp "$CRICTL/crictl" "$w/crictl/"
cp "$CONTAINERD"/* "$w/containerd/bin/"
# nerdctl cannot be built from published modules. kubespray downloads it always, and with image_command_tool: crictl asks it for `completion` only.
printf '#!/bin/sh\ncase "$1" in completion) ;; *version|-v) echo "nerdctl version 0.0.0 (stand-in)" ;; *) exec /usr/local/bin/ctr -n k8s.io "$@" ;; esac\n' > "$w/nerdctl/nerdctl"
chmod 755 "$w/nerdctl/nerdctl"
pack "$w/etcd" "github/etcd-io/etcd/releases/download/v$ETCD_VERSION/$etcd.tar.gz" etcd_binary
pack "$DEBIAN/containernetworking-plugins/usr/lib/cni" github/containernetworking/plugins/releases/download/v1.8.0/cni-plugins-linux-amd64-v1.8.0.tgz cni_binary
pack "$w/crictl" github/kubernetes-sigs/cri-tools/releases/download/v1.33.0/crictl-v1.33.0-linux-amd64.tar.gz crictl_binary
put "$DEBIAN/runc/usr/sbin/runc" github/opencontainers/runc/releases/download/v1.3.2/runc.amd64 runc_binary
pack "$w/containerd" "github/containerd/containerd/releases/download/v$CONTAINERD_VERSION/containerd-$CONTAINERD_VERSION-linux-amd64.tar.gz" containerd_archive
pack "$w/nerdctl" github/containerd/nerdctl/releases/download/v2.1.6/nerdctl-2.1.6-linux-amd64.tar.gz nerdctl_archive
