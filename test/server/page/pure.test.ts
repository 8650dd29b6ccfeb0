import assert from "node:assert/strict";
import fc from "fast-check";
import { around, differenceOf } from "../../../server/page/browser/difference";
import { counted, daysLeft, filtered, sorted } from "../../../server/page/browser/filter";
import { plainText } from "../../../server/page/browser/plain-text";
import { may } from "../../../server/page/browser/roles";
import { hashOf, isSameView, type Place, placeOf } from "../../../server/page/browser/router";
import type { Machine } from "../../../server/page/browser/shapes";
import { EventReader, type SentEvent } from "../../../server/page/browser/sse";
import { drawTopology } from "../../../server/page/browser/topology-layout";
import { fleetOf } from "../../support/page-world";

const NOW = Date.parse("2026-11-28T00:00:00Z");

describe("The page's list of clusters", () => {
  const fleet = fleetOf(200, NOW);
  const named = (filter: Parameters<typeof filtered>[1]) => filtered(fleet, filter, NOW).map(({ name }) => name);

  it("is narrowed by every word, by parts, and to what wants attention", () => {
    assert.deepEqual(named({ text: "edge-0007" }), ["edge-0007"]);
    assert.deepEqual(named({ text: "TEAM=platform edge-0007" }), []);
    assert.ok(named({ provider: "nhn", kubernetes: "1.32.9" }).length > 0);
    for (const each of filtered(fleet, { provider: "nhn", kubernetes: "1.32.9" }, NOW))
      assert.deepEqual([each.provider, each.kubernetes], ["nhn", "1.32.9"]);
    assert.ok(filtered(fleet, { attention: "drifted" }, NOW).every(({ drift }) => drift?.drifted));
    assert.ok(filtered(fleet, { attention: "expiring" }, NOW).every((each) => (daysLeft(each, NOW) ?? 99) <= 30));
    assert.equal(named({}).length, 200);
  });

  it("counts all of them under each heading, and is sorted with what is not known last", () => {
    for (const facet of ["provider", "state", "kubernetes", "release"] as const)
      assert.equal(
        counted(fleet, facet).reduce((sum, { count }) => sum + count, 0),
        200,
      );
    const [first] = fleet;
    assert.ok(first);
    const { machines: _, ...unplanned } = first;
    assert.equal(sorted([unplanned, ...fleet.slice(1)], "machines", false).at(-1)?.name, "seoul");
    const versions = ["1.9.0", "1.33.5", "1.10.1"].map((kubernetes) => ({ ...first, kubernetes, name: kubernetes }));
    assert.deepEqual(
      sorted(versions, "kubernetes", false).map(({ name }) => name),
      ["1.9.0", "1.10.1", "1.33.5"],
    );
  });
});

describe("The page's addresses", () => {
  it("lead to where they were made of", () => {
    const places: Place[] = [
      { view: "fleet", filter: {} },
      { view: "fleet", filter: { text: "a b&c", provider: "aws" } },
      ...([
        { view: "cluster", name: "seoul" },
        { view: "operation", id: "3f2b" },
        { view: "operations", filter: { which: "planned" } },
      ] as const),
      { view: "audit" },
    ];
    for (const place of places) assert.deepEqual(placeOf(hashOf(place)), place);
    for (const hash of ["#/nothing", "#/clusters/a/b", "#/audit/x"]) assert.deepEqual(placeOf(hash), { view: "nowhere" }, hash);
    assert.deepEqual(placeOf("#/clusters/%E0%A4"), { view: "cluster", name: "%E0%A4" });
    assert.ok(isSameView({ view: "fleet", filter: { text: "a" } }, { view: "fleet", filter: {} }));
    assert.ok(!isSameView({ view: "cluster", name: "a" }, { view: "cluster", name: "b" }));
  });
});

describe("The page's reading of events", () => {
  it("is the same however they are cut into pieces", () => {
    const text = ': \n\nid: 1\nevent: line\ndata: {"a":1}\n\r\ndata: two\rdata: lines\r\n\nid: 7\nretry: 500\n\ndata\n\n';
    const whole: SentEvent[] = [
      { event: "line", data: '{"a":1}', id: "1" },
      { event: "message", data: "two\nlines", id: "1" },
      { event: "message", data: "", id: "7" },
    ];
    fc.assert(
      fc.property(fc.array(fc.nat(text.length), { maxLength: 12 }), (cuts) => {
        const reader = new EventReader();
        const at = [0, ...cuts.sort((a, b) => a - b), text.length];
        const events = at.slice(1).flatMap((to, index) => reader.take(text.slice(at[index], to)));
        assert.deepEqual(events, whole);
        assert.deepEqual([reader.lastId, reader.retry], ["7", 500]);
      }),
    );
  });

  it("forgets what a broken connection left half told, and keeps where to go on", () => {
    const reader = new EventReader();
    reader.take("id: 4\ndata: whole\n\ndata: ha");
    reader.restart();
    assert.deepEqual(reader.take("data: next\n\n"), [{ event: "message", data: "next", id: "4" }]);
  });
});

