import { engineForTests } from "../support/engine";
import { nhnFile } from "../support/nhn";
import { oneLife } from "../support/one-life";

const off = Object.fromEntries(["metricsServer", "certManager", "mariadb", "keycloak", "portal"].map((name) => [name, false]));

describe("an environment on NHN Cloud, on the real engine", function () {
  this.timeout(240_000);
  before(engineForTests);

  it("comes up, has nothing to do a second time, and leaves nothing behind", async () => {
    await oneLife(nhnFile("minimal", { platform: { services: off } }), "openstack");
  });
});
