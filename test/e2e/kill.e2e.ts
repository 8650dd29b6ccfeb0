import { CHOSEN } from "../support/cloud-files";
import { engineForTests } from "../support/engine";
import { cloudKill, interrupted, killOf, Undisturbed, WIDE } from "../support/kill";

/** The first seed and how many there are; KPAAS_SEED and KPAAS_SEEDS choose others, to repeat a failure for one, and KPAAS_TEST_CLOUD a cloud. */
const { KPAAS_SEED, KPAAS_SEEDS, KPAAS_TEST_CLOUD } = process.env;
const ranges =
  KPAAS_SEED === undefined
    ? [[1_000, Number(KPAAS_SEEDS ?? 60)] as const, [WIDE, Number(KPAAS_SEEDS ?? 30)] as const]
    : [[Number(KPAAS_SEED), Number(KPAAS_SEEDS ?? 1)] as const];
const seeds = ranges.flatMap(([first, count]) => Array.from({ length: count }, (_, index) => first + index));
/** On every cloud some of its own. */
const onCloud = (index: number) => (KPAAS_SEED === undefined ? Array.from({ length: 4 }, (_, each) => 100 * index + each) : seeds);
const kills = [
  ...(KPAAS_TEST_CLOUD === undefined ? seeds.map(killOf) : []),
  ...(KPAAS_SEED === undefined || KPAAS_TEST_CLOUD !== undefined
    ? [...CHOSEN, ...(["existing", undefined].includes(KPAAS_TEST_CLOUD) ? ["existing"] : [])].flatMap((cloud, index) =>
        onCloud(index).map((seed) => cloudKill(cloud, seed)),
      )
    : []),
];

describe("An operation of which one process is killed at some moment", function () {
  this.timeout(600_000);
  const undisturbed = new Undisturbed();
  before(engineForTests);
  after(() => undisturbed.remove());

  for (const kill of kills) {
    const { seed, victim, phase, form, cloud = "openstack" } = kill;
    it(`goes on where it stopped: seed ${seed}, ${victim} during ${phase} (${form}, ${cloud}) ${momentOf(kill.at)}`, async () => {
      if (!(await interrupted(kill, undisturbed))) console.log("      the operation ended before the kill");
    });
  }
});

function momentOf(at: ReturnType<typeof killOf>["at"]): string {
  if ("after" in at) return `after ${at.after} ms`;
  return "objects" in at ? `at object ${at.objects}` : `at ${Math.round(at.share * 100)} %`;
}
