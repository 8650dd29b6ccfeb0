import assert from "node:assert/strict";
import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { ApiError } from "../../../../sandbox/kubernetes/api";
import { HttpClient } from "../../../../sandbox/kubernetes/real/client";
import { type HttpsServer, startHttps } from "../../../support/https-server";

describe("the client of a real API server", () => {
  let server: HttpsServer;
  let answer: RequestListener;
  before(async () => {
    server = await startHttps({ type: "ip", value: "127.0.0.1" }, (request, response) => answer(request, response));
  });
  after(() => server.close());

  const client = (over: { readonly ca?: string; readonly port?: number; readonly silenceMs?: number } = {}): HttpClient =>
    new HttpClient(
      { server: `https://127.0.0.1:${over.port ?? server.port}`, ca: over.ca ?? server.certificate, token: "canary-token" },
      over.silenceMs === undefined ? {} : { silenceMs: over.silenceMs },
    );
  const says = (code: number, body: string): void => {
    answer = (_request, response) => response.writeHead(code).end(body);
  };
  const status = (code: number, reason: string, message: string): void => says(code, JSON.stringify({ kind: "Status", reason, message }));
  const failure = async (work: Promise<unknown>): Promise<Error> => {
    try {
      await work;
    } catch (error) {
      assert.ok(error instanceof Error);
      assert.doesNotMatch(`${error.message}${error.stack}`, /canary/);
      return error;
    }
    throw new Error("nothing failed");
  };

  it("logs in by its token and sends bodies with their type and length", async () => {
    const seen: (string | undefined)[] = [];
    answer = (request: IncomingMessage, response: ServerResponse) => {
      const { authorization, accept, "content-type": type, "content-length": length } = request.headers;
      seen.push(request.method, request.url, authorization, accept, type, length);
      let body = "";
      request.setEncoding("utf8").on("data", (part: string) => {
        body += part;
      });
      request.on("end", () => response.end(JSON.stringify({ said: body })));
    };
    const kept = client();
    assert.deepEqual(await kept.request("PATCH", "/a?b=c", { d: "é" }, "application/apply-patch+yaml"), { said: '{"d":"é"}' });
    assert.deepEqual(await kept.request("DELETE", "/a", { e: 1 }), { said: '{"e":1}' });
    assert.deepEqual(await kept.request("GET", "/a"), { said: "" });
    const login = ["Bearer canary-token", "application/json"];
    assert.deepEqual(seen, [
      ...["PATCH", "/a?b=c", ...login, "application/apply-patch+yaml", "10"],
      ...["DELETE", "/a", ...login, "application/json", "7"],
      ...["GET", "/a", ...login, undefined, undefined],
    ]);
  });

  it("puts an answer together that comes in parts, also in the middle of a letter", async () => {
    const whole = Buffer.from('{"a":"é"}');
    answer = (_request, response) => {
      response.write(whole.subarray(0, 7), () => setImmediate(() => response.end(whole.subarray(7))));
    };
    assert.deepEqual(await client().request("GET", "/"), { a: "é" });
  });

  for (const [code, reason, expected] of [
    [404, "NotFound", "NotFound"],
    [422, "Invalid", "Invalid"],
    [403, "Forbidden", "Forbidden"],
    [409, "AlreadyExists", "AlreadyExists"],
    [409, "Conflict", "Other"],
    [401, "Unauthorized", "Other"],
    [500, "InternalError", "Other"],
  ] as const) {
    it(`says in the server's words why it answers ${code} ${reason}`, async () => {
      status(code, reason, `because ${reason}`);
      const error = await failure(client().request("GET", "/"));
      assert.ok(error instanceof ApiError);
      assert.deepEqual([error.reason, error.message], [expected, `because ${reason}`]);
    });
  }

  it("shows a refusal that is no status as it came", async () => {
    says(502, "Bad Gateway\n");
    const error = await failure(client().request("GET", "/api/v1"));
    assert.ok(error instanceof ApiError);
    assert.deepEqual([error.reason, error.message], ["Other", "GET /api/v1: 502 Bad Gateway"]);
  });

  for (const body of ["<html>log in first</html>", "", "[]", '{"a":']) {
    it(`takes no success that says ${JSON.stringify(body)} for an answer`, async () => {
      says(200, body);
      const error = await failure(client().request("GET", "/api/v1"));
      assert.ok(!(error instanceof ApiError));
      assert.match(error.message, /^GET https:\/\/127\.0\.0\.1:\d+\/api\/v1: the answer is no JSON object/);
    });
  }

  it("ends a request to which nothing is said in time, and one that falls silent in the middle", async () => {
    for (const start of [() => undefined, (response: ServerResponse) => response.write('{"a":')]) {
      answer = (_request, response) => void start(response);
      assert.match((await failure(client({ silenceMs: 50 }).request("GET", "/slow"))).message, /\/slow: (no answer in time|aborted)$/);
    }
  });

  it("fails when the connection breaks, before the answer and in the middle of it, and goes on afterwards", async () => {
    const kept = client();
    answer = (request) => request.socket.destroy();
    assert.match((await failure(kept.request("GET", "/broken"))).message, /^GET https:.*\/broken: socket hang up$/);
    answer = (request, response) => void response.write('{"a":', () => request.socket.destroy());
    assert.match((await failure(kept.request("GET", "/broken"))).message, /^GET https:.*\/broken: aborted$/);
    says(200, "{}");
    assert.deepEqual(await kept.request("GET", "/"), {});
  });

  it("trusts no other certificate, and says where nobody listens", async () => {
    const other = await startHttps({ type: "ip", value: "127.0.0.1" }, (_request, response) => response.end("{}"));
    assert.match((await failure(client({ ca: other.certificate }).request("GET", "/"))).message, /certificate/);
    await other.close();
    assert.match((await failure(client({ port: other.port }).request("GET", "/"))).message, /ECONNREFUSED/);
  });
});
