import assert from "node:assert/strict";
import { alloyConfig } from "../../../components/platform/log-collector/config";
import { LogCollector } from "../../../components/platform/log-collector/log-collector";
import { lokiConfig } from "../../../components/platform/logging/config";
import { Logging } from "../../../components/platform/logging/logging";
import { findChart, render } from "../../../sandbox/kubernetes/charts";
import type { Bag } from "../../../testing/mocks";
import { environmentFile, planFile, plannedFile } from "../../support/environment";
import { type Build, run } from "./builds";
import { at, everyServicePlan, platformGraph, servicePlan } from "./fixtures";

const loki =
  (more: Partial<ConstructorParameters<typeof Logging>[1]> = {}): Build =>
  (common, opts) =>
    new Logging(
      "logs",
      {
        ...{ ...common, plan: servicePlan("logging"), storageClass: "cp-storageclass", protectData: true, retainData: false },
        ...{ clients: { collector: "log-collector", grafana: "monitoring", another: "monitoring" } },
        ...more,
      },
      opts,
    );
const alloy =
  (journal: boolean): Build =>
  (common, opts) =>
    new LogCollector(
      "reader",
      { ...common, plan: servicePlan("logCollector"), logs: { url: "https://loki.logging.svc:3100", ca: "PEM" }, journal },
      opts,
    );
/** What a chart makes of the values of a release. */
const made = (chart: string, values: unknown, kind: string) => {
  const known = findChart(chart)!;
  const { objects } = render(known, { release: chart, namespace: "here", values: values as Bag });
  return objects.find((each) => each.kind === kind);
};
const MIB_A_DAY = 86_400;

