import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { secret } from "@pulumi/pulumi";
import { CLUSTER_API, keepToken } from "../../components/platform/portal/cluster-token";
import { removeFolder } from "../../host/files";
import { type Connection, HttpClient } from "../../sandbox/kubernetes/real/client";
import type { Fields } from "../../sandbox/kubernetes/values";
import { namePath } from "../../sandbox/servers/record";
import type { Graph } from "../../testing/graph";
import { openbao, portal, run } from "../components/platform/builds";
import { at } from "../components/platform/fixtures";
import { accountToken, makeCertificates, OPENBAO_VERSIONS, OpenBaoMember, openBaoForTests, TokenReviews } from "../support/openbao";
import { type AppRoleIds, configure } from "../support/openbao-inside";
import { RealCluster } from "../support/real-cluster";
import { serversForTests } from "../support/servers";

const NAMESPACE = "cp-portal";
const ACCOUNT = `/api/v1/namespaces/${NAMESPACE}/serviceaccounts/cp-portal-cluster`;
const CORE = "/api/v1";
const RBAC = "/apis/rbac.authorization.k8s.io/v1";

/** What the portal's screens list (application.yml of cp-portal-api 1.7.0). */
const LISTED = [
  ...["nodes", "namespaces", "pods", "services", "endpoints", "events", "persistentvolumes", "persistentvolumeclaims", "serviceaccounts"],
  ...["resourcequotas", "limitranges", "secrets", "configmaps"],
]
  .map((kind) => `${CORE}/${kind}`)
  .concat(
    ["deployments", "replicasets"].map((kind) => `/apis/apps/v1/${kind}`),
    ["roles", "rolebindings"].map((kind) => `${RBAC}/${kind}`),
    ["/apis/networking.k8s.io/v1/ingresses", "/apis/storage.k8s.io/v1/storageclasses", "/apis/autoscaling/v2/horizontalpodautoscalers"],
  );

/** What it may not, though it could give itself the right. */
const CLOSED = [
  "/apis/apiextensions.k8s.io/v1/customresourcedefinitions",
  "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations",
  "/apis/certificates.k8s.io/v1/certificatesigningrequests",
];

const POD = {
  metadata: { labels: { app: "shop" } },
  spec: { containers: [{ name: "shop", image: "registry.example.org/shop:1" }] },
};
const LABELS = { matchLabels: { app: "shop" } };
const IN = (group: string) => `/apis/${group}/namespaces/NAMESPACE`;

/** What charts are made of, by the path where it is made; the first is what Helm itself keeps of a release. */
const CATALOGUE: readonly (readonly [path: string, object: Fields])[] = [
  [`${CORE}/namespaces/NAMESPACE/secrets`, { apiVersion: "v1", kind: "Secret", type: "helm.sh/release.v1", stringData: { release: "a" } }],
  [`${CORE}/namespaces/NAMESPACE/configmaps`, { apiVersion: "v1", kind: "ConfigMap", data: { a: "b" } }],
  [`${CORE}/namespaces/NAMESPACE/serviceaccounts`, { apiVersion: "v1", kind: "ServiceAccount" }],
  [`${CORE}/namespaces/NAMESPACE/services`, { apiVersion: "v1", kind: "Service", spec: { ports: [{ port: 80 }] } }],
  [
    `${CORE}/namespaces/NAMESPACE/persistentvolumeclaims`,
    {
      ...{ apiVersion: "v1", kind: "PersistentVolumeClaim" },
      spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } },
    },
  ],
  ...["Deployment", "DaemonSet"].map(
    (kind) =>
      [`${IN("apps/v1")}/${kind.toLowerCase()}s`, { apiVersion: "apps/v1", kind, spec: { selector: LABELS, template: POD } }] as const,
  ),
  [
    `${IN("apps/v1")}/statefulsets`,
    { apiVersion: "apps/v1", kind: "StatefulSet", spec: { serviceName: "shop", selector: LABELS, template: POD } },
  ],
  [
    `${IN("batch/v1")}/jobs`,
    { apiVersion: "batch/v1", kind: "Job", spec: { template: { ...POD, spec: { ...POD.spec, restartPolicy: "Never" } } } },
  ],
  [
    `${IN("networking.k8s.io/v1")}/ingresses`,
    {
      ...{ apiVersion: "networking.k8s.io/v1", kind: "Ingress" },
      spec: { defaultBackend: { service: { name: "shop", port: { number: 80 } } } },
    },
  ],
  [
    `${IN("policy/v1")}/poddisruptionbudgets`,
    { apiVersion: "policy/v1", kind: "PodDisruptionBudget", spec: { minAvailable: 1, selector: LABELS } },
  ],
  [
    `${IN("autoscaling/v2")}/horizontalpodautoscalers`,
    {
      ...{ apiVersion: "autoscaling/v2", kind: "HorizontalPodAutoscaler" },
      spec: { maxReplicas: 2, scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "shop" } },
    },
  ],
];

