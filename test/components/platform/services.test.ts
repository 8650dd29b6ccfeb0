import assert from "node:assert/strict";
import type { ComponentResourceOptions } from "@pulumi/pulumi";
import { output, secret } from "@pulumi/pulumi";
import type { ServiceArgs } from "../../../components/platform/args";
import { CertManager } from "../../../components/platform/cert-manager/cert-manager";
import type { DatabaseAccess, IngressRoute } from "../../../components/platform/grants";
import { IngressNginx } from "../../../components/platform/ingress-nginx/ingress-nginx";
import { Keycloak } from "../../../components/platform/keycloak/keycloak";
import { MariaDb } from "../../../components/platform/mariadb/mariadb";
import { MetalLb } from "../../../components/platform/metallb/metallb";
import { MetricsServer } from "../../../components/platform/metrics-server/metrics-server";
import { NfsStorage } from "../../../components/platform/nfs-storage/nfs-storage";
import { PlatformTls } from "../../../components/platform/platform-tls/platform-tls";
import { Portal } from "../../../components/platform/portal/portal";
import type { ServicePlan } from "../../../model/plan/types";
import type { Graph, GraphOptions } from "../../../testing/graph";
import { unwrapSecret } from "../../../testing/mocks";
import { golden } from "../../support/golden";
import { at, CANARY, ofKind, serviceGraph, servicePlan, workloads } from "./fixtures";

const route: IngressRoute = { className: "nginx", namespace: "ingress-nginx", address: "10.20.0.200" };
const database = (name: string): DatabaseAccess => ({
  host: "mariadb.mariadb.svc",
  port: 3306,
  database: name,
  user: name,
  password: secret(`${CANARY}-db`),
});

type Common = Pick<ServiceArgs, "cluster" | "labels">;
type Build = (common: Common, opts: ComponentResourceOptions) => unknown;

const metallb: Build = (common, opts) =>
  new MetalLb(
    "lb",
    { ...common, plan: servicePlan("metallb"), range: { first: "10.20.0.200", last: "10.20.0.230" }, ingressAddress: "10.20.0.210" },
    opts,
  );
const ingress =
  (loadBalancer: "metallb" | "cloud"): Build =>
  (common, opts) =>
    new IngressNginx(
      "web",
      {
        ...common,
        plan: servicePlan("ingress"),
        className: "nginx",
        address: "10.20.0.200",
        loadBalancer,
        sourceRanges: ["198.51.100.0/24"],
        podCidr: "10.233.64.0/18",
        defaultCertificate: { certificate: "chain", key: secret(CANARY) },
      },
      opts,
    );
const storage: Build = (common, opts) =>
  new NfsStorage(
    "nfs",
    { ...common, plan: servicePlan("storage"), server: "10.20.0.20", path: "/srv/nfs", className: "cp-storageclass" },
    opts,
  );
const metrics =
  (kubeletCertificates: "clusterSigned" | "selfSigned"): Build =>
  (common, opts) =>
    new MetricsServer("metrics", { ...common, plan: servicePlan("metricsServer"), kubeletCertificates }, opts);
const certManager: Build = (common, opts) =>
  new CertManager(
    "certs",
    { ...common, plan: servicePlan("certManager"), issuer: { kind: "ca", certificate: "ca", key: secret(CANARY) } },
    opts,
  );
const mariadb =
  (tables: string[] = ["CREATE TABLE IF NOT EXISTS a (id INT)"], changes: Partial<ServicePlan> = {}): Build =>
  (common, opts) =>
    new MariaDb(
      "db",
      {
        ...common,
        plan: servicePlan("mariadb", changes),
        storageClass: "cp-storageclass",
        protectData: true,
        retainData: false,
        clients: ["keycloak"],
        schemas: {
          keycloak: { schema: "keycloak", user: "keycloak" },
          portal: { schema: "cp", user: "portal", reads: [{ schema: "keycloak", table: "T", columns: ["ID"] }], tables },
        },
      },
      opts,
    );
const keycloak =
  (changes: Partial<ServicePlan> = {}, login: Partial<ConstructorParameters<typeof Keycloak>[1]> = {}): Build =>
  (common, opts) =>
    new Keycloak(
      "sso",
      {
        ...common,
        plan: servicePlan("keycloak", changes),
        database: database("keycloak"),
        ingress: route,
        applications: ["https://portal.seoul.example.org"],
        domain: "seoul.example.org",
        ...login,
      },
      opts,
    );
