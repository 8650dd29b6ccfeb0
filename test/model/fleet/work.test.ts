import assert from "node:assert/strict";
import fc from "fast-check";
import { narrowed } from "../../../model/fleet/narrowed";
import type { FleetPlan } from "../../../model/fleet/plan";
import { type Step, stepsOf, type Work, wordsOf } from "../../../model/fleet/work";

const UPGRADE: Work = { operation: "upgrade", to: "1.34.3", backup: { clusters: ["a"], encryptTo: "/k/backup.crt" } };
const ROTATE: Work = { operation: "rotate", services: { a: ["mariadb", "keycloak"] } };

describe("the steps of a fleet's work", () => {
  const cases: readonly (readonly [title: string, work: Work, cluster: string, health: object, steps: readonly Step[]])[] = [
    ["an up", { operation: "up" }, "a", {}, ["preview", "up"]],
    ["an up with gates", { operation: "up" }, "a", { apiServer: true }, ["preview", "up", "health"]],
    ["an upgrade", UPGRADE, "a", { apiServer: true }, ["preview", "backup", "upgrade", "up", "health"]],
    ["an upgrade of what keeps nothing", UPGRADE, "b", {}, ["preview", "upgrade", "up"]],
    ["an exchange of secrets", ROTATE, "a", { apiServer: true }, ["preview", "rotate", "health"]],
    ["a destroy", { operation: "destroy" }, "a", { apiServer: true }, ["destroy"]],
  ];
  for (const [title, work, cluster, health, steps] of cases)
    it(`are those of ${title}`, () => assert.deepEqual(stepsOf({ ...work, plan: { health } }, cluster), steps));

  it("are what a person would type, with approvals for those alone that take them", () => {
    const words = (step: Step, work: Work) =>
      wordsOf(step, "a", work, { approvals: ["x:move@0123456789ab"], health: { deployments: ["cp-portal/*"] } }).join(" ");
    assert.deepEqual(
      (["preview", "backup", "upgrade", "up", "health"] as const).map((step) => words(step, UPGRADE)),
      [
        "preview a --to 1.34.3 --approve x:move@0123456789ab",
        "backup a --encrypt-to /k/backup.crt",
        "cluster upgrade a --to 1.34.3 --yes",
        "up a --yes --approve x:move@0123456789ab",
        "cluster health a --deployments cp-portal/*",
      ],
    );
    assert.deepEqual(
      (["preview", "rotate"] as const).map((step) => words(step, ROTATE)),
      [
        "rotate a --dry-run --service mariadb --service keycloak --approve x:move@0123456789ab",
        "rotate a --service mariadb --service keycloak --yes --approve x:move@0123456789ab",
      ],
    );
    assert.deepEqual(
      (["preview", "up", "destroy", "loss", "drift"] as const).map((step) => wordsOf(step, "a", { operation: "up" }).join(" ")),
      ["preview a", "up a --yes", "destroy a --yes", "destroy a --dry-run", "refresh a --dry-run"],
    );
  });
});

describe("a fleet's plan of some of its clusters", () => {
  const wave = { bakeSeconds: 0, maxFailures: 0, approval: false };
  const later = (...names: string[]) => names.map((cluster) => ({ cluster, reason: "so" }));
  const PLAN: FleetPlan = {
    ...{ fleet: "korea", health: {} },
    waves: [
      {
        ...wave,
        name: "one",
        canaries: 1,
        clusters: [
          { name: "a", after: [] },
          { name: "b", after: later("a") },
        ],
      },
      {
        ...wave,
        name: "two",
        canaries: 1,
        clusters: [
          { name: "c", after: later("b") },
          { name: "d", after: later("c", "a") },
        ],
      },
    ],
  };

  it("keeps the order over those that are left out", () => {
    const { waves } = narrowed(PLAN, ["a", "d"]);
    assert.deepEqual(
      waves.map(({ name, canaries, clusters }) => [name, canaries, clusters]),
      [
        ["one", 0, [{ name: "a", after: [] }]],
        ["two", 0, [{ name: "d", after: later("a") }]],
      ],
    );
  });

  it("has of any choice the same clusters in the same order, canaries among the first and fewer than all", () => {
    const names = ["a", "b", "c", "d"];
    fc.assert(
      fc.property(fc.subarray(names), (choice) => {
        const { waves } = narrowed(PLAN, choice);
        assert.deepEqual(
          waves.flatMap(({ clusters }) => clusters.map(({ name }) => name)),
          choice,
        );
        for (const { canaries, clusters } of waves) {
          assert.ok(canaries < clusters.length);
          for (const each of clusters.flatMap((cluster) => cluster.after)) assert.ok(choice.includes(each.cluster));
        }
      }),
    );
    assert.deepEqual(narrowed(PLAN, names), PLAN);
  });
});
