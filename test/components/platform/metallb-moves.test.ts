import assert from "node:assert/strict";
import fc from "fast-check";
import { addressPools } from "../../../components/platform/metallb/values";
import { poolProblem } from "../../../sandbox/kubernetes/addresses";
import type { KubeObject } from "../../../sandbox/kubernetes/values";
import { environmentFile, plannedFile } from "../../support/environment";
import { at, environmentPlan, ofKind, platformGraph } from "./fixtures";

/** MetalLB's pools as the API server keeps them; every change goes past the rule of its webhook. */
class Pools {
  private readonly pools = new Map<string, KubeObject>();

  /** Brings the pools to what the plan says, in the order the component registers; deletions come last, as the engine has them. */
  apply(plan: ReturnType<typeof plannedFile>["plan"]): void {
    const { loadBalancer, ingress } = plan.platform;
    assert.equal(loadBalancer.kind, "metallb");
    if (loadBalancer.kind !== "metallb") return;
    const wanted = addressPools({ ...loadBalancer, ingressAddress: ingress.address });
    for (const { name, ...spec } of wanted) {
      const pool = { apiVersion: "metallb.io/v1beta1", kind: "IPAddressPool", metadata: { name }, spec };
      assert.equal(poolProblem(pool, { list: () => [...this.pools.values()] }), undefined);
      this.pools.set(name, pool);
    }
    for (const name of this.pools.keys()) if (!wanted.some((pool) => pool.name === name)) this.pools.delete(name);
  }
}

const file = (ingress: number, first: number, last: number) =>
  environmentFile({
    platform: {
      ingress: { kind: "nginx", address: `10.20.0.${ingress}` },
      loadBalancer: { kind: "metallb", range: `10.20.0.${first}-10.20.0.${last}` },
    },
  });

describe("a move of the ingress", () => {
  it("is taken by MetalLB in every step, wherever it leads and however the range changes with it", () => {
    const move = fc.record({ offset: fc.nat(8), first: fc.integer({ min: 200, max: 215 }), size: fc.integer({ min: 8, max: 25 }) });
    fc.assert(
      fc.property(fc.array(move, { minLength: 2, maxLength: 5 }), (moves) => {
        const pools = new Pools();
        let lock: ReturnType<typeof plannedFile>["lock"] | undefined;
        for (const { offset, first, size } of moves) {
          const wanted = file(first + offset, first, first + size);
          const planned = plannedFile(wanted, lock);
          pools.apply(planned.plan);
          lock = planned.lock;
          assert.deepEqual(plannedFile(wanted, lock).plan, planned.plan);
        }
      }),
      { numRuns: 200 },
    );
  });

  it("gives the address it had to no other Service, even after it has come back", () => {
    const before = plannedFile(file(200, 200, 210));
    const moved = plannedFile(file(205, 200, 210), before.lock);
    assert.deepEqual(moved.lock.network.formerIngressAddresses, ["10.20.0.200"]);
    const back = plannedFile(file(200, 200, 210), moved.lock);
    assert.deepEqual(back.lock.network.formerIngressAddresses, ["10.20.0.205"]);
    assert.deepEqual(plannedFile(file(200, 200, 210)).lock.network.formerIngressAddresses, undefined);
  });
});

describe("MetalLB's speakers", () => {
  const speaker = async (ingress: object, loadBalancer: object = {}) => {
    const plan = environmentPlan({
      services: plannedFile(environmentFile({ platform: { ingress, loadBalancer: { kind: "metallb", ...loadBalancer } } })).plan.services,
    });
    const release = ofKind(await platformGraph(plan), "helm.sh/v3:Release").find(({ inputs }) => inputs.name === "metallb");
    return at(release?.inputs, "values", "speaker") as { tolerations?: unknown; nodeSelector?: unknown };
  };

  it("run wherever pods of the ingress may, for an address is announced from the nodes of these alone", async () => {
    const bearing = [{ key: "front", operator: "Equal", value: "a", effect: "NoSchedule" }];
    assert.deepEqual((await speaker({ tolerations: ["front=a:NoSchedule"] })).tolerations, bearing);
    const own = { key: "lb", operator: "Exists", effect: "NoExecute" };
    const both = await speaker(
      { tolerations: ["front=a:NoSchedule"] },
      { tolerations: ["lb:NoExecute"], nodeSelector: { "kubernetes.io/os": "linux" } },
    );
    assert.deepEqual([both.tolerations, both.nodeSelector], [[...bearing, own], undefined]);
    assert.deepEqual((await speaker({})).tolerations, undefined);
  });
});