const portal =
  (extra: Partial<ConstructorParameters<typeof Portal>[1]> = {}): Build =>
  (common, opts) =>
    new Portal(
      "portal",
      {
        ...common,
        plan: servicePlan("portal"),
        ingress: route,
        database: database("portal"),
        keycloakSchema: "keycloak",
        realm: {
          url: "https://keycloak.seoul.example.org",
          realm: "cp-realm",
          realmId: "cp-realm",
          issuer: "https://keycloak.seoul.example.org/realms/cp-realm",
          clientId: "cp-client",
          clientSecret: secret(`${CANARY}-client`),
        },
        keycloakHost: "keycloak.seoul.example.org",
        trust: output("certificate"),
        storageClass: "cp-storageclass",
        ...extra,
      },
      opts,
    );
const tls: Build = (_common, opts) => new PlatformTls("tls", { kind: "selfSigned", domain: "seoul.example.org" }, opts);

const services: Readonly<Record<string, Build>> = {
  metallb,
  "ingress-nginx": ingress("metallb"),
  "nfs-storage": storage,
  "metrics-server": metrics("selfSigned"),
  "cert-manager": certManager,
  "platform-tls": tls,
  mariadb: mariadb(),
  keycloak: keycloak({ replicas: 2 }),
  portal: portal(),
};

function run(build: Build, options: GraphOptions = {}): Promise<Graph> {
  return serviceGraph((common, provider) => build(common, { providers: { kubernetes: provider } }), options);
}

for (const [name, build] of Object.entries(services)) {
  describe(`the component of ${name}`, () => {
    it("registers its resources", async () => golden(`components/${name}`, (await run(build)).lines()));

    it("registers the same when nothing exists yet, and shows no secret", async () => {
      const known = await run(build);
      assert.deepEqual((await run(build, { unknowns: true })).urns(), known.urns());
      for (const canary of [CANARY, "generated-", "PRIVATE KEY"]) assert.deepEqual(known.leaks(canary), []);
    });
  });
}

describe("a service alone", () => {
  const mysql: DatabaseAccess = { host: output("db.example.org"), port: output(3307), database: "login", user: "login", password: CANARY };
  const alone = (plan: ServiceArgs["plan"], release?: string): Build =>
    function build(_common, opts) {
      return new Keycloak("login", { database: mysql, ingress: route, ...(plan ? { plan } : {}), ...(release ? { release } : {}) }, opts);
    };

  it("is its catalogue entry, but for what its program says, with a database of the program's own", async () => {
    const g = await run(alone({ host: "login.example.org", replicas: 2 }));
    const { spec } = g.get("login-server").inputs as { spec: { replicas: number; template: object } };
    assert.equal(spec.replicas, 2);
    assert.equal(at(spec.template, "spec", "containers", 0, "image"), servicePlan("keycloak").images.server);
    const env = at(spec.template, "spec", "containers", 0, "env") as { name: string; value?: string }[];
    const of = (name: string) => env.find((each) => each.name === name)?.value;
    assert.deepEqual([of("KC_DB_URL_HOST"), of("KC_DB_URL_PORT"), of("KC_DB_URL_DATABASE")], ["db.example.org", "3307", "login"]);
    assert.deepEqual(g.leaks(CANARY), []);
  });

  it("is refused without its host, and of a release that is not known", async () => {
    await assert.rejects(run(alone(undefined)), /no host/);
    await assert.rejects(run(alone({ host: "login.example.org" }, "0.9.0")), /0\.9\.0 is no release/);
  });
});

describe("MetalLB's pools", () => {
  it("keep the ingress address apart from what other Services are given", async () => {
    const g = await run(metallb);
    assert.deepEqual(g.get("lb-pool-primary").inputs.spec, {
      addresses: ["10.20.0.200-10.20.0.209", "10.20.0.211-10.20.0.230"],
      autoAssign: true,
    });
    assert.deepEqual(g.get("lb-pool-ingress").inputs.spec, { addresses: ["10.20.0.210/32"], autoAssign: false });
    assert.deepEqual(g.get("lb-advertisement").inputs.spec, { ipAddressPools: ["primary", "ingress"] });
    assert.ok(g.get("lb-pool-primary").options.dependsOn.includes("lb-release"));
  });
});

describe("the ingress controller's Service", () => {
  it("is pinned to its address and open to the named addresses and the pods only", async () => {
    const service = at((await run(ingress("metallb"))).get("web-release").inputs.values, "controller", "service");
    assert.equal(at(service, "annotations", "metallb.io/loadBalancerIPs"), "10.20.0.200");
    assert.deepEqual(at(service, "loadBalancerSourceRanges"), ["198.51.100.0/24", "10.233.64.0/18"]);
    const cloud = at((await run(ingress("cloud"))).get("web-release").inputs.values, "controller", "service");
    assert.equal(at(cloud, "loadBalancerIP"), "10.20.0.200");
    assert.equal(at(cloud, "annotations"), undefined);
  });
});

