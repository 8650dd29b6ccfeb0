import assert from "node:assert/strict";
import { type Found, foundIn, type Refused, refusedIn } from "../../../model/fleet/found";
import { fleetHtml } from "../../../model/fleet/html";
import type { Member } from "../../../model/fleet/member";
import type { FleetPlan, Wave } from "../../../model/fleet/plan";
import { previewFleet, refusalProblems, verdictOf } from "../../../model/fleet/preview";
import { fleetSections } from "../../../model/fleet/sections";
import { together } from "../../../model/fleet/together";

const NONE = { create: 0, update: 0, replace: 0, delete: 0, same: 90 };
const MINUTES = { from: 15, to: 60, basis: "published" };

/** What the preview of one cluster prints: a worker that joins, and a new image of Keycloak. */
function printed(name: string, more: object = {}): string {
  const urn = (kind: string) => `urn:pulumi:${name}::kpaas::x:${kind}::${name}`;
  return JSON.stringify({
    changes: { ...NONE, create: 1, update: 1 },
    ...{ impacts: [], versions: [], moves: [], later: [], approved: [] },
    steps: [
      { id: "1-scale", playbook: "scale", command: "scale.yml --limit worker-3", minutes: MINUTES, workloads: "nothing", reason: "1 node" },
    ],
    resources: [
      { op: "create", urn: urn("Instance"), type: "openstack:compute/instance:Instance", name, properties: [] },
      {
        ...{ op: "update", urn: urn("Deployment"), type: "kubernetes:apps/v1:Deployment", name },
        properties: [{ path: "spec.image", label: "image", kind: "update", old: "a:1", new: "a:2" }],
      },
    ],
    groups: [
      { name: "machine worker-3", about: `worker, m1.large, 10.${name.length}.0.6`, resources: [urn("Instance")] },
      { name: "keycloak", resources: [urn("Deployment")] },
    ],
    ...more,
  });
}

const member = (name: string): Member => ({
  ...{ name, labels: {}, serves: [], names: new Set() },
  outline: { provider: "openstack", machines: 4, services: 6, kubernetes: "1.33.5", release: "1.7.0", isNew: false, changes: [] },
});
const wave = (name: string, clusters: readonly string[], more: Partial<Wave> = {}): Wave => ({
  ...{ name, canaries: 0, bakeSeconds: 0, maxFailures: 0, approval: false },
  clusters: clusters.map((each) => ({ name: each, after: [] })),
  ...more,
});
const planOf = (...waves: Wave[]): FleetPlan => ({ fleet: "korea", waves, health: {} });

const UP = { operation: "up" } as const;

