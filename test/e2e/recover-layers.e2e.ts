import assert from "node:assert/strict";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { upEnvironment } from "../../engine/operations";
import { importRecovered, recover } from "../../engine/recover";
import { readStates } from "../../engine/states";
import { removeFolder } from "../../host/files";
import { LAYERS, type Layer } from "../../model/layers";
import { engineForTests } from "../support/engine";
import { idsOf, lose, NOTHING, seen, targetIn, unlike } from "../support/lost-state";

/** A database is enough of a platform; without cert-manager nobody but the state has the key of the platform's own authority. */
const PLATFORM = { services: { metricsServer: false, keycloak: false, portal: false } };

/** Each layer, each pair of them, and all. */
const LOST: readonly (readonly Layer[])[] = [
  ...LAYERS.map((layer) => [layer]),
  ...LAYERS.map((stands) => LAYERS.filter((layer) => layer !== stands)),
  LAYERS,
];

/** The tests are one story: whatever is lost is found, and the environment goes on with it. */
describe("An environment in three stacks", function () {
  this.timeout(600_000);
  let root = "";
  let target: ReturnType<typeof targetIn>;

  before(async function () {
    await engineForTests.call(this);
    this.timeout(600_000);
    root = mkdtempSync(join(tmpdir(), "kpaas-recover-"));
    target = targetIn(root, { layers: "three", platform: PLATFORM });
    await upEnvironment(target);
  });
  after(() => removeFolder(root));

  for (const layers of LOST)
    it(`that has lost ${layers.join(", ")} is found again, and what stands stays as it is`, async () => {
      const { before, sshKey = "" } = await lose(target, layers);
      const present = await readStates(target);
      assert.equal(present.length, LAYERS.length - layers.length);
      // Either of these knows the key, where it stands.
      const knows = present.some(({ layer }) => layer !== "platform");
      const hints = { ids: seen(before, "ServerGroup"), ...(knows ? {} : { sshKey }) };
      const { findings, changes, states } = await recover(target, hints, present);
      assert.deepEqual(unlike(findings, "found", "known", "left"), []);
      assert.deepEqual(changes, []);
      assert.deepEqual(
        states.map(({ layer }) => layer),
        layers,
      );
      await importRecovered(target, states, present);
      const standing = (await readStates(target)).filter(({ layer }) => layer && !layers.includes(layer));
      assert.deepEqual(standing, present);
      const { same: _same, ...again } = (await upEnvironment(target)).changes;
      assert.deepEqual({ ...again, create: 0 }, NOTHING, "rules that are refused a second time are taken up");
      const { same: _all, ...third } = (await upEnvironment(target)).changes;
      assert.deepEqual(third, NOTHING);
      assert.deepEqual(idsOf(await readStates(target)), idsOf(before));
    });
});
