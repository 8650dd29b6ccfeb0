import assert from "node:assert/strict";
import type { Member } from "../../../model/fleet/member";
import type { FleetPlan } from "../../../model/fleet/plan";
import { reportOf } from "../../../model/fleet/report";
import { FleetRun } from "../../../model/fleet/run";
import { answersIn, driftIn, liveIn, liveOf, statusOf } from "../../../model/fleet/status";

const NOW = new Date("2026-11-27T00:00:00Z");
const LATER = "2027-11-27T00:00:00.000Z";

describe("a cluster's status", () => {
  it("is what its own health command printed", () => {
    const checks = [
      { name: "api", status: "ok", detail: "answers" },
      { name: "certificates", status: "warning", detail: "apiserver (2026-12-01) end soon" },
    ];
    const printed = {
      checks,
      ...{ release: "1.7.0", kubernetes: "1.33.5", nodes: { a: { ready: true }, b: { ready: false } } },
      certificates: { ca: LATER, apiserver: "2026-12-01T00:00:00.000Z" },
    };
    assert.deepEqual(liveIn(JSON.stringify(printed), ""), {
      ...{ health: "to be seen to", release: "1.7.0", kubernetes: "1.33.5", nodes: { ready: 1, all: 2 } },
      certificatesEnd: "2026-12-01T00:00:00.000Z",
      notes: ["certificates: apiserver (2026-12-01) end soon"],
    });
    assert.equal(liveIn(JSON.stringify({ checks: [{ name: "api", status: "bad", detail: "silent" }] }), "").health, "not healthy");
  });

  it("is unknown, with the reason, where nothing could be asked", () => {
    assert.deepEqual(liveIn(JSON.stringify({ problems: [{ reason: "has no stack here" }] }), "has no stack here"), {
      health: "unknown",
      notes: ["has no stack here"],
    });
  });

  it("is told of a registered one by its API", () => {
    const node = (name: string, status: string) => ({ metadata: { name }, status: { conditions: [{ type: "Ready", status }] } });
    const of = (ready: string, end: string) =>
      liveOf(answersIn({ gitVersion: "v1.34.2" }, { items: [node("a", "True"), node("b", ready)] }, { "of the API server": end }), NOW);
    assert.deepEqual(of("True", LATER), {
      ...{ health: "healthy", kubernetes: "1.34.2", nodes: { ready: 2, all: 2 }, notes: [], certificatesEnd: LATER },
    });
    assert.deepEqual([of("False", LATER).health, of("False", LATER).notes], ["not healthy", ["nodes: b are not Ready"]]);
    assert.deepEqual(
      [of("True", "2026-12-01T00:00:00.000Z"), of("True", "2026-11-01T00:00:00.000Z")].map(({ health, notes }) => [health, ...notes]),
      [
        ["to be seen to", "certificates: of the API server ends on 2026-12-01"],
        ["not healthy", "certificates: of the API server has ended"],
      ],
    );
    assert.deepEqual(liveOf("no answer", NOW), { health: "not healthy", notes: ["api: no answer"] });
  });
});

describe("a cluster's drift", () => {
  it("is what its own refresh --dry-run printed, or why it printed nothing", () => {
    const resources = [
      { op: "update", name: "port" },
      { op: "delete", name: "policy" },
    ];
    assert.deepEqual(driftIn(JSON.stringify({ changes: {}, resources }), ""), { differ: ["port"], gone: ["policy"] });
    assert.deepEqual(driftIn(JSON.stringify({ problems: [{ reason: "busy" }] }), "busy"), { differ: [], gone: [], unknown: "busy" });
  });
});

describe("a fleet's status", () => {
  const wave = { name: "all", canaries: 0, bakeSeconds: 0, maxFailures: 0, approval: false };
  const plan: FleetPlan = { fleet: "korea", waves: [{ ...wave, clusters: [{ name: "busan", after: [] }] }], health: {} };
  const outline = { provider: "openstack", machines: 4, services: 6, kubernetes: "1.33.5", release: "1.7.0", isNew: false, changes: [] };
  const busan: Member = { name: "busan", labels: {}, serves: [], names: new Set(), outline };

  it("has the run, and the registered clusters behind those of the waves", () => {
    const run = new FleetRun({ run: "r", operation: "up", sandbox: false, plan, approved: {} });
    run.apply({ at: LATER, event: "started", cluster: "busan", step: "preview", attempt: 1 });
    const live = new Map([["kt", { live: liveOf("no answer", NOW) }]]);
    assert.deepEqual(statusOf(plan, [busan], ["kt"], reportOf(run), live), {
      fleet: "korea",
      run: { fleet: "korea", run: "r", operation: "up", sandbox: false },
      clusters: [
        { name: "busan", wave: "all", wanted: "1.33.5", wantedRelease: "1.7.0", run: { status: "running", step: "preview" } },
        { name: "kt", live: { health: "not healthy", notes: ["api: no answer"] } },
      ],
    });
  });

  it("is there without any run", () => {
    assert.deepEqual(statusOf(plan, [], [], undefined, new Map()), { fleet: "korea", clusters: [{ name: "busan", wave: "all" }] });
  });
});
