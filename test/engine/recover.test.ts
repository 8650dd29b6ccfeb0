import assert from "node:assert/strict";
import { readStates } from "../../engine/states";
import { engineForTests } from "../support/engine";
import { hostsFile } from "../support/existing";
import { BARE } from "../support/layers";
import { idsOf, lifeWithout, NOTHING, targetIn } from "../support/lost-state";
import { temporaryFolders } from "../support/temporary";

/** On each cloud, and with generated values: `npm run e2e -- recover`. */
describe("an environment whose state is lost, on the real engine,", function () {
  this.timeout(600_000);
  before(engineForTests);
  const folder = temporaryFolders();

  const loadBalancer = { kind: "metallb", range: "10.0.0.200-10.0.0.220" };
  for (const layers of ["one", "three"])
    it(`is found again on existing hosts, with what an older backup tells, in ${layers}`, async () => {
      const target = targetIn(folder(), hostsFile({}, { layers, platform: { services: BARE.services, loadBalancer } }));
      const { again, third, changes, before } = await lifeWithout(target, ({ before: older }) => ({ older }));
      assert.equal(before.length, layers === "one" ? 1 : 3);
      assert.deepEqual(changes, []);
      assert.deepEqual({ ...again, create: 0 }, NOTHING);
      assert.deepEqual(third, NOTHING);
      assert.deepEqual(idsOf(await readStates(target)), idsOf(before));
    });
});
