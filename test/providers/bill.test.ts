import assert from "node:assert/strict";
import { join } from "node:path";
import { listEnvironments, loadEnvironment } from "../../files/load";
import type { BilledKind } from "../../model/cost/bill";
import { costOf } from "../../model/cost/cost";
import { clouds } from "../../providers/clouds";
import type { Cloud } from "../../providers/define-cloud";
import { graph } from "../../testing/graph";

const ROOT = join(__dirname, "..", "..", "..");

describe("what a cloud puts on its bill", () => {
  for (const name of listEnvironments(ROOT))
    it(`is what it makes for ${name}`, async () => {
      const plan = loadEnvironment(name, ROOT).planned?.plan;
      assert.ok(plan);
      const cloud: Cloud = Object.values<Cloud>(clouds).find((each) => each.name === plan.provider)!;
      const Infrastructure = cloud.infrastructure();
      const { resources } = await graph(() => new Infrastructure("it", { plan, secrets: {} }));
      const made = new Map(resources.map((each) => [each.name, each.type]));
      const billed = cloud.bill.of(plan);
      assert.deepEqual(
        billed.filter(({ resource }) => !made.has(`it-${resource}`)).map(({ resource }) => resource),
        [],
      );
      // All of a type that people count on, and each once.
      const of = (kind: BilledKind): string[] => billed.filter((each) => each.kind === kind).map(({ resource }) => `it-${resource}`);
      for (const [type, { kind }] of Object.entries(cloud.preview?.countedOn ?? {})) {
        const those = resources.filter((each) => each.type === type).map((each) => each.name);
        assert.deepEqual(
          of(kind)
            .filter((each) => made.get(each) === type)
            .sort(),
          those.sort(),
          type,
        );
      }
      // Only what the cloud says that lists can name, so that everything can be given a price.
      for (const kind of ["address", "balancer", "gateway"] as const)
        for (const each of billed.filter((one) => one.kind === kind))
          assert.ok(Object.hasOwn(cloud.bill.names[kind] ?? {}, each.name), `${kind} ${each.name}`);
      assert.ok(costOf(billed, { provider: cloud.name, currency: "KRW", unit: "month", date: "2026-01-01", source: "none" }).lowerBound);
    });

  it("is of hosts that were there what they are", () => {
    const machines = [{ name: "cp-1", group: "control-plane" }] as never;
    assert.deepEqual(clouds.existing.bill.of({ machines } as never), [
      { kind: "machine", name: "host", group: "control-plane", resource: "machine-cp-1" },
    ]);
  });
});
