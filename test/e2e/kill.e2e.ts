import { engineForTests } from "../support/engine";
import { interrupted, killOf, Undisturbed, WIDE } from "../support/kill";

/** The first seed and how many there are; KPAAS_SEED and KPAAS_SEEDS choose others, to repeat a failure for one. */
const { KPAAS_SEED, KPAAS_SEEDS } = process.env;
const ranges =
  KPAAS_SEED === undefined
    ? [[1_000, Number(KPAAS_SEEDS ?? 60)] as const, [WIDE, Number(KPAAS_SEEDS ?? 30)] as const]
    : [[Number(KPAAS_SEED), Number(KPAAS_SEEDS ?? 1)] as const];
const seeds = ranges.flatMap(([first, count]) => Array.from({ length: count }, (_, index) => first + index));

describe("An operation of which one process is killed at some moment", function () {
  this.timeout(600_000);
  const undisturbed = new Undisturbed();
  before(engineForTests);
  after(() => undisturbed.remove());

  for (const kill of seeds.map(killOf)) {
    const { seed, victim, phase, form } = kill;
    it(`goes on where it stopped: seed ${seed}, ${victim} during ${phase} (${form}) ${momentOf(kill.at)}`, async () => {
      if (!(await interrupted(kill, undisturbed))) console.log("      the operation ended before the kill");
    });
  }
});

function momentOf(at: ReturnType<typeof killOf>["at"]): string {
  if ("after" in at) return `after ${at.after} ms`;
  return "objects" in at ? `at object ${at.objects}` : `at ${Math.round(at.share * 100)} %`;
}
