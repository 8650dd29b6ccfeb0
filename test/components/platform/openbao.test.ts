import assert from "node:assert/strict";
import { findable } from "../../../engine/state/findable";
import { unwrapSecret } from "../../../testing/mocks";
import { openbao, route, run } from "./builds";
import { at, ofKind, workloads } from "./fixtures";

const files = (data: unknown) => unwrapSecret(data) as Record<string, string>;

describe("OpenBao", () => {
  it("makes at its first start the provider's way in alone, from inside its pods, and ends its root token last", async () => {
    const g = await run(openbao());
    const first = JSON.parse(files(g.get("bao-first-start").inputs.stringData)["server.json"] ?? "");
    const requests = (first.initialize[0].kpaas.request as Record<string, { path: string; data: Record<string, unknown> }>[]).flatMap(
      (each) => Object.values(each),
    );
    const paths = requests.map(({ path }) => path);
    assert.deepEqual(paths, [
      "sys/policies/acl/kpaas-provider",
      "sys/auth/kpaas",
      "auth/kpaas/role/kpaas-provider",
      "auth/kpaas/role/kpaas-provider/role-id",
      "auth/kpaas/role/kpaas-provider/custom-secret-id",
      "auth/token/revoke-self",
    ]);
    const role = requests[2]?.data ?? {};
    assert.deepEqual([role.token_bound_cidrs, role.secret_id_bound_cidrs], [["127.0.0.1/32"], ["127.0.0.1/32"]]);
    assert.equal(requests[4]?.data.secret_id, "generated-bao-provider-secret");
  });

  it("says what it counts without a token at a port of its own, where somebody measures it, and nobody but them comes there", async () => {
    const listeners = async (more: object) => {
      const g = await run(openbao({}, more));
      const { listener } = JSON.parse(String(at(g.get("bao-config").inputs, "data", "server.json"))) as {
        listener: { tcp: Record<string, unknown> }[];
      };
      return listener.map(({ tcp }) => [tcp.address, tcp.telemetry, tcp.tls_cert_file]);
    };
    const clients = ["0.0.0.0:8200", undefined, "/openbao/tls/tls.crt"];
    assert.deepEqual(await listeners({}), [clients]);
    const scrapedFrom = { podSelector: { matchLabels: { app: "prometheus" } } };
    const metrics = ["0.0.0.0:8202", { unauthenticated_metrics_access: true }, "/openbao/tls/tls.crt"];
    assert.deepEqual(await listeners({ scrapedFrom }), [clients, metrics]);
    const targets = { server: { pods: { "app.kubernetes.io/name": "openbao" }, port: 8202 } };
    const g = await run(openbao({ needs: { scrape: { targets } } }, { scrapedFrom }));
    assert.deepEqual(at(g.get("bao-allow-scrape-server").inputs, "spec", "ingress"), [
      { ports: [{ protocol: "TCP", port: 8202 }], from: [scrapedFrom] },
    ]);
    const first = JSON.parse(files(g.get("bao-first-start").inputs.stringData)["server.json"] ?? "") as { listener: object[] };
    assert.equal(first.listener.length, 1);
  });

  it("is configured by a provider that calls nobody in a preview, and knows how to log in as a secret only", async () => {
    const g = await run(openbao());
    const { authLogin, address, vaultVersionOverride, skipChildToken } = g.get("bao-provider").inputs;
    assert.deepEqual([address, vaultVersionOverride, String(skipChildToken)], ["https://127.0.0.1:20001", "1.14.0", "true"]);
    assert.deepEqual(g.leaks("generated-bao-provider-secret"), []);
    assert.match(String(unwrapSecret(authLogin)), /"secret_id":"generated-bao-provider-secret"/);
    const planned = { managedAt: { workload: "openbao", port: 8200, local: 20_002 } };
    const g2 = await run(openbao(planned, { managedAt: undefined }));
    assert.equal(g2.get("bao-provider").inputs.address, "https://127.0.0.1:20002");
    await assert.rejects(run(openbao({ managedAt: undefined }, { managedAt: undefined })), /forwardTo/);
  });

  it("gives clients the paths they claim in both halves of the engine", async () => {
    const g = await run(openbao());
    assert.deepEqual(JSON.parse(String(g.get("bao-portal-policy").inputs.policy)), {
      path: {
        "secret/data/cluster/*": { capabilities: ["create", "read", "update", "delete"] },
        "secret/metadata/cluster/*": { capabilities: ["read", "delete", "list"] },
        "secret/data/user/*": { capabilities: ["read"] },
        "secret/metadata/user/*": { capabilities: ["read"] },
      },
    });
    const { tokenBoundCidrs, secretIdBoundCidrs, secretIdTtl } = g.get("bao-portal-role").inputs;
    assert.deepEqual([tokenBoundCidrs, secretIdBoundCidrs, secretIdTtl], [["10.233.64.0/18"], ["10.233.64.0/18"], 31_536_000]);
    // With another certificate of the server's the secret id is another one too.
    assert.match(String(g.get("bao-portal-secret-id").inputs.metadata), /^{"certificate":"[0-9a-f]+"}$/);
    const gitea = g.get("bao-gitea-role").inputs;
    assert.deepEqual([gitea.boundServiceAccountNamespaces, gitea.audience, gitea.tokenPolicies], [["gitea"], "openbao", ["gitea"]]);
  });

  it("follows what is claimed: a client more or less is its own resources more or less", async () => {
    const names = async (clients: NonNullable<Parameters<typeof openbao>[1]>["clients"]) =>
      (await run(openbao({}, clients ? { clients } : {}))).resources.map(({ name }) => name);
    const [both, none] = [await names(undefined), await names({})];
    assert.deepEqual(both.filter((name) => !none.includes(name)).sort(), [
      "bao-approle",
      "bao-gitea-policy",
      "bao-gitea-role",
      "bao-portal-cluster-policy",
      "bao-portal-cluster-role",
      "bao-portal-policy",
      "bao-portal-role",
      "bao-portal-secret-id",
    ]);
    assert.deepEqual(
      none.filter((name) => !both.includes(name)),
      [],
    );
  });

  it("protects the engine with everybody's secrets as it does its volumes", async () => {
    const kept = await run(openbao({}, { retainData: true }));
    assert.deepEqual([kept.get("bao-engine").options.protect, kept.get("bao-engine").options.retainOnDelete], [true, true]);
    const free = await run(openbao({}, { protectData: false }));
    assert.deepEqual([free.get("bao-engine").options.protect ?? false, free.get("bao-engine").options.retainOnDelete], [false, undefined]);
  });

  it("leaves nothing of it for a person to look for, where the answer to a creation was lost", async () => {
    const inside = (await run(openbao())).resources.filter(({ type }) => type.startsWith("vault:"));
    assert.ok(inside.length > 10);
    const ids = inside.map(({ type, inputs }) => {
      const way = findable({ type, urn: `urn:pulumi:seoul::kpaas::${type}::it` });
      assert.equal(way.how, "id", type);
      return [type.split(":").at(-1), way.how === "id" ? way.id(inputs as Record<string, unknown>) : ""] as const;
    });
    // What is refused a second time has the id that its provider gives it; all else is simply made again.
    const found = ids.filter(([, id]) => id !== "").map((each) => each.join(" "));
    assert.deepEqual(found.sort(), ["AuthBackend approle", "AuthBackend kubernetes", "Mount secret"]);
  });

  it("lets members that do not lead answer no reads, in versions where they would", async () => {
    const reads = async (version: string) =>
      JSON.parse(String(at((await run(openbao({ version, replicas: 3 }))).get("bao-config").inputs, "data", "server.json")))
        .disable_standby_reads;
    assert.deepEqual([await reads("2.4.1"), await reads("2.6.2")], [undefined, true]);
    const first = async (version: string) =>
      files((await run(openbao({ version }))).get("bao-first-start").inputs.stringData)["server.json"];
    assert.equal(await first("2.6.2"), await first("2.4.1"), "what a Secret holds that nothing reads again");
  });

  it("has members that look for each other, and one that looks for nobody", async () => {
    const joins = async (replicas: number) => {
      const { inputs } = (await run(openbao({ replicas }))).get("bao-config");
      const config: unknown = JSON.parse(String(at(inputs, "data", "server.json")));
      return at(config, "storage", "raft", "retry_join");
    };
    assert.equal(await joins(1), undefined);
    assert.deepEqual(
      ((await joins(3)) as { leader_api_addr: string }[]).map(({ leader_api_addr }) => leader_api_addr),
      [0, 1, 2].map((member) => `https://openbao-${member}.openbao-internal:8200`),
    );
    await assert.rejects(run(openbao({ replicas: 2 })), /make it 1, 3 or 5/);
  });

  it("claims the volumes that its members take, protected and kept where the platform says so", async () => {
    const g = await run(openbao({ replicas: 3 }, { retainData: true }));
    const claims = ofKind(g, "core/v1:PersistentVolumeClaim");
    assert.deepEqual(
      claims.map(({ inputs, options }) => [at(inputs, "metadata", "name"), options.protect, options.retainOnDelete]),
      [0, 1, 2].map((member) => [`data-openbao-${member}`, true, true]),
    );
    assert.equal(g.get("bao-seal").options.retainOnDelete, true);
    const [template] = at(g.get("bao-server").inputs, "spec", "volumeClaimTemplates") as unknown[];
    assert.deepEqual(at(template, "spec"), claims[0]?.inputs.spec);
  });

  it("takes a key that others keep from where it is, without a secret in its settings", async () => {
    const seal = {
      kind: "transit",
      address: "https://vault.example.org:8443",
      mount: "transit",
      key: "kpaas",
      credentials: "login",
    } as const;
    const g = await run(openbao({}, { seal }));
    const config = JSON.parse(String(at(g.get("bao-config").inputs, "data", "server.json")));
    assert.deepEqual(config.seal, [{ transit: { address: seal.address, mount_path: "transit/", key_name: "kpaas" } }]);
    assert.deepEqual(at(workloads(g)[0]?.containers[0], "envFrom"), [{ secretRef: { name: "login" } }]);
    assert.ok(!g.resources.some(({ name }) => name === "bao-seal"));
    const ports = at(g.get("bao-allow-api").inputs, "spec", "egress", 0, "ports") as { port: number }[];
    assert.deepEqual(
      ports.map(({ port }) => port),
      [443, 6443, 8443],
    );
  });

  it("is reached from outside only where it is to be, and then by a certificate that is looked at", async () => {
    const inside = await run(openbao());
    assert.deepEqual(ofKind(inside, "networking.k8s.io/v1:Ingress"), []);
    const g = await run(openbao({ host: "openbao.example.org" }, { ingress: route }));
    assert.equal(at(g.get("bao-ingress").inputs, "metadata", "annotations", "nginx.ingress.kubernetes.io/proxy-ssl-verify"), "on");
    const from = (of: typeof g) => JSON.stringify(at(of.get("bao-allow-clients").inputs, "spec", "ingress", 0, "from"));
    assert.ok(from(g).includes("ingress-nginx") && !from(inside).includes("ingress-nginx"));
  });
});