describe("metrics-server", () => {
  it("verifies the kubelets where the cluster signed their certificates, and only there", async () => {
    const args = async (kind: "clusterSigned" | "selfSigned") =>
      at((await run(metrics(kind))).get("metrics-release").inputs.values, "args");
    assert.deepEqual(await args("clusterSigned"), ["--kubelet-certificate-authority=/var/run/secrets/kubernetes.io/serviceaccount/ca.crt"]);
    assert.deepEqual(await args("selfSigned"), ["--kubelet-insecure-tls"]);
  });
});

describe("the platform's certificate", () => {
  it("covers the domain and everything under it, for at most a year, and is renewed before it ends", async () => {
    const g = await run(tls);
    assert.deepEqual(g.get("tls-server-request").inputs.dnsNames, ["seoul.example.org", "*.seoul.example.org"]);
    const { validityPeriodHours, earlyRenewalHours } = g.get("tls-server").inputs;
    assert.ok(Number(validityPeriodHours) <= 366 * 24 && Number(earlyRenewalHours) >= 14 * 24);
    assert.equal(g.get("tls-ca").inputs.isCaCertificate, true);
  });

  it("has a common name that fits, however long the domain", async () => {
    const domain = `${"a".repeat(60)}.${"b".repeat(60)}.example.org`;
    const g = await run((_common, opts) => new PlatformTls("tls", { kind: "selfSigned", domain }, opts));
    for (const name of ["tls-ca", "tls-server-request"]) assert.ok(String(at(g.get(name).inputs, "subject", "commonName")).length <= 64);
  });
});

describe("MariaDB", () => {
  it("makes a new job when a schema or the image changes and the same one otherwise", async () => {
    const name = async (build: Build) => at((await run(build)).get("db-schemas").inputs, "metadata", "name");
    const first = await name(mariadb());
    assert.match(String(first), /^mariadb-schemas-[0-9a-f]{10}$/);
    assert.equal(await name(mariadb()), first);
    assert.notEqual(await name(mariadb(["CREATE TABLE IF NOT EXISTS b (id INT)"])), first);
    assert.notEqual(await name(mariadb(undefined, { images: { server: "docker.io/library/mariadb:12.1.0" } })), first);
  });

  it("keeps root on the server's own socket and gives consumers accounts of their own", async () => {
    const g = await run(mariadb());
    const env = at(workloads(g)[0]?.containers[0], "env") as { name: string; value?: string }[];
    assert.equal(env.find(({ name }) => name === "MARIADB_ROOT_HOST")?.value, "localhost");
    assert.equal(env.find(({ name }) => name === "MARIADB_ROOT_PASSWORD_FILE")?.value, "/etc/kpaas-root/root-password");
    const accounts = String(at(unwrapSecret(g.get("db-init").inputs.stringData), "accounts.sql"));
    assert.match(accounts, /GRANT SELECT \(`ID`\) ON `keycloak`\.`T` TO 'portal'@'%';/);
    assert.ok(!accounts.includes("root"));
    const files = unwrapSecret(g.get("db-sql").inputs.stringData) as Record<string, string>;
    assert.deepEqual(Object.keys(files), ["cp.cnf", "cp.sql"]);
    assert.match(files["cp.cnf"] ?? "", /^user=portal$/m);
  });

  it("starts anew when an account changes, and has no job where nobody asks for tables", async () => {
    const hash = async (build: Build) =>
      at((await run(build)).get("db-server").inputs, "spec", "template", "metadata", "annotations", "kpaas/accounts");
    const first = await hash(mariadb());
    assert.match(String(first), /^[0-9a-f]{10}$/);
    assert.equal(await hash(mariadb(["CREATE TABLE IF NOT EXISTS b (id INT)"])), first);
    const alone = await run(mariadb([]));
    assert.deepEqual(ofKind(alone, "batch/v1:Job"), []);
  });

  it("lets its clients and its own job connect, and nobody else", async () => {
    const g = await run(mariadb());
    assert.deepEqual(at(g.get("db-allow-clients").inputs, "spec", "ingress"), [
      {
        ports: [{ protocol: "TCP", port: 3306 }],
        from: [
          { podSelector: { matchLabels: { "app.kubernetes.io/name": "mariadb-schemas", "app.kubernetes.io/part-of": "k-paas" } } },
          { namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "keycloak" } } },
        ],
      },
    ]);
    for (const { inputs } of ofKind(g, "core/v1:Service")) assert.equal(at(inputs, "spec", "type"), "ClusterIP");
  });
});

