#!/bin/bash
# What kubespray's reset takes away: services, containers, files, rules of iptables. Data volumes and packages stay.
systemctl disable -q --now kubelet k8s-certs-renew.timer 2> /dev/null
if systemctl is-active -q containerd; then
  # As often as kubespray tries it: a busy machine needs more than once.
  for _ in 1 2 3 4 5; do
    [ -n "$(crictl pods -q 2> /dev/null)" ] || break
    timeout 60 crictl --timeout 60s rmp -af > /dev/null 2>&1
  done
fi
systemctl disable -q --now containerd etcd 2> /dev/null
awk '$2 ~ /^\/(var\/lib\/kubelet|run\/containerd|run\/netns)/ {print $2}' /proc/mounts | sort -r | xargs -r umount -l 2> /dev/null
for table in nat mangle filter; do iptables -t $table -F; iptables -t $table -X; done
for link in flannel.1 cni0; do ip link del $link 2> /dev/null; done
rm -f /etc/systemd/system/{kubelet,containerd,etcd,k8s-certs-renew}.service /etc/systemd/system/k8s-certs-renew.timer
systemctl daemon-reload
rm -rf /etc/kubernetes /var/lib/kubelet /etc/cni /opt/cni /run/flannel /var/lib/cni /var/log/{pods,containers} /etc/etcd.env /etc/etcd.version /etc/ssl/etcd "$1" \
  /etc/containerd /var/lib/containerd /run/containerd /etc/crictl.yaml /etc/nginx /root/.kube /usr/local/bin/{kube*,etcd*,containerd*,ctr,runc,crictl,k8s-certs-renew.sh}
sed -i "/BEGIN of the inventory/,/END of the inventory/d" /etc/hosts
exit 0
