import assert from "node:assert/strict";
import { checkHosts } from "../../../../plugin/kubespray/hosts/check-hosts";
import { cluster } from "../../../model/cluster/fixtures";
import { temporaryFolders } from "../../../support/temporary";
import { LocalHosts } from "./local-hosts";

describe("a host that does not let us in", () => {
  const folder = temporaryFolders();
  const hosts = () => {
    const silent = new LocalHosts(folder());
    silent.silent.add("worker-1");
    return silent;
  };
  const question = { spec: cluster(), nodes: ["worker-1"], joining: ["worker-1"] };

  it("is told of at once where it was there beforehand, and is waited for where its machine was just made", async () => {
    const findings = await checkHosts(hosts(), question, AbortSignal.timeout(1_000));
    assert.deepEqual(
      findings.map(({ node, check }) => [node, check]),
      [["worker-1", "ssh"]],
    );
    await assert.rejects(checkHosts(hosts(), { ...question, booting: ["worker-1"] }, AbortSignal.timeout(100)), { name: "TimeoutError" });
  });
});