/** The portal's own token: the real script, a real OpenBao and a real API server. The tests are one story, in order. */
function ofOpenBao(this: Mocha.Suite, version: string): void {
  this.timeout(180_000);
  const folder = mkdtempSync(join(tmpdir(), "kpaas-e2e-"));
  const reviews = new TokenReviews();
  const folders = { tokens: join(folder, "tokens"), trust: join(folder, "trust"), scratch: join(folder, "scratch") };
  let cluster: RealCluster | undefined;
  let bao: OpenBaoMember;
  let connection: Connection;
  let admin: HttpClient;
  let ids: AppRoleIds;
  let script: ChildProcess | undefined;
  let log = "";

  /** As the kubelet asks for it. */
  const askToken = async (): Promise<string> => {
    const spec = { expirationSeconds: 3600 };
    const answer = await admin.request("POST", `${ACCOUNT}/token`, {
      apiVersion: "authentication.k8s.io/v1",
      kind: "TokenRequest",
      spec,
    });
    return String(at(answer, "status", "token"));
  };
  /** What the portal's programs read, as they log in. */
  const read = async (): Promise<Record<string, string>> => {
    const login = await bao.call("POST", "auth/approle/login", { body: { role_id: ids.roleId, secret_id: ids.secretId } });
    const answer = await bao.call("GET", "secret/data/cluster/seoul", { token: String(at(login.body, "auth", "client_token")) });
    return (at(answer.body, "data", "data") ?? {}) as Record<string, string>;
  };
  const becomes = async (token: string): Promise<void> => {
    for (let tries = 0; (await read()).clusterToken !== token; tries++) {
      if (tries > 100) throw new Error(`the token was not written:\n${log}`);
      await pause(200);
    }
  };
  const portalClient = async (): Promise<HttpClient> => new HttpClient({ ...connection, token: String((await read()).clusterToken) });

  before(async function () {
    const program = openBaoForTests.call(this, version);
    const programs = await serversForTests.call(this);
    const key = randomBytes(32).toString("base64");
    const graph: Graph = await run(openbao({ version }), { outputs: { "random:index/randomBytes:RandomBytes": () => ({ base64: key }) } });
    const certificates = makeCertificates(folder, ["127.0.88.10"]);
    bao = new OpenBaoMember({ program, graph, certificates, reviews: await reviews.start(), port: 21_900 }, join(folder, "bao"));
    const world = join(folder, "world");
    cluster = await RealCluster.start(join(folder, "servers"), world, programs);
    connection = JSON.parse(readFileSync(namePath(world), "utf8")) as Connection;
    admin = new HttpClient(connection);
    assert.equal(await bao.run(), "initialised", bao.log);
    await bao.serves();
    ids = (await configure(bao, graph)).portal ?? assert.fail("no AppRole was made");

    const url = `https://${bao.address}:21900`;
    const vault = {
      ...{ url, ca: "ca", roleName: "portal", roleId: secret("role"), secretId: secret("id") },
      writer: { role: "portal-cluster", audience: "openbao", clusterId: "seoul" },
    };
    const made = await run(portal({ vault }));
    await admin.request("POST", `${CORE}/namespaces`, { apiVersion: "v1", kind: "Namespace", metadata: { name: NAMESPACE } });
    for (const [name, path] of [
      ["portal-cluster-account", dirname(ACCOUNT)],
      ["portal-cluster-rights", `${RBAC}/clusterroles`],
      ["portal-cluster-rights-binding", `${RBAC}/clusterrolebindings`],
    ] as const) {
      const { inputs } = made.get(name);
      await admin.request("POST", path, inputs as Fields);
    }
    for (const each of Object.values(folders)) mkdirSync(each);
    writeFileSync(join(folders.trust, "openbao.crt"), certificates.ca);
    writeFileSync(join(folders.tokens, "openbao"), accountToken(NAMESPACE, "cp-portal-cluster"));
    writeFileSync(join(folders.tokens, "kubernetes"), await askToken());
    const text = keepToken(vault, folders).replace("sleep 60", "sleep 1");
    script = spawn("sh", ["-c", text], {
      env: { PATH: `${dirname(program)}:${process.env.PATH}` },
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
    });
    for (const stream of [script.stdout, script.stderr]) stream?.on("data", (part) => (log += String(part)));
  });
  after(async () => {
    if (script?.pid) process.kill(-script.pid, "SIGKILL");
    await bao?.kill();
    reviews.stop();
    await cluster?.stop();
    removeFolder(folder);
  });

  it("is where the portal's programs look for it, and works", async () => {
    const token = readFileSync(join(folders.tokens, "kubernetes"), "utf8");
    await becomes(token);
    assert.deepEqual(await read(), { clusterId: "seoul", clusterApiUrl: CLUSTER_API, clusterToken: token });
    assert.ok(!log.includes(token), "it is in no log");
    const client = await portalClient();
    for (const path of LISTED) assert.ok(Array.isArray((await client.request("GET", path)).items), path);
    assert.ok((await client.request("GET", "/")).paths, "the API's root answers the metric API");
  });

  it("does what the portal does for its users", async () => {
    const client = await portalClient();
    const space = `${CORE}/namespaces/shop`;
    const rbac = `${RBAC}/namespaces/shop`;
    const api = "rbac.authorization.k8s.io";
    await client.request("POST", `${CORE}/namespaces`, { apiVersion: "v1", kind: "Namespace", metadata: { name: "shop" } });
    await client.request("POST", `${space}/serviceaccounts`, { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "user" } });
    // Its role of administrators holds more than it has itself.
    const rules = [{ apiGroups: [""], resources: ["serviceaccounts"], verbs: ["impersonate"] }];
    const role = { apiVersion: `${api}/v1`, kind: "Role", metadata: { name: "cp-admin-role" }, rules };
    await client.request("POST", `${rbac}/roles`, role);
    const subjects = [{ kind: "ServiceAccount", name: "user", namespace: "shop" }];
    const bind = (kind: string, name: string, to: string) => ({
      ...{ apiVersion: `${api}/v1`, kind: `${kind}Binding`, metadata: { name }, subjects },
      roleRef: { apiGroup: api, kind, name: to },
    });
    await client.request("POST", `${rbac}/rolebindings`, bind("Role", "user", "cp-admin-role"));
    await client.request("POST", `${RBAC}/clusterrolebindings`, bind("ClusterRole", "user-cluster-admin-binding", "cluster-admin"));
    const spec = { expirationSeconds: 1_000_000_000 };
    const asked = { apiVersion: "authentication.k8s.io/v1", kind: "TokenRequest", spec };
    assert.ok(at(await client.request("POST", `${space}/serviceaccounts/user/token`, asked), "status", "token"));
    await client.request("DELETE", `${RBAC}/clusterrolebindings/user-cluster-admin-binding`);
    await client.request("DELETE", space);
    const may = async (resource: string, verb: string, group: string): Promise<unknown> => {
      const review = { resourceAttributes: { group, resource, verb } };
      const body = { apiVersion: "authorization.k8s.io/v1", kind: "SelfSubjectAccessReview", spec: review };
      return at(await client.request("POST", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", body), "status", "allowed");
    };
    for (const [resource, verb] of [
      ["nodes", "list"],
      ["pods", "get"],
    ] as const)
      assert.equal(await may(resource, verb, "metrics.k8s.io"), true);
    assert.equal(await may("podchaos", "create", "chaos-mesh.org"), false, "where there is no Chaos Mesh");
    const inPods = async (subresource: string, verb: string): Promise<unknown> => {
      const spec = { resourceAttributes: { resource: "pods", subresource, verb } };
      const body = { apiVersion: "authorization.k8s.io/v1", kind: "SelfSubjectAccessReview", spec };
      return at(await client.request("POST", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", body), "status", "allowed");
    };
    assert.deepEqual(
      [await inPods("exec", "create"), await inPods("log", "get"), await inPods("portforward", "create")],
      [true, true, false],
    );
  });

  it("makes what charts of the catalogue are commonly made of, with Helm's record of them, and no definition", async () => {
    const client = await portalClient();
    const make = (path: string, object: Fields) => client.request("POST", `${path}?dryRun=All`, object);
    for (const [path, object] of CATALOGUE) {
      const made = await make(path.replace("NAMESPACE", NAMESPACE), { ...object, metadata: { name: "shop" } });
      assert.equal(at(made, "kind"), object.kind);
    }
    const definition = { apiVersion: "apiextensions.k8s.io/v1", kind: "CustomResourceDefinition", metadata: { name: "shops.example.org" } };
    await assert.rejects(make("/apis/apiextensions.k8s.io/v1/customresourcedefinitions", definition), /forbidden/);
  });

  it("does nothing that is not listed", async () => {
    const client = await portalClient();
    for (const path of CLOSED) await assert.rejects(client.request("GET", path), /forbidden/, path);
    await assert.rejects(client.request("DELETE", `${CORE}/nodes/a`), /forbidden/);
  });

  it("is another one as soon as the kubelet has another one", async () => {
    await pause(1100);
    const next = await askToken();
    assert.notEqual(next, (await read()).clusterToken);
    writeFileSync(join(folders.tokens, "kubernetes"), next);
    await becomes(next);
    assert.ok((await (await portalClient()).request("GET", `${CORE}/nodes`)).items);
  });

  it("is all that whoever writes it may touch, and nobody else writes it so", async () => {
    const token = await bao.logIn("portal-cluster", NAMESPACE, "cp-portal-cluster");
    const status = async (method: string, path: string) =>
      (await bao.call(method, path, { token, ...(method === "POST" ? { body: { data: { a: "1" } } } : {}) })).status;
    for (const path of ["secret/data/cluster/seoul", "secret/metadata/cluster/seoul", "secret/data/user/one"])
      assert.equal(await status("GET", path), 403, path);
    assert.equal(await status("LIST", "secret/metadata/cluster/"), 403);
    for (const path of ["secret/data/cluster/other", "secret/data/user/one"]) assert.equal(await status("POST", path), 403, path);
    assert.equal(await status("DELETE", "secret/data/cluster/seoul"), 403);
    assert.match(await bao.logIn("portal-cluster", NAMESPACE, "cp-portal-api"), /not authorized/);
    assert.match(await bao.logIn("portal-cluster", "elsewhere", "cp-portal-cluster"), /not authorized/);
  });
}
for (const version of OPENBAO_VERSIONS)
  describe(`the token of the portal's own cluster, kept by OpenBao ${version}`, function () {
    ofOpenBao.call(this, version);
  });
