import assert from "node:assert/strict";
import { readStates } from "../../engine/states";
import { CHOSEN, INFRASTRUCTURES } from "../support/cloud-files";
import { engineForTests } from "../support/engine";
import { BARE } from "../support/layers";
import { idsOf, lifeWithout, NOTHING, seen, targetIn, unlike } from "../support/lost-state";
import { temporaryFolders } from "../support/temporary";

/** On every cloud, or the one that KPAAS_TEST_CLOUD names; existing hosts are in `npm test`. */
describe("An environment whose state is lost", function () {
  this.timeout(600_000);
  before(engineForTests);
  const folder = temporaryFolders();

  it("is found again with its generated values, by its cloud, its cluster and the key of its machines", async () => {
    const target = targetIn(folder(), {});
    const { findings, changes, again, third, before } = await lifeWithout(target, ({ before: known, sshKey = "" }) => ({
      sshKey,
      ids: seen(known, "ServerGroup", "keycloak:"),
    }));
    assert.deepEqual(
      unlike(findings, "found", "known", "left").map((line) => line.split(" ").slice(0, 2).join(" ")),
      ["lost seoul-platform-keycloak-portal-admin-password"],
      "only Keycloak has it, and as a digest",
    );
    assert.deepEqual(changes, []);
    assert.deepEqual({ ...again, create: 0 }, NOTHING, "rules that are refused a second time are taken up");
    assert.deepEqual(third, NOTHING);
    assert.deepEqual(idsOf(await readStates(target)), idsOf(before));
  });

  const files = CHOSEN.map((cloud) => [cloud, { infrastructure: INFRASTRUCTURES[cloud], platform: BARE }] as const);
  for (const [cloud, fields] of files)
    it(`is found again on ${cloud}, with what an older backup tells`, async () => {
      const target = targetIn(folder(), fields);
      const { again, third, changes, before } = await lifeWithout(target, ({ before: older }) => ({ older }));
      assert.deepEqual(changes, []);
      assert.deepEqual({ ...again, create: 0 }, NOTHING);
      assert.deepEqual(third, NOTHING);
      assert.deepEqual(idsOf(await readStates(target)), idsOf(before));
    });
});
