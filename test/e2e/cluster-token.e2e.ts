import assert from "node:assert/strict";
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { stringify } from "yaml";
import { removeFolder } from "../../host/files";
import { ApiRefusedError, ClusterApi } from "../../reach/cluster-api";
import { issueToken } from "../../reach/issue-token";
import { HttpClient } from "../../sandbox/kubernetes/real/client";
import { namePath } from "../../sandbox/servers/record";
import { Database } from "../../server/data/database";
import { SealedSecrets } from "../../server/secrets/sealed";
import { clusterPath } from "../../server/secrets/store";
import { ClusterTokens } from "../../server/terraman/cluster-tokens";
import { RealCluster } from "../support/real-cluster";
import { serversForTests } from "../support/servers";

const ID = "3f2b7c1e-0000-4000-8000-000000000001";
const HOUR = 3_600_000;
const RBAC = "/apis/rbac.authorization.k8s.io/v1";
const ACCOUNT = "/api/v1/namespaces/kpaas-access/serviceaccounts/kpaas-access";
const OPERATOR = { name: "operator", namespace: "kube-system" };

/** What the service keeps at `secret/cluster/ID`, of a real API server. The tests are one story, in order. */
describe("The token of a cluster that the service keeps", function () {
  this.timeout(180_000);
  const folder = mkdtempSync(join(tmpdir(), "kpaas-e2e-"));
  let cluster: RealCluster | undefined;
  let database: Database;
  let administrator: { readonly clusters: readonly { readonly cluster: object }[] };
  let tokens: ClusterTokens;
  let secrets: SealedSecrets;
  let now = Date.now();

  const kept = async () => (await secrets.read(clusterPath(ID))) ?? assert.fail("no token is kept");
  const apiBy = (token: string) => new ClusterApi(stringify({ ...administrator, users: [{ name: "one", user: { token } }] }));
  const statusOf = async (call: Promise<unknown>): Promise<number> =>
    await call.then(
      () => 200,
      (error: unknown) => {
        if (error instanceof ApiRefusedError) return error.status;
        throw error;
      },
    );

  before(async function () {
    const programs = await serversForTests.call(this);
    const world = join(folder, "world");
    cluster = await RealCluster.start(join(folder, "servers"), world, programs);
    const http = new HttpClient(JSON.parse(readFileSync(namePath(world), "utf8")));
    await http.request("POST", `/api/v1/namespaces/${OPERATOR.namespace}/serviceaccounts`, {
      ...{ apiVersion: "v1", kind: "ServiceAccount", metadata: OPERATOR },
    });
    await http.request("POST", `${RBAC}/clusterrolebindings`, {
      ...{ apiVersion: "rbac.authorization.k8s.io/v1", kind: "ClusterRoleBinding", metadata: { name: OPERATOR.name } },
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "cluster-admin" },
      subjects: [{ kind: "ServiceAccount", ...OPERATOR }],
    });
    const kubeconfig = await cluster.kubeconfigOf(OPERATOR.namespace, OPERATOR.name);
    administrator = kubeconfig as typeof administrator;
    const api = new ClusterApi(stringify(kubeconfig));
    database = await Database.open("memory");
    const common = { type: "sub", provider: "OPENSTACK", description: "", status: "A", sshKey: "", account: null, apiUrl: null } as const;
    await database.query
      .insertInto("clusters")
      .values({ ...common, id: ID, name: "seoul", environment: "seoul" })
      .execute();
    secrets = new SealedSecrets(database, Buffer.alloc(32, 7));
    tokens = new ClusterTokens({
      ...{ database, secrets },
      log: {
        event: () => undefined,
        warn: (what) => assert.fail(what),
        failure: (_, error) => assert.fail(JSON.stringify(error)),
      },
      // What `kpaas kubeconfig seoul --token --ttl 24h --json` does, by a kubeconfig of an administrator's in place of the environment's.
      command: async () => {
        const { token } = await issueToken(api, 24 * 3_600);
        return { code: 0, printed: JSON.stringify({ ...administrator, users: [{ name: "one", user: { token } }] }) };
      },
    });
  });
  after(async () => {
    await database?.close();
    await cluster?.stop();
    removeFolder(folder);
  });

  it("does what the portal does, and no more", async () => {
    await tokens.renew(now);
    const { clusterToken, clusterApiUrl } = await kept();
    const api = apiBy(clusterToken ?? "");
    assert.equal(api.url, clusterApiUrl);
    for (const path of ["/api/v1/nodes", "/api/v1/namespaces", "/apis/apps/v1/deployments", `${RBAC}/roles`])
      assert.equal(await statusOf(api.call(path)), 200, path);
    const made = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "shop" } };
    assert.equal(await statusOf(api.call("/api/v1/namespaces/default/configmaps", { method: "POST", body: made })), 200);
    for (const path of [
      "/apis/apiextensions.k8s.io/v1/customresourcedefinitions",
      "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations",
      "/apis/certificates.k8s.io/v1/certificatesigningrequests",
    ])
      assert.equal(await statusOf(api.call(path)), 403, path);
    const role = { apiVersion: "rbac.authorization.k8s.io/v1", kind: "ClusterRole", metadata: { name: "more" }, rules: [] };
    assert.equal(await statusOf(api.call(`${RBAC}/clusterroles`, { method: "POST", body: role })), 403);
  });

  it("ends after a day, and is another one by then", async () => {
    const { clusterToken: first = "" } = await kept();
    const { exp, iat } = JSON.parse(Buffer.from(first.split(".")[1] ?? "", "base64url").toString());
    assert.equal(exp - iat, 24 * 3_600);
    await tokens.renew(now + 15 * HOUR);
    assert.equal((await kept()).clusterToken, first, "more than a third of its time is left");
    now += 17 * HOUR;
    await tokens.renew(now);
    const { clusterToken: second = "" } = await kept();
    assert.notEqual(second, first);
    for (const token of [first, second]) assert.equal(await statusOf(apiBy(token).call("/api/v1/nodes")), 200);
  });

  it("is good for nothing once its account is deleted, and comes back with it", async () => {
    const { clusterToken = "" } = await kept();
    const administrators = new ClusterApi(stringify(administrator));
    await administrators.call(ACCOUNT, { method: "DELETE", body: {} });
    // The server takes what it knows for ten seconds.
    for (let tries = 0; (await statusOf(apiBy(clusterToken).call("/api/v1/nodes"))) !== 401; tries++) {
      assert.ok(tries < 60, "the token is taken still");
      await pause(500);
    }
    now += 24 * HOUR;
    await tokens.renew(now);
    assert.equal(await statusOf(apiBy((await kept()).clusterToken ?? "").call("/api/v1/nodes")), 200);
  });
});
