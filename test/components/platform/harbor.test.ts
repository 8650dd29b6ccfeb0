import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { harborBackup } from "../../../components/platform/harbor/backup";
import { verifiedTls } from "../../../components/platform/objects";
import { services } from "../../../components/platform/services";
import { appliedState } from "../../../model/guard/applied";
import { findDangers } from "../../../model/guard/dangers";
import { planSpec } from "../../../stacks/spec";
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

describe("what lives in Harbor", () => {
  const inside = {
    managedAt: "https://127.0.0.1:20002",
    projects: { "cp-portal-repository": {}, "team.one": { public: true, quota: "20Gi", robots: { ci: "push" } } },
    clients: { chaosMesh: { project: "cp-portal-repository", access: "pull", namespace: "chaos-mesh", quota: "1Ti" } },
  } as const;

  it("are the projects that are named and claimed, and an account each for who claims and who is named, with no more rights than asked for", async () => {
    const g = await run(harbor({}, inside));
    const of = (type: string) => g.resources.filter((each) => each.type === type).map(({ name, inputs }) => [name, inputs] as const);
    assert.deepEqual(of("kpaas:harbor:Project"), [
      ["images-project-cp-portal-repository", { name: "cp-portal-repository", public: false, quota: 1024 ** 4, deleteRepositories: true }],
      ["images-project-team.one", { name: "team.one", public: true, quota: 20 * 1024 ** 3, deleteRepositories: true }],
    ]);
    const robots = of("kpaas:harbor:Robot").map(([name, { project, name: robot, access }]) => [name, project, robot, access]);
    assert.deepEqual(robots, [
      ["images-robot-cp-portal-repository.chaos-mesh", "cp-portal-repository", "chaos-mesh", ["repository:pull"]],
      ["images-robot-team.one.ci", "team.one", "ci", ["repository:pull", "repository:push"]],
    ]);
    assert.equal(unwrapSecret(g.get("images-robot-team.one.ci").inputs.secret), "generated-images-robot-team.one.ci-password");
    const { minLower, minUpper, minNumeric } = g.get("images-robot-team.one.ci-password").inputs;
    assert.deepEqual([minLower, minUpper, minNumeric], [1, 1, 1]);
    assert.deepEqual(g.leaks("generated-images-robot"), []);
  });

  it("is put there as the administrator through the forward, and the server is known by Harbor's own authority", async () => {
    const g = await run(harbor({}, inside));
    const { harborUrl, harborUser, harborPassword, harborCa } = g.get("images-provider").inputs;
    assert.deepEqual([harborUrl, harborUser], ["https://127.0.0.1:20002", "admin"]);
    assert.equal(unwrapSecret(harborPassword), "generated-images-admin-password");
    assert.equal(harborCa, "certificate of images-internal-ca");
    const planned = { managedAt: { workload: "harbor", labels: {}, port: 8443, local: 20_003 } };
    const ofPlan = await run(harbor(planned, { ...inside, managedAt: undefined }));
    assert.equal(ofPlan.get("images-provider").inputs.harborUrl, "https://127.0.0.1:20003");
    await assert.rejects(run(harbor({ managedAt: undefined }, { ...inside, managedAt: undefined })), /forwardTo/);
    const none = await run(harbor({ managedAt: undefined }));
    assert.deepEqual(
      none.resources.filter(({ type }) => type.startsWith("kpaas:harbor:") || type === "pulumi:providers:kpaas"),
      [],
    );
  });

  it("gives who is named a Secret to pull by, and who claims the same to put into his own namespace", async () => {
    const g = await run(harbor({}, inside));
    const known = secrets(g);
    const config = known.get("robot.team.one.ci")?.[".dockerconfigjson"];
    assert.ok(config !== undefined);
    assert.ok(!known.has("robot.cp-portal-repository.chaos-mesh"));
    assert.equal(g.get("images-robot-team.one.ci-login").inputs.type, "kubernetes.io/dockerconfigjson");
  });

  it("protects the projects as it does the volumes, and not the accounts", async () => {
    const options = async (more: object, name: string) => {
      const { protect = false, retainOnDelete = false } = (await run(harbor({}, { ...inside, ...more }))).get(name).options;
      return [protect, retainOnDelete];
    };
    assert.deepEqual(await options({ retainData: true }, "images-project-team.one"), [true, true]);
    assert.deepEqual(await options({ protectData: false }, "images-project-team.one"), [false, false]);
    assert.deepEqual(await options({}, "images-robot-team.one.ci"), [false, false]);
  });

  it("refuses an account that would be two", async () => {
    const projects = { "cp-portal-repository": { robots: { "chaos-mesh": "pull" } } } as const;
    await assert.rejects(run(harbor({}, { ...inside, projects })), /is the account of the service chaosMesh/);
  });

  it("asks before a project goes that was named or claimed, and not where it is retained", () => {
    const of = (projects: object, more: object = {}) =>
      planSpec(
        "seoul",
        { infrastructure: { provider: "openstack" }, platform: { services: { harbor: { projects } } }, ...more } as never,
        {},
      ).plan;
    const before = of({ one: {}, two: {} });
    const dangers = (applied: ReturnType<typeof appliedState>, plan: ReturnType<typeof of>) =>
      findDangers(applied, plan).map(({ action, path, value }) => [action, path, value]);
    assert.deepEqual(dangers(appliedState(before), of({ two: {} })), [["drop-data", "platform.services.harbor.projects", "one"]]);
    assert.deepEqual(dangers(appliedState(before), of({ one: {}, two: {}, three: {} })), []);
    assert.deepEqual(dangers(appliedState(of({ one: {} }, { retain: ["volumes"] })), of({})), []);
    const claimed = services.harbor.holds?.names({ projects: {} }, [{ project: "sources", access: "pull" }]);
    assert.deepEqual(claimed, ["sources"]);
    assert.deepEqual(services.harbor.holds?.names({}, []), ["cp-portal-repository"]);
  });
});

