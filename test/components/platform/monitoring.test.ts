import assert from "node:assert/strict";
import type { Receiver } from "../../../components/platform/monitoring/args";
import { Monitoring } from "../../../components/platform/monitoring/monitoring";
import { alertmanagerConfig, receiverSecrets } from "../../../components/platform/monitoring/receiver";
import { NodeExporter } from "../../../components/platform/node-exporter/node-exporter";
import { unwrapSecret } from "../../../testing/mocks";
import { environmentFile, plannedFile } from "../../support/environment";
import { type Build, keycloak, route, run } from "./builds";
import { at, CANARY, everyServicePlan, platformGraph, servicePlan } from "./fixtures";

const realm = {
  ...{
    url: "https://keycloak.example.org",
    realm: "cp-realm",
    realmId: "cp-realm",
    issuer: "https://keycloak.example.org/realms/cp-realm",
  },
  ...{ clientId: "grafana", clientSecret: `${CANARY}-client`, administratorRole: "cp-cluster-admin-role" },
};
const monitoring =
  (more: Partial<ConstructorParameters<typeof Monitoring>[1]> = {}): Build =>
  (common, opts) =>
    new Monitoring(
      "watch",
      {
        ...common,
        ...{ plan: servicePlan("monitoring"), ingress: route, realm, storageClass: "cp-storageclass" },
        ...{ protectData: true, retainData: false, kubeletCertificates: "selfSigned" },
        ...more,
      },
      opts,
    );
const values = async (build: Build) => (await run(build)).get("watch-release").inputs.values;

