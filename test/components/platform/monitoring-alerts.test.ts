import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { EXPORTER_ACCOUNT } from "../../../components/platform/mariadb/exporter";
import { accountsSql } from "../../../components/platform/mariadb/sql";
import { ALERTS } from "../../../components/platform/monitoring/alerts";
import { DASHBOARDS, dashboardJson } from "../../../components/platform/monitoring/dashboards";
import { ofServices, ruleGroups } from "../../../components/platform/monitoring/rules";
import { fromNamespace } from "../../../components/platform/objects";
import { meshed, scrapeTargets } from "../../../components/platform/scrapes";
import { packageRoot } from "../../../engine/paths";
import { kebab } from "../../../model/service";
import { findChart, render } from "../../../sandbox/kubernetes/charts";
import type { Fields } from "../../../sandbox/kubernetes/values";
import type { Graph } from "../../../testing/graph";
import type { Bag } from "../../../testing/mocks";
import { ALERT_CASES } from "../../support/alert-cases";
import { environmentFile, plannedFile } from "../../support/environment";
import { allServices, at, everyServicePlan, ofKind, platformGraph, traefikPlan, workloads } from "./fixtures";
import { METRICS } from "./metric-sources";

const alerts = Object.values(ALERTS).flat();
const expressions = [
  ...alerts.map(({ expr }) => expr),
  ...Object.values(DASHBOARDS).flatMap(({ panels }) => panels.flatMap(({ lines }) => Object.values(lines))),
];

/** Words of PromQL, and labels that are grouped by. */
function metricsIn(expr: string): string[] {
  const bare = expr
    .replace(/"[^"]*"/g, "")
    .replace(/\{[^}]*\}/g, "")
    .replace(/\b(by|on|group_left)\s*\([^)]*\)/g, "")
    .replace(/\[[^\]]*\]/g, "");
  return [...bare.matchAll(/[a-z][a-zA-Z_]*[a-z](?!\s*\()\b/g)]
    .map(([word]) => word)
    .filter((word) => !["and", "or", "by", "sum", "max"].includes(word));
}

