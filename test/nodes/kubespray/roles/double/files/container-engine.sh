#!/bin/bash
# containerd, runc, CNI's plugins and crictl, where they are not there in this version.
set -eu
[ "$(cat /etc/containerd/of-double 2> /dev/null)" != "$VERSION" ] || exit 0
fetch() { curl -sSf --retry 5 "$GITHUB/$1"; }
mkdir -p /opt/cni/bin /etc/kubernetes/manifests "/etc/containerd/certs.d/$REGISTRY"
fetch "containerd/containerd/releases/download/v$VERSION/containerd-$VERSION-linux-amd64.tar.gz" | tar -xz -C /usr/local/bin --strip-components=1
fetch opencontainers/runc/releases/download/v1.3.2/runc.amd64 > /usr/local/bin/runc.part
chmod 755 /usr/local/bin/runc.part
mv /usr/local/bin/runc.part /usr/local/bin/runc
fetch kubernetes-sigs/cri-tools/releases/download/v1.33.0/crictl-v1.33.0-linux-amd64.tar.gz | tar -xz -C /usr/local/bin
fetch containernetworking/plugins/releases/download/v1.8.0/cni-plugins-linux-amd64-v1.8.0.tgz | tar -xz -C /opt/cni/bin
echo "runtime-endpoint: unix:///run/containerd/containerd.sock" > /etc/crictl.yaml
cat > "/etc/containerd/certs.d/$REGISTRY/hosts.toml" <<T
server = "http://$REGISTRY"
[host."http://$REGISTRY"]
  capabilities = ["pull", "resolve"]
T
# What is named by another home is asked for here too, by its path there.
mkdir -p /etc/containerd/certs.d/_default
cp "/etc/containerd/certs.d/$REGISTRY/hosts.toml" /etc/containerd/certs.d/_default/
# restrict_oom_score_adj: nobody in a container may lower it below its own, and every container would fail.
cat > /etc/containerd/config.toml <<T
version = 3
[plugins."io.containerd.cri.v1.runtime"]
  restrict_oom_score_adj = true
  [plugins."io.containerd.cri.v1.runtime".containerd.runtimes.runc]
    runtime_type = "io.containerd.runc.v2"
    [plugins."io.containerd.cri.v1.runtime".containerd.runtimes.runc.options]
      SystemdCgroup = true
[plugins."io.containerd.cri.v1.images".pinned_images]
  sandbox = "$REGISTRY/pause:3.10"
[plugins."io.containerd.cri.v1.images".registry]
  config_path = "/etc/containerd/certs.d"
T
cat > /etc/systemd/system/containerd.service <<T
[Unit]
After=network.target
[Service]
ExecStart=/usr/local/bin/containerd
Type=notify
Delegate=yes
KillMode=process
Restart=always
RestartSec=2
[Install]
WantedBy=multi-user.target
T
echo "$VERSION" > /etc/containerd/of-double
echo installed
