/**
 * What is measured, by who says it: names that alerts and dashboards may ask for. Each was looked up where its program declares or documents it.
 */
export const METRICS: Readonly<Record<string, readonly string[]>> = {
  // Prometheus itself, of every target.
  "Prometheus (docs/concepts/jobs_instances.md, rules/manager.go, notifier/metric.go)": [
    "up",
    "prometheus_rule_evaluation_failures_total",
    "prometheus_notifications_alertmanagers_discovered",
  ],
  "Alertmanager (notify/notify.go)": ["alertmanager_notifications_failed_total"],
  "kube-state-metrics (docs/metrics)": [
    "kube_node_status_condition",
    "kube_node_info",
    "kube_pod_info",
    "kube_pod_container_status_waiting_reason",
    "kube_pod_status_phase",
    "kube_pod_status_ready",
    "kube_deployment_status_replicas_available",
    "kube_deployment_spec_replicas",
    "kube_statefulset_status_replicas_ready",
    "kube_statefulset_replicas",
  ],
  "node-exporter (collector/filesystem_common.go, meminfo.go, cpu_common.go)": [
    "node_filesystem_avail_bytes",
    "node_filesystem_size_bytes",
    "node_filesystem_readonly",
    "node_memory_MemAvailable_bytes",
    "node_memory_MemTotal_bytes",
    "node_cpu_seconds_total",
  ],
  "Kubernetes (docs/reference/instrumentation/metrics: kubelet, kube-apiserver)": [
    "kubelet_volume_stats_available_bytes",
    "kubelet_volume_stats_capacity_bytes",
    "kubelet_certificate_manager_client_ttl_seconds",
    "apiserver_request_total",
    "apiserver_storage_size_bytes",
    "apiserver_storage_objects",
    "etcd_request_duration_seconds_bucket",
  ],
  "cAdvisor (docs/storage/prometheus.md)": ["container_memory_working_set_bytes", "container_cpu_usage_seconds_total"],
  "cert-manager (docs/devops-tips/prometheus-metrics)": [
    "certmanager_certificate_expiration_timestamp_seconds",
    "certmanager_certificate_ready_status",
  ],
  "ingress-nginx (docs/user-guide/monitoring.md)": [
    "nginx_ingress_controller_requests",
    "nginx_ingress_controller_request_duration_seconds_bucket",
    "nginx_ingress_controller_ssl_expire_time_seconds",
    "nginx_ingress_controller_nginx_process_connections",
  ],
  "Traefik (docs/content/reference/install-configuration/observability/metrics.md)": [
    "traefik_tls_certs_not_after",
    "traefik_service_requests_total",
    "traefik_service_request_duration_seconds_bucket",
    "traefik_open_connections",
  ],
  "Keycloak (docs/guides/observability/metrics-for-troubleshooting)": [
    "agroal_awaiting_count",
    "agroal_active_count",
    "agroal_available_count",
    "http_server_requests_seconds_count",
    "jvm_memory_used_bytes",
  ],
  "CloudNativePG (docs/src/monitoring.md, and the queries of its chart)": [
    "cnpg_collector_up",
    "cnpg_backends_total",
    "cnpg_pg_replication_lag",
    "cnpg_pg_database_size_bytes",
  ],
  "OpenBao (website/content/docs/internals/telemetry/metrics)": [
    "vault_core_unsealed",
    "vault_core_active",
    "vault_core_handle_request_count",
    "vault_audit_log_request_failure",
    "vault_expire_num_leases",
  ],
  "Ceph (src/pybind/mgr/prometheus/module.py)": [
    "ceph_health_status",
    "ceph_cluster_total_used_bytes",
    "ceph_cluster_total_bytes",
    "ceph_osd_up",
  ],
};
