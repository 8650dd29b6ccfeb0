import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ALERTS } from "../../components/platform/monitoring/alerts";
import type { Receiver } from "../../components/platform/monitoring/args";
import { DASHBOARDS } from "../../components/platform/monitoring/dashboards";
import { alertmanagerConfig } from "../../components/platform/monitoring/receiver";
import { ruleGroups } from "../../components/platform/monitoring/rules";
import { gottenProgram } from "../support/real-server";

interface Case {
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
/** What two hours of such numbers tell, and to whom. */
const CASES: readonly Case[] = [
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
];

describe("alerts, by Prometheus' own program", function () {
  this.timeout(120_000);
  const folder = mkdtempSync(join(tmpdir(), "kpaas-alerts-"));
  let program: string | undefined;
  before(function () {
    program = gottenProgram.call(this, "promtool");
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const run = (...args: string[]) => {
    const { status, stdout, stderr } = spawnSync(program ?? "", args, { encoding: "utf8", cwd: folder });
    assert.equal(status, 0, `${stdout}\n${stderr}`);
  };
  const write = (name: string, content: object) => writeFileSync(join(folder, name), JSON.stringify(content));

  it("are rules that it takes, and so is whatever dashboards ask for", () => {
    write("rules.yaml", { groups: ruleGroups(Object.keys(ALERTS)) });
    const lines = Object.entries(DASHBOARDS).flatMap(([name, { panels }]) =>
      panels.flatMap((panel) => Object.values(panel.lines).map((expr) => [name, expr])),
    );
    write("dashboards.yaml", {
      groups: [{ name: "dashboards", rules: lines.map(([name, expr], index) => ({ record: `${name}:line_${index}`, expr })) }],
    });
    run("check", "rules", "rules.yaml", "dashboards.yaml");
  });

  for (const [index, { alert, severity, series, told }] of CASES.entries())
    it(`${alert} ${told === undefined ? "tells nobody" : `is ${severity}`} where ${
      Object.entries(series)
        .map((each) => each.join(" "))
        .join(", ") || "nothing is said"
    }`, () => {
      const expected = told === undefined ? [] : [{ exp_labels: { severity, ...told }, exp_annotations: {} }];
      // Of one name two alerts may come; whoever is told sees both.
      const alone = ruleGroups(Object.keys(ALERTS))
        .map((group) => ({
          ...group,
          rules: withoutTexts(group).filter((rule) => rule.alert === alert && rule.labels.severity === severity),
        }))
        .filter(({ rules }) => rules.length > 0);
      write("rules.yaml", { groups: alone });
      write(`test-${index}.yaml`, {
        rule_files: ["rules.yaml"],
        evaluation_interval: "1m",
        tests: [
          {
            interval: "1m",
            input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
            alert_rule_test: [{ eval_time: "115m", alertname: alert, exp_alerts: expected }],
          },
        ],
      });
      run("test", "rules", `test-${index}.yaml`);
    });
});

interface Rule {
  readonly alert: string;
  readonly labels: { readonly severity: string };
}

/** What is said of an alert is not what is tried here. */
function withoutTexts(group: object): Rule[] {
  return (group as { rules: (Rule & { annotations: object })[] }).rules.map(({ annotations: _texts, ...rule }) => rule);
}

const RECEIVERS: readonly (Receiver | undefined)[] = [
  undefined,
  { kind: "webhook", secret: "hook" },
  { kind: "slack", channel: "#platform", secret: "slack" },
  { kind: "email", to: "a@example.org", from: "b@example.org", server: "mail.example.org:587", user: "b", secret: "mail" },
];

describe("whom alerts are told, by Alertmanager's own program", function () {
  this.timeout(60_000);
  let program: string | undefined;
  before(function () {
    program = gottenProgram.call(this, "amtool");
  });

  for (const receiver of RECEIVERS)
    it(`is a configuration that it takes, with ${receiver?.kind ?? "nobody"} to be told`, () => {
      const folder = mkdtempSync(join(tmpdir(), "kpaas-alerts-"));
      try {
        writeFileSync(join(folder, "alertmanager.yaml"), JSON.stringify(alertmanagerConfig(receiver)));
        const { status, stdout, stderr } = spawnSync(program ?? "", ["check-config", "alertmanager.yaml"], {
          encoding: "utf8",
          cwd: folder,
        });
        assert.equal(status, 0, `${stdout}\n${stderr}`);
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    });
});
