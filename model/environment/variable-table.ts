import type { FlowPeer } from "../plan/infrastructure-types";
import type { EnvironmentPlan } from "../plan/types";

/** Traffic that a variable makes necessary where it is true. */
export interface OpenedFlow {
  readonly from: FlowPeer;
  /** A peer, or the server that another variable names. */
  readonly to: FlowPeer | { readonly serverOf: string };
  readonly protocol: "tcp" | "udp";
  readonly ports: readonly (number | `${number}-${number}`)[];
  readonly reason: string;
  /** A variable that moves the port. */
  readonly portFrom?: string;
}

/** The kind of `platform.storage` that a variable is refused beside, because both bring the same. */
export interface NotBeside {
  readonly storage: EnvironmentPlan["platform"]["storage"]["kind"];
  readonly reason: string;
}

/** What a variable of kubespray's means for the rest of the plan. */
export type Verdict =
  /** Refused: a field of the file, or the plan itself, sets it. */
  | { readonly kind: "field"; readonly field: string }
  /** Refused, save for the values in `unless`. */
  | { readonly kind: "refused"; readonly reason: string; readonly remedy: string; readonly unless?: readonly unknown[] }
  /** Refused where it is true, unless another variable has one of these values. */
  | { readonly kind: "needs"; readonly variable: string; readonly values: readonly unknown[]; readonly reason: string }
  /** The plan opens what it needs where it is true. */
  | { readonly kind: "flows"; readonly opens: readonly OpenedFlow[]; readonly notBeside?: NotBeside }
  /** The number of a port that another row opens. */
  | { readonly kind: "port"; readonly of: string }
  /** The plan opens DNS to the servers it names. */
  | { readonly kind: "resolvers" }
  /** The plan opens the way to the servers it names, so they must stand in the file. */
  | { readonly kind: "servers" }
  /** Passed with a warning: it listens on each machine, and the plan opens no way there. */
  | { readonly kind: "closed" }
  /** Passed after a look at it. Servers that its value names are followed, as those of any other variable are. */
  | { readonly kind: "passed"; readonly why: string }
  /** Passed: nothing is sent to the hosts that its value names. */
  | { readonly kind: "unasked" };

/** One row: names of variables, with `*` for any run of characters, and what they mean. */
export type VariableRow = { readonly names: readonly string[] } & Verdict;

const words = (text: string): string[] => text.trim().split(/\s+/);
const field = (name: string, names: string): VariableRow => ({ names: words(names), kind: "field", field: name });
const passed = (why: string, names: string): VariableRow => ({ names: words(names), kind: "passed", why });
const closed = (names: string): VariableRow => ({ names: words(names), kind: "closed" });
const takeOut = "take it out";
const refused = (reason: string, names: string, remedy = takeOut): VariableRow => ({
  names: words(names),
  kind: "refused",
  reason,
  remedy,
});
const only = (unless: readonly unknown[], reason: string, names: string, remedy = takeOut): VariableRow => ({
  names: words(names),
  kind: "refused",
  reason,
  remedy,
  unless,
});
const opens = (name: string, ...flows: OpenedFlow[]): VariableRow[] => [
  { names: [name], kind: "flows", opens: flows },
  ...flows.flatMap(({ portFrom }): VariableRow[] => (portFrom === undefined ? [] : [{ names: [portFrom], kind: "port", of: name }])),
];
const between = (protocol: "tcp" | "udp", port: number, reason: string, portFrom?: string): OpenedFlow => ({
  from: "nodes",
  to: "nodes",
  protocol,
  ports: [port],
  reason,
  ...(portFrom === undefined ? {} : { portFrom }),
});