describe("alerts and dashboards", () => {
  it("ask for what somebody says who is there, and for nothing else", () => {
    const known = Object.values(METRICS).flat();
    const asked = new Set(expressions.flatMap(metricsIn));
    assert.ok(asked.size > 30, String(asked.size));
    assert.deepEqual(
      [...asked].filter((metric) => !known.includes(metric)),
      [],
    );
    assert.deepEqual(
      known.filter((metric) => !asked.has(metric)),
      [],
    );
  });

  it("have a line in the runbooks each, and the runbooks none besides", () => {
    const text = readFileSync(join(packageRoot(), "docs", "runbooks.md"), "utf8");
    const headings = [...text.matchAll(/^## (.+)$/gm)].map(([, heading]) => heading);
    assert.deepEqual(headings, [...new Set(alerts.map(({ name }) => name))]);
    for (const { rules } of ruleGroups(Object.keys(allServices)) as { rules: Bag[] }[])
      for (const rule of rules)
        assert.match(String(at(rule, "annotations", "runbook_url")), new RegExp(`#${String(rule.alert).toLowerCase()}$`));
  });

  it("have numbers each that alert somebody, and name in their texts only what those numbers say", () => {
    const told = (alert: string, severity: string) =>
      ALERT_CASES.filter((each) => each.told && each.alert === alert && each.severity === severity);
    // Several services may have one of the same name.
    const short = alerts.filter(({ name, severity }) => {
      const alike = alerts.filter((each) => each.name === name && each.severity === severity);
      return told(name, severity).length < alike.length;
    });
    assert.deepEqual(
      short.map(({ name, severity, expr }) => `${name} ${severity}: ${expr}`),
      [],
    );
    for (const { name, severity, summary } of alerts) {
      const said = new Set(told(name, severity).flatMap((each) => Object.keys(each.told ?? {})));
      for (const [, label = ""] of summary.matchAll(/\$labels\.(\w+)/g)) assert.ok(said.has(label), `${name}: ${label}`);
    }
  });

  it("are of services that there are, and there only with them", () => {
    for (const service of [...Object.keys(ALERTS), ...Object.keys(DASHBOARDS)])
      assert.ok(service in allServices || ["cluster", "etcd"].includes(service), service);
    assert.deepEqual(
      ofServices(ALERTS, []).map(([name]) => name),
      ["cluster", "etcd", "monitoring"],
    );
    assert.ok(ofServices(DASHBOARDS, ["keycloak"]).some(([name]) => name === "keycloak"));
    const { uid, panels } = JSON.parse(dashboardJson("etcd", DASHBOARDS.etcd!)) as { uid: string; panels: unknown[] };
    assert.deepEqual([uid, panels.length], ["kpaas-etcd", 4]);
  });
});

/** Services whose pods an operator makes, of which no chart says what they have. */
const OPERATED = ["postgresql", "rookCeph"];

/** A tenant in the mesh. */
const TENANT = "books";

describe("what claims to be measured", () => {
  const { tenants = [] } = plannedFile(
    environmentFile({ platform: { services: { istio: true }, tenants: { [TENANT]: { mesh: "strict" } } } }),
  ).plan;
  const environments = { "ingress-nginx": { ...everyServicePlan(), tenants }, Traefik: traefikPlan() };
  for (const [name, plan] of Object.entries(environments))
    it(`has pods of those labels that name the port, and is reached there by Prometheus alone, with ${name}`, async () => {
      const graph = await platformGraph(plan);
      let found = 0;
      for (const service of plan.services)
        for (const [target, { pods, port, named = port, serverName, of }] of Object.entries(scrapeTargets(service))) {
          const job = `${service.name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}-${target}`;
          found++;
          const namespaces = of === "mesh" ? meshed(plan) : [service.namespace];
          // What has a proxy is given it by the mesh alone.
          if (!OPERATED.includes(service.name) && of === undefined)
            assert.ok(
              podsOf(graph, service.namespace).some(({ labels, ports }) => matches(pods, labels) && ports.includes(named)),
              job,
            );
          const monitor = graph.get(`seoul-monitoring-scrape-${job}`).inputs.spec;
          assert.deepEqual(at(monitor, "namespaceSelector", "matchNames"), namespaces);
          assert.deepEqual(at(monitor, "selector", "matchLabels"), pods);
          assert.equal(at(monitor, "podMetricsEndpoints", "0", "portNumber"), named);
          const there = at(monitor, "podMetricsEndpoints", "0", "relabelings") as Bag[];
          const led = there.find(({ targetLabel }) => targetLabel === "__address__")?.replacement;
          assert.equal(led, named === port ? undefined : `$1:${port}`, job);
          const ca = at(monitor, "podMetricsEndpoints", "0", "tlsConfig", "ca", "secret", "key");
          if (serverName !== undefined) assert.ok(`${String(ca)}` in authorities(graph), job);
          const prometheus = { "app.kubernetes.io/name": "prometheus" };
          const ports = [{ protocol: "TCP", port }];
          for (const namespace of namespaces) {
            const [way] = ofKind(graph, "networking.k8s.io/v1:NetworkPolicy").filter(
              ({ inputs }) =>
                at(inputs, "metadata", "name") === (TENANT === namespace ? "scrape" : `allow-scrape-${target}`) &&
                at(inputs, "metadata", "namespace") === namespace,
            );
            assert.deepEqual(
              [at(way?.inputs, "spec", "podSelector", "matchLabels"), at(way?.inputs, "spec", "ingress")],
              [pods, [{ ports, from: [{ ...fromNamespace("monitoring"), podSelector: { matchLabels: prometheus } }] }]],
              `${job} ${namespace}`,
            );
          }
          assert.deepEqual(at(graph.get(`seoul-monitoring-egress-${job}`).inputs, "spec", "egress"), [
            { ports, to: namespaces.map((namespace) => ({ ...fromNamespace(namespace), podSelector: { matchLabels: pods } })) },
          ]);
        }
      assert.ok(found > 8, String(found));
    });

  it("is made of no service where nobody measures", async () => {
    const plan = everyServicePlan();
    const services = plan.services
      .filter((service) => service.name !== "monitoring")
      .map(({ needs: { scrape: _none, ...needs } = {}, ...rest }) => ({ ...rest, needs }));
    const graph = await platformGraph({ ...plan, services });
    assert.deepEqual(
      graph.resources.filter((each) => /scrape/.test(each.name)),
      [],
    );
  });

  it("has no exporter, and no image of one, where nobody measures", () => {
    const images = (services: Bag) =>
      plannedFile(environmentFile({ platform: { services: { nats: true, postgresql: true, ...services } } })).plan.images.filter((image) =>
        image.includes("exporter"),
      );
    assert.deepEqual(images({}), []);
    const named = [
      "docker.io/natsio/prometheus-nats-exporter:",
      "quay.io/prometheus/mysqld-exporter:",
      "quay.io/prometheuscommunity/postgres-exporter:",
    ];
    for (const image of named)
      assert.ok(
        images({ monitoring: true }).some((each) => each.startsWith(image)),
        image,
      );
  });

  it("is asked in MariaDB by an account that has no right, and is let in by TLS only", () => {
    const sql = accountsSql([EXPORTER_ACCOUNT], { [EXPORTER_ACCOUNT.user]: "one" }, { tls: true });
    assert.doesNotMatch(sql, /^GRANT/m);
    assert.match(sql, /REQUIRE SSL/);
  });

  it("is what alerts name by its job", () => {
    // Of several members others are asked than of one.
    const several = { profile: "highAvailability", platform: { services: { postgresql: true, cloudnativePg: true, monitoring: true } } };
    const jobs = [everyServicePlan(), plannedFile(environmentFile(several)).plan].flatMap(({ services }) =>
      services.flatMap((service) => Object.keys(scrapeTargets(service)).map((target) => `${kebab(service.name)}-${target}`)),
    );
    assert.ok(["postgresql-exporter", "postgresql-server"].every((job) => jobs.includes(job)));
    const named = new Set(expressions.flatMap((expr) => [...expr.matchAll(/job="([^"]+)"/g)].map(([, job]) => String(job))));
    assert.ok(named.size > 4);
    // Of Traefik, which is the other ingress, nothing is named by its job.
    assert.deepEqual(
      [...named].filter((job) => ![...jobs, "apiserver"].includes(job)),
      [],
    );
  });

  it("comes up before whoever measures, which nobody waits for", () => {
    const { services } = everyServicePlan();
    const names = services.map((service) => service.name);
    for (const service of services.filter(({ needs = {} }) => "scrape" in needs)) {
      assert.ok(names.indexOf(service.name) < names.indexOf("monitoring"), service.name);
      assert.ok(!service.dependsOn.includes("monitoring"), service.name);
    }
  });
});

const matches = (wanted: object, labels: Bag): boolean => Object.entries(wanted).every(([key, value]) => labels[key] === value);

/** The pods of a namespace, by our own objects and by what charts make of our values. */
function podsOf(graph: Graph, namespace: string): { labels: Bag; ports: unknown[] }[] {
  const portsOf = (containers: readonly Bag[]) =>
    containers.flatMap(({ ports }) => ((ports ?? []) as Bag[]).map(({ containerPort }) => containerPort));
  const own = workloads(graph)
    .filter((each) => each.namespace === namespace)
    .map(({ labels, containers }) => ({ labels, ports: portsOf(containers) }));
  const charted = ofKind(graph, "helm.sh/v3:Release")
    .filter(({ inputs }) => inputs.namespace === namespace)
    .flatMap(({ inputs }) => {
      const chart = findChart(String(inputs.chart), String(inputs.version));
      const objects: Fields[] =
        chart === undefined ? [] : render(chart, { release: String(inputs.name), namespace, values: inputs.values as Fields }).objects;
      return objects.flatMap((object) => {
        const template = at(object, "spec", "template");
        return template === undefined
          ? []
          : [{ labels: at(template, "metadata", "labels") as Bag, ports: portsOf(at(template, "spec", "containers") as Bag[]) }];
      });
    });
  return [...own, ...charted];
}

function authorities(graph: Graph): Bag {
  const data = graph.get("seoul-monitoring-scraped").inputs.stringData as Bag;
  return (data.value ?? data) as Bag;
}
