/** What is wrong, and when somebody is told. */
export interface Alert {
  /** Its name, and the heading in docs/runbooks.md that says what to do. */
  readonly name: string;
  /** In PromQL: whatever it finds is wrong. */
  readonly expr: string;
  /** How long it must be so. */
  readonly lasts: `${number}${"m" | "h"}`;
  /** `critical`: somebody gets up at night. `warning`: somebody looks at it by day. */
  readonly severity: "critical" | "warning";
  /** What is wrong, in one line; `{{ $labels.NAME }}` is filled in. */
  readonly summary: string;
}

/** 1 for a PostgreSQL that answers in its own pod, else 0: one that is down takes along who says so. */
export const POSTGRESQL_ANSWERS = 'max by (pod) (cnpg_collector_up or 0 * up{job="postgresql-server"})';

/** How many requests a second those in the mesh are asked, by whom they are for. @param which of them */
function sumOfMesh(which: string): string {
  const requests = `istio_requests_total{job="istio-proxies",reporter="destination"${which}}`;
  return `sum by (destination_service_namespace, destination_service_name) (rate(${requests}[5m]))`;
}

/** An alert that comes twice: earlier for who looks by day, and by another bound for who gets up at night. */
function graded(bounds: Readonly<Record<Alert["severity"], number>>, alert: (bound: number) => Omit<Alert, "severity">): Alert[] {
  return (["critical", "warning"] as const).map((severity) => ({ ...alert(bounds[severity]), severity }));
}