describe("Keycloak's realm", () => {
  const realm = async (build: Build) => {
    const data = unwrapSecret((await run(build)).get("sso-realm").inputs.stringData);
    return JSON.parse(String(at(data, "cp-realm-realm.json"))) as Record<string, unknown>;
  };

  it("has the client, group and role that the portal expects, and generated secrets", async () => {
    const made = await realm(keycloak());
    assert.equal(at(made, "clients", 0, "clientId"), "cp-client");
    assert.equal(at(made, "clients", 0, "secret"), "generated-sso-client-secret");
    assert.deepEqual(at(made, "clients", 0, "redirectUris"), ["https://portal.seoul.example.org/login/oauth2/code/keycloak"]);
    assert.deepEqual(at(made, "clients", 0, "webOrigins"), ["https://portal.seoul.example.org"]);
    assert.ok(!JSON.stringify(at(made, "clients")).includes("*"));
    assert.equal(at(made, "clients", 0, "directAccessGrantsEnabled"), false);
    assert.equal(at(made, "clients", 0, "protocolMappers", 0, "config", "claim.name"), "roles");
    assert.deepEqual(at(made, "groups", 0, "realmRoles"), ["cp-cluster-admin-role"]);
    assert.deepEqual(at(made, "users", 0, "groups"), ["/cp-cluster-admin"]);
    assert.equal(at(made, "users", 0, "credentials", 0, "value"), "generated-sso-portal-admin-password");
    assert.equal(made.bruteForceProtected, true);
  });

  it("lets nobody register unless asked to", async () => {
    assert.equal((await realm(keycloak())).registrationAllowed, false);
    assert.equal((await realm(keycloak({}, { selfRegistration: true }))).registrationAllowed, true);
  });

  it("demands long passwords, and of public clients a proof that they asked for the log-in", async () => {
    const made = await realm(keycloak());
    assert.match(String(made.passwordPolicy), /length\(12\).*notUsername/);
    assert.deepEqual(at(made, "clientPolicies", "policies", 0, "conditions", 0, "configuration", "type"), ["public"]);
    assert.equal(at(made, "clientProfiles", "profiles", 0, "executors", 0, "executor"), "pkce-enforcer");
  });

  it("is served at its host, and the administration is not unless asked to", async () => {
    const served = async (build: Build) => {
      const g = await run(build);
      const paths = at(g.get("sso-ingress").inputs, "spec", "rules", 0, "http", "paths") as { path: string }[];
      const env = at(g.get("sso-server").inputs, "spec", "template", "spec", "containers", 0, "env") as { name: string; value?: string }[];
      return [paths.map(({ path }) => path), env.find(({ name }) => name === "KC_HOSTNAME_ADMIN")?.value];
    };
    assert.deepEqual(await served(keycloak()), [["/realms", "/resources"], "http://localhost:8080"]);
    assert.deepEqual(await served(keycloak({}, { adminConsole: "public" })), [["/"], undefined]);
  });
});

describe("the portal's applications", () => {
  const images = Object.fromEntries(
    ["ui", "api", "common-api", "metric-api", "remote-api", "catalog-api", "chaos-api", "chaos-collector"].map((app) => [
      `cp-portal-${app}`,
      `r.example.org/kpaas/cp-portal-${app}:v1.7.0`,
    ]),
  );
  const plan = servicePlan("portal", { images });
  const vault = {
    url: "http://openbao.openbao.svc:8200",
    roleName: "cp_role",
    roleId: secret(`${CANARY}-role`),
    secretId: secret(`${CANARY}-id`),
  };
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
    const withVault = await run(portal({ plan, vault }));
    assert.deepEqual(deployed(withVault).slice(-4), [
      "cp-portal-common-api-deployment",
      "cp-portal-metric-api-deployment",
      "cp-portal-remote-api-deployment",
      "cp-portal-ui-deployment",
    ]);
    const everything = await run(
      portal({
        plan,
        vault,
        charts: { name: "cp", url: "https://charts", user: "u", password: secret(CANARY) },
        chaosDashboardUrl: "http://chaos",
      }),
    );
    assert.equal(deployed(everything).length, 8);
    assert.deepEqual(everything.leaks(CANARY), []);
    for (const own of ["portal-catalog-api-data", "portal-catalog-api"]) assert.equal(everything.get(own).options.deletedWith, undefined);
    assert.deepEqual(
      (at(everything.get("portal-ingress").inputs, "spec", "rules", 0, "http", "paths") as { path: string }[]).map(({ path }) => path),
      ["/(.*)", "/cpapi/(.*)", "/cpremote/(.*)", "/cpcatalog/(.*)", "/cpchaos/(.*)"],
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

  it("start anew when the database's password changes", async () => {
    const one = await run(portal());
    const two = await run(portal({ database: { ...database("portal"), password: secret("another") } }));
    assert.deepEqual(one.changed(two), ["portal-common-api", "portal-secret"]);
  });
});
