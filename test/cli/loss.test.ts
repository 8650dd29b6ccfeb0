import assert from "node:assert/strict";
import { describeLoss } from "../../cli/loss";
import { environmentFile, plannedFile } from "../support/environment";

const lossOf = (over: Record<string, unknown>): string[] => describeLoss(plannedFile(environmentFile(over)).plan);

describe("what is lost with an environment", () => {
  it("is every volume, the data of every service, and what etcd holds", () => {
    assert.deepEqual(lossOf({}), [
      "Lost with demo:",
      "  NFS share /home/share/nfs, 200 GiB, with every volume claim on it",
      "  data of mariadb in mariadb, 10 GiB",
      "  etcd: every Kubernetes object of the cluster",
    ]);
  });

  it("is neither volumes nor the data on them where they are retained", () => {
    assert.deepEqual(lossOf({ retain: ["volumes"] }), [
      "Lost with demo:",
      "  etcd: every Kubernetes object of the cluster",
      "Kept: volumes",
    ]);
  });
});
