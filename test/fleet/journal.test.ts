import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { FleetStore } from "../../fleet/store";
import type { FleetPlan } from "../../model/fleet/plan";
import { type Begun, decodeJournal, encodeRecord, type FleetRecord } from "../../model/fleet/records";
import { RefusedError } from "../../model/problems";
import { temporaryFolders } from "../support/temporary";

const AT = "2026-11-28T00:00:00.000Z";
const NAMES = ["seoul", "부산"];
const PLAN: FleetPlan = {
  ...{ fleet: "f", health: {} },
  waves: [
    {
      ...{ name: "all", canaries: 0, bakeSeconds: 0, maxFailures: 0, approval: false },
      clusters: NAMES.map((name) => ({ name, after: [] })),
    },
  ],
};
const BEGUN: Begun = { run: "r", operation: "up", sandbox: true, plan: PLAN, approved: {} };

/** What may follow on the first record of a journal, which says what was agreed to. */
const RECORD: fc.Arbitrary<FleetRecord> = fc
  .record({ cluster: fc.constantFrom(...NAMES), attempt: fc.integer({ min: 1, max: 3 }), reason: fc.string({ unit: "grapheme" }) })
  .chain(({ cluster, attempt, reason }) =>
    fc.constantFrom<FleetRecord>(
      { at: AT, event: "started", cluster, step: "up", attempt },
      { at: AT, event: "ended", cluster, step: "up", attempt, outcome: "failed", reason },
      { at: AT, event: "opened" },
      { at: AT, event: "cancelled" },
    ),
  );

/** A journal of a few records, by runners that took over from each other. */
const JOURNAL = fc.array(fc.record({ record: RECORD, next: fc.boolean() }), { minLength: 2, maxLength: 5 }).map((further) => {
  let token = 1;
  const records: FleetRecord[] = [{ at: AT, event: "begun", ...BEGUN }];
  const lines = [`${encodeRecord(records[0]!, 0, token)}\n`];
  for (const { record, next } of further) {
    if (next) token += 1;
    lines.push(`${encodeRecord(record, records.length, token)}\n`);
    records.push(record);
  }
  return { records, lines, bytes: Buffer.from(lines.join("")) };
});

/** How many of the lines are whole in so many of their bytes; a line without its end is. */
function wholeIn(lines: readonly string[], bytes: number): number {
  return lines.filter((_line, index) => Buffer.byteLength(lines.slice(0, index + 1).join("")) <= bytes + 1).length;
}

/** Reads what is on the disk, goes on, and reads it again. */
function goesOn(root: string, bytes: Buffer, wanted: readonly FleetRecord[]): void {
  const path = join(root, ".kpaas", "fleet", "sandbox-f", "journal");
  mkdirSync(join(path, ".."), { recursive: true });
  writeFileSync(path, bytes);
  assert.deepEqual(decodeJournal(readFileSync(path, "utf8")).records, wanted);
  const store = new FleetStore(root, "f", true);
  assert.equal(store.open() !== undefined, wanted.length > 0);
  if (wanted.length === 0) return;
  store.append({ at: AT, event: "cancelled" });
  const { records } = decodeJournal(readFileSync(path, "utf8"));
  assert.deepEqual(records.slice(0, wanted.length), wanted);
  assert.deepEqual(
    records.slice(wanted.length).map(({ event }) => event),
    ["opened", "cancelled"],
  );
}

describe("the journal of a fleet on a disk", function () {
  this.timeout(120_000);
  const folder = temporaryFolders();

  it("is gone on with from its last whole record, cut at any byte, with zeros after it or none", () => {
    const root = folder();
    fc.assert(
      fc.property(JOURNAL, fc.integer({ min: 1, max: 5_000 }), ({ records, lines, bytes }, zeros) => {
        for (let cut = 0; cut <= bytes.length; cut += 1) {
          const whole = records.slice(0, wholeIn(lines, cut));
          goesOn(root, bytes.subarray(0, cut), whole);
          // What a file system leaves that had made the file longer before it wrote: zeros to its end.
          const filled = Buffer.concat([bytes.subarray(0, cut), Buffer.alloc(zeros)]);
          // A line whose end is a zero is no line.
          goesOn(root, filled, records.slice(0, wholeIn(lines, cut - 1)));
        }
      }),
      { numRuns: 3 },
    );
  });

  it("takes an end that is there twice for what it is", () => {
    const root = folder();
    fc.assert(
      fc.property(JOURNAL, ({ records, lines, bytes }) => {
        for (let from = 0; from < lines.length; from += 1) {
          const tail = Buffer.from(lines.slice(from).join(""));
          // A first half of it too.
          for (const length of [tail.length, tail.length - 1, Math.floor(tail.length / 2)])
            goesOn(root, Buffer.concat([bytes, tail.subarray(0, length)]), records);
        }
      }),
      { numRuns: 50 },
    );
  });

  it("is refused with the way out where any byte of a record in the middle is another one, or the record is gone", () => {
    const root = folder();
    const own = join(root, ".kpaas", "fleet", "sandbox-f");
    mkdirSync(own, { recursive: true });
    const refused = (bytes: Buffer, reason: RegExp) => {
      writeFileSync(join(own, "journal"), bytes);
      assert.throws(
        () => new FleetStore(root, "f", true).read(),
        (error: unknown) => {
          assert.ok(error instanceof RefusedError, String(error));
          const [problem] = error.problems;
          assert.equal(problem?.path, ".kpaas/fleet/sandbox-f/journal");
          assert.match(problem.reason, reason);
          assert.match(problem.remedy, /move that file away, and begin anew/);
          return true;
        },
      );
    };
    fc.assert(
      fc.property(JOURNAL, fc.integer({ min: 1, max: 255 }), ({ lines, bytes }, by) => {
        const inside = Buffer.byteLength(lines.slice(0, -1).join(""));
        // The end of the line before the last one: both are one line then, and the last that cannot be read.
        for (let at = 0; at < inside - 1; at += 1) {
          const altered = Buffer.from(bytes);
          altered[at] = (altered[at] ?? 0) ^ by;
          refused(
            altered,
            /^the record of its run is damaged: line \d+ holds record \d+ where record \d+ is due, and line \d+ cannot be read$/,
          );
        }
        for (let gone = 0; gone < lines.length - 1; gone += 1)
          refused(Buffer.from(lines.toSpliced(gone, 1).join("")), /holds record \d+ where record \d+ is due$/);
      }),
      { numRuns: 3 },
    );
  });
});
