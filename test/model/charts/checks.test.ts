import assert from "node:assert/strict";
import rules from "../../../catalog/chart-values.json";
import { findRelease, knownReleases } from "../../../model/catalog";
import { chartValues } from "../../../model/charts/chart";
import { chartRules } from "../../../model/charts/rules";
import { unknownValues } from "../../../model/charts/unknown-values";
import { environmentFile, planFile, plannedFile } from "../../support/environment";

const withValues = (service: string, values: unknown, more: Record<string, unknown> = {}) =>
  environmentFile({ platform: { services: { [service]: { values, ...more } } } });

/** The problems of a service's values, as `severity path below the values`. */
function problemsOf(service: string, values: unknown, more: Record<string, unknown> = {}): string[] {
  const inside = `platform.services.${service}.values.`;
  return planFile(withValues(service, values, more))
    .problems.filter(({ path }) => path.startsWith(inside))
    .map(({ severity, path }) => `${severity} ${path.slice(inside.length)}`);
}

describe("a chart's own values", () => {
  const cases: readonly (readonly [service: string, values: unknown, expected: readonly string[]])[] = [
    ["metricsServer", { nonsense: 1, podLabels: { a: "b" } }, ["error nonsense"]],
    ["metricsServer", { replicas: "many" }, ["error replicas", "warning replicas"]],
    ["metricsServer", { metrics: { enabled: "true" } }, ["error metrics.enabled"]],
    ["metricsServer", { tolerations: { key: "a" } }, ["error tolerations"]],
    ["metricsServer", { apiService: "on" }, ["error apiService"]],
    ["metricsServer", { serviceMonitor: { enabled: true } }, ["error serviceMonitor.enabled"]],
    ["metricsServer", { serviceMonitor: { enabled: false } }, []],
    ["metricsServer", { containerPort: 4443 }, ["error containerPort"]],
    ["metricsServer", { containerPort: 10250, nameOverride: "" }, []],
    ["metricsServer", { nameOverride: "metrics" }, ["error nameOverride"]],
    ["metricsServer", { tls: { type: "cert-manager" } }, ["error tls.type"]],
    ["metricsServer", { args: ["--v=4"] }, ["warning args"]],
    ["metricsServer", { podDisruptionBudget: { minAvailable: 1 } }, []],
    ["metricsServer", { podDisruptionBudget: { minAvailable: 1, maxUnavailable: 1 } }, ["error podDisruptionBudget"]],
    [
      "certManager",
      { webhook: { podDisruptionBudget: { minAvailable: 1, maxUnavailable: "50%" } } },
      ["error webhook.podDisruptionBudget"],
    ],
    ["kyverno", { config: { excludeKyvernoNamespace: false } }, ["error config.excludeKyvernoNamespace"]],
    ["kyverno", { admissionController: { replicas: 5 } }, ["warning admissionController.replicas"]],
    ["chaosMesh", { controllerManager: { enableFilterNamespace: false } }, ["error controllerManager.enableFilterNamespace"]],
    [
      "chaosMesh",
      { dashboard: { securityMode: false, service: { type: "NodePort" } } },
      ["error dashboard.securityMode", "error dashboard.service.type"],
    ],
    ["chaosMesh", { chaosDaemon: { runtime: "docker" } }, ["error chaosDaemon.runtime"]],
    ["certManager", { prometheus: { podmonitor: { enabled: true } } }, ["error prometheus.podmonitor.enabled"]],
    ["certManager", { crds: { enabled: false } }, ["error crds.enabled"]],
    ["certManager", { installCRDs: true }, ["error installCRDs"]],
    ["certManager", { namespace: "kube-system" }, ["error namespace"]],
    ["certManager", { webhook: { hostNetwork: true } }, ["error webhook.hostNetwork"]],
    ["certManager", { containerSecurityContext: { privileged: true } }, ["error containerSecurityContext"]],
    [
      "certManager",
      { cainjector: { containerSecurityContext: { allowPrivilegeEscalation: true } } },
      ["error cainjector.containerSecurityContext"],
    ],
    ["certManager", { securityContext: { runAsNonRoot: false } }, ["error securityContext"]],
    ["certManager", { containerSecurityContext: null }, ["error containerSecurityContext"]],
    ["certManager", { securityContext: { runAsUser: 1001 } }, []],
    ["certManager", { volumes: [{ name: "host", hostPath: { path: "/etc" } }] }, ["error volumes"]],
    ["certManager", { volumes: [{ name: "ca", configMap: { name: "ca" } }] }, []],
    ["certManager", { extraObjects: ["apiVersion: monitoring.coreos.com/v1\nkind: PodMonitor\n"] }, ["error extraObjects.0"]],
    ["certManager", { extraObjects: ["apiVersion: v1\nkind: ConfigMap\n"] }, ["warning extraObjects.0"]],
    ["monitoring", { grafana: { "grafana.ini": { smtp: { enabled: true } } } }, []],
    ["monitoring", { global: { rbac: { create: true } } }, ["error global.rbac.create"]],
    ["monitoring", { nodeExporter: { enabled: true } }, ["error nodeExporter.enabled"]],
    ["monitoring", { prometheus: { prometheusSpec: { retention: "1d" } } }, ["warning prometheus.prometheusSpec.retention"]],
    ["logging", { loki: { limits_config: { max_query_length: "30d" } } }, []],
    ["logging", { loki: { limits_config: { retention_period: "1d" } } }, ["warning loki.limits_config.retention_period"]],
    ["logging", { loki: { auth_enabled: true }, gateway: { enabled: true } }, ["error gateway.enabled", "error loki.auth_enabled"]],
    ["logging", { deploymentMode: "Distributed" }, ["error deploymentMode"]],
    ["logging", { singleBinary: { replicas: 3 } }, ["error singleBinary.replicas"]],
    ["logging", { singleBinary: { persistence: { enabled: true } } }, ["error singleBinary.persistence.enabled"]],
  ];
  for (const [service, values, expected] of cases) {
    it(`of ${service} ${JSON.stringify(values)} give ${expected.join(", ") || "no problem"}`, () => {
      assert.deepEqual(problemsOf(service, values), expected);
    });
  }

  it("are told of where an option says the same, but not where they agree with it", () => {
    assert.deepEqual(problemsOf("metricsServer", { replicas: 2 }), ["warning replicas"]);
    assert.deepEqual(problemsOf("metricsServer", { replicas: 2 }, { replicas: 2 }), []);
  });

  it("change the images that the plan lists, and add those that they switch on", () => {
    const images = (service: string, values: unknown) => plannedFile(withValues(service, values)).plan.images;
    const standard = plannedFile(environmentFile()).plan.images;
    const changed = (service: string, values: unknown) => images(service, values).filter((image) => !standard.includes(image));
    assert.deepEqual(changed("metricsServer", { image: { repository: "r.intra/ms" } }), ["r.intra/ms:v0.8.1"]);
    assert.deepEqual(changed("metricsServer", { image: { tag: "v9" } }), ["registry.k8s.io/metrics-server/metrics-server:v9"]);
    assert.deepEqual(changed("metricsServer", { addonResizer: { enabled: true } }), ["registry.k8s.io/autoscaling/addon-resizer:1.8.23"]);
    assert.deepEqual(changed("certManager", { webhook: { image: { registry: "r.intra", tag: "v2", digest: "sha256:ab" } } }), [
      "r.intra/quay.io/jetstack/cert-manager-webhook:v2@sha256:ab",
    ]);
    assert.deepEqual(changed("certManager", { podLabels: { a: "b" } }), []);
    // What is named at places of no role of ours: parts of the chart's own, further containers, objects.
    const pod = { apiVersion: "v1", kind: "Pod", spec: { containers: [{ name: "a", image: "r.intra/a:1" }] } };
    const text = "apiVersion: v1\nkind: Pod\nspec:\n  containers:\n    - name: b\n      image: r.intra/b:2\n    - image: 'r.intra/c:3'\n";
    assert.deepEqual(changed("certManager", { extraObjects: [pod, text] }), ["r.intra/a:1", "r.intra/b:2", "r.intra/c:3"]);
  });
});

