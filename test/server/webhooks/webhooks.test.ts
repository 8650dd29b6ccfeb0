import assert from "node:assert/strict";
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { Log } from "../../../server/http/log";
import { Addresses, ClosedAddressError } from "../../../server/webhooks/address";
import { Deliverer, signatureOf, webhookPath } from "../../../server/webhooks/deliver";
import { fileOf, type OwnService, playOwn, wellRunner } from "../../support/own-service";
import { serviceFolders } from "../../support/service-folders";

const ADMINISTRATOR = "cp-cluster-admin-role";

interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

describe("Webhooks", () => {
  const folder = serviceFolders();
  let own: OwnService;
  let server: Server;
  let received: Received[] = [];
  let status = 204;

  beforeEach(async () => {
    received = [];
    status = 204;
    server = createServer(async (request, response) => {
      let text = "";
      for await (const chunk of request) text += chunk;
      received.push({ headers: request.headers, text });
      response.writeHead(status, { location: "http://127.0.0.1:1/" }).end();
    });
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  });
  afterEach(async () => {
    await own.close();
    await new Promise((closed) => server.close(closed));
  });
  const url = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
  const deliverer = (allowed = ["127.0.0.0/8"]) =>
    new Deliverer({
      ...{ database: own.parts.database, secrets: own.parts.secrets, addresses: new Addresses(allowed), firstMs: 0 },
      log: new Log({ write: () => undefined }),
    });
  const happen = async () => {
    const { body } = await own.ask(ADMINISTRATOR, "POST", "/api/v1/environments/seoul/operations", { kind: "drift" });
    await own.parts.work.idle();
    return body.id as string;
  };
  const open = async (flags: object = { webhookNetwork: ["127.0.0.0/8"] }) => {
    own = await playOwn(folder(), { seoul: fileOf("seoul") }, wellRunner(), flags);
  };
  const add = (events: readonly string[] = []) => own.ask(ADMINISTRATOR, "POST", "/api/v1/webhooks", { url: url(), events });

  it("are told of the states that they want, signed by a secret that is told once", async () => {
    await open();
    const { body: hook } = await add(["done"]);
    const { body: listed } = await own.ask(ADMINISTRATOR, "GET", "/api/v1/webhooks");
    assert.deepEqual([listed.items[0].id, listed.items[0].secret], [hook.id, undefined]);
    const operation = await happen();
    await deliverer().deliver();
    assert.equal(received.length, 1);
    const [{ headers, text } = assert.fail()] = received;
    assert.deepEqual([JSON.parse(text).operation, JSON.parse(text).state], [operation, "done"]);
    assert.equal(headers["kpaas-signature"], signatureOf(hook.secret, String(headers["kpaas-timestamp"]), text));
    const { body: seen } = await own.ask(ADMINISTRATOR, "GET", `/api/v1/webhooks/${hook.id}/deliveries`);
    assert.deepEqual([seen.items[0].state, seen.items[0].status, seen.items[0].tries], ["done", 204, 1]);
    const stored = await own.parts.database.query
      .selectFrom("secrets")
      .select("sealed")
      .where("path", "=", webhookPath(hook.id))
      .executeTakeFirstOrThrow();
    assert.ok(!stored.sealed.includes(hook.secret));
    await deliverer().deliver();
    assert.equal(received.length, 1);
    assert.equal((await own.ask(ADMINISTRATOR, "DELETE", `/api/v1/webhooks/${hook.id}`)).status, 204);
    assert.equal((await own.ask("kpaas-operator", "GET", "/api/v1/webhooks")).status, 403);
  });

  it("are told again what they have not taken, from the database, and no redirection is followed", async () => {
    await open();
    const { body: hook } = await add(["done"]);
    await happen();
    status = 302;
    await deliverer().deliver();
    status = 503;
    await deliverer().deliver();
    status = 200;
    // As another service would that was started after a kill.
    await deliverer().deliver();
    const { body } = await own.ask(ADMINISTRATOR, "GET", `/api/v1/webhooks/${hook.id}/deliveries`);
    assert.deepEqual([received.length, body.items.length, body.items[0].state, body.items[0].tries], [3, 1, "done", 3]);
    assert.equal(new Set(received.map(({ headers }) => headers["kpaas-delivery"])).size, 1);
  });

  it("lead to no address of this machine, its link or a cloud's metadata", async () => {
    await open({});
    for (const each of [
      ...[
        "http://127.0.0.1/",
        "https://127.0.0.1/",
        "https://localhost/",
        "https://[::1]/",
        "https://2130706433/",
        "https://0x7f.1/",
        "https://0/",
      ],
      ...["https://169.254.169.254/latest/meta-data", "https://[::ffff:127.0.0.1]/", "https://[::ffff:a9fe:a9fe]/", "https://[fe80::1]/"],
      ...["https://metadata.google.internal/", "http://example.org/", "https://kim:word@example.org/", "file:///etc/passwd", "x"],
    ])
      assert.equal((await own.ask(ADMINISTRATOR, "POST", "/api/v1/webhooks", { url: each })).status, 400, each);
    // A name that means such an address by the time of the delivery.
    await assert.rejects(new Addresses().of("localhost"), ClosedAddressError);
    assert.equal(await new Addresses().of("192.0.2.7"), "192.0.2.7");
  });

  it("that were allowed once are closed by the setting that is in force when something is sent", async () => {
    await open();
    const { body: hook } = await add(["done"]);
    await happen();
    await deliverer([]).deliver();
    const { body } = await own.ask(ADMINISTRATOR, "GET", `/api/v1/webhooks/${hook.id}/deliveries`);
    assert.deepEqual([received.length, body.items[0].state, /nothing is sent there/.test(body.items[0].reason)], [0, "waiting", true]);
  });
});