describe("a fleet's preview by the engine", () => {
  it("shows what is the same in several clusters once, whatever their addresses", () => {
    const names = ["busan", "jeju", "ulsan"];
    const clusters = new Map<string, Found | Refused>(names.map((name) => [name, foundIn(printed(name), `f-${name}`, 7)]));
    const plan = planOf(wave("canary", ["busan"], { bakeSeconds: 600 }), wave("rest", ["jeju", "ulsan"], { maxConcurrent: 1 }));
    const preview = previewFleet(plan, names.map(member), UP, { clusters, capacity: 4 });
    assert.deepEqual(preview.changes, [
      { effect: "changed", what: "keycloak", detail: "Deployment image: a:1 → a:2", clusters: names },
      { effect: "created", what: "machine worker-3", detail: "worker, m1.large", clusters: names },
    ]);
    assert.deepEqual(
      preview.steps.map((step) => [step.command, step.clusters]),
      [["scale.yml --limit worker-3", names]],
    );
    // Baking counts, and one after the other takes twice as long.
    assert.deepEqual(
      preview.waves.map(({ minutes }) => minutes),
      [
        { from: 25, to: 70 },
        { from: 30, to: 120 },
      ],
    );
    assert.equal(verdictOf(preview.waves[0]!.clusters[0]!), "1 to create, 1 to update");
    assert.equal(fleetSections(preview).summary, "korea: 2 waves, 3 clusters. 3 would be changed.");
  });

  it("tells what is lost, and what was let through", () => {
    const lost = { effect: "lost", kind: "volume", name: "data of worker-1", detail: "with its data" };
    const more = { impacts: [lost], approved: [{ approval: "worker-1:remove@0123456789ab", path: "", reason: "it goes" }] };
    const clusters = new Map([["busan", foundIn(printed("busan", more), "f", 7)]]);
    const { risks } = previewFleet(planOf(wave("all", ["busan"])), [member("busan")], UP, { clusters, capacity: 1 });
    assert.deepEqual(
      risks.map(({ effect, what }) => [effect, what]),
      [
        ["lost", "volume data of worker-1"],
        ["approved", "worker-1:remove@0123456789ab"],
      ],
    );
  });

  it("names the cluster in the approval that lets its change through, and shows the others", () => {
    const problem = { environment: "busan", path: "cluster.pools", reason: "worker-1 is deleted", severity: "error" };
    const refused = JSON.stringify({ problems: [{ ...problem, remedy: "add --approve worker-1:remove@0123456789ab, or put it back" }] });
    const clusters = new Map<string, Found | Refused>([
      ["busan", refusedIn(refused, "busan", "it ended with 3")],
      ["jeju", foundIn(printed("jeju"), "f", 7)],
    ]);
    const preview = previewFleet(planOf(wave("all", ["busan", "jeju"])), ["busan", "jeju"].map(member), UP, { clusters, capacity: 1 });
    assert.deepEqual(refusalProblems(preview), [
      { ...problem, remedy: "add --approve busan/worker-1:remove@0123456789ab, or put it back" },
    ]);
    assert.deepEqual(preview.waves[0]!.clusters.map(verdictOf), ["refused", "1 to create, 1 to update"]);
    assert.match(fleetSections(preview).summary, /1 would be changed, 1 are refused/);
  });

  it("is one page without anything from elsewhere, with headings for every cell and nothing of a value's own making", () => {
    const more = { impacts: [{ effect: "lost", kind: "volume", name: "<script>alert(1)</script>", detail: "\u001b[2J" }] };
    const clusters = new Map([["busan", foundIn(printed("busan", more), "f", 7)]]);
    const page = fleetHtml(previewFleet(planOf(wave("all", ["busan"])), [member("busan")], UP, { clusters, capacity: 1 }));
    assert.doesNotMatch(page, /<script|https?:|src=|url\(|@import/);
    assert.ok(!page.includes("\u001b"));
    assert.match(page, /<html lang="en">/);
    assert.match(page, /<th scope="row" class="lost">lost<\/th><td>volume &#60;script&#62;/);
    const count = (pattern: RegExp) => page.match(pattern)?.length;
    assert.equal(count(/<table>/g), 4);
    assert.equal(count(/<caption/g), 4);
    assert.equal(count(/role="region" tabindex="0"/g), 4);
    for (const [, part = ""] of page.matchAll(/<a href="#([^"]+)"/g)) assert.match(page, new RegExp(` id="${part}"`));
    assert.match(page, /prefers-color-scheme: dark/);
  });

  it("says of one that printed nothing how it is looked at", () => {
    assert.match(refusedIn("", "busan", "its process was ended").problems[0]!.remedy, /kpaas preview busan/);
  });
});

describe("things done together", () => {
  it("take as long as the slots and what they come after make them", () => {
    const stretches = [
      { name: "a", after: [], length: 10 },
      { name: "b", after: [], length: 10 },
      { name: "c", after: ["b"], length: 5 },
    ];
    assert.deepEqual(
      [1, 2, 9].map((slots) => together(stretches, slots)),
      [25, 15, 15],
    );
    assert.equal(together([], 2), 0);
  });
});