describe("Logging", () => {
  it("is there with its collector, or neither of them is", () => {
    const names = (services: object) => plannedFile(environmentFile({ platform: { services } })).plan.services.map(({ name }) => name);
    const both = names({ logging: true }).filter((name) => name.startsWith("log"));
    assert.deepEqual(both, ["logging", "logCollector"]);
    assert.ok(!names({}).some((name) => name.startsWith("log")));
  });

  it("is refused where several of it are asked for", () => {
    const { problems } = planFile(environmentFile({ platform: { services: { logging: { replicas: 3 } } } }));
    assert.deepEqual(
      problems.flatMap(({ severity, path }) => (severity === "error" ? [path] : [])),
      ["platform.services.logging.replicas"],
    );
  });

  it("lets in those who claim it, and nobody where nobody does", async () => {
    const peers = async (clients: Record<string, string>) =>
      at((await run(loki({ clients }))).get("logs-allow-clients").inputs, "spec", "ingress", "0", "from");
    const space = (name: string) => ({ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": name } } });
    assert.deepEqual(await peers({ a: "log-collector", b: "monitoring", c: "monitoring" }), [space("log-collector"), space("monitoring")]);
    assert.deepEqual(await peers({}), [
      { podSelector: { matchLabels: { "app.kubernetes.io/name": "loki", "app.kubernetes.io/instance": "loki" } } },
    ]);
  });

  it("takes no more than fits its volume for as long as it is kept, and a day's worth at once", () => {
    for (const [sizeGiB, retention, days] of [
      [20, undefined, 7],
      [100, "4w", 28],
      [50, "2d", 2],
    ] as const) {
      const limits = at(lokiConfig({ sizeGiB, ...(retention ? { retention } : {}) }), "limits_config");
      assert.equal(at(limits, "retention_period"), retention ?? "7d");
      // Three bytes of logs are one of the volume, of which a fifth stays free.
      const fits = (sizeGiB * 1024 * 3 * 0.8) / days;
      const taken = Number(at(limits, "ingestion_rate_mb")) * MIB_A_DAY;
      assert.ok(Math.abs(taken - fits) < 0.01 * MIB_A_DAY, `${taken} MiB a day of ${fits}`);
      assert.equal(at(limits, "ingestion_burst_size_mb"), Math.ceil(fits));
    }
    assert.equal(at(lokiConfig({ sizeGiB: 20 }), "compactor", "retention_enabled"), true);
    assert.equal(at(lokiConfig({ sizeGiB: 20 }), "ingester", "wal", "disk_full_threshold"), 0.9);
  });

  it("has one volume of its own, protected, which grows without its workload", async () => {
    const graph = async (sizeGiB: number) => run(loki({ plan: servicePlan("logging", { sizeGiB }) }));
    const [small, large] = [await graph(20), await graph(60)];
    for (const [each, size] of [
      [small, "20Gi"],
      [large, "60Gi"],
    ] as const) {
      const { inputs, options } = each.get("logs-data");
      assert.deepEqual([at(inputs, "metadata", "name"), at(inputs, "spec", "resources", "requests", "storage")], ["data-loki", size]);
      assert.equal(options.protect, true);
      const workload = made("loki", each.get("logs-release").inputs.values, "StatefulSet");
      assert.equal(at(workload, "spec", "volumeClaimTemplates"), undefined);
      assert.deepEqual(at(workload, "spec", "template", "spec", "volumes"), [
        { name: "storage", persistentVolumeClaim: { claimName: "data-loki" } },
      ]);
    }
    const kept = await run(loki({ retainData: true }));
    for (const name of ["logs-data", "logs-namespace"]) assert.equal(kept.get(name).options.retainOnDelete, true, name);
  });

  it("speaks TLS alone, by a certificate for the name that its clients are told", async () => {
    const graph = await platformGraph(everyServicePlan());
    const values = graph.get("seoul-logging-release").inputs.values;
    assert.deepEqual(at(values, "loki", "server", "http_tls_config"), {
      cert_file: "/etc/loki/tls/tls.crt",
      key_file: "/etc/loki/tls/tls.key",
    });
    for (const probe of ["readinessProbe", "livenessProbe"]) assert.equal(at(values, "loki", probe, "httpGet", "scheme"), "HTTPS");
    assert.ok((graph.get("seoul-logging-tls-server-request").inputs.dnsNames as string[]).includes("loki.logging.svc"));
    const told = String(at(graph.get("seoul-log-collector-release").inputs.values, "alloy", "configMap", "content"));
    assert.match(told, /url\s+= "https:\/\/loki\.logging\.svc:3100\/loki\/api\/v1\/push"/);
    assert.match(told, /ca_file\s+= "\/etc\/alloy-trust\/ca\.crt"/);
    assert.ok(at(graph.get("seoul-log-collector-trust").inputs, "data", "ca.crt"));
  });
});

describe("the log collector", () => {
  it("mounts of its nodes the folder with logs of pods, to read, and the journals where they are wanted", async () => {
    for (const [journal, folders] of [
      [false, ["/var/log/pods"]],
      [true, ["/var/log", "/run/log"]],
    ] as const) {
      const { values } = (await run(alloy(journal))).get("reader-release").inputs;
      const ofNode = (at(values, "controller", "volumes", "extra") as Bag[]).filter(({ hostPath }) => hostPath !== undefined);
      // One that is not there is not made: a journal would go to the disk for it.
      assert.deepEqual(
        ofNode.map(({ hostPath }) => hostPath),
        folders.map((path) => ({ path, type: "Directory" })),
      );
      const mounts = at(values, "alloy", "mounts", "extra") as Bag[];
      for (const { name } of ofNode) assert.equal(mounts.find((each) => each.name === name)?.readOnly, true, String(name));
      assert.equal(alloyConfig({ url: "https://a", journal }).includes("journal"), journal);
    }
  });

  it("is root without a capability, and may look at pods and at nothing else", async () => {
    const graph = await run(alloy(false));
    const context = at(graph.get("reader-release").inputs.values, "alloy", "securityContext");
    assert.deepEqual(
      ["runAsUser", "capabilities", "readOnlyRootFilesystem", "allowPrivilegeEscalation"].map((key) => at(context, key)),
      [0, { drop: ["ALL"] }, true, false],
    );
    assert.deepEqual(graph.get("reader-role").inputs.rules, [{ apiGroups: [""], resources: ["pods"], verbs: ["get", "list", "watch"] }]);
    assert.equal(made("alloy", graph.get("reader-release").inputs.values, "ClusterRole"), undefined);
  });

  it("gives a line four labels, of which there are as many as containers", () => {
    assert.match(alloyConfig({ url: "https://a" }), /stage\.label_keep \{\s+values = \["namespace", "pod", "container", "app"\]/);
  });
});
