import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { secret } from "@pulumi/pulumi";
import { makeTrustStore } from "../../../components/platform/applications/pod";
import { selectorLabels } from "../../../components/platform/objects";
import { PORTAL_APPS } from "../../../components/platform/portal/apps";
import { karmadaApi, wrongKubeconfig } from "../../../components/platform/portal/karmada";
import { METRIC_TABLES, TERRAMAN_TABLES } from "../../../components/platform/portal/schema";
import { portal as portalService } from "../../../components/platform/portal/service";
import { registry } from "../../../files/registry";
import { removeFolder } from "../../../host/files";
import { offererOf } from "../../../model/registry";
import type { Graph } from "../../../testing/graph";
import { environmentFile, planFile, plannedFile } from "../../support/environment";
import { waitsFor } from "../../support/waits";
import { ROOT } from "../../support/written";
import { type Build, database, portal, run } from "./builds";
import { at, CANARY, KARMADA_KUBECONFIG, ofKind, servicePlan, workloads } from "./fixtures";

describe("the portal's applications", () => {
  const images = Object.fromEntries(
    ["ui", "api", "common-api", "metric-api", "remote-api", "catalog-api", "chaos-api", "chaos-collector", "cluster-token"].map((app) => [
      `cp-portal-${app}`,
      `r.example.org/kpaas/cp-portal-${app}:v1.7.0`,
    ]),
  );
  const plan = servicePlan("portal", { images });
  const vault = {
    url: "https://openbao.openbao.svc:8200",
    ca: "the authority",
    roleName: "cp_role",
    roleId: secret(`${CANARY}-role`),
    secretId: secret(`${CANARY}-id`),
    writer: { role: "portal-cluster", audience: "openbao", clusterId: "seoul" },
  };
  const withMetric = { ...database("portal"), accounts: { metric: { user: "portal_metric", password: secret(`${CANARY}-metric`) } } };
  const charts = { name: "cp", url: "https://charts", user: "u", password: secret(CANARY) };
  const deployed = (g: Graph) =>
    ofKind(g, "apps/v1:Deployment")
      .map(({ inputs }) => at(inputs, "metadata", "name"))
      .sort();

  it("are there when what they need is", async () => {
    assert.deepEqual(deployed(await run(portal({ plan }))), [
      "cp-portal-api-deployment",
      "cp-portal-common-api-deployment",
      "cp-portal-ui-deployment",
    ]);
    const withVault = await run(portal({ plan, vault, database: withMetric }));
    assert.deepEqual(deployed(withVault).slice(-5), [
      "cp-portal-cluster-token",
      "cp-portal-common-api-deployment",
      "cp-portal-metric-api-deployment",
      "cp-portal-remote-api-deployment",
      "cp-portal-ui-deployment",
    ]);
    const everything = await run(
      portal({
        plan,
        vault,
        database: withMetric,
        charts,
        chaosDashboardUrl: "http://chaos",
      }),
    );
    assert.equal(deployed(everything).length, 9);
    assert.deepEqual(everything.leaks(CANARY), []);
    for (const own of ["portal-catalog-api-data", "portal-catalog-api"]) assert.equal(everything.get(own).options.deletedWith, undefined);
    assert.deepEqual(
      (at(everything.get("portal-ingress").inputs, "spec", "rules", 0, "http", "paths") as { path: string }[]).map(({ path }) => path),
      ["/(.*)", "/cpapi/(.*)", "/cpremote/(.*)", "/cpcatalog/(.*)", "/cpchaos/(.*)"],
    );
  });

  it("claim their secrets where OpenBao is on, log in there by TLS and trust its authority", async () => {
    const on = (openbao: boolean) => plannedFile(environmentFile({ platform: { services: { openbao } } })).plan.services;
    const claimOf = (services: ReturnType<typeof on>) => services.find(({ name }) => name === "portal")?.needs?.secretEngine;
    assert.equal(claimOf(on(false)), undefined);
    assert.deepEqual(at(claimOf(on(true)), "login"), { kind: "appRole" });
    const names = on(true).map(({ name }) => name);
    assert.ok(names.indexOf("openbao") < names.indexOf("portal"));

    const g = await run(portal({ plan, vault }));
    assert.equal(at(g.get("portal-config").inputs, "data", "VAULT_URL"), vault.url);
    const api = workloads(g).find(({ resource }) => resource.name === "portal-api");
    assert.match(String(at(api?.initContainers[0], "command", 2)), /< \/platform\/openbao\.crt/);
    assert.equal(at(g.get("portal-trust").inputs, "data", "openbao.crt"), "the authority");
    assert.match(String(at((await run(portal({ plan }))).get("portal-config").inputs, "data", "VAULT_URL")), /^https:/);
  });

  /** Variables of an application, with what each is read from. */
  const variables = (g: Graph, app: string): Record<string, unknown> => {
    const container = workloads(g).find(({ resource }) => resource.name === `portal-${app}`)?.containers[0];
    return Object.fromEntries(
      (at(container, "env") as { name: string; value?: string; valueFrom?: object }[]).map(({ name, value, valueFrom }) => [
        name,
        value ?? at(valueFrom, "secretKeyRef", "key") ?? at(valueFrom, "configMapKeyRef", "key"),
      ]),
    );
  };

  it("have one account each in the database: the metric API, which speaks no TLS, one that sees three tables", async () => {
    const { services } = plannedFile(environmentFile({ platform: { services: { openbao: true } } })).plan;
    const claim = services.find(({ name }) => name === "portal")?.needs?.mysql;
    assert.deepEqual(at(claim, "accounts", "metric"), { tables: METRIC_TABLES, openly: true });
    const without = plannedFile(environmentFile({})).plan.services.find(({ name }) => name === "portal");
    assert.equal(at(without?.needs?.mysql, "accounts"), undefined);
    const g = await run(portal({ plan, vault, database: withMetric }));
    const read = variables(g, "metric-api");
    assert.equal(read.DATABASE_TERRAMAN_ID, "METRIC_DATABASE_USER");
    assert.equal(read.DATABASE_TERRAMAN_PASSWORD, "METRIC_DATABASE_PASSWORD");
    assert.equal(read.DATABASE_USER_ID, undefined);
    assert.equal(read.SSL_CERT_DIR, "/platform", "programs in Go trust what is in a folder");
  });

  it("sign and read tokens by a key of their own, where an image holds everybody's in a file", async () => {
    const g = await run(portal({ plan, vault, charts }));
    for (const [app, paths] of [
      ["remote-api", ["/app/config.env"]],
      ["catalog-api", ["/config.env", "/app.env"]],
    ] as const) {
      const text = String(at(g.get("portal-config").inputs, "data", `cp-portal-${app}.env`));
      assert.match(text, /^JWT_SECRET=\$\{JWT_SECRET\}$/m);
      const read = variables(g, app);
      for (const [, name] of text.matchAll(/\$\{(\w+)\}/g)) assert.ok(name! in read, `${app} ${name}`);
      const mounts = at(workloads(g).find(({ resource }) => resource.name === `portal-${app}`)?.containers[0], "volumeMounts");
      assert.deepEqual(
        (mounts as { mountPath: string; subPath?: string }[]).flatMap(({ mountPath, subPath }) => (subPath ? [mountPath] : [])),
        paths,
      );
    }
  });

  it("know one password between the chaos API and its collector, which reads it under a name that the common API has too", async () => {
    const g = await run(portal({ plan, vault, chaosDashboardUrl: "http://chaos" }));
    assert.equal(variables(g, "chaos-collector").SPRING_SECURITY_PASSWORD, "CHAOSCOLLECTORAPI_AUTHORIZATION_PASSWORD");
    assert.equal(variables(g, "common-api").SPRING_SECURITY_PASSWORD, "SPRING_SECURITY_PASSWORD");
  });

  it("are one where several would write the same, and one where a volume is", () => {
    for (const { name, volume, single } of PORTAL_APPS) if (volume) assert.ok(single, name);
  });

  it("find their own cluster's token in OpenBao before they start, kept there by a pod of its own that may do nothing else there", async () => {
    const g = await run(portal({ plan, vault, chaosDashboardUrl: "http://chaos" }));
    const pod = workloads(g).find(({ resource }) => resource.name === "portal-cluster-token");
    assert.equal(pod?.pod.serviceAccountName, "cp-portal-cluster");
    const sources = at(pod?.pod.volumes, "0", "projected", "sources") as object[];
    assert.deepEqual(
      sources.map((each) => at(each, "serviceAccountToken", "audience")),
      [undefined, "openbao"],
    );
    for (const app of ["api", "remote-api", "chaos-collector"]) assert.ok(waitsFor(g, `portal-${app}`).has("portal-cluster-token"), app);
    const { services } = plannedFile(environmentFile({ name: "seoul", platform: { services: { openbao: true } } })).plan;
    const claim = services.find(({ name }) => name === "portal")?.needs?.secretEngine;
    assert.deepEqual(at(claim, "accounts"), {
      cluster: { serviceAccount: "cp-portal-cluster", paths: { "cluster/seoul": ["create", "update"] } },
    });
    assert.equal((await run(portal({ plan }))).resources.filter(({ type }) => /rbac/.test(type)).length, 0);
  });

  it("bring the migration tools by an option, with keys of their own that a rotation exchanges, and a log-in of their own", async () => {
    const migrating = (rotation?: number) => {
      const more = Object.fromEntries(["api", "ui", "auth"].map((app) => [`cp-portal-migration-${app}`, `r.example.org/m-${app}:v1.7.0`]));
      return run(portal({ migration: true, plan: { ...plan, ...(rotation ? { rotation } : {}), images: { ...images, ...more } } }));
    };
    const g = await migrating();
    const paths = at(g.get("portal-ingress").inputs, "spec", "rules", 0, "http", "paths") as { path: string }[];
    assert.deepEqual(
      paths.slice(2).map(({ path }) => path),
      ["/cpmig/(.*)", "/(cpmigui/.*)", "/cpmigauth/(.*)"],
    );
    assert.ok("MIG_PRIVATE_KEY" in variables(g, "migration-api") && !("AUTH_PRIVATE_KEY" in variables(g, "migration-api")));
    const keysOf = (of: Graph) => of.resources.filter(({ type }) => /PrivateKey/.test(type)).map(({ name }) => name);
    assert.deepEqual(keysOf(g), ["portal-migration-auth-key", "portal-migration-mig-key"]);
    assert.deepEqual(keysOf(await migrating(2)), ["portal-migration-auth-key-2", "portal-migration-mig-key-2"]);
    const { services } = plannedFile(environmentFile({ platform: { services: { openbao: true, portal: { migration: true } } } })).plan;
    const { host, needs } = services.find(({ name }) => name === "portal") ?? assert.fail();
    assert.deepEqual(at(needs?.identity, "also"), [`https://${host}/cpmigui`]);
  });

  const parts = (...apps: string[]) => ({
    ...images,
    ...Object.fromEntries(apps.map((app) => [`cp-portal-${app}`, `r.example.org/kpaas/cp-portal-${app}:v1.7.0`])),
  });
  const federation = {
    kubeconfig: secret(KARMADA_KUBECONFIG),
    clusterId: "seoul",
    messages: { url: "tls://nats.nats.svc:4222", user: "portal", password: secret(`${CANARY}-nats`), ca: "who signed NATS's" },
  };
  const federated = () =>
    run(portal({ vault, federation, plan: { ...plan, images: parts("federation-api", "federation-collector", "federation-ui") } }));

  it("see to several clusters through Karmada, by a kubeconfig in a file, everybody's key and password replaced", async () => {
    const g = await federated();
    assert.deepEqual(
      deployed(g).filter((name) => String(name).includes("federation")),
      ["api", "collector", "ui"].map((app) => `cp-portal-federation-${app}-deployment`),
    );
    const api = workloads(g).find(({ resource }) => resource.name === "portal-federation-api");
    const mounts = at(api?.containers[0], "volumeMounts") as { name: string; mountPath: string; subPath?: string }[];
    assert.deepEqual(
      mounts.flatMap(({ name, mountPath, subPath }) => (subPath ? [`${name} ${mountPath} ${subPath}`] : [])),
      ["files /cmd/api/app/intra/config.env cp-portal-federation-api.env", "secret-files /etc/kubeconfig KARMADA_KUBECONFIG"],
    );
    assert.ok(!("KARMADA_KUBECONFIG" in variables(g, "federation-api")), "it is in no environment");
    const text = String(at(g.get("portal-config").inputs, "data", "cp-portal-federation-api.env"));
    const read = variables(g, "federation-api");
    for (const [, name] of text.matchAll(/\$\{(\w+)\}/g)) assert.ok(name! in read, name);
    assert.match(text, /^JwtSecret=\$\{JWT_SECRET\}$/m);
    assert.match(text, /^CommonApiUserPassword=\$\{COMMONAPI_AUTHORIZATION_PASSWORD\}$/m);
    const { data } = g.get("portal-config").inputs as { data: Record<string, string> };
    assert.equal(data.KARMADA_API, "https://karmada-apiserver.karmada-system.svc:5443");
    assert.equal(variables(g, "federation-collector").KARMADA_TOKEN, "KARMADA_TOKEN");
    assert.equal(variables(g, "ui").CP_PORTAL_FEDERATION_UI_URI, "CP_PORTAL_FEDERATION_UI_URI");
    assert.equal(at(g.get("portal-trust").inputs, "data", "nats.crt"), "who signed NATS's");
    assert.deepEqual(g.leaks(CANARY), []);
    assert.ok(!("CP_PORTAL_FEDERATION_UI_URI" in variables(await run(portal({ plan, vault })), "ui")));
  });

  it("act in the cluster for federation in Karmada's namespace alone, and are called there by nobody without need", async () => {
    const g = await federated();
    const holders = workloads(g).filter(({ pod }) => JSON.stringify(pod.volumes).includes("serviceAccountToken"));
    assert.deepEqual(holders.map(({ resource }) => resource.name).sort(), ["portal-cluster-token", "portal-federation-api"]);
    const role = g.get("portal-federation-api-role");
    assert.equal(at(role.inputs, "metadata", "namespace"), "karmada-system");
    assert.deepEqual(
      (at(role.inputs, "rules") as { resources: string[]; verbs: string[] }[]).map(({ resources, verbs }) => `${resources} ${verbs}`),
      ["pods list", "pods/exec create,get", "deployments get"],
    );
    assert.equal(at(g.get("portal-federation-api-role-binding").inputs, "subjects", 0, "namespace"), "cp-portal");
    assert.ok(waitsFor(g, "portal-federation-api").has("portal-federation-api-role-binding"));
    const names = ofKind(g, "networking.k8s.io/v1:NetworkPolicy").map(({ name }) => name);
    assert.ok(!names.includes("portal-allow-federation-collector"), "nobody calls the collector");
    assert.deepEqual(at(g.get("portal-calls-federation-collector").inputs, "spec", "egress"), [
      {
        ports: [{ protocol: "TCP", port: 5443 }],
        to: [{ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "karmada-system" } } }],
      },
    ]);
  });

  it("have their pages for federation copied to a folder that can be written to, with where they call", async () => {
    const pod = workloads(await federated()).find(({ resource }) => resource.name === "portal-federation-ui");
    const [prepare] = pod?.initContainers ?? [];
    const folder = mkdtempSync(join(tmpdir(), "kpaas-pages-"));
    try {
      const script = String(at(prepare, "command", 2)).replaceAll("/usr/share/nginx", folder);
      for (const each of ["html", "html-original/assets"]) mkdirSync(join(folder, each), { recursive: true });
      writeFileSync(join(folder, "html-original", "index.html"), "the page");
      const env = { ...process.env, VITE_CP_PORTAL_FEDERATION_API_URL: "https://p/cpfed", VITE_CP_PORTAL_UI_URI: "https://p" };
      const { status, stderr } = spawnSync("sh", ["-ec", script], { encoding: "utf8", env });
      assert.equal(status, 0, stderr);
      assert.equal(readFileSync(join(folder, "html", "index.html"), "utf8"), "the page");
      assert.equal(
        readFileSync(join(folder, "html", "env-config.js"), "utf8"),
        'window._env_ = {\n  VITE_CP_PORTAL_FEDERATION_API_URL: "https://p/cpfed",\n  VITE_CP_PORTAL_UI_URI: "https://p"\n};\n',
      );
    } finally {
      removeFolder(folder);
    }
  });

  it("take a kubeconfig only that leads to Karmada by https with a token", () => {
    assert.equal(wrongKubeconfig(KARMADA_KUBECONFIG), undefined);
    assert.deepEqual(karmadaApi(KARMADA_KUBECONFIG), {
      server: "https://karmada-apiserver.karmada-system.svc:5443",
      token: `${CANARY}-karmada`,
    });
    for (const [text, reason] of [
      ["", /no context karmada-apiserver/],
      ["{ : [", /no context karmada-apiserver/],
      [KARMADA_KUBECONFIG.replaceAll("karmada-apiserver", "other"), /no context karmada-apiserver/],
      [KARMADA_KUBECONFIG.replace("https", "http"), /by https/],
      [KARMADA_KUBECONFIG.replace("token:", "client-key-data:"), /no token/],
    ] as const) {
      assert.match(wrongKubeconfig(text) ?? "", reason);
      assert.ok(!wrongKubeconfig(text)?.includes(CANARY));
    }
  });

  it("have Terraman where a machine for it is named, with an account, a password and a key of its own", async () => {
    const terraman = { host: "10.20.0.9", privateKey: secret(`${CANARY}-key`) };
    const accounts = { terraman: { user: "portal_terraman", password: secret(`${CANARY}-terraman`) } };
    const g = await run(
      portal({
        vault,
        terraman,
        database: { ...database("portal"), accounts, ca: "the authority" },
        plan: { ...plan, images: parts("terraman") },
      }),
    );
    const read = variables(g, "terraman");
    assert.equal(read.DATABASE_USER_ID, "TERRAMAN_DATABASE_USER");
    assert.equal(read.SPRING_SECURITY_PASSWORD, "CPTERRAMAN_AUTHORIZATION_PASSWORD");
    assert.equal(variables(g, "api").CPTERRAMAN_AUTHORIZATION_PASSWORD, "CPTERRAMAN_AUTHORIZATION_PASSWORD");
    assert.ok(!("TERRAMAN_PRIVATE_KEY" in read));
    const pod = workloads(g).find(({ resource }) => resource.name === "portal-terraman");
    const mounts = at(pod?.containers[0], "volumeMounts") as { mountPath: string; subPath?: string }[];
    assert.ok(mounts.some(({ mountPath, subPath }) => mountPath === "/home/1000/.ssh/master-key" && subPath === "TERRAMAN_PRIVATE_KEY"));
    assert.equal(ofKind(g, "core/v1:PersistentVolumeClaim").length, 0, "no key outlives its pod");
    const labels = (app: string) => workloads(g).find(({ resource }) => resource.name === `portal-${app}`)?.labels;
    assert.equal(labels("api")?.app, "cp-portal-api");
    assert.equal(labels("ui")?.app, undefined);
    const from = at(g.get("portal-allow-terraman").inputs, "spec", "ingress", 0, "from") as object[];
    assert.equal(from.length, 1, "the API alone calls it");
    assert.deepEqual(g.leaks(CANARY), []);
    const without = await run(portal({ plan, vault }));
    assert.ok(!("CPTERRAMAN_AUTHORIZATION_PASSWORD" in variables(without, "api")));
  });

  it("claim for their options what these cannot do without, and nothing of it otherwise", () => {
    const on = (services: object, release = "1.7.0") => plannedFile(environmentFile({ release, platform: { services } })).plan.services;
    const needs = (services: object, release?: string) => on(services, release).find(({ name }) => name === "portal")?.needs;
    const kubeconfig = { env: "KARMADA" };
    assert.deepEqual(needs({ openbao: true, nats: true, portal: { federation: { kubeconfig } } })?.messages, {});
    assert.equal(needs({ openbao: true, nats: true })?.messages, undefined);
    const terraman = { host: "10.20.0.9", privateKey: { env: "KEY" } };
    assert.deepEqual(at(needs({ openbao: true, portal: { terraman } })?.mysql, "accounts", "terraman"), { tables: TERRAMAN_TABLES });
    // Releases differ in the programs that they have.
    assert.equal(at(needs({ openbao: true }, "1.6.2")?.mysql, "accounts"), undefined);
  });

  it("tell whoever asks for the portal what visitors cannot do without which service, and its page says the same", () => {
    const page = readFileSync(join(ROOT, "docs", "services", "portal.md"), "utf8").toLowerCase();
    const warned = (services: object) =>
      planFile(environmentFile({ platform: { services } })).problems.flatMap(({ path, reason }) =>
        path.startsWith("platform.services.") ? [`${path.slice(18)}: ${reason}`] : [],
      );
    for (const { does, by } of portalService.promises ?? []) {
      for (const words of does.split(/ and |, /)) assert.ok(page.includes(words.split(" ").at(-1) ?? ""), `${does}: ${words}`);
      for (const kind of by) {
        const { name } = offererOf(kind, Object.values(registry.services)) ?? assert.fail(kind);
        const others = { openbao: true, chartmuseum: true, metricsServer: true, portal: true };
        assert.deepEqual(warned(others), []);
        assert.match(warned({ ...others, [name]: false }).join("\n"), new RegExp(`^${name}: .*without it nobody can .*${does}`));
      }
    }
    // A profile's own portal is as it was before: its page tells the same, and no file that stands is told anew.
    assert.deepEqual(warned({}), []);
  });

  it("ask the metric API by a name and password that everybody knows: its port is open to the API alone, and to no host", async () => {
    const metric = PORTAL_APPS.find(({ name }) => name === "cp-portal-metric-api");
    assert.deepEqual([metric?.callers, metric?.path], [["cp-portal-api"], undefined]);
    const g = await run(portal({ plan, vault, database: withMetric }));
    const reached = ofKind(g, "networking.k8s.io/v1:NetworkPolicy").filter(({ inputs }) => {
      const selected = at(inputs, "spec", "podSelector", "matchLabels") as Record<string, string> | undefined;
      return (
        at(inputs, "spec", "ingress") !== undefined && (selected === undefined || Object.values(selected).includes("cp-portal-metric-api"))
      );
    });
    assert.deepEqual(
      reached.flatMap(({ inputs }) => at(inputs, "spec", "ingress")),
      [{ ports: [{ protocol: "TCP", port: 8900 }], from: [{ podSelector: { matchLabels: { ...selectorLabels("cp-portal-api") } } }] }],
    );
  });

  it("see no secret that is not theirs", async () => {
    const g = await run(portal());
    const keys = (app: string) =>
      (
        at(workloads(g).find(({ resource }) => resource.name === `portal-${app}`)?.containers[0], "env") as {
          name: string;
          valueFrom?: object;
        }[]
      )
        .filter(({ valueFrom }) => at(valueFrom, "secretKeyRef") !== undefined)
        .map(({ name }) => name);
    assert.deepEqual(keys("common-api"), [
      "DATABASE_USER_ID",
      "DATABASE_USER_PASSWORD",
      "KEYCLOAK_CP_REALM_ID",
      "SPRING_SECURITY_PASSWORD",
    ]);
    assert.ok(!keys("ui").some((key) => key.startsWith("DATABASE") || key === "JWT_SECRET"));
  });

  it("trust the platform's certificate without an image of their own", async () => {
    const containers = async (build: Build) => workloads(await run(build)).find(({ resource }) => resource.name === "portal-ui");
    assert.match(String(at((await containers(portal()))?.initContainers[0], "command", 2)), /keytool -importcert/);
    assert.deepEqual((await containers(portal({ trust: undefined })))?.initContainers, []);
  });

  it("speak TLS to a database that says what to trust, by URLs in place of those that are compiled in", async () => {
    const url = (g: Graph) => String(at(g.get("portal-config").inputs, "data", "SPRING_DATASOURCE_KEYCLOAK_JDBCURL"));
    const open = await run(portal());
    assert.match(url(open), /^jdbc:mysql:\/\/mariadb\.mariadb\.svc:3306\/keycloak\?autoReconnect=true/);
    assert.doesNotMatch(url(open), /useSsl/);
    const g = await run(portal({ database: { ...database("portal"), ca: "the authority" } }));
    assert.match(url(g), /&useSsl=true$/);
    assert.equal(at(g.get("portal-trust").inputs, "data", "mariadb.crt"), "the authority");
    const api = workloads(g).find(({ resource }) => resource.name === "portal-common-api");
    assert.match(String(at(api?.initContainers[0], "command", 2)), /< \/platform\/mariadb\.crt/);
  });

  it("trust each of the authorities in a file, of which keytool reads the first", () => {
    const folder = mkdtempSync(join(tmpdir(), "kpaas-trust-"));
    try {
      const pem = (of: string) => `-----BEGIN CERTIFICATE-----\n${of}\n-----END CERTIFICATE-----\n`;
      writeFileSync(join(folder, "ca.crt"), `${pem("one")}${pem("two")}`);
      const script = makeTrustStore(["platform"], { files: folder, store: join(folder, "trust"), scratch: join(folder, "tmp") });
      for (const each of ["tmp", "trust", "lib/security"]) mkdirSync(join(folder, each), { recursive: true });
      writeFileSync(join(folder, "lib", "security", "cacerts"), "");
      const keytool = 'keytool() { while [ $# -gt 0 ]; do case "$1" in -alias) echo "$2" ;; -file) cat "$2" ;; esac; shift; done; }';
      const { stdout, stderr } = spawnSync("sh", ["-ec", `${keytool}\n${script}`], {
        encoding: "utf8",
        env: { ...process.env, JAVA_HOME: folder },
      });
      assert.equal(`${stdout}${stderr}`, `platform-1\n${pem("one")}platform-2\n${pem("two")}`);
    } finally {
      removeFolder(folder);
    }
  });

  it("start anew when the database's password changes", async () => {
    const one = await run(portal());
    const two = await run(portal({ database: { ...database("portal"), password: secret("another") } }));
    assert.deepEqual(one.changed(two), ["portal-common-api", "portal-secret"]);
  });
});
