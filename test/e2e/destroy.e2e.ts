import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { destroyEnvironment, upEnvironment } from "../../engine/operations";
import { Draining, drains } from "../support/draining";
import { engineForTests } from "../support/engine";

describe("destroying an environment", function () {
  this.timeout(360_000);
  before(engineForTests);
  let sandbox: Draining;
  afterEach(() => sandbox.dispose());

  it("of three layers has let go of every load balancer and claim before the cluster, the machines and the network go", async () => {
    sandbox = new Draining("tiers", { layers: "three" });
    await drains(sandbox);
  });

  it("leaves the claims of its data, their namespace and the volume below them where it retains volumes", async () => {
    sandbox = new Draining("kept", { retain: ["volumes"] });
    await upEnvironment(sandbox.target());
    await sandbox.destroyUntilCluster();
    assert.deepEqual(sandbox.cloudParts(), ["mariadb/mariadb-data"]);
    assert.deepEqual(sandbox.ownNamespaces(), ["mariadb"]);
    assert.equal(sandbox.cluster.list("apps/v1/StatefulSet").length, 0, "its server was ended in good order");
    await destroyEnvironment(sandbox.target());
    const folder = join(sandbox.world, "openstack", "volume");
    const volumes = sandbox.inCloud("volume").map((file) => JSON.parse(readFileSync(join(folder, file), "utf8")));
    assert.deepEqual(
      volumes.map(({ name, attachments }) => [name, attachments]),
      [["kept-nfs-share", []]],
    );
    assert.deepEqual(sandbox.inCloud("network"), []);
  });
});
