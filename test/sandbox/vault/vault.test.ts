import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Properties } from "../../../plugin/rpc/provider";
import { Objects } from "../../../sandbox/kubernetes/objects";
import { Store } from "../../../sandbox/store";
import { createVaultProvider } from "../../../sandbox/vault/provider";
import { ProviderClient } from "../../support/provider-client";
import { temporaryFolders } from "../../support/temporary";

const MOUNT = "vault:index/mount:Mount";
const AUTH = "vault:index/authBackend:AuthBackend";
const POLICY = "vault:index/policy:Policy";
const APP_ROLE = "vault:appRole/authBackendRole:AuthBackendRole";
const SECRET_ID = "vault:appRole/authBackendRoleSecretId:AuthBackendRoleSecretId";

describe("the simulated OpenBao", () => {
  const folder = temporaryFolders();
  let world: string;
  let provider: ProviderClient;

  beforeEach(async () => {
    world = folder();
    provider = await ProviderClient.serve(createVaultProvider(world));
    await provider.configure({ address: "https://127.0.0.1:20000" });
  });
  afterEach(() => provider.close());

  function runs(readyReplicas: number): void {
    writeFileSync(join(world, "cluster.json"), JSON.stringify({ name: "seoul", server: "https://10.20.0.2:6443", nodes: {} }));
    const objects = new Objects(join(world, "kubernetes"));
    objects.put({ apiVersion: "v1", kind: "Namespace", metadata: { name: "openbao", uid: "first" } });
    objects.put({
      apiVersion: "apps/v1",
      kind: "StatefulSet",
      metadata: { name: "openbao", namespace: "openbao" },
      status: { readyReplicas },
    });
  }

  const make = (type: string, inputs: Properties) => provider.create({ type }, inputs);

  it("answers nobody before its pods are ready, and a preview needs no answer", async () => {
    const engine = { path: "secret", type: "kv" };
    await provider.create({ type: MOUNT }, engine, { preview: true });
    await assert.rejects(make(MOUNT, engine), /127\.0\.0\.1:20000: connect: connection refused/);
    runs(1);
    assert.equal((await make(MOUNT, engine)).id, "secret");
  });

  it("refuses what it refuses, in its words: a path twice, a role of no log-in, a secret id of no role, the policy root", async () => {
    runs(1);
    await make(MOUNT, { path: "secret", type: "kv" });
    await assert.rejects(make(MOUNT, { path: "secret", type: "kv" }), /Code: 400\. Errors:\s+\* path is already in use at secret\//);
    await assert.rejects(make(APP_ROLE, { backend: "approle", roleName: "portal" }), /Code: 404\. Errors:\s+\* no handler for route/);
    await make(AUTH, { type: "approle" });
    await assert.rejects(make(AUTH, { type: "approle" }), /path is already in use at approle\//);
    await assert.rejects(make(SECRET_ID, { backend: "approle", roleName: "portal" }), /role "portal" does not exist/);
    await assert.rejects(make(POLICY, { name: "root", policy: "{}" }), /cannot update "root" policy/);
  });

  it("knows a secret id no more that has ended, and refuses to delete it, as the real one does", async () => {
    runs(1);
    await make(AUTH, { type: "approle" });
    await make(APP_ROLE, { backend: "approle", roleName: "portal" });
    const { id, properties } = await make(SECRET_ID, { backend: "approle", roleName: "portal", ttl: 3600 });
    const there = () => provider.read({ type: SECRET_ID, id }, properties, properties);
    assert.equal((await there()).id, id);
    writeFileSync(join(world, "clock.json"), JSON.stringify({ now: new Date(Date.now() + 3_601_000) }));
    await assert.rejects(provider.delete({ type: SECRET_ID, id }, properties), /error deleting AppRole auth backend role SecretID/);
    assert.equal((await there()).id, "");
  });

  it("gives an AppRole its ids, keeps the secret one in no file, and loses them with the log-in", async () => {
    runs(1);
    const auth = await make(AUTH, { type: "approle" });
    const role = await make(APP_ROLE, { backend: "approle", roleName: "portal" });
    assert.match(String(role.properties.roleId), /^[0-9a-f-]{36}$/);
    const { id, properties } = await make(SECRET_ID, { backend: "approle", roleName: "portal" });
    assert.match(id, /^backend=approle::role=portal::accessor=/);
    const store = new Store(join(world, "kubernetes/vault"));
    const secret = JSON.stringify(properties.secretId);
    assert.ok(secret.length > 30 && !JSON.stringify(store.get("secretId", id)).includes(secret.slice(1, 37)), secret);
    await provider.delete({ type: AUTH, id: auth.id }, auth.properties);
    assert.deepEqual([store.list("appRole"), store.list("secretId")], [[], []]);
  });
});
