import assert from "node:assert/strict";
import { closeSync, openSync, statSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import fc from "fast-check";
import { SECRETS } from "../../../components/platform/kpaas-server/names";
import { CLOUDS } from "../../../server/accounts/providers";
import { Database } from "../../../server/data/database";
import { keyIn, SealedSecrets, seal, unseal } from "../../../server/secrets/sealed";
import { accountPath, clusterPath, keyPath } from "../../../server/secrets/store";
import { VaultSecrets } from "../../../server/secrets/vault";
import { webhookPath } from "../../../server/webhooks/deliver";
import { serviceFolders } from "../../support/service-folders";
import { temporaryFolders } from "../../support/temporary";

describe("Secrets in the database", () => {
  const folder = serviceFolders();
  const key = Buffer.alloc(32, 7);

  it("come back as they were, and stand there in no way that anybody reads", async () => {
    const database = await Database.open({ folder: join(folder(), "database") });
    const secrets = new SealedSecrets(database, key);
    const secret = { accessKey: "AKIA, with, commas", secretKey: "canary'; drop table secrets; --" };
    await secrets.write("secret/AWS/1", { accessKey: "old", secretKey: "old" });
    await secrets.write("secret/AWS/1", secret);
    assert.deepEqual(await secrets.read("secret/AWS/1"), secret);
    const rows = await database.query.selectFrom("secrets").selectAll().execute();
    assert.equal(rows.length, 1);
    assert.ok(!JSON.stringify(rows).includes("canary"));
    await secrets.remove("secret/AWS/1");
    assert.equal(await secrets.read("secret/AWS/1"), undefined);
    await database.close();
  });

  it("are good at their own path, by their own key and unaltered alone", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.nat(), (text, at) => {
        const sealed = seal(key, "secret/AWS/1", text);
        assert.equal(unseal(key, "secret/AWS/1", sealed), text);
        assert.throws(() => unseal(key, "secret/AWS/2", sealed), /cannot be decrypted/);
        assert.throws(() => unseal(Buffer.alloc(32, 8), "secret/AWS/1", sealed), /cannot be decrypted/);
        const bytes = Buffer.from(sealed, "base64");
        const index = at % bytes.length;
        bytes[index] = (bytes[index] ?? 0) ^ 1;
        assert.throws(() => unseal(key, "secret/AWS/1", bytes.toString("base64")), /cannot be decrypted/);
      }),
    );
  });

  it("have a key that is made once, and that nobody else reads", () => {
    const file = join(folder(), "key");
    assert.deepEqual(keyIn(file), keyIn(file));
    assert.equal(statSync(file).mode & 0o777, 0o600);
    // As a Secret is mounted: nothing can be written beside it.
    const given = openSync(file, "r");
    assert.deepEqual(keyIn(`/proc/self/fd/${given}`), keyIn(file));
    closeSync(given);
    writeFileSync(file, "short");
    assert.throws(() => keyIn(file), /holds no key of 32 bytes/);
  });
});

describe("Secrets in a vault", () => {
  const temporary = temporaryFolders();

  it("are at K-PaaS's paths of the KV engine, by an AppRole whose token is got again where it is not good any more", async () => {
    const asked: string[] = [];
    const kept = new Map<string, unknown>();
    let token = 0;
    const server = createServer((request, answer) => {
      void bodyOf(request).then((body) => {
        asked.push(`${request.method} ${request.url}`);
        const reply = (status: number, data?: unknown) =>
          answer.writeHead(status).end(data === undefined ? undefined : JSON.stringify(data));
        if (request.url === "/v1/auth/approle/login") {
          token += 1;
          reply(200, { auth: { client_token: `t${token}`, lease_duration: 60 } });
        } else if (request.headers["x-vault-token"] !== "t2") reply(403, { errors: ["permission denied"] });
        else if (request.method === "POST") reply(200, void kept.set(request.url ?? "", JSON.parse(body).data));
        else if (request.method === "DELETE") reply(204, void kept.clear());
        else if (kept.has(request.url ?? "")) reply(200, { data: { data: kept.get(request.url ?? "") } });
        else reply(404, { errors: [] });
      });
    });
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
    const secrets = new VaultSecrets({
      url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
      roleId: "role",
      secretId: "canary",
    });
    await secrets.write("secret/OPENSTACK/3", { password: "p" });
    assert.deepEqual(await secrets.read("secret/OPENSTACK/3"), { password: "p" });
    await secrets.remove("secret/OPENSTACK/3");
    assert.equal(await secrets.read("secret/OPENSTACK/3"), undefined);
    assert.deepEqual(asked, [
      "POST /v1/auth/approle/login",
      "POST /v1/secret/data/OPENSTACK/3",
      "POST /v1/auth/approle/login",
      "POST /v1/secret/data/OPENSTACK/3",
      "GET /v1/secret/data/OPENSTACK/3",
      "DELETE /v1/secret/metadata/OPENSTACK/3",
      "GET /v1/secret/data/OPENSTACK/3",
    ]);
    await new Promise((closed) => server.close(closed).closeAllConnections());
  });

  it("take a log-in by the account of the service's pod, whose token is read anew each time, and say which file lacks it", async () => {
    const shown: unknown[] = [];
    const server = createServer((request, answer) => {
      void bodyOf(request).then((body) => {
        if (request.url !== "/v1/auth/kubernetes/login") return answer.writeHead(404).end("{}");
        shown.push(JSON.parse(body));
        return answer.writeHead(200).end(JSON.stringify({ auth: { client_token: "t", lease_duration: 0 } }));
      });
    });
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
    const tokenFile = join(temporary(), "token");
    const secrets = new VaultSecrets({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, role: "kpaasServer", tokenFile });
    await assert.rejects(secrets.read("secret/AWS/1"), /token holds no token to log in to the vault by$/);
    for (const token of ["first", "second"]) {
      writeFileSync(tokenFile, `${token}\n`);
      assert.equal(await secrets.read("secret/AWS/1"), undefined);
    }
    assert.deepEqual(
      shown,
      ["first", "second"].map((jwt) => ({ role: "kpaasServer", jwt })),
    );
    await new Promise((closed) => server.close(closed).closeAllConnections());
  });
});

describe("Paths of secrets", () => {
  it("are all in the policy that its pods have on the platform, each kind of account too, and there is no other in it", () => {
    const id = "3f2b7c1e-0000-4000-8000-000000000001";
    const paths = [...CLOUDS.map((provider) => accountPath(provider, 1)), keyPath(1), clusterPath(id), webhookPath(id)];
    assert.deepEqual(paths.map((path) => path.split("/")[1]).sort(), [...SECRETS].sort());
  });
});

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = "";
  for await (const piece of request) body += piece;
  return body;
}
