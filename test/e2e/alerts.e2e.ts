import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { ALERTS } from "../../components/platform/monitoring/alerts";
import { DASHBOARDS } from "../../components/platform/monitoring/dashboards";
import { ruleGroups } from "../../components/platform/monitoring/rules";

/** Prometheus' own program for rules, of whichever version is there. */
function promtool(): string | undefined {
  const cache = join(homedir(), ".cache", "kpaas", "promtool");
  const versions = existsSync(cache) ? readdirSync(cache).sort().reverse() : [];
  return [process.env.KPAAS_TEST_PROMTOOL ?? "", ...versions.map((version) => join(cache, version, "promtool"))].find(
    (path) => path !== "" && existsSync(path),
  );
}

interface Case {
  readonly alert: string;
  readonly severity: "critical" | "warning";
  /** Series by what they are, and values a minute, as promtool writes them. */
  readonly series: Readonly<Record<string, string>>;
  /** Labels that whoever is told sees, besides. Nobody is told where there are none. */
  readonly told?: Readonly<Record<string, string>>;
}

const DAY = 86_400;
const EXPORTER = 'namespace="monitoring",pod="exporter-1"';
const DISK = `{${EXPORTER},mountpoint="/var",fstype="ext4"}`;
const ON_NODE = { [`kube_pod_info{${EXPORTER},node="n1"}`]: "1x120" };
/** What two hours of such numbers tell, and to whom. */
const CASES: readonly Case[] = [
  { alert: "ApiServerDown", severity: "critical", series: { 'up{job="apiserver",instance="a"}': "0x120" }, told: { job: "apiserver" } },
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
      ...ON_NODE,
    },
    told: { node: "n1", namespace: "monitoring", pod: "exporter-1", mountpoint: "/var", fstype: "ext4" },
  },
  {
    alert: "NodeDiskFull",
    severity: "critical",
    series: {
      [`node_filesystem_avail_bytes${DISK}`]: "10x120",
      [`node_filesystem_size_bytes${DISK}`]: "100x120",
      [`node_filesystem_readonly${DISK}`]: "0x120",
      ...ON_NODE,
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
  { alert: "KeycloakDown", severity: "critical", series: { 'up{job="other"}': "1x120" }, told: { job: "keycloak-server" } },
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
  const program = promtool();
  before(function () {
    if (program !== undefined) return;
    console.log("      skipped: no promtool below ~/.cache/kpaas/promtool, and KPAAS_TEST_PROMTOOL names none");
    this.skip();
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
