#!/bin/bash
# boot.sh FOLDER NAME NAMESPACE SHARES: runs a node, whose root is FOLDER/root, until it is shut down; again and again where it asks for a reboot.
# Each node has a cgroup of its own in every hierarchy, below the caller's: systemd-nspawn makes it the node's root. Without it the kubelets
# of all nodes would meet in one /kubepods.
folder=$1 name=$2 namespace=$3 shares=$4
: > "$folder/cgroups"
# Read once: it changes with every move.
own=$(cat /proc/self/cgroup)
while IFS=: read -r _ controllers path; do
  case $controllers in
    '') hierarchy=/sys/fs/cgroup/unified ;;
    name=*) hierarchy=/sys/fs/cgroup/${controllers#name=} ;;
    *) hierarchy=/sys/fs/cgroup/$controllers ;;
  esac
  [ -d "$hierarchy" ] || continue
  group=$hierarchy${path%/}/$namespace-$name
  mkdir -p "$group"
  echo "$group" >> "$folder/cgroups"
  # These are empty in a new one, and nothing may enter it then.
  if [ "$controllers" = cpuset ]; then for file in cpuset.cpus cpuset.mems; do cat "$hierarchy$path/$file" > "$group/$file"; done; fi
  echo $$ > "$group/cgroup.procs"
done <<< "$own"
# Kubelet and kube-proxy write below /proc/sys and /sys; containers set up system call filters of their own.
export SYSTEMD_NSPAWN_API_VFS_WRITABLE=1 SYSTEMD_SECCOMP=0
trap 'kill -TERM "$child"' TERM # systemd-nspawn hands it on as a shutdown
status=133
while [ $status = 133 ]; do # a reboot
  # The kernel takes the link of one that has just lost its power away in its own time.
  nsenter --net="/run/netns/$namespace" ip link del "vb-$name" 2> /dev/null || true
  # Not `ip netns exec`: that mounts a new /sys, without cgroups.
  nsenter --net="/run/netns/$namespace" systemd-nspawn -q -D "$folder/root" -M "$name" --boot --register=no --keep-unit \
    --network-bridge=br0 --capability=all --bind=/dev/kmsg --bind=/dev/fuse --bind=/dev/net/tun --bind="$shares:/var/lib/node-shares" \
    --resolv-conf=off --timezone=off --link-journal=no --console=pipe &
  child=$!
  while kill -0 $child 2> /dev/null; do
    wait $child
    status=$?
  done
done
