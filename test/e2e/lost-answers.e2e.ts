import assert from "node:assert/strict";
import { registry } from "../../files/registry";
import { CHOSEN, INFRASTRUCTURES, packageOf } from "../support/cloud-files";
import { engineForTests } from "../support/engine";
import { lookedUp, Undisturbed } from "../support/kill";
import { Project } from "../support/project";

const CLUSTER = {
  rules: [{ package: "kubernetes", operation: ["create", "delete"], loseAnswer: { every: 17 } }],
  kubespray: { failStep: "cluster", times: 1, loseAnswer: true },
};
/** Of each type the first answers to a creation and to a deletion are lost, and of all together some more. */
const faultsOf = (cloud: string) => ({
  ...CLUSTER,
  rules: [
    ...CLUSTER.rules,
    { package: packageOf(cloud), operation: ["create", "delete"], loseAnswer: { every: 11 } },
    ...Object.keys(registry.clouds[cloud]?.state?.findable ?? {}).flatMap((type) =>
      ["create", "delete"].map((operation) => ({ package: packageOf(cloud), type, operation, loseAnswer: { call: 1 } })),
    ),
  ],
});

/** More than enough: each attempt loses some answers, and goes on behind them. */
const ATTEMPTS = 60;

for (const cloud of CHOSEN)
  describe(`An environment whose cloud, ${cloud}, loses some of its answers, and its cluster too`, function () {
    this.timeout(1_200_000);
    const environment = { form: "smallest", cloud } as const;
    const undisturbed = new Undisturbed();
    const project = new Project({ infrastructure: INFRASTRUCTURES[cloud] });
    before(engineForTests);
    after(async () => {
      project.remove();
      await undisturbed.remove();
    });

    /** Runs the command until it has come to its end, as a person would who does what it says; gives how many times. */
    async function insist(command: "up" | "destroy"): Promise<number> {
      const approvals: string[] = [];
      for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
        const { code, output } = await project.run(command, ...approvals.flatMap((what) => ["--approve", what]));
        if (code === 0) return attempt;
        if (code === 3) approvals.push(...lookedUp(project, output));
        else assert.match(output, /connection reset by peer|unexpected EOF|the connection was lost/);
      }
      throw new Error(`${command} does not come to an end`);
    }

    it("comes up with the same objects as any other, and nothing twice", async () => {
      const wanted = await undisturbed.of({ phase: "up", ...environment });
      project.fault(faultsOf(cloud));
      assert.ok((await insist("up")) > 2);
      project.fault(undefined);
      assert.deepEqual(project.objects(), wanted.objects);
      assert.deepEqual(project.idsInWorld(), project.idsInStates());
      const { code, stdout, output } = await project.run("up", "--json");
      assert.equal(code, 0, output);
      const { create, update, replace, delete: deleted } = JSON.parse(stdout).changes;
      assert.deepEqual({ create, update, replace, deleted }, { create: 0, update: 0, replace: 0, deleted: 0 }, output);
    });

    it("goes without a trace", async () => {
      project.fault(faultsOf(cloud));
      assert.ok((await insist("destroy")) > 1);
      project.fault(undefined);
      assert.deepEqual(project.world(), []);
    });
  });
