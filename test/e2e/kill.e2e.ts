import { engineForTests } from "../support/engine";
import { interrupted, killOf, Undisturbed } from "../support/kill";

/** How many seeds, and the first; KPAAS_SEEDS and KPAAS_SEED choose others, to repeat a failure for one. */
const count = Number(process.env.KPAAS_SEEDS ?? 60);
const first = Number(process.env.KPAAS_SEED ?? 1_000);

describe("An operation of which one process is killed at some moment", function () {
  this.timeout(300_000);
  let undisturbed: Undisturbed;
  before(async function () {
    await engineForTests.call(this);
    undisturbed = await Undisturbed.make();
  });
  after(() => undisturbed?.remove());

  for (let seed = first; seed < first + count; seed++) {
    const kill = killOf(seed);
    const when = "after" in kill.at ? `after ${kill.at.after} ms` : `at object ${kill.at.objects}`;
    it(`goes on where it stopped: seed ${seed}, ${kill.victim} during ${kill.phase} ${when}`, async () => {
      await interrupted(kill, undisturbed);
    });
  }
});