const machines = "the plan, which gives every machine its name and address (cluster.controlPlane.nodes, cluster.pools)";
const noCheck = "switches off checks that keep a run from harm";
const mend = "take it out and mend what the checks find";
const unverified = "trusts whatever answers, without knowing that it is the right server";
const certificate = "take it out, and have the server show a certificate that the hosts trust";
const secondClass = "would be a second default storage class beside the platform's";
const cloudParts = "take it out; platform.loadBalancer and platform.storage of kind cloud bring the cloud's balancers and volumes";
const openDoor = "without it whoever reaches the port is let in";
const names = "the platform addresses its services by names in the cluster's DNS";
const etcdForAll = "every node would talk to etcd, which the plan opens to the control plane only";

/** Cilium's documentation has its gateways, and its ingress, need `kubeProxyReplacement`, or NodePort in its hands. */
export const gatewaysOfCilium = {
  reason: "Cilium serves gateways in kube-proxy's place alone, and kube-proxy stays",
  remedy: "take it out; platform.ingress.kind: traefik serves them with platform.services.gatewayApi",
};

/** What variables of kubespray's mean. The first row that names a variable counts; one that no row names is passed. */
export const variableTable: readonly VariableRow[] = [
  // What this tool's own playbooks are told.
  field("cluster.backups", "kpaas_backup"),
  refused("is of this tool's own playbooks, which the plan tells what they need", "kpaas_*"),

  // Set by a field, or by the plan.
  field("cluster.kubernetes", "kube_version kubeadm_version"),
  field("cluster.network.plugin", "kube_network_plugin kube_owner"),
  field(
    "cluster.network.encapsulation",
    `calico_network_backend calico_vxlan_mode calico_ipip_mode ipip ipip_mode ipipMode vxlanMode flannel_backend_type cilium_tunnel_mode`,
  ),
  refused(
    "is about IPv6, and the plan gives machines, pods and Services IPv4 addresses only",
    "*_ipv6 *_ipv6_conf ip6 access_ip6 ipv4_stack ipv6_stack enable_dual_stack_networks",
  ),
  field("cluster.network.podCidr", "kube_pods_subnet kube_pods_subnets calico_pool_cidr cilium_pool_cidr cilium_native_routing_cidr"),
  field(
    "cluster.network.serviceCidr",
    "kube_service_addresses kube_service_subnets kube_apiserver_ip skydns_server skydns_server_secondary kube_dns_servers clusterIP secondaryclusterIP",
  ),
  field("cluster.network.nodePrefix", "kube_network_node_prefix cilium_pool_mask_size"),
  field(
    "cluster.network.proxyMode",
    "kube_proxy_mode kube_proxy_strict_arp kube_proxy_remove cilium_kube_proxy_replacement calico_bpf_enabled calico_nftable_mode",
  ),
  field("cluster.runtime", "container_manager"),
  field("cluster.etcd.placement", "etcd_deployment_type etcd_kubeadm_enabled"),
  field("platform.loadBalancer", "kube_vip_services_* kube_vip_lb_* kube_vip_enableServicesElection"),
  field(
    "cluster.apiEndpoint",
    `loadbalancer_apiserver loadbalancer_apiserver_localhost supplementary_addresses_in_ssl_keys kube_apiserver_endpoint
    kube_apiserver_global_endpoint kube_apiserver_address kube_apiserver_access_address kube_apiserver_count
    first_kube_control_plane_address`,
  ),
  field(
    "the plan: the API is at 6443 on every address of its machines",
    "kube_apiserver_port loadbalancer_apiserver_port kube_apiserver_bind_address",
  ),
  field("cluster.apiEndpoint.domain", "apiserver_loadbalancer_domain_name"),
  field("cluster.apiEndpoint.kind", "kube_vip_*"),
  field("cluster.hardening.auditLog", "kubernetes_audit"),
  field("cluster.hardening.encryptSecrets", "kube_encrypt_secret_data"),
  field("cluster.hardening.tlsCipherSuites", "tls_cipher_suites"),
  field("cluster.hardening.podSecurity", "kube_pod_security_use_default kube_pod_security_default_enforce"),
  field("cluster.certificates.autoRenew", "auto_renew_certificates"),
  field("platform.ingress", "ingress_alb_* alb_ingress_*"),
  field("cluster.airGap.registry", "registry_host"),
  field("cluster.airGap.files", "files_repo"),
  field("the kubeconfig output", "kubeconfig_localhost kubeconfig_localhost_*"),
  field("infrastructure.network.dns", "upstream_dns_servers nameservers cloud_resolver dns_servers"),
  field("infrastructure.access.ssh.user", "ansible_user ansible_ssh_user"),
  field("infrastructure.access.ssh.privateKey", "ansible_ssh_private_key_file ansible_private_key_file"),
  field("infrastructure.access.bastion", "bastion bastion_* ssh_bastion_*"),
  field("cluster.pools.POOL.labels", "node_labels"),
  field("cluster.pools.POOL.taints", "node_taints"),
  field(
    machines,
    `ansible_host ansible_ssh_host ip access_ip main_ip main_ips main_access_ip main_access_ips fallback_ip fallback_ips
    kubelet_address kubelet_bind_address kubelet_secure_addresses kube_override_hostname kube_node_addresses etcd_member_name
    etcd_address etcd_access_address etcd_access_addresses etcd_peer_addresses etcd_client_url etcd_peer_url etcd_hosts
    etcd_events_access_address* etcd_events_peer_addresses etcd_events_client_url etcd_events_peer_url etcd_metrics_addresses
    etcd_node_cert_hosts`,
  ),

  // How hosts are reached, and what runs commands on them or where the playbooks run.
  refused("is about how hosts are reached and worked on, which is this tool's own", "ansible_*"),
  refused(
    "would run commands of its own on the hosts, or where the playbooks run",
    `*_command *_cmd *_command_on_localhost *_hook *_hooks cilium_install_extra_flags proxy_env proxy_env_defaults
    adduser addusers kubernetes_user_manifests_path`,
  ),
  refused(
    "would work on the machine where the playbooks run",
    `image_command_tool_on_localhost download_localhost download_delegate download_cache_dir download_force_cache container_manager_on_localhost kubectl_localhost
    artifacts_dir credentials_dir`,
    "take it out: every host fetches for itself",
  ),
  only(["crictl"], "images are pulled on each host by what comes with its runtime, or by crictl", "image_command_tool"),
  refused(
    "is given to single runs, by this tool",
    `upgrade_cluster_setup skip_confirmation reset_confirmation reset_nodes allow_ungraceful_removal node etcd_cluster_setup
    etcd_events_cluster_setup first_kube_control_plane force_certificate_regeneration`,
  ),
  only([false], "would have a run wait for an answer that nobody gives", "upgrade_node_confirm upgrade_node_post_upgrade_confirm"),

  // What takes safety away.
  only([false], noCheck, "ignore_assert_errors allow_unsupported_distribution_setup", mend),
  only([true], noCheck, "any_errors_fatal kubeadm_config_validate_enabled", mend),
  only([[]], noCheck, "kubeadm_ignore_preflight_errors", mend),
  only([false], "would write secrets into what a run prints", "unsafe_show_logs"),
  only([false], "nothing would be fetched, and no version would be the one the plan names", "skip_downloads"),
  only([true], unverified, "download_validate_certs", certificate),
  only([false], unverified, "*_insecure_tls *_skip_tls_verify *_insecure", certificate),
  only([[]], unverified, "*_insecure_registries", certificate),
  only([0, "0"], "would let anybody read from the kubelet", "kube_read_only_port kubelet_readonly_port kubelet_read_only_port"),
  only(
    [
      ["Node", "RBAC"],
      ["RBAC", "Node"],
    ],
    "Node and RBAC are what keeps nodes and pods from everything",
    "authorization_modes",
  ),
  only([true], openDoor, "rbac_enabled kubelet_authorization_mode_webhook kubelet_authentication_token_webhook"),
  only([true], openDoor, "etcd_secure_client etcd_peer_client_auth"),
  only([false], "lets everybody in without a login", "dashboard_skip_login"),
  only([true], "pods would be killed without being moved first", "drain_nodes"),
  only(["coredns", "coredns_dual"], names, "dns_mode"),
  only([true], names, "deploy_coredns"),
  refused(names, "manual_dns_server"),

  // A second one of what there is, or of another kind.
  refused(
    "gives Services of type LoadBalancer addresses, which MetalLB does already",
    "cilium_l2announcements cilium_loadbalancer_ip_pools",
    "take it out; platform.loadBalancer.range says which addresses MetalLB gives",
  ),
  only([false], gatewaysOfCilium.reason, "cilium_gateway_api_enabled", gatewaysOfCilium.remedy),
  only([false, "false"], secondClass, "local_path_provisioner_is_default_storageclass"),
  {
    names: ["local_path_provisioner_enabled"],
    kind: "needs",
    variable: "local_path_provisioner_is_default_storageclass",
    values: [false, "false"],
    reason: secondClass,
  },
  refused(
    "belongs to a network plugin that is not installed here",
    "kube_ovn_* kube_router_* weave_* macvlan_* custom_cni_*",
    "take it out; cluster.network.plugin says which one is",
  ),
  refused(
    "would bring a cloud controller beside the platform's own, and have kubelets wait for it",
    "cloud_provider external_cloud_provider external_* openstack_*",
    cloudParts,
  ),
  refused(
    "would bring a cloud's own parts past the plan, which gives them neither rights nor ways",
    "aws_* azure_* gcp_* oci_* vsphere_* upcloud_* hcloud_*",
    cloudParts,
  ),
  refused(
    "opens ports of a registry, of which the plan does not know",
    "registry_enabled registry_port registry_service_* registry_ingress_*",
  ),
  refused("opens ports of a network checker, of which the plan does not know", "deploy_netchecker netchecker_port"),
  refused("needs a way to Ceph that the plan does not open", "rbd_provisioner_* cephfs_provisioner_*"),

  // What the plan follows.
  passed("services are addressed as NAME.NAMESPACE.svc, whatever the cluster's domain is", "dns_domain cluster_name old_dns_domains"),
  ...opens("typha_enabled", between("tcp", 5473, "Calico Typha")),
  ...opens("typha_prometheusmetricsenabled", between("tcp", 9093, "metrics of Calico Typha", "typha_prometheusmetricsport")),
  ...opens("calico_felix_prometheusmetricsenabled", between("tcp", 9091, "metrics of Calico", "calico_felix_prometheusmetricsport")),
  ...opens("calico_wireguard_enabled", between("udp", 51820, "Calico WireGuard")),
  ...opens(
    "cilium_enable_prometheus",
    between("tcp", 9962, "metrics of Cilium's agents", "cilium_agent_scrape_port"),
    between("tcp", 9963, "metrics of Cilium's operator", "cilium_operator_scrape_port"),
  ),
  ...opens("cilium_enable_hubble_metrics", between("tcp", 9965, "metrics of Hubble", "cilium_hubble_scrape_port")),
  ...opens("crio_enable_metrics", between("tcp", 9090, "metrics of CRI-O", "crio_metrics_port")),
  ...opens(
    "etcd_events_cluster_enabled",
    { from: "control-plane", to: "etcd", protocol: "tcp", ports: [2383], reason: "clients of the etcd for events" },
    { from: "etcd", to: "etcd", protocol: "tcp", ports: ["2382-2383"], reason: "members of the etcd for events among each other" },
  ),
  {
    names: ["cinder_csi_enabled"],
    kind: "flows",
    opens: [
      {
        from: "nodes",
        to: { serverOf: "cinder_auth_url" },
        protocol: "tcp",
        ports: [5000, 8774, 8776],
        reason: "OpenStack's identity, compute and volumes for the Cinder driver",
      },
    ],
    // One driver answers by a name, at one socket of each node.
    notBeside: { storage: "cloud", reason: "would bring a second driver of the cloud's volumes beside the platform's own" },
  },
  { names: words("coredns_external_zones nodelocaldns_external_zones"), kind: "resolvers" },
  {
    names: words("http_proxy https_proxy cinder_auth_url containerd_registries_mirrors crio_registries docker_registry_mirrors"),
    kind: "servers",
  },
  refused(
    "encrypts by a protocol that the plan does not open between nodes",
    "cilium_encryption_* cilium_ipsec_*",
    "take it out; calico_wireguard_enabled is followed where the plugin is calico",
  ),
  refused(
    "speaks BGP with routers, to which the plan opens no way",
    `peers peer_with_router peer_with_calico_rr calico_rr_id calico_group_id calico_bgp_listen_port calico_advertise_*
    cilium_enable_bgp_control_plane cilium_bgp_*`,
  ),
  refused("the plan opens the port that it has by default", "calico_vxlan_port flannel_vxlan_port"),
  only(["kdd"], etcdForAll, "calico_datastore"),
  only(["crd"], etcdForAll, "cilium_identity_allocation_mode"),

  // Ports on the machines that nothing elsewhere is let to.
  closed(
    `etcd_metrics_port etcd_listen_metrics_urls containerd_metrics_address containerd_debug_address kube_proxy_metrics_bind_address
    nodelocaldns_bind_metrics_host_ip nodelocaldns_prometheus_port nodelocaldns_secondary_prometheus_port cilium_operator_api_serve_addr`,
  ),
  passed(
    "asked on the machine itself only",
    `*_health_port *_healthz_port *_healthz_bind_address *_healthcheck_port crio_stream_port kube_scheduler_bind_address
    kube_controller_manager_bind_address kube_proxy_bind_address nodelocaldns_second_health_port`,
  ),
  passed("nobody outside reaches a node port", "kube_apiserver_node_port_range kube_proxy_nodeport_addresses* kube_proxy_port_range"),
  {
    names: words(`no_proxy* additional_no_proxy* proxy_disable_env skip_http_proxy_on_os_packages nodelocaldns_ip etcd_cert_alt_*
    cilium_non_masquerade_cidrs kube_proxy_exclude_cidrs calico_felix_floating_ips calico_use_default_route_src_ipaddr ping_access_ip disable_host_nameservers kube_controller_manager_allocate_node_cidrs
    containerd_enable_unprivileged_ports`),
    kind: "unasked",
  },
  passed("time is open to everywhere", "ntp_servers"),
  passed(
    "its servers are followed",
    `*_url *_uri *_repo *_repo_* *_tracing_endpoint *_tracing_address *_registry_auth *_registries_mirrors registry_addr files_repo_*`,
  ),
  passed("flags of the cluster's own components", "*_args *_args_* *_opts *_options *_flags *_flags_* *_extra_vars *_extra_values"),
  passed(
    "brings nothing that other machines are to reach by a port, or only its own pods",
    `argocd_enabled calico_apiserver_enabled cilium_hubble_export_dynamic_enabled containerd_tracing_enabled crio_criu_support_enabled
    crun_enabled runc_enabled youki_enabled gvisor_enabled kata_containers_enabled nri_enabled csi_snapshot_controller_enabled
    persistent_volumes_enabled local_volume_provisioner_enabled dashboard_enabled helm_enabled krew_enabled gateway_api_enabled
    prometheus_operator_crds_enabled kubelet_csr_approver_enabled node_feature_discovery_enabled nvidia_accelerator_enabled
    scheduler_plugins_enabled ntp_enabled drain_fallback_enabled kubeadm_scale_down_coredns_enabled docker_iptables_enabled
    epel_enabled centos_fastestmirror_enabled openeuler_metalink_enabled`,
  ),
  passed(
    "a name or a folder",
    "*_domain_id *_domain_name *_cluster_domain *_dir_host *_file_host *_script_dir csi_endpoint multus_* docker_dns_* *_enable_portmap",
  ),
];
