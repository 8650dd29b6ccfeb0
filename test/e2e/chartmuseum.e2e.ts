import assert from "node:assert/strict";
import type { ChildProcess } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { settings } from "../../components/platform/chartmuseum/workload";
import { removeFolder } from "../../host/files";
import { freePorts, makeCertificates, programForTests, startServer, stopServer } from "../support/real-server";

/** An archive of one file, as tar has it. */
function archive(name: string, content: string): Buffer {
  const header = Buffer.alloc(512);
  const field = (text: string, offset: number) => header.write(text, offset, "latin1");
  field(name, 0);
  field("0000644\0", 100);
  field(`${Buffer.byteLength(content).toString(8).padStart(11, "0")}\0`, 124);
  field("00000000000\0", 136);
  field(" ".repeat(8), 148);
  field("0", 156);
  field("ustar\x0000", 257);
  field(
    `${header
      .reduce((sum, byte) => sum + byte, 0)
      .toString(8)
      .padStart(6, "0")}\0 `,
    148,
  );
  const body = Buffer.alloc(Math.ceil(Buffer.byteLength(content) / 512) * 512);
  body.write(content);
  return gzipSync(Buffer.concat([header, body, Buffer.alloc(1024)]));
}

describe("the settings of a real ChartMuseum", function () {
  this.timeout(60_000);
  const folder = mkdtempSync(join(tmpdir(), "kpaas-e2e-"));
  const folders = { charts: join(folder, "charts"), tls: join(folder, "tls") };
  const chart = archive("demo/Chart.yaml", "apiVersion: v2\nname: demo\nversion: 1.0.0\n");
  let server: ChildProcess | undefined;
  let port = 0;

  before(async function () {
    const program = programForTests.call(this, "chartmuseum", "build github.com/helm/chartmuseum at v0.16.3");
    [port = 0] = await freePorts(1);
    makeCertificates(folders.tls);
    mkdirSync(folders.charts);
    const file = join(folder, "chartmuseum.yaml");
    writeFileSync(file, settings(folders, port, "charts", "secret"));
    server = await startServer(program, [`--config=${file}`], "Starting ChartMuseum");
  });
  after(async () => {
    if (server) await stopServer(server);
    removeFolder(folder);
  });

  const ask = async (method: string, path: string, { auth, body }: { auth?: string; body?: Buffer } = {}) =>
    await new Promise<number | undefined>((answered, failed) => {
      const ca = readFileSync(join(folders.tls, "ca.crt"));
      const call = request({ host: "localhost", port, method, path, ca, ...(auth ? { auth } : {}) }, (response) => {
        response.resume().on("end", () => answered(response.statusCode));
      });
      call.on("error", failed).end(body);
    });

  it("let whoever has the account put charts there and get them, once for each version", async () => {
    const auth = "charts:secret";
    assert.equal(await ask("POST", "/api/charts", { auth, body: chart }), 201);
    assert.equal(await ask("POST", "/api/charts", { auth, body: chart }), 409);
    for (const path of ["/index.yaml", "/charts/demo-1.0.0.tgz", "/api/charts"]) assert.equal(await ask("GET", path, { auth }), 200, path);
  });

  it("let nobody else see or change anything, and tell a probe how it is", async () => {
    for (const auth of [undefined, "charts:other", ":"]) {
      const call = auth === undefined ? {} : { auth };
      for (const path of ["/index.yaml", "/charts/demo-1.0.0.tgz", "/api/charts", "/"])
        assert.equal(await ask("GET", path, call), 401, path);
      assert.equal(await ask("POST", "/api/charts", { ...call, body: chart }), 401);
      assert.equal(await ask("DELETE", "/api/charts/demo/1.0.0", call), 401);
    }
    assert.equal(await ask("GET", "/health"), 200);
  });
});
