# What an earlier Kubernetes needs on top of images and files, to be upgraded from: images/ and files/, laid over those of the newer one.
mkdir images files
cd files
for name in kubelet kubectl kubeadm; do
  to=k8s/release/v$KUBERNETES_PREVIOUS_VERSION/bin/linux/amd64
  mkdir -p $to
  cp "$KUBERNETES_PREVIOUS/$name" $to/
done
cd ../images
. "$SOURCES/image/images.sh"
kubernetes "$KUBERNETES_PREVIOUS"
program coredns / "$COREDNS/coredns"
accounts "$w/coredns"
pushing <<P
push_kubernetes $KUBERNETES_PREVIOUS_VERSION
push coredns/coredns v1.11.3,v$COREDNS_VERSION "$w/coredns" /coredns
P
