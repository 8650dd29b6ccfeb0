import assert from "node:assert/strict";
import type { FleetPlan, Wave } from "../../../model/fleet/plan";
import { reportJunit, reportMarkdown, reportOf } from "../../../model/fleet/report";
import { FleetRun, reversed } from "../../../model/fleet/run";
import { endedOf } from "../../../model/fleet/verdict";

const wave = (name: string, clusters: readonly string[], more: Partial<Wave> = {}): Wave => ({
  ...{ name, canaries: 0, bakeSeconds: 60, maxFailures: 1, approval: true },
  clusters: clusters.map((each, index) => ({ name: each, after: index === 0 ? [] : [{ cluster: clusters[index - 1]!, reason: "so" }] })),
  ...more,
});
const PLAN: FleetPlan = { fleet: "korea", waves: [wave("first", ["a"]), wave("rest", ["b", "c"])], health: { apiServer: true } };
const at = "2026-11-27T20:00:00.000Z";

describe("a fleet's run", () => {
  it("stops at a cluster whose preview is not the approved one", () => {
    const run = new FleetRun({ run: "r", operation: "up", sandbox: false, plan: PLAN, approved: { a: "seen" } });
    run.apply({ at, event: "started", cluster: "a", step: "preview", attempt: 1 });
    run.apply({ at, event: "ended", cluster: "a", step: "preview", attempt: 1, outcome: "done", fingerprint: "other" });
    assert.equal(run.cluster("a").status, "refused");
    assert.match(run.stopped ?? "", /^a: its preview is another one than was approved/);
    assert.match(reportJunit(reportOf(run)), /tests="3" failures="1" skipped="2"[\s\S]*<failure message="its preview/);
    assert.match(reportMarkdown(reportOf(run)), /\| first \| a \| refused \| preview \| 0 \| its preview/);
  });

  it("previews a cluster anew that it goes on with, unless it has begun to change it", () => {
    const approved = { a: "seen" };
    const run = new FleetRun({ run: "r", operation: "up", sandbox: false, plan: PLAN, approved });
    run.apply({ at, event: "started", cluster: "a", step: "preview", attempt: 1 });
    run.apply({ at, event: "ended", cluster: "a", step: "preview", attempt: 1, outcome: "done", fingerprint: "seen" });
    assert.equal(run.nextStep(run.cluster("a")), "up");
    run.apply({ at, event: "opened" });
    assert.equal(run.nextStep(run.cluster("a")), "preview");
    run.apply({ at, event: "started", cluster: "a", step: "up", attempt: 2 });
    run.apply({ at, event: "ended", cluster: "a", step: "up", attempt: 2, outcome: "unknown" });
    run.apply({ at, event: "opened" });
    assert.equal(run.nextStep(run.cluster("a")), "up");
  });

  it("is destroyed the other way round, without canaries and approvals", () => {
    const { waves, health } = reversed(PLAN);
    assert.deepEqual(
      waves.map(({ name, clusters, approval, bakeSeconds }) => [name, clusters, approval, bakeSeconds]),
      [
        [
          "rest",
          [
            { name: "c", after: [] },
            { name: "b", after: [{ cluster: "c", reason: "so" }] },
          ],
          false,
          0,
        ],
        ["first", [{ name: "a", after: [] }], false, 0],
      ],
    );
    assert.deepEqual(health, {});
  });
});

describe("how a step ended", () => {
  const problems = (reason: string) => JSON.stringify({ problems: [{ reason, severity: "error" }] });
  const cases: readonly (readonly [title: string, found: ReturnType<typeof endedOf>, expected: object])[] = [
    ["an up that printed its result", endedOf("up", '{"changes":{}}', 0, {}), { outcome: "done" }],
    ["the same, where its runner was gone", endedOf("up", '{"changes":{}}', undefined, {}), { outcome: "done" }],
    ["half a result", endedOf("up", '{"chan', undefined, {}), { outcome: "unknown" }],
    ["nothing, and a signal", endedOf("up", "", null, {}), { outcome: "failed", reason: "its process was ended", transient: true }],
    ["a refusal", endedOf("up", problems("timed out"), 3, {}), { outcome: "failed", reason: "timed out", transient: false }],
    ["a cloud that is busy", endedOf("up", problems("HTTP 503"), 1, {}), { outcome: "failed", reason: "HTTP 503", transient: true }],
    [
      "an engine that was killed, as for want of memory",
      endedOf("up", problems("up of a failed:\n  the engine was killed (SIGKILL) before it had ended"), 1, {}),
      { outcome: "failed", reason: "up of a failed:\n  the engine was killed (SIGKILL) before it had ended", transient: true },
    ],
    [
      "an engine that crashed",
      endedOf("up", problems("up of a failed:\n  the engine crashed (runtime error: invalid memory address) before it had ended"), 1, {}),
      {
        outcome: "failed",
        reason: "up of a failed:\n  the engine crashed (runtime error: invalid memory address) before it had ended",
        transient: true,
      },
    ],
    ["a cloud that says no", endedOf("up", problems("no quota"), 1, {}), { outcome: "failed", reason: "no quota", transient: false }],
    ["a destroy of nothing", endedOf("destroy", problems("Environment a has no stack here: …"), 1, {}), { outcome: "done" }],
    [
      "nodes that are not Ready",
      endedOf("health", JSON.stringify({ healthy: false, checks: [], nodes: { a: { ready: true }, b: { ready: false } } }), 1, {
        nodesReady: "100%",
      }),
      { outcome: "failed", reason: "50% of its nodes are Ready", transient: true },
    ],
    [
      "deployments that are not available, where the fleet asks for them",
      endedOf("health", JSON.stringify({ healthy: false, checks: [{ name: "deployments", status: "bad", detail: "a/b" }] }), 1, {
        deployments: ["a/*"],
      }),
      { outcome: "failed", reason: "deployments: a/b", transient: true },
    ],
    ["a backup", endedOf("backup", '{"backup":"2026"}', 0, {}), { outcome: "done" }],
    ["a file that says so already", endedOf("upgrade", '{"changed":false}', 0, {}), { outcome: "done" }],
    [
      "a file that cannot be changed",
      endedOf("upgrade", problems("no way"), 3, {}),
      { outcome: "failed", reason: "no way", transient: false },
    ],
    [
      "an API that answers, and a warning's node",
      endedOf("health", JSON.stringify({ healthy: false, checks: [{ name: "nodes", status: "bad" }], nodes: {} }), 1, { apiServer: true }),
      { outcome: "done" },
    ],
  ];
  for (const [title, found, expected] of cases) it(`is told by ${title}`, () => assert.deepEqual(found, expected));

  it("is told of a preview with what it shows, whatever order the engine went in, and however long it took", () => {
    const preview = (more: object) =>
      endedOf("preview", JSON.stringify({ changes: { create: 1 }, resources: [], ...more }), 0, {}).fingerprint;
    assert.equal(preview({ seconds: 3 }), preview({ seconds: 7 }));
    const [one, other] = [
      { op: "create", urn: "a" },
      { op: "create", urn: "b" },
    ];
    assert.equal(preview({ resources: [one, other] }), preview({ resources: [other, one] }));
    assert.notEqual(preview({}), preview({ resources: [{ op: "delete" }] }));
    assert.notEqual(preview({ plan: "a" }), preview({ plan: "b" }), "of what is to be made, the engine tells names alone");
  });
});
