/** kubespray variables that a field of the environment file sets; passing them through would make two truths. */
const fields: Readonly<Record<string, string>> = {
  kube_version: "cluster.kubernetes",
  kube_network_plugin: "cluster.network.plugin",
  calico_network_backend: "cluster.network.encapsulation",
  calico_vxlan_mode: "cluster.network.encapsulation",
  calico_ipip_mode: "cluster.network.encapsulation",
  kube_pods_subnet: "cluster.network.podCidr",
  kube_service_addresses: "cluster.network.serviceCidr",
  kube_network_node_prefix: "cluster.network.nodePrefix",
  kube_proxy_mode: "cluster.network.proxyMode",
  kube_proxy_strict_arp: "cluster.network.proxyMode",
  container_manager: "cluster.runtime",
  etcd_deployment_type: "cluster.etcd.placement",
  loadbalancer_apiserver: "cluster.apiEndpoint",
  loadbalancer_apiserver_localhost: "cluster.apiEndpoint",
  apiserver_loadbalancer_domain_name: "cluster.apiEndpoint.domain",
  supplementary_addresses_in_ssl_keys: "cluster.apiEndpoint",
  kube_vip_enabled: "cluster.apiEndpoint.kind",
  kubernetes_audit: "cluster.hardening.auditLog",
  kube_encrypt_secret_data: "cluster.hardening.encryptSecrets",
  tls_cipher_suites: "cluster.hardening.tlsCipherSuites",
  kube_pod_security_use_default: "cluster.hardening.podSecurity",
  kube_pod_security_default_enforce: "cluster.hardening.podSecurity",
  auto_renew_certificates: "cluster.certificates.autoRenew",
  metallb_enabled: "platform.loadBalancer",
  metrics_server_enabled: "platform.services.metricsServer",
  cert_manager_enabled: "platform.services.certManager",
  registry_host: "cluster.airGap.registry",
  files_repo: "cluster.airGap.files",
  ansible_user: "infrastructure.access.ssh.user",
  kubeconfig_localhost: "the kubeconfig output",
  upstream_dns_servers: "infrastructure.network.dns",
};

/** The field that sets a kubespray variable, or undefined where the file may pass it through. */
export function fieldOfVariable(name: string): string | undefined {
  return fields[name];
}
