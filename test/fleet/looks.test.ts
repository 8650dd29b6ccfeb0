import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import { readLosses } from "../../fleet/losses";
import type { Operation } from "../../model/fleet/decide";
import { RefusedError } from "../../model/problems";
import { askRegistered } from "../../operate/cluster/registered";
import { startHttps } from "../support/https-server";
import { temporaryFolders } from "../support/temporary";

describe("what a destroy of a fleet would take", () => {
  const children = (printed: Readonly<Record<string, object>>) => ({
    launch: async ({ cluster }: Operation) =>
      printed[cluster] === undefined ? ({ outcome: "failed", reason: "no answer" } as const) : ({ outcome: "done" } as const),
    printed: ({ cluster }: Operation) => JSON.stringify(printed[cluster]),
  });

  it("is told for each cluster, in their order, and is nothing where there is no stack", async () => {
    const printed = { b: { lost: ["volume data"], kept: ["address"] }, a: { problems: [{ reason: "has no stack here" }] } };
    assert.deepEqual(await readLosses(["b", "a"], children(printed), 2), [
      { cluster: "b", lost: ["volume data"], kept: ["address"] },
      { cluster: "a", lost: [], kept: [] },
    ]);
  });

  it("is refused where that of any cannot be told", async () => {
    await assert.rejects(
      readLosses(["a", "b"], children({ a: { lost: [], kept: [] } }), 1),
      (error) =>
        error instanceof RefusedError && error.problems.length === 1 && /^what would be lost .* no answer/.test(error.problems[0]!.reason),
    );
  });
});

describe("a registered cluster", () => {
  const folder = temporaryFolders();

  it("is asked by its kubeconfig for version, nodes and certificates", async () => {
    const asked: string[] = [];
    const server = await startHttps({ type: "ip", value: "127.0.0.1" }, ({ url = "", headers }, response) => {
      asked.push(`${url} ${headers.authorization}`);
      const node = { metadata: { name: "kt-1" }, status: { conditions: [{ type: "Ready", status: "True" }] } };
      response.end(JSON.stringify(url === "/version" ? { gitVersion: "v1.34.2" } : { items: [node] }));
    });
    try {
      const authority = Buffer.from(server.certificate).toString("base64");
      const kubeconfig = {
        "current-context": "kt",
        contexts: [{ name: "kt", context: { cluster: "kt", user: "kt" } }],
        clusters: [{ name: "kt", cluster: { server: `https://127.0.0.1:${server.port}`, "certificate-authority-data": authority } }],
        users: [{ name: "kt", user: { token: "canary" } }],
      };
      const root = folder();
      writeFileSync(join(root, "kt.yaml"), stringify(kubeconfig));
      const answers = await askRegistered({ file: "kt.yaml" }, root);
      assert.ok(typeof answers === "object", String(answers));
      assert.deepEqual([answers.kubernetes, answers.nodes], ["1.34.2", { "kt-1": true }]);
      assert.match(answers.ends["of the API server"] ?? "", /^\d{4}-\d\d-\d\dT/);
      assert.deepEqual(asked.sort(), ["/api/v1/nodes Bearer canary", "/version Bearer canary"]);
    } finally {
      await server.close();
    }
  });

  it("is told to be silent, and nothing of its kubeconfig", async () => {
    const root = folder();
    writeFileSync(join(root, "kt.yaml"), "token: canary");
    for (const file of ["kt.yaml", "none.yaml"]) {
      const answers = await askRegistered({ file }, root);
      assert.ok(typeof answers === "string");
      assert.doesNotMatch(answers, /canary/);
    }
  });
});