describe("What the page offers", () => {
  it("goes by the roles for what is labelled so", () => {
    const edge = { name: "team", value: "edge" };
    const grants = [{ role: "viewer" }, { role: "operator", label: edge }] as const;
    assert.ok(may(grants, "operator", { team: "edge" }));
    assert.ok(!may(grants, "operator", { team: "platform" }));
    assert.ok(!may(grants, "operator"));
    assert.ok(may(grants, "viewer") && !may(grants, "approver", { team: "edge" }));
    assert.ok(may([{ role: "administrator" }], "approver", {}));
  });
});

describe("The page's difference of two texts", () => {
  const line = fc.constantFrom("a", "b", "c", "");
  const text = fc.array(line, { maxLength: 12 }).map((lines) => lines.join("\n"));

  it("holds both of them, whole and in order, and no line twice that they have in common", () => {
    fc.assert(
      fc.property(text, text, (first, second) => {
        const lines = differenceOf(first, second);
        const of = (one: string) => lines.filter(({ of: whose }) => whose === "both" || whose === one).map((each) => each.text);
        assert.deepEqual([of("first").join("\n"), of("second").join("\n")], [first, second]);
        if (first === second) assert.ok(lines.every(({ of: whose }) => whose === "both"));
      }),
    );
  });

  it("leaves out what is far from any change", () => {
    const many = Array.from({ length: 20 }, (_, index) => `line ${index}`);
    const shown = around(differenceOf(many.join("\n"), many.with(10, "other").join("\n")));
    assert.deepEqual(
      shown.map((each) => each?.text),
      [undefined, "line 8", "line 9", "line 10", "other", "line 11", "line 12", undefined],
    );
  });
});

describe("The page's drawing of a cluster", () => {
  const machines = (count: number, zones: number): Machine[] =>
    Array.from({ length: count }, (_, index) => ({
      ...{
        key: `worker-${index}`,
        ...{ name: `seoul-worker-${index}`, generation: 1 },
        pool: "worker",
        roles: index < 3 ? ["control-plane", "etcd"] : ["worker"],
        address: `10.0.0.${index}`,
        size: "m",
      },
      ...(zones === 0 ? {} : { zone: `az-${index % zones}` }),
    }));

  it("has every machine, or says how many more there are, with no box over another or outside", () => {
    fc.assert(
      fc.property(fc.nat(200), fc.nat(5), fc.integer({ min: 200, max: 1_600 }), (count, zones, width) => {
        let rest = 0;
        const drawing = drawTopology(machines(count, zones), width, (more) => {
          rest += more;
          return `and ${more} more`;
        });
        const items = drawing.zones.flatMap((zone) => zone.items);
        const named = items.filter(({ name }) => name.startsWith("worker-"));
        assert.equal(named.length + rest, count);
        for (const zone of drawing.zones)
          for (const [index, item] of zone.items.entries()) {
            assert.ok(
              item.x >= zone.x && item.x + item.width <= zone.x + zone.width + 0.01 && item.y + item.height <= zone.y + zone.height,
            );
            assert.ok(zone.x + zone.width <= drawing.width + 0.01);
            for (const other of zone.items.slice(index + 1))
              assert.ok(item.x + item.width <= other.x || other.x + other.width <= item.x || item.y + item.height <= other.y);
          }
      }),
    );
  });

  it("is as high as what it holds", () => {
    assert.deepEqual(drawTopology([], 800, String), { width: 800, height: 0, zones: [] });
    const { zones, height } = drawTopology(machines(6, 3), 900, String);
    assert.deepEqual([zones.length, height > 0], [3, true]);
  });
});

describe("What a step has said", () => {
  it("steers nothing on the page", () => {
    assert.equal(plainText("\u001b[1;32mok\u001b[0m \u001b]0;title\u0007done\u202e\u0008\ttab"), "ok done\ttab");
  });
});