describe("Monitoring", () => {
  it("lets nobody into Grafana but by a role of the realm, and by a client of its own", async () => {
    const graph = await platformGraph(everyServicePlan());
    const client = graph.get("seoul-keycloak-client-grafana").inputs;
    assert.deepEqual(client.validRedirectUris, ["https://grafana.seoul.example.org/login/generic_oauth"]);
    assert.notEqual(unwrapSecret(client.clientSecret), unwrapSecret(graph.get("seoul-keycloak-client").inputs.clientSecret));
    const shared = graph.get("seoul-keycloak-client").inputs.validRedirectUris as string[];
    assert.ok(shared.length > 0 && !shared.some((url) => url.includes("grafana")), shared.join());
    for (const role of ["grafana-editor", "grafana-viewer"]) assert.equal(graph.get(`seoul-keycloak-role-${role}`).inputs.name, role);
    const settings = at(graph.get("seoul-monitoring-release").inputs.values, "grafana", "grafana.ini");
    const login = at(settings, "auth.generic_oauth");
    assert.equal(
      at(login, "role_attribute_path"),
      "contains(roles[*], 'cp-cluster-admin-role') && 'Admin' || contains(roles[*], 'grafana-editor') && 'Editor' || contains(roles[*], 'grafana-viewer') && 'Viewer'",
    );
    assert.deepEqual([at(login, "role_attribute_strict"), at(login, "client_id")], [true, "grafana"]);
    assert.match(String(at(login, "client_secret")), /^\$__file\{/);
    assert.equal(at(settings, "auth.anonymous", "enabled"), false);
  });

  it("keeps measurements as long as is said, and never more than fit the volume", async () => {
    const of = async (sizeGiB: number, retention?: string) => {
      const made = await values(monitoring({ plan: servicePlan("monitoring", { sizeGiB }), ...(retention ? { retention } : {}) }));
      const spec = at(made, "prometheus", "prometheusSpec");
      return [
        at(spec, "retention"),
        at(spec, "retentionSize"),
        at(spec, "storageSpec", "volumeClaimTemplate", "spec", "resources", "requests"),
      ];
    };
    assert.deepEqual(await of(20), ["15d", "16384MiB", { storage: "20Gi" }]);
    assert.deepEqual(await of(50, "8w"), ["8w", "40960MiB", { storage: "50Gi" }]);
  });

  it("has the volumes made by the names that Prometheus' members look for, each protected", async () => {
    const graph = await run(monitoring({ plan: servicePlan("monitoring", { replicas: 2 }) }));
    for (const member of [0, 1]) {
      const claim = graph.get(`watch-data-${member}`);
      assert.equal(at(claim.inputs, "metadata", "name"), `data-prometheus-kube-prometheus-stack-prometheus-${member}`);
      assert.equal(claim.options.protect, true);
    }
    const made = graph.get("watch-release").inputs.values;
    assert.equal(at(made, "prometheus", "prometheusSpec", "storageSpec", "volumeClaimTemplate", "metadata", "name"), "data");
    for (const part of ["prometheus", "alertmanager"])
      assert.deepEqual(at(made, part, "podDisruptionBudget"), { enabled: true, minAvailable: 1 }, part);
  });

  it("verifies kubelets where the cluster signs for them", async () => {
    const tls = async (kubeletCertificates: "clusterSigned" | "selfSigned") => {
      const jobs = at(await values(monitoring({ kubeletCertificates })), "prometheus", "prometheusSpec", "additionalScrapeConfigs");
      return (jobs as { tls_config: object }[]).map(({ tls_config }) => tls_config);
    };
    assert.deepEqual(await tls("clusterSigned"), Array(2).fill({ ca_file: "/var/run/secrets/kubernetes.io/serviceaccount/ca.crt" }));
    assert.deepEqual(await tls("selfSigned"), Array(2).fill({ insecure_skip_verify: true }));
  });

  it("has definitions brought to the release's before each upgrade, and gives the chart no rights", async () => {
    const made = await values(monitoring());
    assert.equal(at(made, "crds", "upgradeJob", "enabled"), true);
    assert.equal(at(made, "global", "rbac", "create"), false);
    assert.deepEqual(at(made, "prometheusOperator", "namespaces"), { releaseNamespace: true, additional: [] });
  });

  it("shows logs in Grafana where somebody has them, and knows whom it asks", async () => {
    const logs = { url: "https://loki.logging.svc:3100", ca: "certificate of logs" };
    const sources = async (more: object) =>
      (at(await values(monitoring(more)), "grafana", "datasources", "datasources.yaml", "datasources") as { name: string }[]).map(
        ({ name }) => name,
      );
    assert.deepEqual([await sources({}), await sources({ logs })], [["Prometheus"], ["Prometheus", "Loki"]]);
    const data = unwrapSecret((await run(monitoring({ logs }))).get("watch-ca").inputs.stringData) as object;
    assert.ok("logs.crt" in data);
  });

  it("holds its namespace to the strictest standard, since what measures nodes is in one of its own", async () => {
    const graph = await platformGraph(everyServicePlan());
    const level = (name: string) =>
      at(graph.get(`seoul-${name}-namespace`).inputs, "metadata", "labels", "pod-security.kubernetes.io/enforce");
    assert.deepEqual([level("monitoring"), level("node-exporter")], ["restricted", "privileged"]);
    assert.deepEqual(at(graph.get("seoul-monitoring-release").inputs.values, "nodeExporter"), { enabled: false });
  });
});

describe("NodeExporter", () => {
  it("is on every node, neither in its network nor among its processes, and may write nothing there", async () => {
    const graph = await run((common, opts) => new NodeExporter("watch", { ...common, plan: servicePlan("nodeExporter") }, opts));
    const pod = at(graph.get("watch-exporter").inputs, "spec", "template", "spec");
    assert.deepEqual(at(pod, "tolerations"), [{ operator: "Exists" }]);
    assert.deepEqual([at(pod, "hostNetwork"), at(pod, "hostPID"), at(pod, "automountServiceAccountToken")], [undefined, undefined, false]);
    const mounts = at(pod, "containers", "0", "volumeMounts") as { mountPath: string; readOnly: boolean }[];
    assert.deepEqual(
      mounts.map(({ mountPath, readOnly }) => [mountPath, readOnly]),
      ["/etc/exporter", "/host/root", "/host/proc", "/host/sys"].map((path) => [path, true]),
    );
  });

  it("comes and goes with monitoring", () => {
    const names = (on: boolean) =>
      plannedFile(environmentFile({ platform: { services: { monitoring: on } } })).plan.services.map(({ name }) => name);
    assert.deepEqual([names(true).includes("nodeExporter"), names(false).includes("nodeExporter")], [true, false]);
  });
});

describe("whom alerts are told", () => {
  const cases: readonly (readonly [Receiver | undefined, object, readonly string[]])[] = [
    [undefined, {}, []],
    [
      { kind: "webhook", secret: "hook" },
      { webhook_configs: [{ url_file: "/etc/alertmanager/secrets/hook/url", send_resolved: true }] },
      ["hook"],
    ],
    [
      { kind: "slack", channel: "#platform", secret: "slack" },
      { slack_configs: [{ api_url_file: "/etc/alertmanager/secrets/slack/url", channel: "#platform", send_resolved: true }] },
      ["slack"],
    ],
    [
      { kind: "email", to: "a@example.org", from: "b@example.org", server: "mail.example.org:587", user: "b", secret: "mail" },
      {
        email_configs: [
          {
            ...{ to: "a@example.org", from: "b@example.org", smarthost: "mail.example.org:587", auth_username: "b" },
            ...{ auth_password_file: "/etc/alertmanager/secrets/mail/password", require_tls: true, send_resolved: true },
          },
        ],
      },
      ["mail"],
    ],
    [
      { kind: "email", to: "a@example.org", from: "b@example.org", server: "mail.example.org:25" },
      {
        email_configs: [
          { to: "a@example.org", from: "b@example.org", smarthost: "mail.example.org:25", require_tls: true, send_resolved: true },
        ],
      },
      [],
    ],
  ];
  for (const [receiver, told, secrets] of cases)
    it(`are ${receiver === undefined ? "nobody where none is named" : `by ${receiver.kind}${secrets.length > 0 ? " with what is secret in a file" : ""}`}`, () => {
      assert.deepEqual(at(alertmanagerConfig(receiver), "receivers"), [{ name: "team", ...told }]);
      assert.equal(at(alertmanagerConfig(receiver), "route", "receiver"), "team");
      assert.deepEqual(receiverSecrets(receiver), secrets);
    });
});

describe("an alert that is critical", () => {
  it("speaks for the warning of the same node, volume, host or certificate alone", () => {
    const [rule] = at(alertmanagerConfig(undefined), "inhibit_rules") as [{ equal: string[] }];
    for (const label of ["alertname", "node", "persistentvolumeclaim", "host", "name"]) assert.ok(rule.equal.includes(label), label);
  });
});

describe("Keycloak", () => {
  it("gives an application a client of its own where it claims one, with a secret of its own that is exchanged with the others", async () => {
    const clients = { gitea: { id: "git", returnPath: "/back", url: "https://git.example.org", roles: ["git-user"] } };
    const graph = await run(keycloak({ rotation: 2 }, { clients }));
    const client = graph.get("sso-client-git").inputs;
    assert.deepEqual([client.clientId, client.validRedirectUris], ["git", ["https://git.example.org/back"]]);
    assert.equal(unwrapSecret(client.clientSecret), "generated-sso-client-gitea-secret");
    assert.deepEqual(graph.get("sso-client-gitea-secret").inputs.keepers, { rotation: "2" });
    assert.equal(graph.get("sso-role-git-user").inputs.name, "git-user");
    assert.equal(graph.get("sso-client-git-roles").inputs.claimName, "roles");
  });
});
