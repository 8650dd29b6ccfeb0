import assert from "node:assert/strict";
import { HttpProblem } from "../../../server/http/problem";
import { askCluster } from "../../../server/terraman/ask-cluster";
import { Addresses } from "../../../server/webhooks/address";
import { playRegistered, type RegisteredCluster } from "../../support/registered-cluster";

describe("A cluster that is asked before it is registered", () => {
  const addresses = new Addresses(["127.0.0.0/8"]);
  let there: RegisteredCluster;
  before(async () => {
    there = await playRegistered("token");
  });
  after(() => there.close());

  const ask = (most?: number) => askCluster({ url: `${there.url}/#sha256=${there.fingerprint}`, token: "token" }, addresses, most);

  it("says its version and its nodes", async () => {
    const { url, version, nodes, ready, fingerprint } = await ask();
    assert.deepEqual([url, version, nodes, ready, fingerprint], [there.url, "v1.33.5", 2, 1, there.fingerprint]);
  });

  it("is not read for ever", async () => {
    await assert.rejects(ask(50), (error: unknown) => {
      assert.ok(error instanceof HttpProblem);
      assert.deepEqual(
        error.faults.map(({ path, reason }) => `${path}: ${reason}`),
        ["clusterApiUrl: its answer has no end"],
      );
      return true;
    });
  });
});