describe("Harbor while it is backed up", () => {
  /** Runs what holds it still, with what it calls played; what it said on standard input follows. */
  function hold(lines: string, readOnly = false, script = harborBackup.hold?.command ?? "") {
    const folder = mkdtempSync(join(tmpdir(), "kpaas-hold-"));
    const played = `#!/bin/bash
config=$(cat); [ "$config" = 'user = "admin:canary"' ] || exit 22
while [ $# -gt 0 ]; do [ "$1" = --data ] && data=$2; shift; done
echo "\${data:-asked}" >> ${folder}/calls
echo '{"x":{"value":true},"read_only":{"editable":true,"value":${readOnly}}}'`;
    writeFileSync(join(folder, "curl"), played, { mode: 0o755 });
    writeFileSync(join(folder, "sleep"), "#!/bin/sh\n", { mode: 0o755 });
    const env = { PATH: `${folder}:${process.env.PATH}`, HARBOR_ADMIN_PASSWORD: "canary" };
    const { status, stdout, stderr } = spawnSync("bash", ["-ec", script], { input: lines, env, encoding: "utf8" });
    const calls = readFileSync(join(folder, "calls"), "utf8").trim().split("\n");
    rmSync(folder, { recursive: true });
    return { status, stdout, stderr, calls };
  }
  const ON = '{"read_only":true}';
  const OFF = '{"read_only":false}';

  it("is read-only until it is told the end, and is told its password on standard input alone", () => {
    assert.deepEqual(hold("goes on\ngoes on\nend\n"), {
      status: 0,
      stdout: "held\n",
      stderr: hold("end\n").stderr,
      calls: ["asked", ON, OFF],
    });
    assert.doesNotMatch(hold("end\n").stderr, /canary/);
  });

  it("takes writes again where nobody speaks any more, and says that this was no backup", () => {
    const { status, stderr, calls } = hold("goes on\n");
    assert.deepEqual([status, calls], [1, ["asked", ON, OFF]]);
    assert.match(stderr, /nobody said any more/);
  });

  it("stays read-only where somebody had made it so", () => {
    assert.deepEqual(hold("end\n", true).calls, ["asked"]);
  });

  it("is backed up with the key that its database is of, and says that images elsewhere are none of it", () => {
    assert.deepEqual(harborBackup.key, { secret: "harbor-keys", field: "secretKey" });
    const elsewhere = spawnSync("sh", ["-ec", harborBackup.parts[1]?.dump ?? ""], { encoding: "utf8" });
    assert.equal(elsewhere.status, 1);
    assert.match(elsewhere.stderr, /object store/);
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
