import { POSTGRESQL_ANSWERS } from "./alerts";

/** One picture: lines by what they are called, each by what Prometheus is asked. */
interface Panel {
  readonly title: string;
  /** As Grafana calls it. @default a number */
  readonly unit?: "bytes" | "s" | "percentunit" | "reqps" | "d";
  /** By legend, in which `{{LABEL}}` is filled in. */
  readonly lines: Readonly<Record<string, string>>;
}

/** A page of pictures. */
interface Dashboard {
  readonly title: string;
  readonly panels: readonly Panel[];
}

const DAYS = "/ 86400";

/** Dashboards of what there always is, and of single services, by the field of those. */
export const DASHBOARDS: Readonly<Record<string, Dashboard>> = {
  cluster: {
    title: "Cluster",
    panels: [
      {
        title: "Nodes",
        lines: { ready: 'sum(kube_node_status_condition{condition="Ready",status="true"})', all: "count(kube_node_info)" },
      },
      {
        title: "Processors in use",
        unit: "percentunit",
        lines: { "{{node}}": '1 - avg by (node) (rate(node_cpu_seconds_total{mode="idle"}[5m]))' },
      },
      {
        title: "Memory in use",
        unit: "percentunit",
        lines: { "{{node}}": "1 - node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes" },
      },
      {
        title: "Disks in use",
        unit: "percentunit",
        lines: {
          "{{node}} {{mountpoint}}": '1 - node_filesystem_avail_bytes{fstype!~"tmpfs|ramfs|overlay|squashfs"} / node_filesystem_size_bytes',
        },
      },
      {
        title: "Volumes in use",
        unit: "percentunit",
        lines: {
          "{{namespace}}/{{persistentvolumeclaim}}": "1 - kubelet_volume_stats_available_bytes / kubelet_volume_stats_capacity_bytes",
        },
      },
      {
        title: "Pods that do not run",
        lines: { "{{namespace}} {{phase}}": 'sum by (namespace, phase) (kube_pod_status_phase{phase=~"Pending|Failed|Unknown"}) > 0' },
      },
      {
        title: "Memory by namespace",
        unit: "bytes",
        lines: { "{{namespace}}": 'sum by (namespace) (container_memory_working_set_bytes{container!=""})' },
      },
      {
        title: "Processors by namespace",
        lines: { "{{namespace}}": 'sum by (namespace) (rate(container_cpu_usage_seconds_total{container!=""}[5m]))' },
      },
    ],
  },
  etcd: {
    title: "API server and etcd",
    panels: [
      { title: "Requests to the API server", unit: "reqps", lines: { "{{code}}": "sum by (code) (rate(apiserver_request_total[5m]))" } },
      {
        title: "How long requests to etcd take (99 of 100)",
        unit: "s",
        lines: { "{{operation}}": "histogram_quantile(0.99, sum by (le, operation) (rate(etcd_request_duration_seconds_bucket[5m])))" },
      },
      { title: "Size of etcd's database", unit: "bytes", lines: { "{{instance}}": "apiserver_storage_size_bytes" } },
      {
        title: "What etcd holds most of",
        // Kubernetes 1.34 and later, and 1.33, which names the group within the resource.
        lines: {
          "{{resource}} {{group}}":
            "topk(10, max by (group, resource) (apiserver_resource_objects) or on () max by (resource) (apiserver_storage_objects))",
        },
      },
    ],
  },
  ingress: {
    title: "Ingress (ingress-nginx)",
    panels: [
      {
        title: "Requests",
        unit: "reqps",
        lines: {
          "{{exported_namespace}}/{{ingress}} {{status}}":
            "sum by (exported_namespace, ingress, status) (rate(nginx_ingress_controller_requests[5m]))",
        },
      },
      {
        title: "How long they take (95 of 100)",
        unit: "s",
        lines: {
          "{{exported_namespace}}/{{ingress}}":
            "histogram_quantile(0.95, sum by (le, exported_namespace, ingress) (rate(nginx_ingress_controller_request_duration_seconds_bucket[5m])))",
        },
      },
      { title: "Connections", lines: { "{{state}}": "sum by (state) (nginx_ingress_controller_nginx_process_connections)" } },
      {
        title: "Days that certificates are valid",
        unit: "d",
        lines: { "{{host}}": `(max by (host) (nginx_ingress_controller_ssl_expire_time_seconds) - time()) ${DAYS}` },
      },
    ],
  },
  traefik: {
    title: "Ingress (Traefik)",
    panels: [
      {
        title: "Requests",
        unit: "reqps",
        lines: { "{{service}} {{code}}": "sum by (service, code) (rate(traefik_service_requests_total[5m]))" },
      },
      {
        title: "How long they take (95 of 100)",
        unit: "s",
        lines: {
          "{{service}}": "histogram_quantile(0.95, sum by (le, service) (rate(traefik_service_request_duration_seconds_bucket[5m])))",
        },
      },
      { title: "Connections", lines: { "{{entrypoint}}": "sum by (entrypoint) (traefik_open_connections)" } },
      {
        title: "Days that certificates are valid",
        unit: "d",
        lines: { "{{sans}}": `(max by (sans) (traefik_tls_certs_not_after) - time()) ${DAYS}` },
      },
    ],
  },
  postgresql: {
    title: "PostgreSQL",
    panels: [
      { title: "Members that answer", lines: { "{{pod}}": POSTGRESQL_ANSWERS } },
      {
        title: "Connections",
        lines: {
          "{{pod}} {{state}}": "sum by (pod, state) (cnpg_backends_total)",
          // Of one server, by its exporter.
          "{{datname}}": "max by (datname) (pg_stat_database_numbackends)",
        },
      },
      {
        title: "Transactions a second, of one server",
        lines: {
          "{{datname}} done": 'sum by (datname) (rate(pg_stat_database_xact_commit{datname!=""}[5m]))',
          "{{datname}} undone": 'sum by (datname) (rate(pg_stat_database_xact_rollback{datname!=""}[5m]))',
        },
      },
      { title: "How far members are behind", unit: "s", lines: { "{{pod}}": "cnpg_pg_replication_lag" } },
      { title: "Size of databases", unit: "bytes", lines: { "{{datname}}": "max by (datname) (cnpg_pg_database_size_bytes)" } },
    ],
  },
  harbor: {
    title: "Harbor",
    panels: [
      { title: "Requests", unit: "reqps", lines: { "{{code}}": "sum by (code) (rate(harbor_core_http_request_total[5m]))" } },
      {
        title: "How long they take (99 of 100)",
        unit: "s",
        lines: { "{{operation}}": 'topk(10, max by (operation) (harbor_core_http_request_duration_seconds{quantile="0.99"}))' },
      },
      {
        title: "Images pulled and pushed, in requests at the registry",
        unit: "reqps",
        lines: { "{{handler}} {{method}}": "sum by (handler, method) (rate(registry_http_requests_total[5m]))" },
      },
      {
        title: "Jobs in an hour",
        lines: { "{{type}} {{status}}": "sum by (type, status) (increase(harbor_jobservice_task_total[1h]))" },
      },
    ],
  },
  mariadb: {
    title: "MariaDB",
    panels: [
      { title: "Members that are ready", lines: { "{{statefulset}}": 'kube_statefulset_status_replicas_ready{namespace="mariadb"}' } },
      {
        title: "Connections",
        lines: { "in use": "mysql_global_status_threads_connected", allowed: "mysql_global_variables_max_connections" },
      },
      {
        title: "Queries",
        unit: "reqps",
        lines: { all: "rate(mysql_global_status_queries[5m])", slow: "rate(mysql_global_status_slow_queries[5m])" },
      },
      {
        title: "Memory",
        unit: "bytes",
        lines: { "{{pod}}": 'sum by (pod) (container_memory_working_set_bytes{namespace="mariadb",container!=""})' },
      },
      {
        title: "Processors",
        lines: { "{{pod}}": 'sum by (pod) (rate(container_cpu_usage_seconds_total{namespace="mariadb",container!=""}[5m]))' },
      },
      {
        title: "Volumes in use",
        unit: "percentunit",
        lines: {
          "{{persistentvolumeclaim}}":
            '1 - kubelet_volume_stats_available_bytes{namespace="mariadb"} / kubelet_volume_stats_capacity_bytes{namespace="mariadb"}',
        },
      },
    ],
  },
  keycloak: {
    title: "Keycloak",
    panels: [
      { title: "Requests", unit: "reqps", lines: { "{{status}}": "sum by (status) (rate(http_server_requests_seconds_count[5m]))" } },
      {
        title: "Connections to the database",
        lines: { "in use": "sum(agroal_active_count)", free: "sum(agroal_available_count)", waiting: "sum(agroal_awaiting_count)" },
      },
      { title: "Memory of Java", unit: "bytes", lines: { "{{pod}} {{area}}": "sum by (pod, area) (jvm_memory_used_bytes)" } },
    ],
  },
  openbao: {
    title: "OpenBao",
    panels: [
      { title: "Members that are open", lines: { "{{pod}}": "max by (pod) (vault_core_unsealed)" } },
      { title: "Who leads", lines: { "{{pod}}": "max by (pod) (vault_core_active)" } },
      { title: "Requests", unit: "reqps", lines: { "{{pod}}": "rate(vault_core_handle_request_count[5m])" } },
      { title: "Leases", lines: { "{{pod}}": "vault_expire_num_leases" } },
    ],
  },
  certManager: {
    title: "Certificates",
    panels: [
      {
        title: "Days that they are valid",
        unit: "d",
        lines: { "{{exported_namespace}}/{{name}}": `((certmanager_certificate_expiration_timestamp_seconds > 0) - time()) ${DAYS}` },
      },
      {
        title: "Ready",
        lines: { "{{exported_namespace}}/{{name}}": 'certmanager_certificate_ready_status{condition="True"}' },
      },
      {
        title: "Days that kubelets' certificates are valid",
        unit: "d",
        lines: { "{{node}}": `kubelet_certificate_manager_client_ttl_seconds ${DAYS}` },
      },
    ],
  },
  nats: {
    title: "NATS",
    panels: [
      { title: "Connections", lines: { "{{server_id}}": "gnatsd_varz_connections" } },
      {
        title: "Messages",
        unit: "reqps",
        lines: { "{{server_id}} in": "rate(gnatsd_varz_in_msgs[5m])", "{{server_id}} out": "rate(gnatsd_varz_out_msgs[5m])" },
      },
      {
        title: "Store in use",
        unit: "percentunit",
        lines: { "{{server_id}}": "jetstream_server_total_message_bytes / (jetstream_server_max_storage > 0)" },
      },
      { title: "Clients that were too slow", lines: { "{{server_id}}": "gnatsd_varz_slow_consumers" } },
    ],
  },
  istio: {
    title: "Mesh (Istio)",
    panels: [
      { title: "Proxies", lines: { "{{pod}}": "sum by (pod) (pilot_xds)" } },
      {
        title: "How long a change takes to all of them (99 of 100)",
        unit: "s",
        lines: { all: "histogram_quantile(0.99, sum by (le) (rate(pilot_proxy_convergence_time_bucket[5m])))" },
      },
      {
        title: "Days that the authority is valid",
        unit: "d",
        lines: { all: `(max(citadel_server_root_cert_expiry_timestamp) - time()) ${DAYS}` },
      },
      {
        title: "Requests in the mesh",
        unit: "reqps",
        lines: {
          "{{destination_service_namespace}}/{{destination_service_name}} {{response_code}}":
            'sum by (destination_service_namespace, destination_service_name, response_code) (rate(istio_requests_total{job="istio-proxies",reporter="destination"}[5m]))',
        },
      },
    ],
  },
  istioGateway: {
    title: "Mesh's gateway (Istio)",
    panels: [
      {
        title: "Requests",
        unit: "reqps",
        lines: {
          "{{destination_service_namespace}}/{{destination_service_name}} {{response_code}}":
            'sum by (destination_service_namespace, destination_service_name, response_code) (rate(istio_requests_total{job="istio-gateway-proxy"}[5m]))',
        },
      },
    ],
  },
  kubeflow: {
    title: "Pipelines (Kubeflow)",
    panels: [
      { title: "Runs", lines: { "{{phase}}": "sum by (phase) (argo_workflows_gauge)" } },
      { title: "Pods of runs", lines: { "{{phase}}": "sum by (phase) (argo_workflows_pods_gauge)" } },
      { title: "What waits to be looked at", lines: { "{{queue_name}}": "sum by (queue_name) (argo_workflows_queue_depth_gauge)" } },
    ],
  },
  logging: {
    title: "Logging",
    panels: [
      { title: "Lines that come", unit: "reqps", lines: { all: "sum(rate(loki_distributor_lines_received_total[5m]))" } },
      { title: "Lines refused", unit: "reqps", lines: { "{{reason}}": "sum by (reason) (rate(loki_discarded_samples_total[5m]))" } },
      {
        title: "Volume in use",
        unit: "percentunit",
        lines: {
          "{{persistentvolumeclaim}}":
            '1 - kubelet_volume_stats_available_bytes{namespace="logging"} / kubelet_volume_stats_capacity_bytes{namespace="logging"}',
        },
      },
      {
        title: "Lines that collectors gave up",
        unit: "reqps",
        lines: { "{{node}}": "sum by (node) (rate(loki_write_dropped_entries_total[5m]))" },
      },
    ],
  },
  chaosMesh: {
    title: "Chaos Mesh",
    panels: [
      {
        title: "Experiments",
        lines: {
          "{{exported_namespace}} {{kind}} {{phase}}":
            "sum by (exported_namespace, kind, phase) (chaos_controller_manager_chaos_experiments)",
        },
      },
    ],
  },
  rookCeph: {
    title: "Ceph",
    panels: [
      { title: "Health (0: well)", lines: { health: "ceph_health_status" } },
      { title: "Disks in use", unit: "percentunit", lines: { all: "ceph_cluster_total_used_bytes / ceph_cluster_total_bytes" } },
      { title: "Disks that are there", lines: { up: "sum(ceph_osd_up)", all: "count(ceph_osd_up)" } },
    ],
  },
};

/** Two pictures beside each other. */
const WIDTH = 12;
const HEIGHT = 8;

/** What Grafana reads a dashboard from, as JSON. Its id stays, so that links to it do. */
export function dashboardJson(name: string, { title, panels }: Dashboard): string {
  return JSON.stringify({
    uid: `kpaas-${name}`,
    title: `K-PaaS / ${title}`,
    tags: ["k-paas"],
    schemaVersion: 39,
    editable: false,
    refresh: "1m",
    time: { from: "now-6h", to: "now" },
    panels: panels.map((panel, index) => ({
      id: index + 1,
      type: "timeseries",
      title: panel.title,
      datasource: { type: "prometheus", uid: "prometheus" },
      gridPos: { x: (index % 2) * WIDTH, y: Math.floor(index / 2) * HEIGHT, w: WIDTH, h: HEIGHT },
      fieldConfig: { defaults: { unit: panel.unit ?? "short", min: 0 }, overrides: [] },
      targets: Object.entries(panel.lines).map(([legendFormat, expr], line) => ({
        refId: String.fromCharCode(65 + line),
        expr,
        legendFormat,
      })),
    })),
  });
}
