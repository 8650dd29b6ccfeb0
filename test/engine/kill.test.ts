import { engineForTests } from "../support/engine";
import { interrupted, type Kill, Undisturbed } from "../support/kill";

// Some kills of each sort; `npm run e2e` has many more, at moments that its seeds decide.
const kills: readonly Kill[] = [
  { seed: 1, phase: "up", victim: "engine", at: { objects: 25 }, form: "bare" },
  { seed: 2, phase: "destroy", victim: "cloud", at: { objects: 40 }, form: "bare" },
  { seed: 3, phase: "return", victim: "engine", at: { objects: 40 }, form: "bare" },
];

describe("An operation of which a process was killed", function () {
  this.timeout(240_000);
  const undisturbed = new Undisturbed();
  before(engineForTests);
  after(() => undisturbed.remove());

  for (const kill of kills) {
    it(`comes to the same end when repeated: ${kill.victim} during ${kill.phase}`, async () => {
      await interrupted(kill, undisturbed);
    });
  }
});
