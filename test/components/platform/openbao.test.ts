import assert from "node:assert/strict";
import { unwrapSecret } from "../../../testing/mocks";
import { openbao, route, run } from "./builds";
import { at, ofKind, workloads } from "./fixtures";

const files = (data: unknown) => unwrapSecret(data) as Record<string, string>;

describe("OpenBao", () => {
  it("ends its root token last, and gives clients the paths they claim in both halves of the engine", async () => {
    const g = await run(openbao());
    const first = JSON.parse(files(g.get("bao-first-start").inputs.stringData)["server.json"] ?? "");
    const requests = (first.initialize[0].kpaas.request as Record<string, { path: string; data: { policy: string } }>[]).flatMap((each) =>
      Object.values(each),
    );
    assert.equal(requests.at(-1)?.path, "auth/token/revoke-self");
    const policy = requests.find(({ path }) => path === "sys/policies/acl/portal");
    assert.deepEqual(JSON.parse(policy?.data.policy ?? ""), {
      path: {
        "secret/data/cluster/*": { capabilities: ["create", "read", "update", "delete"] },
        "secret/metadata/cluster/*": { capabilities: ["read", "delete", "list"] },
        "secret/data/user/*": { capabilities: ["read"] },
        "secret/metadata/user/*": { capabilities: ["read"] },
      },
    });
    const role = requests.find(({ path }) => path === "auth/approle/role/portal")?.data as unknown as Record<string, unknown>;
    assert.deepEqual(
      [role.token_bound_cidrs, role.secret_id_bound_cidrs, role.secret_id_ttl],
      [["10.233.64.0/18"], ["10.233.64.0/18"], "8760h"],
    );
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
