import assert from "node:assert/strict";
import { deploymentChecks, deploymentsIn } from "../../../model/cluster/deployments";

const object = (name: string, status: object, generation = 2) => ({
  ...{ metadata: { namespace: "cp-portal", name, generation }, spec: { replicas: 2 } },
  status: { observedGeneration: 2, readyReplicas: 2, conditions: [{ type: "Available", status: "True" }], ...status },
});
const FOUND = deploymentsIn([
  object("ui", {}),
  object("api", { readyReplicas: 0, conditions: [{ type: "Available", status: "False" }] }),
  object("new", {}, 3),
]);

describe("a cluster's deployments", () => {
  const cases: readonly (readonly [title: string, wanted: string[], found: typeof FOUND | string, expected: RegExp])[] = [
    ["are well where all are available", ["cp-portal/ui", "*/u*"], FOUND, /^ok all 1 are available$/],
    ["are bad where one is not", ["cp-portal/a*"], FOUND, /^bad cp-portal\/api \(0 of 2 pods\) are not available$/],
    ["are bad where a change was not looked at yet", ["cp-portal/new"], FOUND, /^bad cp-portal\/new \(2 of 2 pods\)/],
    ["are bad where there is none", ["cp-portal/*", "x/*"], [FOUND[0]!], /^bad there is no x\/\*$/],
    ["are bad where nobody tells", ["cp-portal/*"], "no answer", /^bad nobody tells of them: no answer$/],
  ];
  for (const [title, wanted, found, expected] of cases)
    it(title, () => {
      const checks = deploymentChecks(wanted, found);
      assert.match(checks.map(({ status, detail }) => `${status} ${detail}`).join("\n"), expected);
    });
});
