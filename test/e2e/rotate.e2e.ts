import assert from "node:assert/strict";
import { engineForTests } from "../support/engine";
import { again, generator, strike } from "../support/kill";
import { Project } from "../support/project";

/** The first seed and how many there are: KPAAS_SEED and KPAAS_SEEDS choose others, to repeat a failure for one. */
const FIRST_SEED = Number(process.env.KPAAS_SEED ?? 1);
const SEEDS = Number(process.env.KPAAS_SEEDS ?? (process.env.KPAAS_SEED === undefined ? 8 : 1));
const VICTIMS = ["cli", "engine", "kubernetes", "random"] as const;

/** The environment in one stack, and its platform in a stack of its own. */
const FORMS = { one: {}, three: { layers: "three" } };

for (const [form, fields] of Object.entries(FORMS))
  describe(`An exchange of secrets, layers: ${form}, of which one process is killed at some moment`, function () {
    this.timeout(600_000);
    let standing: Project;
    let exchanged: Project;
    let milliseconds = 0;
    before(async function () {
      await engineForTests.call(this);
      standing = new Project(fields);
      const up = await standing.run("up");
      assert.equal(up.code, 0, up.output);
      exchanged = standing.copy();
      const started = Date.now();
      const { code, output } = await exchanged.run("rotate");
      assert.equal(code, 0, output);
      milliseconds = Date.now() - started;
      assert.match(exchanged.lock(), NUMBERS);
    });
    after(() => {
      for (const project of [standing, exchanged]) project?.remove();
    });

    it("goes on with the same command where its last step failed", async () => {
      const project = standing.copy();
      try {
        project.fault({ rules: [{ package: "kubernetes", type: "Job", name: "k-platform-mariadb-former-schemas", failAt: { from: 1 } }] });
        const failed = await project.run("rotate");
        assert.notEqual(failed.code, 0, failed.output);
        project.fault(undefined);
        const { code, output } = await project.run("rotate");
        assert.equal(code, 0, output);
        assert.match(project.lock(), NUMBERS, "exchanged once");
        assert.deepEqual(project.objects(), exchanged.objects());
      } finally {
        project.remove();
      }
    });

    for (let seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed++) {
      const random = generator(seed);
      const victim = VICTIMS[Math.floor(random() * VICTIMS.length)] ?? "engine";
      const share = 0.15 + random() * 0.75;
      it(`goes on where it stopped: seed ${seed}, ${victim} at ${Math.round(share * 100)} %`, async () => {
        const project = standing.copy();
        const told: string[] = [];
        try {
          const operation = project.start("rotate");
          const hit = await strike({ phase: "change", victim, at: { share } }, project, operation.pid, milliseconds);
          told.push(`hit: ${hit}`, (await operation.ended).output);
          // Either goes on with what was begun; before the lock was written nothing was.
          const begun = NUMBERS.test(project.lock());
          await again(project, begun && seed % 2 === 0 ? "up" : "rotate", told);
          if (hit) assert.match(project.lock(), NUMBERS, "exchanged once");
          assert.deepEqual(project.objects(), exchanged.objects(), "the same objects as undisturbed");
          const { stdout, output } = await project.run("up", "--json");
          const { create, update, replace, delete: deleted } = JSON.parse(stdout).changes;
          assert.deepEqual({ create, update, replace, deleted }, { create: 0, update: 0, replace: 0, deleted: 0 }, output);
          assert.deepEqual(project.locks(), []);
        } catch (error) {
          throw new Error(`seed ${seed}: ${error instanceof Error ? error.message : String(error)}\n${told.join("\n---\n")}`, {
            cause: error,
          });
        } finally {
          project.remove();
        }
      });
    }
  });

/** Every service that has something to exchange, once. */
const NUMBERS = /^rotations:\n {2}keycloak: 2\n {2}mariadb: 2\n {2}portal: 2\n/m;
