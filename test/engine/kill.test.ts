import { STATE } from "../../engine/state/at-end";
import { engineForTests } from "../support/engine";
import { interrupted, type Kill, Undisturbed } from "../support/kill";

// Some kills of each sort; `npm run e2e` has many more, at moments that its seeds decide.
const kills: Readonly<Record<string, readonly Kill[]>> = {
  "each-step": [
    { seed: 1, phase: "up", victim: "engine", at: { objects: 25 }, form: "bare" },
    { seed: 2, phase: "destroy", victim: "cloud", at: { objects: 40 }, form: "bare" },
    { seed: 3, phase: "return", victim: "engine", at: { objects: 40 }, form: "bare" },
  ],
  // `KPAAS_SANDBOX_STATE=at-end npm run e2e -- kill` has more of these too.
  "at-end": [{ seed: 4, phase: "return", victim: "engine", at: { objects: 40 }, form: "bare" }],
};

describe("An operation of which a process was killed", function () {
  this.timeout(240_000);
  const undisturbed = new Undisturbed();
  before(engineForTests);
  after(() => undisturbed.remove());

  for (const [time, some] of Object.entries(kills)) {
    for (const kill of some) {
      it(`comes to the same end when repeated, its state written ${time}: ${kill.victim} during ${kill.phase}`, async () => {
        process.env[STATE] = time;
        await interrupted(kill, undisturbed);
      });
    }
  }
});
