/** What numbers alert whom. */
export interface AlertCase {
  readonly alert: string;
  readonly severity: "critical" | "warning";
  /** Series by what they are, and values a minute, as promtool writes them. */
  readonly series: Readonly<Record<string, string>>;
  /** Labels that whoever is told sees, besides. Nobody is told where there are none. */
  readonly told?: Readonly<Record<string, string>>;
}

const DAY = 86_400;
const EXPORTER = 'namespace="node-exporter",pod="node-exporter-1",node="n1"';
const DISK = `{${EXPORTER},mountpoint="/var",fstype="ext4"}`;
const VOLUME = '{namespace="logging",persistentvolumeclaim="data-loki"}';
/** A volume of which so many hundredths are left. */
const left = (percent: number): Readonly<Record<string, string>> => ({
  [`kubelet_volume_stats_available_bytes${VOLUME}`]: `${percent}x120`,
  [`kubelet_volume_stats_capacity_bytes${VOLUME}`]: "100x120",
});
/** Requests to etcd of which so many in a hundred take less than a second. */
const slow = (fast: number): Readonly<Record<string, string>> => ({
  'etcd_request_duration_seconds_bucket{le="1"}': `0+${fast}x120`,
  'etcd_request_duration_seconds_bucket{le="5"}': "0+100x120",
  'etcd_request_duration_seconds_bucket{le="+Inf"}': "0+100x120",
});
/** What two hours of such numbers tell, and to whom: of every alert at least one that tells somebody. */
export const ALERT_CASES: readonly AlertCase[] = [
  { alert: "ApiServerDown", severity: "critical", series: { 'up{job="apiserver",instance="a"}': "0x120" }, told: {} },
  {
    alert: "ApiServerDown",
    severity: "critical",
    series: { 'up{job="apiserver",instance="a"}': "0x120", 'up{job="apiserver",instance="b"}': "1x120" },
  },
  {
    alert: "NodeNotReady",
    severity: "critical",
    series: { 'kube_node_status_condition{condition="Ready",status="true",node="n1"}': "0x120" },
    told: { condition: "Ready", status: "true", node: "n1" },
  },
  {
    alert: "NodeDiskFull",
    severity: "warning",
    series: {
      [`node_filesystem_avail_bytes${DISK}`]: "10x120",
      [`node_filesystem_size_bytes${DISK}`]: "100x120",
      [`node_filesystem_readonly${DISK}`]: "0x120",
    },
    told: { node: "n1", namespace: "node-exporter", pod: "node-exporter-1", mountpoint: "/var", fstype: "ext4" },
  },
  {
    alert: "NodeDiskFull",
    severity: "critical",
    series: {
      [`node_filesystem_avail_bytes${DISK}`]: "10x120",
      [`node_filesystem_size_bytes${DISK}`]: "100x120",
      [`node_filesystem_readonly${DISK}`]: "0x120",
    },
  },
  { alert: "EtcdFull", severity: "critical", series: { 'apiserver_storage_size_bytes{instance="a"}': "2100000000x120" }, told: {} },
  {
    alert: "CertificateExpires",
    severity: "warning",
    series: { 'certmanager_certificate_expiration_timestamp_seconds{name="web",exported_namespace="shop"}': `${7 * DAY}x120` },
    told: { name: "web", exported_namespace: "shop" },
  },
  {
    alert: "CertificateExpires",
    severity: "critical",
    series: { 'certmanager_certificate_expiration_timestamp_seconds{name="web",exported_namespace="shop"}': `${7 * DAY}x120` },
  },
  // What cert-manager says of one that was never issued.
  {
    alert: "CertificateExpires",
    severity: "critical",
    series: { 'certmanager_certificate_expiration_timestamp_seconds{name="web",exported_namespace="shop"}': "0x120" },
  },
  {
    alert: "CertificateNotIssued",
    severity: "warning",
    series: { 'certmanager_certificate_expiration_timestamp_seconds{name="web",exported_namespace="shop"}': "0x120" },
    told: { name: "web", exported_namespace: "shop" },
  },
  // What Traefik says of one that was renewed, and of one that was not.
  {
    alert: "HostCertificateExpires",
    severity: "warning",
    series: {
      'traefik_tls_certs_not_after{pod="traefik-1",sans="a.example.com",serial="1"}': `${7 * DAY}x120`,
      'traefik_tls_certs_not_after{pod="traefik-1",sans="a.example.com",serial="2"}': `${70 * DAY}x120`,
      'traefik_tls_certs_not_after{pod="traefik-1",sans="b.example.com",serial="3"}': `${7 * DAY}x120`,
    },
    told: { pod: "traefik-1", sans: "b.example.com" },
  },
  { alert: "KeycloakDown", severity: "critical", series: { 'up{job="other"}': "1x120" }, told: {} },
  {
    alert: "KeycloakDown",
    severity: "critical",
    series: { 'up{job="keycloak-server",pod="a"}': "1x120", 'up{job="keycloak-server",pod="b"}': "0x120" },
  },
  { alert: "OpenBaoSealed", severity: "critical", series: { 'vault_core_unsealed{pod="openbao-1"}': "0x120" }, told: { pod: "openbao-1" } },
  {
    alert: "MariaDbDown",
    severity: "critical",
    series: { 'kube_statefulset_status_replicas_ready{namespace="mariadb",statefulset="mariadb"}': "0x120" },
    told: {},
  },
  {
    alert: "HarborFails",
    severity: "warning",
    series: {
      'harbor_core_http_request_total{code="200",method="GET",operation="a"}': "0+80x120",
      'harbor_core_http_request_total{code="502",method="GET",operation="a"}': "0+20x120",
    },
    told: {},
  },
  // One scan that fails is no matter.
  {
    alert: "HarborJobsFail",
    severity: "warning",
    series: {
      'harbor_jobservice_task_total{type="REPLICATION",status="fail"}': "0+1x120",
      'harbor_jobservice_task_total{type="IMAGE_SCAN",status="fail"}': "0x60 1x60",
    },
    told: { type: "REPLICATION" },
  },
  // Its exporter goes on without it.
  {
    alert: "PostgreSqlDown",
    severity: "critical",
    series: {
      'kube_pod_status_ready{namespace="postgresql",pod="postgresql-0",condition="true"}': "0x120",
      'kube_pod_status_ready{namespace="postgresql",pod="postgresql-exporter-1",condition="true"}': "1x120",
    },
    told: {},
  },
  // One server, by its exporter; and of several the one that has too many.
  {
    alert: "PostgreSqlConnectionsShort",
    severity: "warning",
    series: {
      'pg_stat_database_numbackends{datname="sonar"}': "150x120",
      'pg_stat_database_numbackends{datname="other"}': "20x120",
      pg_settings_max_connections: "200x120",
    },
    told: {},
  },
  {
    alert: "PostgreSqlConnectionsShort",
    severity: "warning",
    series: {
      'cnpg_backends_total{pod="postgresql-1",state="active"}': "170x120",
      'cnpg_pg_settings_setting{pod="postgresql-1",name="max_connections"}': "200x120",
      'cnpg_backends_total{pod="postgresql-2",state="active"}': "3x120",
      'cnpg_pg_settings_setting{pod="postgresql-2",name="max_connections"}': "200x120",
    },
    told: { pod: "postgresql-1" },
  },
  // A member that is down says nothing; the other answers.
  {
    alert: "PostgreSqlMemberDown",
    severity: "warning",
    series: {
      'up{job="postgresql-server",pod="postgresql-1"}': "1x120",
      'cnpg_collector_up{cluster="postgresql",pod="postgresql-1"}': "1x120",
      'up{job="postgresql-server",pod="postgresql-2"}': "0x120",
    },
    told: { pod: "postgresql-2" },
  },
  // What a real OpenBao says that is open.
  {
    alert: "OpenBaoSealed",
    severity: "critical",
    series: {
      'vault_core_unsealed{pod="openbao-0",cluster=""}': "0x120",
      'vault_core_unsealed{pod="openbao-0",cluster="vault-1"}': "1x120",
      'up{job="openbao-server",pod="openbao-0"}': "1x120",
    },
  },
  // One that has been sealed for longer than a day answers, and says nothing of it any more.
  {
    alert: "OpenBaoSealed",
    severity: "critical",
    series: { 'up{job="openbao-server",pod="openbao-0"}': "1x120" },
    told: { pod: "openbao-0" },
  },
  // One that is down is not said to be sealed.
  { alert: "OpenBaoSealed", severity: "critical", series: { 'up{job="openbao-server",pod="openbao-0"}': "0x120" } },
  {
    alert: "VolumeFillsUp",
    severity: "warning",
    series: {
      [`kubelet_volume_stats_available_bytes${VOLUME}`]: "39-0.1x120",
      [`kubelet_volume_stats_capacity_bytes${VOLUME}`]: "100x120",
    },
    told: { namespace: "logging", persistentvolumeclaim: "data-loki" },
  },
  // Large, and filling as fast; small, and as full as it was.
  {
    alert: "VolumeFillsUp",
    severity: "warning",
    series: {
      [`kubelet_volume_stats_available_bytes${VOLUME}`]: "90-0.1x120",
      [`kubelet_volume_stats_capacity_bytes${VOLUME}`]: "100x120",
    },
  },
  {
    alert: "VolumeFillsUp",
    severity: "warning",
    series: { [`kubelet_volume_stats_available_bytes${VOLUME}`]: "20x120", [`kubelet_volume_stats_capacity_bytes${VOLUME}`]: "100x120" },
  },
  // Of two Ingresses of one name, in two namespaces, one fails.
  {
    alert: "IngressFails",
    severity: "warning",
    series: {
      'nginx_ingress_controller_requests{namespace="ingress-nginx",exported_namespace="shop",ingress="web",status="200"}': "0+100x120",
      'nginx_ingress_controller_requests{namespace="ingress-nginx",exported_namespace="blog",ingress="web",status="200"}': "0+1x120",
      'nginx_ingress_controller_requests{namespace="ingress-nginx",exported_namespace="blog",ingress="web",status="502"}': "0+1x120",
    },
    told: { exported_namespace: "blog", ingress: "web" },
  },
  {
    alert: "IngressFails",
    severity: "warning",
    series: {
      'istio_requests_total{job="istio-gateway-proxy",destination_service_namespace="shop",destination_service_name="web",response_code="503"}':
        "0+9x120",
    },
    told: { destination_service_namespace: "shop", destination_service_name: "web" },
  },
  {
    alert: "MariaDbMemberMissing",
    severity: "warning",
    series: {
      'mysql_global_status_wsrep_cluster_size{pod="mariadb-exporter"}': "2x120",
      'kube_statefulset_replicas{namespace="mariadb",statefulset="mariadb"}': "3x120",
    },
    told: {},
  },
  // One server by itself is of no group.
  {
    alert: "MariaDbMemberMissing",
    severity: "warning",
    series: {
      'mysql_global_status_wsrep_cluster_size{pod="mariadb-exporter"}': "0x120",
      'kube_statefulset_replicas{namespace="mariadb",statefulset="mariadb"}': "1x120",
    },
  },
  {
    alert: "MariaDbConnectionsShort",
    severity: "warning",
    series: {
      'mysql_global_status_threads_connected{pod="mariadb-exporter"}': "250x120",
      'mysql_global_variables_max_connections{pod="mariadb-exporter"}': "300x120",
    },
    told: { pod: "mariadb-exporter" },
  },
  {
    alert: "NatsStoreFull",
    severity: "warning",
    series: {
      'jetstream_server_total_message_bytes{server_id="nats-0"}': "90x120",
      'jetstream_server_max_storage{server_id="nats-0"}': "100x120",
    },
    told: { server_id: "nats-0" },
  },
  {
    alert: "LogsRefused",
    severity: "warning",
    series: { 'loki_discarded_samples_total{reason="rate_limited",tenant="fake"}': "0+5x120" },
    told: { reason: "rate_limited" },
  },
  { alert: "KyvernoDown", severity: "critical", series: { 'up{job="kyverno-admission-controller"}': "0x120" }, told: {} },
  {
    alert: "MeshRequestsFail",
    severity: "warning",
    series: {
      'istio_requests_total{job="istio-proxies",reporter="destination",destination_service_namespace="shop",destination_service_name="web",response_code="200"}':
        "0+6x120",
      'istio_requests_total{job="istio-proxies",reporter="destination",destination_service_namespace="shop",destination_service_name="web",response_code="503"}':
        "0+3x120",
    },
    told: { destination_service_namespace: "shop", destination_service_name: "web" },
  },
  // Whoever asks and meets nobody tells of it too: that is the caller's word, and not of whom it asked.
  {
    alert: "MeshRequestsFail",
    severity: "warning",
    series: {
      'istio_requests_total{job="istio-proxies",reporter="source",destination_service_namespace="shop",destination_service_name="web",response_code="503"}':
        "0+3x120",
    },
  },
  { alert: "MeshPluginMissing", severity: "warning", series: { 'istio_cni_install_ready{node="n1"}': "0x120" }, told: { node: "n1" } },
  { alert: "MeshPluginMissing", severity: "warning", series: { 'istio_cni_install_ready{node="n1"}': "0x10 1x109" } },
  { alert: "IstiodDown", severity: "critical", series: { 'up{job="istio-discovery"}': "1x120" } },
  // A restart of a minute wakes nobody.
  {
    alert: "MariaDbDown",
    severity: "critical",
    series: { 'kube_statefulset_status_replicas_ready{namespace="mariadb",statefulset="mariadb"}': "1x110 0x2 1x8" },
  },
  {
    alert: "NodeDiskFull",
    severity: "critical",
    series: {
      [`node_filesystem_avail_bytes${DISK}`]: "2x120",
      [`node_filesystem_size_bytes${DISK}`]: "100x120",
      [`node_filesystem_readonly${DISK}`]: "0x120",
    },
    told: { node: "n1", namespace: "node-exporter", pod: "node-exporter-1", mountpoint: "/var", fstype: "ext4" },
  },
  { alert: "EtcdFull", severity: "warning", series: { 'apiserver_storage_size_bytes{instance="a"}': "1700000000x120" }, told: {} },
  { alert: "EtcdFull", severity: "critical", series: { 'apiserver_storage_size_bytes{instance="a"}': "1700000000x120" } },
  {
    alert: "CertificateExpires",
    severity: "critical",
    series: { 'certmanager_certificate_expiration_timestamp_seconds{name="web",exported_namespace="shop"}': `${DAY}x120` },
    told: { name: "web", exported_namespace: "shop" },
  },
  {
    alert: "HostCertificateExpires",
    severity: "warning",
    series: {
      'nginx_ingress_controller_ssl_expire_time_seconds{host="a.example.com",secret_name="new"}': `${70 * DAY}x120`,
      'nginx_ingress_controller_ssl_expire_time_seconds{host="a.example.com",secret_name="old"}': `${7 * DAY}x120`,
      'nginx_ingress_controller_ssl_expire_time_seconds{host="b.example.com",secret_name="b"}': `${7 * DAY}x120`,
      'nginx_ingress_controller_ssl_expire_time_seconds{host="_",secret_name=""}': `${DAY}x120`,
    },
    told: { host: "b.example.com" },
  },
  {
    alert: "HostCertificateExpires",
    severity: "critical",
    series: { 'nginx_ingress_controller_ssl_expire_time_seconds{host="a.example.com"}': `${DAY}x120` },
    told: { host: "a.example.com" },
  },
  {
    alert: "HostCertificateExpires",
    severity: "critical",
    series: { 'traefik_tls_certs_not_after{pod="traefik-1",sans="a.example.com",serial="1"}': `${DAY}x120` },
    told: { pod: "traefik-1", sans: "a.example.com" },
  },
  {
    alert: "IngressFails",
    severity: "warning",
    series: {
      'traefik_service_requests_total{service="shop-web",code="200"}': "0+100x120",
      'traefik_service_requests_total{service="blog-web",code="200"}': "0+1x120",
      'traefik_service_requests_total{service="blog-web",code="502"}': "0+1x120",
    },
    told: { service: "blog-web" },
  },
  // Whatever else there is to alert of, each once, and what is close to it and no reason to.
  {
    alert: "ApiServerFails",
    severity: "critical",
    series: { 'apiserver_request_total{code="200",verb="GET"}': "0+90x120", 'apiserver_request_total{code="503",verb="GET"}': "0+10x120" },
    told: {},
  },
  {
    alert: "ApiServerFails",
    severity: "critical",
    series: { 'apiserver_request_total{code="404",verb="GET"}': "0+90x120", 'apiserver_request_total{code="503",verb="GET"}': "0+1x120" },
  },
  {
    alert: "NodeMemoryShort",
    severity: "warning",
    series: { [`node_memory_MemAvailable_bytes{${EXPORTER}}`]: "4x120", [`node_memory_MemTotal_bytes{${EXPORTER}}`]: "100x120" },
    told: { node: "n1", namespace: "node-exporter", pod: "node-exporter-1" },
  },
  { alert: "VolumeFull", severity: "warning", series: left(10), told: { namespace: "logging", persistentvolumeclaim: "data-loki" } },
  { alert: "VolumeFull", severity: "critical", series: left(10) },
  { alert: "VolumeFull", severity: "critical", series: left(2), told: { namespace: "logging", persistentvolumeclaim: "data-loki" } },
  {
    alert: "PodFails",
    severity: "warning",
    series: { 'kube_pod_container_status_waiting_reason{namespace="shop",pod="web-1",container="web",reason="CrashLoopBackOff"}': "1x120" },
    told: { namespace: "shop", pod: "web-1", container: "web", reason: "CrashLoopBackOff" },
  },
  {
    alert: "PodFails",
    severity: "warning",
    series: {
      'kube_pod_container_status_waiting_reason{namespace="shop",pod="web-1",container="web",reason="ContainerCreating"}': "1x120",
    },
  },
  {
    alert: "WorkloadIncomplete",
    severity: "warning",
    series: {
      'kube_deployment_status_replicas_available{namespace="shop",deployment="web"}': "1x120",
      'kube_deployment_spec_replicas{namespace="shop",deployment="web"}': "2x120",
      'kube_deployment_status_replicas_available{namespace="shop",deployment="all"}': "2x120",
      'kube_deployment_spec_replicas{namespace="shop",deployment="all"}': "2x120",
    },
    told: { namespace: "shop", deployment: "web" },
  },
  {
    alert: "WorkloadIncomplete",
    severity: "warning",
    series: {
      'kube_statefulset_status_replicas_ready{namespace="shop",statefulset="data"}': "0x120",
      'kube_statefulset_replicas{namespace="shop",statefulset="data"}': "1x120",
    },
    told: { namespace: "shop", statefulset: "data" },
  },
  {
    alert: "KubeletCertificateExpires",
    severity: "warning",
    series: { 'kubelet_certificate_manager_client_ttl_seconds{node="n1"}': `${3 * DAY}x120` },
    told: { node: "n1" },
  },
  {
    alert: "EtcdSlow",
    severity: "warning",
    series: slow(98),
    told: {},
  },
  { alert: "EtcdSlow", severity: "warning", series: slow(100) },
  {
    alert: "TargetDown",
    severity: "warning",
    series: { 'up{job="kyverno-controller",instance="10.0.0.1:8000"}': "0x120", 'up{job="apiserver",instance="a"}': "0x120" },
    told: { job: "kyverno-controller", instance: "10.0.0.1:8000" },
  },
  {
    alert: "AlertsNotSent",
    severity: "critical",
    series: { 'alertmanager_notifications_failed_total{integration="slack"}': "0+1x120" },
    told: { integration: "slack" },
  },
  { alert: "AlertsNotSent", severity: "critical", series: { 'alertmanager_notifications_failed_total{integration="slack"}': "7x120" } },
  { alert: "AlertmanagerMissing", severity: "critical", series: { prometheus_notifications_alertmanagers_discovered: "0x120" }, told: {} },
  {
    alert: "RulesFail",
    severity: "warning",
    series: { 'prometheus_rule_evaluation_failures_total{rule_group="mesh"}': "0+1x120" },
    told: { rule_group: "mesh" },
  },
  {
    alert: "PostgreSqlBehind",
    severity: "warning",
    series: { 'cnpg_pg_replication_lag{pod="postgresql-1"}': "0x120", 'cnpg_pg_replication_lag{pod="postgresql-2"}': "400x120" },
    told: { pod: "postgresql-2" },
  },
  {
    alert: "KeycloakWaitsForDatabase",
    severity: "warning",
    series: { 'agroal_awaiting_count{pod="keycloak-0"}': "3x120" },
    told: { pod: "keycloak-0" },
  },
  { alert: "OpenBaoDown", severity: "critical", series: { 'up{job="openbao-server",pod="openbao-0"}': "0x120" }, told: {} },
  {
    alert: "OpenBaoDown",
    severity: "critical",
    series: { 'up{job="openbao-server",pod="openbao-0"}': "0x120", 'up{job="openbao-server",pod="openbao-1"}': "1x120" },
  },
  {
    alert: "OpenBaoAuditFails",
    severity: "critical",
    series: { 'vault_audit_log_request_failure{pod="openbao-0"}': "0+1x120" },
    told: { pod: "openbao-0" },
  },
  {
    alert: "NatsDown",
    severity: "critical",
    series: { 'kube_statefulset_status_replicas_ready{namespace="nats",statefulset="nats"}': "0x120" },
    told: {},
  },
  {
    alert: "NatsClientsTooSlow",
    severity: "warning",
    series: { 'gnatsd_varz_slow_consumers{server_id="nats-0"}': "0+1x120" },
    told: { server_id: "nats-0" },
  },
  {
    alert: "HarborDown",
    severity: "critical",
    series: {
      'kube_deployment_status_replicas_available{namespace="harbor",deployment="harbor-core"}': "0x120",
      'kube_deployment_status_replicas_available{namespace="harbor",deployment="harbor-portal"}': "1x120",
    },
    told: {},
  },
  { alert: "IstiodDown", severity: "critical", series: { 'up{job="istio-discovery"}': "0x120" }, told: {} },
  {
    alert: "MeshAuthorityExpires",
    severity: "warning",
    series: { 'citadel_server_root_cert_expiry_timestamp{pod="istiod-1"}': `${7 * DAY}x120` },
    told: {},
  },
  { alert: "LoggingDown", severity: "warning", series: { 'up{job="logging-loki",pod="loki-0"}': "0x120" }, told: {} },
  {
    alert: "LogsLost",
    severity: "warning",
    series: { 'loki_write_dropped_entries_total{node="n1",reason="timeout"}': "0+1x120" },
    told: { node: "n1" },
  },
  {
    alert: "KpaasServerLeaderless",
    severity: "critical",
    series: { 'kpaas_server_leads{pod="kpaas-1"}': "0x120", 'kpaas_server_leads{pod="kpaas-2"}': "0x120" },
    told: {},
  },
  { alert: "KpaasServerLeaderless", severity: "critical", series: {}, told: {} },
  {
    alert: "KpaasServerLeaderless",
    severity: "critical",
    series: { 'kpaas_server_leads{pod="kpaas-1"}': "0x120", 'kpaas_server_leads{pod="kpaas-2"}': "1x120" },
  },
  { alert: "CephUnhealthy", severity: "critical", series: { ceph_health_status: "2x120" }, told: {} },
  { alert: "CephUnhealthy", severity: "critical", series: { ceph_health_status: "1x120" } },
  { alert: "CephUnhealthy", severity: "warning", series: { ceph_health_status: "1x120" }, told: {} },
  {
    alert: "CephFull",
    severity: "warning",
    series: { ceph_cluster_total_used_bytes: "80x120", ceph_cluster_total_bytes: "100x120" },
    told: {},
  },
];
