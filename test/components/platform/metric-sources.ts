/**
 * What is measured, by the repository of the program that says it and the file in there: names that alerts and dashboards may ask for. Each
 * was looked up in that file, with the labels that are asked by; not in every version that the catalogue has. What a library puts in front
 * of a name, or behind it, stands beside the file.
 */
export const METRICS: Readonly<Record<string, readonly string[]>> = {
  // Prometheus itself, of every target.
  "prometheus/prometheus: scrape/scrape.go": ["up"],
  "prometheus/prometheus: rules/group.go": ["prometheus_rule_evaluation_failures_total"],
  "prometheus/prometheus: notifier/metric.go": ["prometheus_notifications_alertmanagers_discovered"],
  // Since June 2026 in notify/metrics.go.
  "prometheus/alertmanager: notify/notify.go": ["alertmanager_notifications_failed_total"],
  "kubernetes/kube-state-metrics: docs/metrics/cluster/node-metrics.md": ["kube_node_status_condition", "kube_node_info"],
  "kubernetes/kube-state-metrics: docs/metrics/workload/pod-metrics.md": [
    "kube_pod_container_status_waiting_reason",
    "kube_pod_status_phase",
    "kube_pod_status_ready",
  ],
  "kubernetes/kube-state-metrics: docs/metrics/workload/deployment-metrics.md": [
    "kube_deployment_status_replicas_available",
    "kube_deployment_spec_replicas",
  ],
  "kubernetes/kube-state-metrics: docs/metrics/workload/statefulset-metrics.md": [
    "kube_statefulset_status_replicas_ready",
    "kube_statefulset_replicas",
  ],
  "prometheus/node_exporter: collector/filesystem_common.go": [
    "node_filesystem_avail_bytes",
    "node_filesystem_size_bytes",
    "node_filesystem_readonly",
  ],
  "prometheus/node_exporter: collector/meminfo_linux.go (node_memory_ by meminfo.go)": [
    "node_memory_MemAvailable_bytes",
    "node_memory_MemTotal_bytes",
  ],
  "prometheus/node_exporter: collector/cpu_common.go": ["node_cpu_seconds_total"],
  "goharbor/harbor: src/lib/metric/collector.go (harbor_core_ by the chart)": [
    "harbor_core_http_request_total",
    "harbor_core_http_request_duration_seconds",
  ],
  "goharbor/harbor: src/lib/metric/jobservice.go (harbor_jobservice_ by the chart)": ["harbor_jobservice_task_total"],
  "goharbor/website: docs/administration/metrics/_index.md": ["registry_http_requests_total"],
  "prometheus-community/postgres_exporter: collector/pg_stat_database.go": [
    "pg_stat_database_numbackends",
    "pg_stat_database_xact_commit",
    "pg_stat_database_xact_rollback",
  ],
  "prometheus-community/postgres_exporter: collector/pg_setting.go (pg_settings_ by the setting's name)": ["pg_settings_max_connections"],
  "kubernetes/kubernetes: pkg/kubelet/metrics/collectors/volume_stats.go": [
    "kubelet_volume_stats_available_bytes",
    "kubelet_volume_stats_capacity_bytes",
  ],
  "kubernetes/kubernetes: cmd/kubelet/app/server.go": ["kubelet_certificate_manager_client_ttl_seconds"],
  "kubernetes/website: content/en/docs/reference/instrumentation/metrics.md": ["apiserver_request_total"],
  "kubernetes/kubernetes: staging/src/k8s.io/apiserver/pkg/storage/etcd3/metrics/metrics.go": [
    "apiserver_storage_size_bytes",
    // Until 1.33 alone; since 1.34 it ends, and the other takes its place.
    "apiserver_storage_objects",
    "apiserver_resource_objects",
    "etcd_request_duration_seconds_bucket",
  ],
  // The kubelet adds container, pod and namespace: pkg/kubelet/server/server.go.
  "google/cadvisor: docs/storage/prometheus.md": ["container_memory_working_set_bytes", "container_cpu_usage_seconds_total"],
  "cert-manager/cert-manager: internal/collectors/certificate_collector.go": [
    "certmanager_certificate_expiration_timestamp_seconds",
    "certmanager_certificate_ready_status",
  ],
  "kubernetes/ingress-nginx: internal/ingress/metric/collectors/socket.go": [
    "nginx_ingress_controller_requests",
    "nginx_ingress_controller_request_duration_seconds_bucket",
  ],
  "kubernetes/ingress-nginx: internal/ingress/metric/collectors/controller.go": ["nginx_ingress_controller_ssl_expire_time_seconds"],
  "kubernetes/ingress-nginx: internal/ingress/metric/collectors/nginx_status.go": ["nginx_ingress_controller_nginx_process_connections"],
  "traefik/traefik: pkg/observability/metrics/prometheus.go": [
    "traefik_tls_certs_not_after",
    "traefik_service_requests_total",
    "traefik_service_request_duration_seconds_bucket",
    "traefik_open_connections",
  ],
  "keycloak/keycloak: docs/guides/observability/metrics-for-troubleshooting-database.adoc": [
    "agroal_awaiting_count",
    "agroal_active_count",
    "agroal_available_count",
  ],
  "keycloak/keycloak: docs/guides/observability/metrics-for-troubleshooting-http.adoc": ["http_server_requests_seconds_count"],
  // Its areas are Micrometer's: JvmMemoryMetrics.java.
  "keycloak/keycloak: docs/guides/observability/metrics-for-troubleshooting-jvm.adoc": ["jvm_memory_used_bytes"],
  "cloudnative-pg/cloudnative-pg: pkg/management/postgres/webserver/metricserver/pg_collector.go": ["cnpg_collector_up"],
  // cnpg_, the query and its column.
  "cloudnative-pg/charts: charts/cloudnative-pg/values.yaml": [
    "cnpg_backends_total",
    "cnpg_pg_settings_setting",
    "cnpg_pg_replication_lag",
    "cnpg_pg_database_size_bytes",
  ],
  // With dots there; Prometheus is told underscores, and of a summary a _count.
  "openbao/openbao: website/content/partials/telemetry-metrics/vault": [
    "vault_core_unsealed",
    "vault_core_active",
    "vault_core_handle_request_count",
    "vault_audit_log_request_failure",
    "vault_expire_num_leases",
  ],
  // A name of SHOW GLOBAL STATUS or SHOW GLOBAL VARIABLES in lower case, behind mysql_global_status_ or mysql_global_variables_.
  "prometheus/mysqld_exporter: collector/global_status.go": [
    "mysql_global_status_threads_connected",
    "mysql_global_status_queries",
    "mysql_global_status_slow_queries",
    "mysql_global_status_wsrep_cluster_size",
  ],
  "prometheus/mysqld_exporter: collector/global_variables.go": ["mysql_global_variables_max_connections"],
  // What NATS says at /varz, behind gnatsd_varz_.
  "nats-io/prometheus-nats-exporter: collector/collector.go": [
    "gnatsd_varz_connections",
    "gnatsd_varz_in_msgs",
    "gnatsd_varz_out_msgs",
    "gnatsd_varz_slow_consumers",
  ],
  "nats-io/prometheus-nats-exporter: collector/jsz.go": ["jetstream_server_total_message_bytes", "jetstream_server_max_storage"],
  "istio/istio: pilot/pkg/xds/monitoring.go": ["pilot_xds", "pilot_proxy_convergence_time_bucket"],
  "istio/istio: security/pkg/server/ca/monitoring.go": ["citadel_server_root_cert_expiry_timestamp"],
  "istio/istio: manifests/addons/dashboards/istio-mesh-dashboard.gen.json": ["istio_requests_total"],
  "istio/istio: cni/pkg/install/monitoring.go": ["istio_cni_install_ready"],
  // argo_workflows_ by workflow/metrics/metrics.go, and no suffix by util/telemetry/exporter_prometheus.go.
  "argoproj/argo-workflows: util/telemetry/metrics_list.go": [
    "argo_workflows_gauge",
    "argo_workflows_pods_gauge",
    "argo_workflows_queue_depth_gauge",
  ],
  "grafana/loki: pkg/validation/validate.go (loki_ by pkg/util/constants)": ["loki_discarded_samples_total"],
  "grafana/loki: pkg/loghttp/push/push.go (the same)": ["loki_distributor_lines_received_total"],
  "grafana/alloy: internal/component/common/loki/client/metrics.go": ["loki_write_dropped_entries_total"],
  "K-PaaS/kpaas: server/server.ts": ["kpaas_server_leads"],
  "chaos-mesh/chaos-mesh: pkg/metrics/chaos-controller-manager.go": ["chaos_controller_manager_chaos_experiments"],
  "ceph/ceph: src/pybind/mgr/prometheus/module.py": [
    "ceph_health_status",
    "ceph_cluster_total_used_bytes",
    "ceph_cluster_total_bytes",
    "ceph_osd_up",
  ],
};
