import assert from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { removeFolder } from "../../host/files";
import type { Graph } from "../../testing/graph";
import { openbao, run } from "../components/platform/builds";
import { at } from "../components/platform/fixtures";
import { generator } from "../support/kill";
import { OPENBAO_VERSIONS, type OpenBaoMember, openBaoForTests } from "../support/openbao";
import { type AppRoleIds, configure, logInAsProvider } from "../support/openbao-inside";
import { leads, Members, manager, recorded, stored, votes } from "../support/openbao-members";

const FIRST_SEED = Number(process.env.KPAAS_SEED ?? 1);
const SEEDS = Number(process.env.KPAAS_SEEDS ?? 10);
/** What a first start takes: two elections by one member, and the requests. */
const FIRST_START_MS = 13_000;

function ofVersion(this: Mocha.Suite, version: string): void {
  this.timeout(300_000);
  let program: string;
  let members: Members;

  const member = (graph: Graph, name: string) => members.member(members.setting(program, graph), name);

  before(async function () {
    program = openBaoForTests.call(this, version);
    members = new Members(21_200);
    await members.start();
  });
  after(() => members?.stop());

  describe("alone", () => {
    let graph: Graph;
    let bao: OpenBaoMember;
    let token: string;
    let portalIds: AppRoleIds;

    before(async () => {
      graph = await recorded(version);
      bao = member(graph, "alone");
      assert.equal(await bao.run(), "initialised", bao.log);
      await bao.serves();
      const ids = await configure(bao, graph);
      portalIds = ids.portal ?? assert.fail("no AppRole was made");
      token = await manager(bao);
    });

    it("lets in the provider for what it makes, and for no secret, no way in of its own and no snapshot", async () => {
      const own = await logInAsProvider(bao, graph);
      const status = async (method: string, path: string, body?: object) =>
        (await bao.call(method, path, { token: own, ...(body ? { body } : {}) })).status;
      assert.equal(await status("GET", "secret/data/cluster/one"), 403);
      assert.equal(await status("LIST", "secret/metadata/"), 403);
      assert.equal(await status("GET", "sys/storage/raft/snapshot"), 403);
      assert.equal(await status("PUT", "sys/policies/acl/kpaas-provider", { policy: "{}" }), 403);
      assert.equal(await status("DELETE", "sys/auth/kpaas"), 403);
      assert.equal(await status("POST", "auth/kpaas/role/kpaas-provider/secret-id"), 403);
      assert.equal(await status("POST", "auth/token/create"), 403);
    });

    it("initialises itself, with every request in the audit log and no secret in it", async () => {
      const health = await bao.call("GET", "sys/health");
      assert.deepEqual([health.body.initialized, health.body.sealed, health.body.version], [true, false, version]);
      const mounts = (await bao.call("GET", "sys/mounts", { token })).body.data as Record<string, { type: string; options?: object }>;
      assert.deepEqual([mounts["secret/"]?.type, mounts["secret/"]?.options], ["kv", { version: "2" }]);
      const auths = (await bao.call("GET", "sys/auth", { token })).body.data as object;
      assert.deepEqual(Object.keys(auths).sort(), ["approle/", "kpaas/", "kubernetes/", "token/"]);
      assert.match(bao.log, /"path":"auth\/token\/revoke-self"/);
      assert.match(bao.log, /"path":"auth\/kubernetes\/login"/);
      const { roleId, secretId } = portalIds;
      for (const secret of [token, roleId, secretId, /"root_token"/]) assert.ok(!bao.log.match(secret));
    });

    it("leaves no token that may do everything", async () => {
      const rights = { "auth/token/accessors": ["list", "sudo"], "auth/token/lookup-accessor": ["update"] };
      await bao.call("PUT", "sys/policies/acl/look", { token, body: { policy: JSON.stringify({ path: capabilities(rights) }) } });
      const role = { bound_service_account_names: "look", bound_service_account_namespaces: "openbao", token_policies: "look" };
      await bao.call("PUT", "auth/kubernetes/role/look", { token, body: role });
      const looking = await bao.logIn("look", "openbao", "look");
      const { keys } = (await bao.call("LIST", "auth/token/accessors", { token: looking })).body.data as { keys: string[] };
      const policies = [];
      for (const accessor of keys) {
        const { body } = await bao.call("POST", "auth/token/lookup-accessor", { token: looking, body: { accessor } });
        policies.push(at(body, "data", "policies"));
      }
      assert.ok(policies.length > 1);
      assert.ok(!JSON.stringify(policies).includes("root"), JSON.stringify(policies));
    });

    it("lets in whom it knows, for what they claimed", async () => {
      const { roleId, secretId } = portalIds;
      const login = await bao.call("POST", "auth/approle/login", { body: { role_id: roleId, secret_id: secretId } });
      const portal = String(at(login.body, "auth", "client_token"));
      const status = async (method: string, path: string, of = portal) =>
        (await bao.call(method, path, { token: of, ...(method === "POST" ? { body: { data: { a: "1" } } } : {}) })).status;
      assert.equal(await status("POST", "secret/data/cluster/one"), 200);
      assert.equal(await status("GET", "secret/data/cluster/one"), 200);
      assert.equal(await status("LIST", "secret/metadata/cluster/"), 200);
      assert.equal(await status("POST", "secret/data/user/one"), 403);
      assert.equal(await status("GET", "secret/data/other"), 403);
      assert.equal(await status("GET", "secret/data/cluster/one", await bao.logIn("gitea", "gitea", "gitea")), 403);
      assert.equal(await status("GET", "secret/data/cluster/one", token), 403);
      assert.match(await bao.logIn("gitea", "elsewhere", "gitea"), /namespace not authorized/);
      assert.match(await bao.logIn("gitea", "gitea", "gitea", "https://kubernetes.default.svc"), /invalid audience/);
      const lookup = await bao.call("POST", "auth/approle/role/portal/secret-id/lookup", { token, body: { secret_id: secretId } });
      assert.ok(Date.parse(String(at(lookup.body, "data", "expiration_time"))) < Date.now() + 366 * 86_400_000);
    });

    it("knows a secret id no more that has ended: another one is made, and taking the former back fails", async () => {
      const own = await logInAsProvider(bao, graph);
      const role = (path: string, body: object) => bao.call("POST", `auth/approle/role/portal/${path}`, { token: own, body });
      const ended = String(at((await role("secret-id", { ttl: "1s" })).body, "data", "secret_id_accessor"));
      const lookup = () => role("secret-id-accessor/lookup", { secret_id_accessor: ended });
      assert.equal((await lookup()).status, 200);
      await pause(1_500);
      // As it does by itself once an hour.
      await bao.call("POST", "auth/approle/tidy/secret-id", { token: own });
      for (let tries = 0; (await lookup()).status !== 404 && tries < 40; tries++) await pause(250);
      assert.equal((await lookup()).status, 404, "a refresh finds it gone");
      const destroyed = await role("secret-id-accessor/destroy", { secret_id_accessor: ended });
      assert.equal(destroyed.status, 500);
      assert.match(JSON.stringify(destroyed.body), /failed to find accessor entry/);
      assert.equal((await role("secret-id", {})).status, 200);
    });

    it("has another secret id beside the old one, which lets in until it is deleted", async () => {
      const { resources } = await run(openbao({ version, rotation: 2 }));
      const { inputs } = resources.find(({ type }) => type.endsWith(":AuthBackendRoleSecretId")) ?? assert.fail();
      const path = `auth/approle/role/${String(inputs.roleName)}`;
      const own = await logInAsProvider(bao, graph);
      const { roleId, secretId } = portalIds;
      const made = await bao.call("POST", `${path}/secret-id`, { token: own, body: { metadata: inputs.metadata } });
      const second = String(at(made.body, "data", "secret_id"));
      const letsIn = async (id: string) =>
        (await bao.call("POST", "auth/approle/login", { body: { role_id: roleId, secret_id: id } })).status === 200;
      assert.deepEqual([await letsIn(secretId), await letsIn(second)], [true, true]);
      const old = await bao.call("POST", `${path}/secret-id/lookup`, { token: own, body: { secret_id: secretId } });
      const accessor = at(old.body, "data", "secret_id_accessor");
      // As the provider deletes it.
      const ended = await bao.call("POST", `${path}/secret-id-accessor/destroy`, { token: own, body: { secret_id_accessor: accessor } });
      assert.ok(ended.status < 300, JSON.stringify(ended.body));
      assert.deepEqual([await letsIn(secretId), await letsIn(second)], [false, true]);
      portalIds = { roleId, secretId: second };
    });

    it("unseals itself after a restart and after a kill, and keeps what was written", async () => {
      for (const signal of ["SIGTERM", "SIGKILL"] as const) {
        await bao.kill(signal);
        assert.equal(await bao.run(), "initialised");
        await bao.serves();
      }
      assert.deepEqual(await stored(portalIds, bao), { a: "1" });
    });

    it("is restored from a snapshot where its key is, and nowhere else", async () => {
      token = await manager(bao);
      const snapshot = (await bao.call("GET", "sys/storage/raft/snapshot", { token })).bytes;
      const [same, other] = [member(graph, "same-key"), member(await recorded(version), "other-key")];
      for (const each of [same, other]) {
        assert.equal(await each.run(), "initialised", each.log);
        await each.serves();
      }
      await configure(same, graph);
      await configure(other, graph);
      const strange = await other.call("POST", "sys/storage/raft/snapshot", { token: await manager(other), body: snapshot });
      assert.notEqual(strange.status, 204);
      assert.match(JSON.stringify(strange.body.errors), /unseal keys|could not verify/);
      await other.serves();

      const restored = await same.call("POST", "sys/storage/raft/snapshot-force", { token: await manager(same), body: snapshot });
      assert.equal(restored.status, 204, JSON.stringify(restored.body));
      await same.serves();
      assert.deepEqual(await stored(portalIds, same), { a: "1" });
    });

    it("gives recovery keys to those who ask for them", async () => {
      token = await manager(bao);
      const asked = await bao.call("PUT", "sys/rotate/recovery/init", { token, body: { secret_shares: 3, secret_threshold: 2 } });
      assert.equal(asked.status, 200, JSON.stringify(asked.body));
      assert.equal((at(asked.body, "data", "keys") as unknown[])?.length ?? 0, 3, JSON.stringify(asked.body));
    });
  });

  it(`comes to be whatever kills its first start (seeds ${FIRST_SEED} to ${FIRST_SEED + SEEDS - 1})`, async () => {
    const graph = await recorded(version);
    await Promise.all(
      Array.from({ length: SEEDS }, async (_, index) => {
        const seed = FIRST_SEED + index;
        const random = generator(seed);
        const bao = member(graph, `seed-${seed}`);
        // Half of them while it is busy with itself, the others whenever.
        for (let kills = 0; kills < 2; kills++) {
          const started = bao.run();
          if (random() < 0.5) await pause(random() * FIRST_START_MS);
          else {
            const from = bao.log.length;
            for (let tries = 0; !bao.log.slice(from).includes("election won") && tries < 400; tries++) await pause(50);
            await pause(random() * 1500);
          }
          await bao.kill();
          await started;
          await bao.kill();
        }
        assert.equal(await bao.run(), "initialised", `seed ${seed}: ${bao.log}`);
        await bao.serves();
        assert.match(await logInAsProvider(bao, graph), /^s\./, `seed ${seed}`);
        assert.deepEqual(readdirSync(join(bao.folder, "openbao/data")), ["store"], `seed ${seed}`);
        await bao.kill();
      }),
    );
  });

  it("as three, goes on without any of them, and takes the first back when its volume was lost", async () => {
    const of = members.setting(program, await recorded(version, 3));
    const three = [0, 1, 2].map((number) => members.member(of, `three-${number}`, number));
    const [first, second, third] = three as [OpenBaoMember, OpenBaoMember, OpenBaoMember];
    const states = await Promise.all(three.map((each) => each.run()));
    assert.deepEqual(states, ["initialised", "initialised", "initialised"], three.map(({ log }) => log).join("\n"));
    for (const each of three) await each.serves();
    await leads(first, of.graph);
    await configure(first, of.graph);
    await votes(first, second);
    for (const each of three) await readsItsOwn(each);
    await first.kill();
    removeFolder(join(first.folder, "openbao/data"));
    await leads(third, of.graph);
    assert.ok(!existsSync(join(first.folder, "openbao/data/store")));
    assert.equal(await first.run(), "initialised", first.log);
    assert.match(first.log, /member 1 is initialised: joining it/);
    await first.serves();
    await leads(first, of.graph);
    await votes(second, first);
  });
}
for (const version of OPENBAO_VERSIONS)
  describe(`a real OpenBao ${version}, started as the platform starts it,`, function () {
    ofVersion.call(this, version);
  });

/** What is written at a member is read there at once, whoever leads. */
async function readsItsOwn(of: OpenBaoMember): Promise<void> {
  const token = await manager(of);
  for (let round = 0; round < 50; round++) {
    const policy = JSON.stringify({ path: { [`x/${round}`]: { capabilities: ["read"] } } });
    const written = await of.call("PUT", "sys/policies/acl/own", { token, body: { policy } });
    assert.ok(written.status < 300, JSON.stringify(written.body));
    const { body } = await of.call("GET", "sys/policies/acl/own", { token });
    assert.equal(at(body, "data", "policy"), policy, `round ${round} at ${of.address}`);
  }
}

const capabilities = (rights: Record<string, string[]>) =>
  Object.fromEntries(Object.entries(rights).map(([path, each]) => [path, { capabilities: each }]));
