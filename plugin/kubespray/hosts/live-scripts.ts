/** What a script's output is cut at. */
const CUT = "=== ";

/** Programs that kubespray, kubeadm and Flatcar put where sudo's own path does not lead. */
const PATHS = "export PATH=$PATH:/usr/local/bin:/usr/local/sbin:/opt/bin";

/** An object a line, its fields separated by tabs; maps and lists as JSON. */
function linesOf(fields: readonly string[]): string {
  return `{range .items[*]}${fields.map((field) => `{${field}}`).join('{"\\t"}')}{"\\n"}{end}`;
}

/** Fields of a node. */
const NODE_FIELDS = [
  ".metadata.name",
  ".metadata.labels",
  ".spec.taints",
  ".spec.unschedulable",
  ".status.nodeInfo.kubeletVersion",
  ".status.nodeInfo.containerRuntimeVersion",
  ".status.nodeInfo.machineID",
  '.status.conditions[?(@.type=="Ready")].status',
  '.status.addresses[?(@.type=="InternalIP")].address',
] as const;

/** Fields of a pod: two of them tell why its containers wait. */
const POD_FIELDS = [
  ".metadata.name",
  ".spec.nodeName",
  ".status.phase",
  '.status.conditions[?(@.type=="Ready")].status',
  ".metadata.deletionTimestamp",
  ".status.initContainerStatuses[*].state.waiting.reason",
  ".status.containerStatuses[*].state.waiting.reason",
  ".status.containerStatuses[*].restartCount",
  '.status.conditions[?(@.type=="Ready")].lastTransitionTime',
] as const;

/** On a control plane: its API server's version, the nodes, the administrator's kubeconfig, and when each node was last heard of. Prints nothing where no cluster is. */
export const CLUSTER_SCRIPT = `set -eu
${PATHS}
export KUBECONFIG=/etc/kubernetes/admin.conf
[ -s "$KUBECONFIG" ] || exit 0
echo '${CUT}version'
kubectl --request-timeout=20s get --raw /version
echo
echo '${CUT}nodes'
kubectl --request-timeout=60s get nodes -o jsonpath='${linesOf(NODE_FIELDS)}'
echo '${CUT}kubeconfig'
cat "$KUBECONFIG"
echo '${CUT}leases'
date -u +%s
kubectl --request-timeout=60s -n kube-node-lease get leases -o jsonpath='${linesOf([".metadata.name", ".spec.renewTime", ".spec.leaseDurationSeconds"])}'
`;

/** After {@link CLUSTER_SCRIPT}: the cluster's own pods that are not Ready and have not ended. */
export const PODS_SCRIPT = `echo '${CUT}pods'
pods=$(kubectl --request-timeout=60s -n kube-system get pods -o jsonpath='${linesOf(POD_FIELDS)}')
printf '%s\\n' "$pods" | awk -F '\\t' '$3 != "Succeeded" && $3 != "Failed" && $4 != "True" && $5 == ""'
`;

/** On a host of etcd's: its members, and which of them answer; etcd by kubespray, or in a pod by kubeadm. */
export const ETCD_SCRIPT = `set -u
${PATHS}
get() { sed -n "s/^$1=//p" /etc/etcd.env | tail -n 1; }
if [ -s /etc/etcd.env ]; then
  ETCDCTL_CACERT=$(get ETCDCTL_CACERT) ETCDCTL_CERT=$(get ETCDCTL_CERT) ETCDCTL_KEY=$(get ETCDCTL_KEY) ETCDCTL_ENDPOINTS=$(get ETCDCTL_ENDPOINTS)
  export ETCDCTL_API=3 ETCDCTL_CACERT ETCDCTL_CERT ETCDCTL_KEY ETCDCTL_ENDPOINTS
  ctl() { etcdctl "$@"; }
else
  pki=/etc/kubernetes/pki/etcd
  ctl() {
    kubectl --kubeconfig /etc/kubernetes/admin.conf --request-timeout=20s -n kube-system exec "etcd-$(hostname)" -c etcd -- \\
      etcdctl --cacert "$pki/ca.crt" --cert "$pki/server.crt" --key "$pki/server.key" "$@"
  }
fi
echo '${CUT}members'
ctl member list -w json || exit 1
echo
echo '${CUT}health'
ctl endpoint health --cluster -w json 2> /dev/null
exit 0
`;

/** On any host of the control plane or of etcd: when certificates end, by kubeadm's names of them; kubespray makes etcd's own by a script. */
export const CERTIFICATES_SCRIPT = `set -u
ends() { printf '%s\\t%s\\n' "$1" "$(openssl x509 -noout -enddate 2> /dev/null | sed 's/^notAfter=//')"; }
folder=/etc/kubernetes/ssl
[ -s "$folder/ca.crt" ] || folder=/etc/kubernetes/pki
for name in ca apiserver apiserver-kubelet-client apiserver-etcd-client front-proxy-ca front-proxy-client; do
  [ ! -s "$folder/$name.crt" ] || ends "$name" < "$folder/$name.crt"
done
for name in ca server peer healthcheck-client; do
  [ ! -s "$folder/etcd/$name.crt" ] || ends "etcd-$name" < "$folder/etcd/$name.crt"
done
at() { [ ! -s "$2" ] || ends "$1" < "$2"; }
of() { sed -n "s/^$1=//p" /etc/etcd.env 2> /dev/null | tail -n 1; }
at etcd-ca /etc/ssl/etcd/ssl/ca.pem
at etcd-member "$(of ETCD_CERT_FILE)"
at etcd-admin "$(of ETCDCTL_CERT)"
client=$(sed -n 's/^ *- --etcd-certfile=//p' /etc/kubernetes/manifests/kube-apiserver.yaml 2> /dev/null)
case $client in */node-*.pem) at etcd-node "$client" ;; esac
for name in admin controller-manager scheduler super-admin; do
  file=/etc/kubernetes/$name.conf
  [ ! -s "$file" ] || sed -n 's/.*client-certificate-data: *//p' "$file" | head -n 1 | base64 -d | ends "$name.conf"
done
`;

/** The parts of a script's output by name. */
export function sectionsOf(output: string): Readonly<Record<string, string>> {
  const parts = `\n${output}`.split(`\n${CUT}`).slice(1);
  return Object.fromEntries(parts.map((part) => [part.split("\n")[0] ?? "", part.slice(part.indexOf("\n") + 1).trim()]));
}
