import type { KpaasVariable } from "./row";

const NODES = "machines that are made have names and addresses by the plan; hosts that are there are named and addressed in the file";

/** cp-cluster-vars.sh: of one cluster, and with `CLUSTERn_` before each name of several. */
export const cluster: readonly KpaasVariable[] = [
  ["KUBE_CONTROL_HOSTS", "field", "a number; on hosts that are there a map, which says which", "cluster.controlPlane.nodes"],
  [
    "MASTERn_NODE_HOSTNAME MASTERn_NODE_PRIVATE_IP",
    "field",
    NODES,
    "infrastructure.existing.hosts",
    "infrastructure.existing.hosts.KEY.address",
    "cluster.controlPlane.nodes",
  ],
  [
    "MASTERn_NODE_PUBLIC_IP",
    "field",
    "how a host that is there is reached from here; where it leads to the others, it is the bastion. Machines that are made need none: `kpaas` goes through the bastion",
    "infrastructure.existing.hosts.KEY.accessAddress",
    "infrastructure.existing.bastion",
    "infrastructure.access.bastion",
  ],
  ["MASTERn_NODE_USER", "field", "for all, or for one host", "infrastructure.access.ssh.user", "infrastructure.existing.hosts.KEY.user"],
  [
    "LOADBALANCER_DOMAIN",
    "field",
    "a name. An address is the plan's: the cloud's balancer, or one that the control planes hold",
    "cluster.apiEndpoint.domain",
    "cluster.apiEndpoint.kind",
    "cluster.apiEndpoint.address",
  ],
  ["ETCD_TYPE", "field", "`stacked` or `external`, with one control plane too", "cluster.etcd.placement"],
  ["ETCDn_NODE_HOSTNAME ETCDn_NODE_PRIVATE_IP", "field", NODES, "infrastructure.existing.hosts", "cluster.etcd.nodes"],
  ["KUBE_WORKER_HOSTS", "field", "a number for each pool; on hosts that are there a map", "cluster.pools.KEY.nodes"],
  ["WORKERn_NODE_HOSTNAME WORKERn_NODE_PRIVATE_IP", "field", NODES, "infrastructure.existing.hosts", "cluster.pools.KEY.nodes"],
  [
    "STORAGE_TYPE",
    "field",
    "`nfs`; `rook-ceph` is `rookCeph`, with the pool whose disks it takes",
    "platform.storage.kind",
    "platform.storage.pool",
  ],
  [
    "NFS_SERVER_PRIVATE_IP",
    "field",
    "a server that is there, with its folder (K-PaaS's is `/home/share/nfs`); without it a machine is made for it",
    "platform.storage.server",
    "platform.storage.path",
  ],
  ["METALLB_IP_RANGE", "field", "planned where nothing is said and machines are made", "platform.loadBalancer.range"],
  ["INGRESS_NGINX_IP INGRESS_NGINX_PRIVATE_IP", "field", "planned where nothing is said; it is in the range", "platform.ingress.address"],
  ["INSTALL_KYVERNO", "field", "with an option for each of its policies", "platform.services.kyverno"],
  [
    "CSP_TYPE CLUSTER_CSP_TYPE",
    "field",
    "the provider; whose controller makes balancers is another field. Nobody's of NHN or NAVER is run: [why](nhn.md#balancers-and-volumes-in-the-cluster)",
    "infrastructure.provider",
    "platform.loadBalancer.kind",
  ],
  [
    "NHN_USERNAME NHN_PASSWORD NHN_TENANT_ID",
    "field",
    "the login that makes machines, by a reference, or OpenStack's own variables (`OS_…`); none of it gets into the cluster",
    "infrastructure.credentials",
  ],
  [
    "NHN_VIP_SUBNET_ID",
    "field",
    "the subnet that is there; MetalLB's addresses and the ingress's are in it",
    "infrastructure.network.existing.subnets.node",
  ],
  ["NHN_API_BASE_URL", "field", "the region", "infrastructure.region"],
  [
    "NAVER_CLOUD_API_KEY NAVER_CLOUD_API_SECRET NAVER_CLOUD_REGION NAVER_CLOUD_VPC_NO NAVER_CLOUD_SUBNET_NO",
    "not needed",
    "there is no provider of NAVER's: machines made there by hand are hosts that are there, and MetalLB or a balancer made by hand leads to the ingress",
  ],
  ["CLUSTER_CNT", "not needed", "an environment for each cluster; a base file holds what they share", "extends"],
  ["ISTIO_GATEWAY_PRIVATE_IP ISTIO_GATEWAY_PUBLIC_IP", "not yet", "with several clusters"],
];

/** cp-edge-vars.sh. */
export const edge: readonly KpaasVariable[] = [
  [
    "CLOUDCORE_PRIVATE_IP CLOUDCORE_PUBLIC_IP CLOUDCORE_PRIVATE_VIP CLOUDCORE_VIP CLOUDCOREn_NODE_HOSTNAME",
    "not yet",
    "with edge nodes",
    "edge",
  ],
  ["EDGE_HOSTS EDGE_NODE_CNT EDGEn_NODE_HOSTNAME EDGEn_NODE_PUBLIC_IP EDGEn_NODE_PRIVATE_IP", "not yet", "with edge nodes", "edge"],
];

/** cp-cluster-terraman-vars.sh, which Terraman writes for a cluster that it has made. */
export const terraman: readonly KpaasVariable[] = [
  ["CLUSTER_NAME", "field", "the environment's name", "name"],
  [
    "CLUSTER_PRIVATE_KEY",
    "generated",
    "a pair of keys for each environment, or one of yours by a reference",
    "infrastructure.access.ssh.privateKey",
  ],
  [
    "WORKER_NODE_CNT WORKERn_NODE_PUBLIC_IP",
    "not needed",
    "made machines are counted by their pools and reached through the bastion",
    "cluster.pools.KEY.nodes",
  ],
];
