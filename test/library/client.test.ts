import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { clientCallsOf } from "../../dev/client-calls";
import { serverClient } from "../../library/client";
import { startServer } from "../../server/server";
import { settingsOf } from "../../server/settings";
import { drifted } from "../support/client-example";
import { fileOf, playOwn } from "../support/own-service";
import { temporaryFolders } from "../support/temporary";

const CALLS = join(__dirname, "..", "..", "..", "library", "client-calls.ts");

describe("The client of the service", function () {
  this.timeout(120_000);
  const folder = temporaryFolders();

  it("has the types that the service's document says", async () => {
    const service = await startServer(settingsOf({ listen: "127.0.0.1:0", data: folder() }, {}), { write: () => true });
    try {
      const document = (await (await fetch(`${service.url}/openapi.json`)).json()) as object;
      const made = await clientCallsOf(document);
      if (process.env.UPDATE_GOLDEN === "1") writeFileSync(CALLS, made);
      assert.ok(
        made === readFileSync(CALLS, "utf8"),
        "library/client-calls.ts is another one: UPDATE_GOLDEN=1 mocha dist/test/library/client.test.js",
      );
    } finally {
      await service.stop();
    }
  });

  it("is shown by an example that is compiled", () => {
    const root = join(__dirname, "..", "..", "..");
    const [, shown = ""] =
      /```ts\n(import \{ serverClient \}[\s\S]*?)```/.exec(readFileSync(join(root, "docs", "server.md"), "utf8")) ?? [];
    const example = readFileSync(join(root, "test", "support", "client-example.ts"), "utf8");
    assert.equal(shown, example.replace('"../../library/client"', '"kpaas/client"'));
  });

  it("asks by the token that it is given, and tells what is wrong", async () => {
    const own = await playOwn(folder(), { seoul: fileOf("seoul"), busan: fileOf("busan", "edge") });
    const url = await own.app.listen({ host: "127.0.0.1", port: 0 });
    let asked = 0;
    const client = serverClient({ url: `${url}/`, token: async () => (asked++ === 0 ? "kpaas-viewer" : "kpaas-viewer:team=edge") });
    const { data } = await client.GET("/api/v1/environments", { params: { query: { limit: 1 } } });
    assert.deepEqual([data?.items.map(({ name, state }) => [name, state]), data?.next], [[["busan", "new"]], "busan"]);
    const { data: none, error, response } = await client.GET("/api/v1/environments/{name}", { params: { path: { name: "seoul" } } });
    assert.deepEqual([none, error?.type, response.status, asked], [undefined, "urn:kpaas:problem:not-found", 404, 2]);
    await own.parts.database.query
      .insertInto("operations")
      .values({
        id: randomUUID(),
        environment: "busan",
        kind: "drift",
        state: "done",
        askedBy: "kim",
        result: '{"drifted":true}',
        ended: new Date(),
      })
      .execute();
    assert.deepEqual(await drifted(url, async () => "kpaas-viewer"), ["busan"]);
    await assert.rejects(
      drifted(url, async () => "nothing"),
      /this takes the role viewer/,
    );
    await own.close();
  });
});