describe("the rules for charts' values", () => {
  it("are there for every chart of a release that runs something", () => {
    const charts = knownReleases.flatMap((number) =>
      Object.values(findRelease(number)?.services ?? {}).flatMap(({ chart }) => chart ?? []),
    );
    assert.ok(charts.length > 0);
    for (const { name } of charts) assert.equal(chartRules(name) !== undefined, name !== "traefik-crds", name);
  });

  it("hold for the ingress controllers too, at the values of each", () => {
    const problems = (kind: string, values: object): string[] =>
      planFile(environmentFile({ platform: { ingress: { kind, values: { [kind]: values } } } })).problems.flatMap(({ severity, path }) =>
        path.startsWith(`platform.ingress.values.${kind}.`) ? [`${severity} ${path.split(".").slice(4).join(".")}`] : [],
      );
    assert.deepEqual(problems("nginx", { controler: {}, controller: { allowSnippetAnnotations: true, service: { type: "NodePort" } } }), [
      "error controler",
      "error controller.allowSnippetAnnotations",
      "error controller.service.type",
    ]);
    assert.deepEqual(problems("traefik", { api: { insecure: true }, log: { level: "DEBUG" }, deployment: { replicas: 5 } }), [
      "error api.insecure",
      "warning deployment.replicas",
    ]);
  });

  for (const name of Object.keys(rules)) {
    it(`of ${name} name only values that the chart has`, () => {
      const chart = chartValues(name);
      const known = chartRules(name);
      assert.ok(chart && known);
      const paths = [
        ...Object.values(known.images),
        ...known.addedImages.flatMap(({ when, image }) => [when, image]),
        ...Object.keys(known.ownLists),
        ...Object.keys(known.fields),
        ...Object.keys(known.api),
        ...known.refused.map(({ path }) => path),
        ...known.workloads.flatMap(({ at, hostNetwork }) => [
          ...(at === "" ? [] : [at]),
          ...(hostNetwork === undefined ? [] : [hostNetwork]),
        ]),
      ];
      for (const path of paths) {
        const values = path.split(".").reduceRight<unknown>((inner, key) => ({ [key]: inner }), null) as Record<string, unknown>;
        assert.deepEqual(unknownValues(chart, values), [], path);
      }
    });
  }
});
