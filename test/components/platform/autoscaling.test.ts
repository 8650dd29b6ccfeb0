import assert from "node:assert/strict";
import { chartValues } from "../../../model/charts/chart";
import { unknownValues } from "../../../model/charts/unknown-values";
import { fields } from "../../../model/data";
import { autoscalingOf } from "../../../model/service";
import { allServices, at, growingPlan, platformGraph } from "./fixtures";

/** Where each chart takes the range, and the goal beside it. */
const CHARTS: Readonly<Record<string, readonly [path: readonly string[], goal: object]>> = {
  ingress: [["controller", "autoscaling"], { targetCPUUtilizationPercentage: 60, targetMemoryUtilizationPercentage: 0 }],
  kyverno: [["admissionController", "autoscaling"], { targetCPUUtilizationPercentage: 60 }],
  traefik: [
    ["autoscaling"],
    { metrics: [{ type: "Resource", resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 60 } } }] },
  ],
};

describe("a service whose number follows its load", () => {
  it("has an autoscaler of ours, which alone says how many there are once they have begun", async () => {
    const g = await platformGraph(growingPlan());
    const { inputs, options } = g.get("seoul-keycloak-autoscaler");
    assert.deepEqual(at(inputs, "spec", "scaleTargetRef"), { apiVersion: "apps/v1", kind: "StatefulSet", name: "keycloak" });
    assert.deepEqual([at(inputs, "spec", "minReplicas"), at(inputs, "spec", "maxReplicas")], [3, 7]);
    assert.equal(at(inputs, "spec", "metrics", 0, "resource", "target", "averageUtilization"), 60);
    assert.equal(options.deletedWith, "cluster");
    const server = g.get("seoul-keycloak-server");
    // Left out, it would be taken out, and be one.
    assert.deepEqual([at(server.inputs, "spec", "replicas"), server.options.ignoreChanges], [3, ["spec.replicas"]]);
    // What holds for several holds for those that there are at least.
    assert.ok(g.get("seoul-keycloak-budget") && g.get("seoul-keycloak-allow-cache"));
  });

  for (const kind of ["nginx", "traefik"] as const)
    it(`has its chart's own where the chart has one, with ${kind}`, async () => {
      const plan = growingPlan(kind);
      const g = await platformGraph(plan);
      for (const { name, chart } of plan.services.filter(({ autoscaling, chart: its }) => autoscaling && its)) {
        const [path, goal] = CHARTS[name] ?? assert.fail(name);
        const values = fields(g.get(`seoul-${name}-release`).inputs.values);
        assert.deepEqual(at(values, ...path), { enabled: true, minReplicas: 3, maxReplicas: 7, ...goal });
        const known = chartValues(chart!.name, chart!.version) ?? assert.fail(name);
        assert.deepEqual(unknownValues(known, values), []);
      }
    });

  it("is one of those that say so, and every other one says why not", () => {
    const grow = Object.values(allServices).filter((service) => autoscalingOf(service, "26.3.3").by !== "nobody");
    assert.deepEqual(grow.map(({ name }) => name).sort(), ["ingress", "istioGateway", "keycloak", "kyverno", "traefik"]);
  });
});
