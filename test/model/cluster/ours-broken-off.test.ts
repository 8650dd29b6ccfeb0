import assert from "node:assert/strict";
import { type Playbook, playbooks } from "../../../model/cluster/playbooks";
import { compileSteps } from "../../../model/cluster/steps/compile";
import type { ClusterSpec, ClusterStep } from "../../../model/cluster/types";
import { changes, clusterOf, shapes } from "./shapes";

const OURS = {
  kpaas_backup: { schedule: "0 3 * * *" },
  kpaas_firewalls: { "cp-1": "a table" },
  kpaas_endpoint: { address: "10.20.0.250", port: 6443 },
  kpaas_nfs: { path: "/srv", clients: "10.20.0.0/16" },
  kpaas_prepare: true,
};

/** What hosts that have left are cleaned of is not recorded: docs/cluster.md says so. */
const FORGOTTEN: ReadonlySet<Playbook> = new Set<Playbook>(["reset-ours"]);

const ours = (steps: readonly ClusterStep[]): Playbook[] => [
  ...new Set(steps.map(({ playbook }) => playbook).filter((each) => playbooks[each].of === "ours" && !FORGOTTEN.has(each))),
];

describe("What our own playbooks are still to do where a change breaks off", () => {
  const with_ = (spec: ClusterSpec, variables: object): ClusterSpec => ({ ...spec, variables: { ...spec.variables, ...variables } });
  let breaks = 0;
  const isDone = (name: string, from: ClusterSpec | undefined, to: ClusterSpec): void => {
    const { steps } = compileSteps(from, to);
    for (const [index, step] of steps.entries()) {
      breaks += 1;
      const then = ours(compileSteps(step.reaches, to).steps);
      const lacking = ours(steps.slice(index + 1)).filter((playbook) => !then.includes(playbook));
      assert.deepEqual(lacking, [], `${name}, broken off after ${step.id}`);
    }
  };

  it("is done by the next one: creations, and every single change of clusters that have all of it", () => {
    for (const shape of shapes.filter(({ workers }) => workers === 2)) {
      const bare = clusterOf(shape);
      const full = with_(bare, OURS);
      isDone(`${JSON.stringify(shape)}: created`, undefined, full);
      isDone(`${JSON.stringify(shape)}: all of it switched on`, bare, full);
      for (const change of changes) {
        const to = change.of(full);
        if (to) isDone(`${JSON.stringify(shape)}: ${change.name}`, full, to);
      }
    }
    console.log(`      ${breaks} breaks were looked at`);
  });
});
