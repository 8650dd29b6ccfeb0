import { Draining, drains } from "../support/draining";
import { engineForTests } from "../support/engine";

describe("destroying an environment on the real engine", function () {
  this.timeout(360_000);
  before(engineForTests);
  let sandbox: Draining;
  afterEach(() => sandbox.dispose());

  it("has let go of every load balancer and claim before the cluster, the machines and the network go", async () => {
    sandbox = new Draining("drain", {});
    await drains(sandbox);
  });
});