/** Alerts of what there always is, and of single services, by the field of those. */
export const ALERTS: Readonly<Record<string, readonly Alert[]>> = {
  cluster: [
    {
      name: "ApiServerDown",
      expr: 'absent(up{job="apiserver"} == 1)',
      lasts: "5m",
      severity: "critical",
      summary: "No API server of the cluster answers.",
    },
    {
      name: "ApiServerFails",
      expr: 'sum(rate(apiserver_request_total{code=~"5.."}[5m])) / sum(rate(apiserver_request_total[5m])) > 0.05',
      lasts: "10m",
      severity: "critical",
      summary: "The API server fails more than one in twenty requests.",
    },
    {
      name: "NodeNotReady",
      expr: 'kube_node_status_condition{condition="Ready",status="true"} == 0',
      lasts: "10m",
      severity: "critical",
      summary: "The node {{ $labels.node }} is not ready.",
    },
    ...graded({ critical: 0.03, warning: 0.12 }, (left) => ({
      name: "NodeDiskFull",
      expr: `node_filesystem_avail_bytes{fstype!~"tmpfs|ramfs|overlay|squashfs"} / node_filesystem_size_bytes < ${left} and node_filesystem_readonly == 0`,
      lasts: "15m",
      summary: `Less than ${left * 100} % of {{ $labels.mountpoint }} of the node {{ $labels.node }} are left.`,
    })),
    {
      name: "NodeMemoryShort",
      expr: "node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes < 0.05",
      lasts: "15m",
      severity: "warning",
      summary: "Less than 5 % of the memory of the node {{ $labels.node }} are left.",
    },
    ...graded({ critical: 0.03, warning: 0.12 }, (left) => ({
      name: "VolumeFull",
      expr: `kubelet_volume_stats_available_bytes / kubelet_volume_stats_capacity_bytes < ${left}`,
      lasts: "15m",
      summary: `Less than ${left * 100} % of the volume {{ $labels.namespace }}/{{ $labels.persistentvolumeclaim }} are left.`,
    })),
    {
      name: "VolumeFillsUp",
      // Four days are a weekend and a day.
      expr: "(predict_linear(kubelet_volume_stats_available_bytes[6h], 4 * 86400) < 0 and kubelet_volume_stats_available_bytes / kubelet_volume_stats_capacity_bytes < 0.4)",
      lasts: "1h",
      severity: "warning",
      summary:
        "The volume {{ $labels.namespace }}/{{ $labels.persistentvolumeclaim }} is full within four days, if it goes on as in the last six hours.",
    },
    {
      name: "PodFails",
      expr: 'max_over_time(kube_pod_container_status_waiting_reason{reason=~"CrashLoopBackOff|ImagePullBackOff|ErrImagePull"}[5m]) == 1',
      lasts: "15m",
      severity: "warning",
      summary: "The pod {{ $labels.namespace }}/{{ $labels.pod }} does not start: {{ $labels.reason }}.",
    },
    {
      name: "WorkloadIncomplete",
      expr: "kube_deployment_status_replicas_available < kube_deployment_spec_replicas or kube_statefulset_status_replicas_ready < kube_statefulset_replicas",
      lasts: "30m",
      severity: "warning",
      summary: "In {{ $labels.namespace }} fewer pods of {{ $labels.deployment }}{{ $labels.statefulset }} are ready than there are to be.",
    },
    {
      name: "KubeletCertificateExpires",
      expr: "kubelet_certificate_manager_client_ttl_seconds < 7 * 86400",
      lasts: "1h",
      severity: "warning",
      summary: "The certificate of the kubelet of {{ $labels.node }} ends within a week, and was not renewed.",
    },
  ],
  etcd: [
    {
      name: "EtcdSlow",
      expr: "histogram_quantile(0.99, sum by (le) (rate(etcd_request_duration_seconds_bucket[10m]))) > 1",
      lasts: "15m",
      severity: "warning",
      summary: "One in a hundred of the API server's requests to etcd takes more than a second.",
    },
    ...graded({ critical: 1.9, warning: 1.5 }, (gigabytes) => ({
      name: "EtcdFull",
      expr: `max(apiserver_storage_size_bytes) > ${gigabytes} * 2 ^ 30`,
      lasts: "10m",
      summary: `etcd's database is larger than ${gigabytes} GiB; at 2 GiB it takes no write any more.`,
    })),
  ],
  monitoring: [
    {
      name: "TargetDown",
      expr: 'up{job!="apiserver"} == 0',
      lasts: "15m",
      severity: "warning",
      summary: "{{ $labels.job }} at {{ $labels.instance }} does not say what it counts.",
    },
    {
      name: "AlertsNotSent",
      expr: "rate(alertmanager_notifications_failed_total[10m]) > 0",
      lasts: "15m",
      severity: "critical",
      summary: "Alertmanager cannot tell anybody by {{ $labels.integration }}.",
    },
    {
      name: "AlertmanagerMissing",
      expr: "prometheus_notifications_alertmanagers_discovered < 1",
      lasts: "10m",
      severity: "critical",
      summary: "Prometheus has nobody to hand alerts to.",
    },
    {
      name: "RulesFail",
      expr: "increase(prometheus_rule_evaluation_failures_total[10m]) > 0",
      lasts: "15m",
      severity: "warning",
      summary: "Prometheus cannot judge the rules {{ $labels.rule_group }}.",
    },
  ],
  certManager: [
    ...graded({ critical: 2, warning: 14 }, (days) => ({
      name: "CertificateExpires",
      // Of one that was never issued it says 0.
      expr: `(certmanager_certificate_expiration_timestamp_seconds > 0) - time() < ${days} * 86400`,
      lasts: "1h",
      summary: `The certificate {{ $labels.exported_namespace }}/{{ $labels.name }} ends within ${days} days, and was not renewed.`,
    })),
    {
      name: "CertificateNotIssued",
      expr: "certmanager_certificate_expiration_timestamp_seconds == 0",
      lasts: "1h",
      severity: "warning",
      summary: "The certificate {{ $labels.exported_namespace }}/{{ $labels.name }} was never issued.",
    },
  ],
  ingress: [
    ...graded({ critical: 2, warning: 14 }, (days) => ({
      name: "HostCertificateExpires",
      // Of a Secret that is no longer the host's it goes on to tell.
      expr: `max by (host) (nginx_ingress_controller_ssl_expire_time_seconds{host!="_"}) - time() < ${days} * 86400`,
      lasts: "1h",
      summary: `The certificate shown at {{ $labels.host }} ends within ${days} days.`,
    })),
    {
      name: "IngressFails",
      // What it says of a namespace Prometheus calls exported, since the controller itself is in one.
      expr: 'sum by (exported_namespace, ingress) (rate(nginx_ingress_controller_requests{status=~"5.."}[5m])) / sum by (exported_namespace, ingress) (rate(nginx_ingress_controller_requests[5m])) > 0.2',
      lasts: "10m",
      severity: "warning",
      summary: "More than one in five requests at the Ingress {{ $labels.exported_namespace }}/{{ $labels.ingress }} fail.",
    },
  ],
  traefik: [
    ...graded({ critical: 2, warning: 14 }, (days) => ({
      name: "HostCertificateExpires",
      // Of one that was renewed it may go on to tell, by its serial number.
      expr: `max by (pod, sans) (traefik_tls_certs_not_after) - time() < ${days} * 86400`,
      lasts: "1h",
      summary: `The certificate of {{ $labels.sans }} ends within ${days} days.`,
    })),
    {
      name: "IngressFails",
      expr: 'sum by (service) (rate(traefik_service_requests_total{code=~"5.."}[5m])) / sum by (service) (rate(traefik_service_requests_total[5m])) > 0.2',
      lasts: "10m",
      severity: "warning",
      summary: "More than one in five requests for {{ $labels.service }} fail.",
    },
  ],
  mariadb: [
    {
      name: "MariaDbDown",
      expr: 'sum(kube_statefulset_status_replicas_ready{namespace="mariadb"}) == 0',
      lasts: "5m",
      severity: "critical",
      summary: "No MariaDB answers: nobody logs in to the platform.",
    },
    {
      name: "MariaDbConnectionsShort",
      expr: "mysql_global_status_threads_connected / mysql_global_variables_max_connections > 0.8",
      lasts: "10m",
      severity: "warning",
      summary: "Four in five of the connections that MariaDB allows are in use; without one nobody gets in.",
    },
    {
      name: "MariaDbMemberMissing",
      // Of one server by itself it says 0.
      expr: '(max(mysql_global_status_wsrep_cluster_size) > 0) < max(kube_statefulset_replicas{namespace="mariadb"})',
      lasts: "10m",
      severity: "warning",
      summary: "The group of MariaDB's members has {{ $value }} of them, fewer than there are to be.",
    },
  ],
  postgresql: [
    {
      name: "PostgreSqlDown",
      // What says how it is goes on without it.
      expr: 'sum(kube_pod_status_ready{namespace="postgresql",pod!~"postgresql-exporter.*",condition="true"}) == 0',
      lasts: "5m",
      severity: "critical",
      summary: "No PostgreSQL answers.",
    },
    {
      name: "PostgreSqlMemberDown",
      expr: `${POSTGRESQL_ANSWERS} == 0`,
      lasts: "10m",
      severity: "warning",
      summary: "The PostgreSQL of {{ $labels.pod }} does not answer in its own pod.",
    },
    {
      name: "PostgreSqlConnectionsShort",
      // Of one server the exporter says it, of several each of them.
      expr: 'sum(pg_stat_database_numbackends) / max(pg_settings_max_connections) > 0.8 or sum by (pod) (cnpg_backends_total) / on (pod) max by (pod) (cnpg_pg_settings_setting{name="max_connections"}) > 0.8',
      lasts: "10m",
      severity: "warning",
      summary: "Four in five of the connections that PostgreSQL allows are in use; without one nobody gets in.",
    },
    {
      name: "PostgreSqlBehind",
      expr: "max by (pod) (cnpg_pg_replication_lag) > 300",
      lasts: "15m",
      severity: "warning",
      summary: "The PostgreSQL of {{ $labels.pod }} is more than five minutes behind the one that leads.",
    },
  ],
  keycloak: [
    {
      name: "KeycloakDown",
      expr: 'absent(up{job="keycloak-server"} == 1)',
      lasts: "5m",
      severity: "critical",
      summary: "No Keycloak answers: nobody logs in to the platform.",
    },
    {
      name: "KeycloakWaitsForDatabase",
      expr: "agroal_awaiting_count > 0",
      lasts: "10m",
      severity: "warning",
      summary: "Log-ins of {{ $labels.pod }} wait for a connection to the database.",
    },
  ],
  openbao: [
    {
      name: "OpenBaoDown",
      expr: 'absent(up{job="openbao-server"} == 1)',
      lasts: "5m",
      severity: "critical",
      summary: "No OpenBao answers: whoever asks for a secret fails.",
    },
    {
      name: "OpenBaoSealed",
      // From before it knew its cluster's name a 0 stays for a day, and what it says at sealing leaves after one: it answers all the same.
      expr: 'max by (pod) (vault_core_unsealed or 0 * (up{job="openbao-server"} == 1)) == 0',
      lasts: "5m",
      severity: "critical",
      summary: "OpenBao in {{ $labels.pod }} is sealed, and hands out nothing.",
    },
    {
      name: "OpenBaoAuditFails",
      expr: "increase(vault_audit_log_request_failure[10m]) > 0",
      lasts: "5m",
      severity: "critical",
      summary: "OpenBao in {{ $labels.pod }} cannot write what was asked of it, and so answers nobody.",
    },
  ],
  nats: [
    {
      name: "NatsDown",
      expr: 'sum(kube_statefulset_status_replicas_ready{namespace="nats"}) == 0',
      lasts: "5m",
      severity: "critical",
      summary: "No NATS answers: no message arrives.",
    },
    {
      name: "NatsStoreFull",
      expr: "jetstream_server_total_message_bytes / (jetstream_server_max_storage > 0) > 0.8",
      lasts: "15m",
      severity: "warning",
      summary: "Four fifths of the store of {{ $labels.server_id }} are full; a full one takes no message into a stream any more.",
    },
    {
      name: "NatsClientsTooSlow",
      expr: "increase(gnatsd_varz_slow_consumers[15m]) > 0",
      lasts: "15m",
      severity: "warning",
      summary: "{{ $labels.server_id }} cuts clients off that do not take their messages in time.",
    },
  ],
  harbor: [
    {
      name: "HarborDown",
      expr: 'sum(kube_deployment_status_replicas_available{namespace="harbor",deployment="harbor-core"}) == 0',
      lasts: "10m",
      severity: "critical",
      summary: "No Harbor answers: nobody pulls or pushes an image of it.",
    },
    {
      name: "HarborFails",
      expr: 'sum(rate(harbor_core_http_request_total{code=~"5.."}[5m])) / sum(rate(harbor_core_http_request_total[5m])) > 0.1',
      lasts: "10m",
      severity: "warning",
      summary: "More than one in ten requests at Harbor fail.",
    },
    {
      name: "HarborJobsFail",
      expr: 'sum by (type) (increase(harbor_jobservice_task_total{status="fail"}[1h])) > 2',
      lasts: "15m",
      severity: "warning",
      summary: "Jobs of Harbor's fail again and again: {{ $labels.type }}.",
    },
  ],
  kyverno: [
    {
      name: "KyvernoDown",
      expr: 'absent(up{job="kyverno-admission-controller"} == 1)',
      lasts: "5m",
      severity: "critical",
      summary: "No Kyverno answers: in namespaces that it looks after no pod is made.",
    },
  ],
  istio: [
    {
      name: "IstiodDown",
      expr: 'absent(up{job="istio-discovery"} == 1)',
      lasts: "10m",
      severity: "critical",
      summary: "No istiod answers: no pod of the mesh starts, and within a day those that run trust each other no more.",
    },
    {
      name: "MeshAuthorityExpires",
      expr: "max(citadel_server_root_cert_expiry_timestamp) - time() < 30 * 86400",
      lasts: "1h",
      severity: "warning",
      summary: "The authority of the mesh ends within 30 days, and was not renewed.",
    },
    {
      name: "MeshRequestsFail",
      // Both ends of a request tell of it: whoever is asked counts here, who tells of those from outside of the mesh too.
      expr: `${sumOfMesh(',response_code=~"5.."')} / ${sumOfMesh("")} > 0.2`,
      lasts: "10m",
      severity: "warning",
      summary:
        "More than one in five requests for {{ $labels.destination_service_namespace }}/{{ $labels.destination_service_name }} in the mesh fail.",
    },
  ],
  istioCni: [
    {
      name: "MeshPluginMissing",
      expr: "max by (node) (istio_cni_install_ready) == 0",
      lasts: "15m",
      severity: "warning",
      summary: "Istio's network plugin is not in its place on the node {{ $labels.node }}: pods of the mesh do not get started there.",
    },
  ],
  istioGateway: [
    {
      name: "IngressFails",
      expr: 'sum by (destination_service_namespace, destination_service_name) (rate(istio_requests_total{job="istio-gateway-proxy",response_code=~"5.."}[5m])) / sum by (destination_service_namespace, destination_service_name) (rate(istio_requests_total{job="istio-gateway-proxy"}[5m])) > 0.2',
      lasts: "10m",
      severity: "warning",
      summary:
        "More than one in five requests that Istio's gateway leads to {{ $labels.destination_service_namespace }}/{{ $labels.destination_service_name }} fail.",
    },
  ],
  logging: [
    {
      name: "LoggingDown",
      expr: 'absent(up{job="logging-loki"} == 1)',
      lasts: "15m",
      severity: "warning",
      summary: "Loki does not answer: logs wait on the nodes, as long as those keep them.",
    },
    {
      name: "LogsRefused",
      expr: "sum by (reason) (rate(loki_discarded_samples_total[10m])) > 0",
      lasts: "15m",
      severity: "warning",
      summary: "Loki refuses lines: {{ $labels.reason }}.",
    },
  ],
  kpaasServer: [
    {
      name: "KpaasServerLeaderless",
      expr: "sum(kpaas_server_leads) < 1 or absent(kpaas_server_leads)",
      lasts: "2m",
      severity: "critical",
      summary: "No kpaas server leads: nothing that was asked of clusters is carried out.",
    },
  ],
  logCollector: [
    {
      name: "LogsLost",
      expr: "sum by (node) (increase(loki_write_dropped_entries_total[15m])) > 0",
      lasts: "15m",
      severity: "warning",
      summary: "The collector of {{ $labels.node }} has given up lines that nobody took.",
    },
  ],
  rookCeph: [
    {
      name: "CephUnhealthy",
      expr: "ceph_health_status == 2",
      lasts: "5m",
      severity: "critical",
      summary: "Ceph says HEALTH_ERR: volumes may stand still.",
    },
    {
      name: "CephUnhealthy",
      expr: "ceph_health_status == 1",
      lasts: "1h",
      severity: "warning",
      summary: "Ceph says HEALTH_WARN.",
    },
    {
      name: "CephFull",
      expr: "ceph_cluster_total_used_bytes / ceph_cluster_total_bytes > 0.75",
      lasts: "15m",
      severity: "warning",
      summary: "Three quarters of Ceph's disks are full; at 95 % it takes no write any more.",
    },
  ],
};
