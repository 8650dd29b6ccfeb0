import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fields, list } from "../../model/data";
import { traceparentIn } from "../../server/trace/traces";
import { fileOf, playOwn, wellRunner } from "../support/own-service";
import { temporaryFolders } from "../support/temporary";

interface Received {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly attributes: readonly unknown[];
}

describe("Traces of the service", function () {
  this.timeout(120_000);
  const folder = temporaryFolders();

  it("are sent by OTLP: a request, what it asks of the database, the operation that it begins and its steps are one", async () => {
    let text = "";
    const receiver = createServer((request, answer) => {
      assert.equal(`${request.method} ${request.url} ${request.headers["content-type"]}`, "POST /v1/traces application/json");
      request
        .on("data", (piece) => (text += piece))
        .on("end", () => {
          text += "\n";
          answer.writeHead(200, { "content-type": "application/json" }).end("{}");
        });
    });
    await new Promise<void>((resolve) => receiver.listen(0, "127.0.0.1", resolve));
    process.env.OTEL_EXPORTER_OTLP_ENDPOINT = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`;
    try {
      const own = await playOwn(folder(), { seoul: fileOf("seoul") }, wellRunner());
      const trace = "4bf92f3577b34da6a3ce929d0e0e4736";
      const headers = { traceparent: `00-${trace}-00f067aa0ba902b7-01` };
      const asked = await own.ask("kpaas-operator", "POST", "/api/v1/environments/seoul/operations", { kind: "drift" }, headers);
      assert.equal(asked.status, 202, asked.text);
      while ((await own.ask("kpaas-viewer", "GET", `/api/v1/operations/${asked.body.id}`)).body.state !== "done") await pause(20);
      await own.close();
      const spans = text
        .split("\n")
        .filter((line) => line !== "")
        .flatMap((line) => list(JSON.parse(line).resourceSpans))
        .flatMap((each) => list(fields(each).scopeSpans))
        .flatMap((each) => list(fields(each).spans)) as Received[];
      const ours = spans.filter(({ traceId }) => traceId === trace);
      const named = (name: string) =>
        ours.find((each) => each.name === name) ?? assert.fail(`${name} of ${ours.map((each) => each.name).join()}`);
      const request = named("POST /api/v1/environments/{name}/operations");
      assert.equal(request.parentSpanId, "00f067aa0ba902b7");
      assert.equal(named("insert operations").parentSpanId, request.spanId);
      const operation = named("operation drift");
      assert.equal(operation.parentSpanId, request.spanId);
      assert.equal(named("step drift").parentSpanId, operation.spanId);
      // Nobody learns from a trace whose environment it was, and who has asked.
      assert.ok(!/seoul|kpaas-operator|test#/.test(text));
    } finally {
      delete process.env.OTEL_EXPORTER_OTLP_ENDPOINT;
      receiver.closeAllConnections();
      receiver.close();
    }
  });

  it("reach the process of a step, which is told of its step's span", async function () {
    if (process.platform !== "linux") this.skip();
    // Nobody listens there: what is sent is lost, and what processes are told is not.
    process.env.OTEL_EXPORTER_OTLP_ENDPOINT = "http://127.0.0.1:9";
    try {
      const own = await playOwn(folder(), { seoul: fileOf("seoul") }, "commands");
      const trace = "4bf92f3577b34da6a3ce929d0e0e4736";
      const headers = { traceparent: `00-${trace}-00f067aa0ba902b7-01` };
      const { body } = await own.ask("kpaas-operator", "POST", "/api/v1/environments/seoul/operations", { kind: "drift" }, headers);
      const row = () => own.parts.database.query.selectFrom("operations").selectAll().where("id", "=", body.id).executeTakeFirstOrThrow();
      const owner = join(own.parts.repository.root, "..", "operations", body.id, "seoul.1.drift.process");
      while (!existsSync(owner)) await pause(5);
      const variables = readFileSync(`/proc/${JSON.parse(readFileSync(owner, "utf8")).pid}/environ`, "utf8").split("\0");
      const told = traceparentIn(variables.find((each) => each.startsWith("TRACEPARENT="))?.slice("TRACEPARENT=".length));
      assert.equal(told?.split("-")[1], trace);
      // Not that of who has asked, nor that of the request: a span of its own.
      assert.notEqual(told?.split("-")[2], "00f067aa0ba902b7");
      assert.notEqual(told, (await row()).trace);
      // Ends in order all the same.
      await own.close();
    } finally {
      delete process.env.OTEL_EXPORTER_OTLP_ENDPOINT;
    }
  });

  it("go on with what was sent only where that is a traceparent", () => {
    assert.equal(traceparentIn(`00-${"a".repeat(32)}-${"b".repeat(16)}-01`), `00-${"a".repeat(32)}-${"b".repeat(16)}-01`);
    for (const wrong of [
      undefined,
      "",
      `00-${"0".repeat(32)}-${"b".repeat(16)}-01`,
      `00-${"a".repeat(32)}-${"0".repeat(16)}-01`,
      `01-${"a".repeat(32)}-${"b".repeat(16)}-01`,
      "$(id)",
    ])
      assert.equal(traceparentIn(wrong), undefined, wrong);
  });
});
