import assert from "node:assert/strict";
import { verifiedTls } from "../../../components/platform/objects";
import type { Graph } from "../../../testing/graph";
import { type Bag, unwrapSecret } from "../../../testing/mocks";
import { chartmuseum, harbor, route, run } from "./builds";
import { at, ofKind } from "./fixtures";

const values = (g: Graph): Bag => g.get("images-release").inputs.values as Bag;
const secrets = (g: Graph) =>
  new Map(
    ofKind(g, "core/v1:Secret").map(({ inputs }) => [String(at(inputs, "metadata", "name")), unwrapSecret(inputs.stringData) as Bag]),
  );
const policy = (g: Graph, name: string) => g.get(name).inputs.spec;

describe("Harbor", () => {
  it("gives its chart every key, password and certificate by the name of a Secret that has it, and none as a value", async () => {
    const g = await run(harbor());
    const known = secrets(g);
    const named: readonly (readonly [string, unknown, readonly string[]])[] = [
      ["the administrator's password", at(values(g), "existingSecretAdminPassword"), ["HARBOR_ADMIN_PASSWORD"]],
      ["the key of stored credentials", at(values(g), "existingSecretSecretKey"), ["secretKey"]],
      ["the core's secret", at(values(g), "core", "existingSecret"), ["secret"]],
      ["the key of the tokens", at(values(g), "core", "secretName"), ["tls.key"]],
      ["the key against forged requests", at(values(g), "core", "existingXsrfSecret"), ["CSRF_KEY"]],
      ["the jobs' secret", at(values(g), "jobservice", "existingSecret"), ["JOBSERVICE_SECRET"]],
      ["the registry's secret", at(values(g), "registry", "existingSecret"), ["REGISTRY_HTTP_SECRET"]],
      ["the registry's log-in", at(values(g), "registry", "credentials", "existingSecret"), ["REGISTRY_PASSWD", "REGISTRY_HTPASSWD"]],
      ["the database's password", at(values(g), "database", "external", "existingSecret"), ["password"]],
      ["the platform's authority", at(values(g), "caBundleSecretName"), ["ca.crt"]],
      ...["core", "jobservice", "registry", "portal", "trivy"].map(
        (part) =>
          [`the certificate of ${part}`, at(values(g), "internalTLS", part, "secretName"), ["ca.crt", "tls.crt", "tls.key"]] as const,
      ),
    ];
    for (const [what, name, keys] of named) for (const key of keys) assert.ok(known.get(String(name))?.[key], `${what}: ${name}/${key}`);
    assert.doesNotMatch(JSON.stringify(values(g)), /generated-|PRIVATE KEY|Harbor12345|not-a-secure-key|changeit|harbor_registry_password/);
    const fixed = ["harborAdminPassword", "secretKey", "registry.credentials.password", "database.internal.password"];
    for (const path of fixed) assert.equal(at(values(g), ...path.split(".")), "", path);
    assert.match(String(known.get("harbor-registry-login")?.REGISTRY_HTPASSWD), /^harbor_registry_user:\$2a\$/);
  });

  it("has keys of the lengths that Harbor takes", async () => {
    const g = await run(harbor());
    const lengths = { "secret-key": 16, "core-secret": 16, "jobservice-secret": 16, "registry-secret": 16, "csrf-key": 32 };
    for (const [role, length] of Object.entries(lengths)) assert.equal(g.get(`images-${role}`).inputs.length, length, role);
  });

  it("is served by the ingress under the platform's certificate, and verified by it", async () => {
    const wildcard = values(await run(harbor()));
    assert.equal(wildcard.externalURL, "https://harbor.seoul.example.org");
    assert.equal(at(wildcard, "ipFamily", "ipv6", "enabled"), false);
    assert.equal(at(wildcard, "expose", "tls", "certSource"), "none");
    assert.deepEqual(at(wildcard, "expose", "ingress", "annotations"), verifiedTls("harbor/harbor-internal-ca", "harbor.internal"));
    const own = values(await run(harbor({}, { ingress: { ...route, clusterIssuer: "platform" } })));
    assert.deepEqual(at(own, "expose", "tls"), {
      enabled: true,
      certSource: "secret",
      secret: { secretName: "harbor.seoul.example.org-tls" },
    });
    assert.equal(at(own, "expose", "ingress", "annotations", "cert-manager.io/cluster-issuer"), "platform");
    const names = (await run(harbor())).get("images-portal-server-request").inputs.dnsNames as string[];
    assert.ok(names.includes("harbor.internal"));
  });

  it("has a registry of several replicas on volumes that several nodes can have, and one that makes room for its successor elsewhere", async () => {
    const parts = ["core", "portal", "jobservice", "registry"];
    const shape = (g: Graph) => [
      parts.map((part) => at(values(g), part, "replicas")),
      at(values(g), "updateStrategy", "type"),
      at(g.get("images-registry-data").inputs, "spec", "accessModes"),
      ofKind(g, "policy/v1:PodDisruptionBudget").map(({ inputs }) => at(inputs, "spec", "selector", "matchLabels", "component")),
    ];
    assert.deepEqual(shape(await run(harbor({ replicas: 2 }))), [[2, 2, 2, 2], "RollingUpdate", ["ReadWriteMany"], parts]);
    const alone = harbor({ replicas: 2 }, { storage: { className: "block" } });
    assert.deepEqual(shape(await run(alone)), [[2, 2, 2, 1], "Recreate", ["ReadWriteOnce"], parts.slice(0, 3)]);
  });

  it("protects what cannot be had again, and not its caches", async () => {
    const g = await run(harbor({}, { retainData: true }));
    const kept = ["registry", "database", "redis", "trivy"].map((name) => {
      const { protect, retainOnDelete } = g.get(`images-${name}-data`).options;
      return [name, protect ?? false, retainOnDelete ?? false];
    });
    assert.deepEqual(kept, [
      ["registry", true, true],
      ["database", true, true],
      ["redis", false, false],
      ["trivy", false, false],
    ]);
  });

  it("lets the ingress to its core and portal only, each part to those it speaks to, and three of them out", async () => {
    const g = await run(harbor());
    const from = (name: string) =>
      ((at(policy(g, name), "ingress", 0, "from") ?? []) as Bag[]).map(
        (peer) => at(peer, "podSelector", "matchLabels", "component") ?? "ingress",
      );
    assert.deepEqual(from("images-allow-ingress-core"), ["ingress"]);
    assert.deepEqual(from("images-allow-database"), ["core", "jobservice", "exporter"]);
    assert.deepEqual(from("images-allow-registry"), ["core", "jobservice"]);
    const policies = ofKind(g, "networking.k8s.io/v1:NetworkPolicy");
    const outside = policies.filter(({ name, inputs }) => /egress-/.test(name) && at(inputs, "spec", "podSelector", "matchLabels"));
    assert.deepEqual(
      outside.map(({ inputs }) => at(inputs, "spec", "podSelector", "matchLabels", "component")),
      ["core", "jobservice", "trivy"],
    );
    const kept = await run(harbor({}, { keptFrom: ["169.254.169.254/32"] }));
    assert.deepEqual(at(policy(kept, "images-egress-trivy"), "egress", 1, "to", 0, "ipBlock", "except"), ["169.254.169.254/32"]);
  });
});

describe("ChartMuseum", () => {
  it("reads its one account from a file, lets nobody in without, and is spoken to by TLS", async () => {
    const g = await run(chartmuseum);
    const settings = JSON.parse(String(secrets(g).get("chartmuseum")?.["chartmuseum.yaml"])) as Bag;
    assert.equal(settings["basicauth.user"], "charts");
    assert.equal(settings["basicauth.pass"], "generated-charts-password");
    assert.equal(settings.authanonymousget, false);
    const { annotations } = g.get("charts-ingress").inputs.metadata as { annotations: Bag };
    assert.equal(annotations["nginx.ingress.kubernetes.io/backend-protocol"], "HTTPS");
    assert.equal(annotations["nginx.ingress.kubernetes.io/proxy-ssl-name"], "chartmuseum");
  });
});
