import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { request } from "node:https";
import { join } from "node:path";
import { InvalidInputError } from "../../model/problems";
import { backupService, type Running, restoreService, startServer, verifyAudit } from "../../server/server";
import { settingsOf } from "../../server/settings";
import { makeCertificates } from "../support/real-server";
import { serviceFolders } from "../support/service-folders";

describe("kpaas server", () => {
  const folder = serviceFolders();
  const running: Running[] = [];
  let logged = "";
  const start = async (data: string, flags = {}) => {
    logged = "";
    const service = await startServer(settingsOf({ listen: "127.0.0.1:0", data, ...flags }, {}), { write: (text) => (logged += text) });
    running.push(service);
    return service;
  };

  afterEach(async () => {
    for (const each of running.splice(0)) await each.stop();
  });

  it("starts with nothing set up, is well and ready, and lets nobody in", async () => {
    const data = join(folder(), "data");
    const { url } = await start(data);
    assert.deepEqual(await (await fetch(`${url}/healthz`)).json(), { status: "ok" });
    assert.deepEqual(await (await fetch(`${url}/readyz`)).json(), { status: "ok" });
    assert.equal((await fetch(`${url}/metrics`)).status, 401);
    const { paths } = (await (await fetch(`${url}/openapi.json`)).json()) as {
      paths: Record<string, Record<string, { security: unknown[]; operationId: string }>>;
    };
    const operations = Object.values(paths).flatMap((path) => Object.values(path));
    assert.equal(new Set(operations.map(({ operationId }) => operationId)).size, operations.length);
    assert.deepEqual(
      Object.entries(paths).flatMap(([path, each]) => (Object.values(each).some(({ security }) => security.length === 0) ? [path] : [])),
      ["/healthz", "/readyz", "/openapi.json"],
    );
    assert.equal(statSync(data).mode & 0o777, 0o700);
    assert.match(logged, /"event":"nobody can log in"/);
  });

  it("works with a folder that no other process works with, and can be started again once it has ended", async () => {
    const data = folder();
    const first = await start(data);
    await assert.rejects(start(data), { name: "FolderBusyError" });
    await first.stop();
    await start(data);
  });

  it("is not found whole, nor backed up, where none has worked, and nothing is made there", async () => {
    const data = join(folder(), "none");
    const settings = settingsOf({ listen: "127.0.0.1:0", data }, {});
    const sink = { write: () => true };
    for (const look of [() => verifyAudit(settings, sink), () => backupService(settings, join(folder(), "backup"), sink)])
      await assert.rejects(look(), (error: unknown) => {
        assert.ok(error instanceof InvalidInputError);
        assert.deepEqual(
          error.problems.map(({ path, reason }) => [path, reason]),
          [["--data", `no service has worked with ${data}`]],
        );
        return true;
      });
    assert.equal(existsSync(data), false);
    await (await start(data)).stop();
    assert.deepEqual((await verifyAudit(settings, sink)).faults, []);
  });

  it("names what is no backup, where one is to be restored", async () => {
    const data = folder();
    const empty = join(data, "empty");
    writeFileSync(empty, "");
    for (const [path, reason] of [
      [join(data, "nothing"), /^there is no /],
      [empty, / is not whole: its end is missing$/],
    ] as const)
      await assert.rejects(
        restoreService(settingsOf({ listen: "127.0.0.1:0", data }, {}), path, undefined, { write: () => true }),
        (error: unknown) => {
          assert.ok(error instanceof InvalidInputError);
          assert.match(error.problems[0]?.reason ?? "", reason);
          return true;
        },
      );
  });

  it("has a log-in for K-PaaS's portal where that is said, whose password stands in a file alone", async () => {
    const data = folder();
    const { url } = await start(data, { basicAuth: join(data, "password") });
    const password = readFileSync(join(data, "password"), "utf8").trim();
    const authorization = `Basic ${Buffer.from(`admin:${password}`).toString("base64")}`;
    assert.equal((await fetch(`${url}/metrics`, { headers: { authorization } })).status, 403);
    assert.equal((await fetch(`${url}/metrics`, { headers: { authorization: "Basic eDp5" } })).status, 401);
    assert.ok(!logged.includes(password));
    assert.match(logged, /"event":"login refused"/);
  });

  it("speaks TLS by files", async () => {
    const data = folder();
    const tls = join(data, "tls");
    mkdirSync(tls, { recursive: true });
    makeCertificates(tls);
    const { url } = await start(data, { tlsCert: join(tls, "tls.crt"), tlsKey: join(tls, "tls.key") });
    const headers = await new Promise<Record<string, unknown>>((resolve, reject) => {
      const ask = request(`${url}/healthz`, { ca: readFileSync(join(tls, "ca.crt")), checkServerIdentity: () => undefined });
      ask.once("response", (answer) => resolve(answer.resume().headers)).once("error", reject);
      ask.end();
    });
    assert.equal(headers["strict-transport-security"], "max-age=31536000");
  });
});
