import assert from "node:assert/strict";
import fc from "fast-check";
import { decodeJournal, encodeRecord, type FleetRecord, JournalDamagedError } from "../../../model/fleet/records";

const RECORDS: readonly FleetRecord[] = Array.from({ length: 12 }, (_, index) => ({
  ...{ at: "2026-11-27T20:00:00.000Z", event: "started", cluster: `서울-${index}`, step: "up", attempt: index + 1 },
}));
const lines = (records: readonly FleetRecord[], first = 0, token = 1) =>
  records.map((record, index) => `${encodeRecord(record, first + index, token)}\n`).join("");

describe("a fleet's journal", () => {
  const whole = Buffer.from(lines(RECORDS));

  it("is read to its last whole record, cut at any byte, and goes on from there", () => {
    for (let cut = 0; cut <= whole.length; cut++) {
      const text = whole.subarray(0, cut).toString();
      const { records, next } = decodeJournal(text);
      assert.deepEqual(records, RECORDS.slice(0, next));
      // A line is whole without its end too.
      const ends = whole.subarray(0, cut).toString().split("\n").length - 1;
      assert.ok(next === ends || next === ends + 1);
      const torn = text !== "" && !text.endsWith("\n") ? "\n" : "";
      const further = `${text}${torn}${encodeRecord(RECORDS[0]!, next, 2)}\n`;
      assert.deepEqual(decodeJournal(further).records, [...RECORDS.slice(0, next), RECORDS[0]]);
    }
  });

  it("is refused where any byte of a record in the middle is another one", () => {
    const last = lines(RECORDS).trimEnd().lastIndexOf("\n") + 1;
    const inside = Buffer.from(lines(RECORDS).slice(0, last)).length;
    fc.assert(
      fc.property(fc.nat(inside - 2), fc.integer({ min: 1, max: 255 }), (at, by) => {
        const bytes = Buffer.from(whole);
        bytes[at] = (bytes[at] ?? 0) ^ by;
        assert.throws(() => decodeJournal(bytes.toString()), JournalDamagedError);
      }),
    );
    const missing = lines(RECORDS).split("\n").toSpliced(3, 1).join("\n");
    assert.throws(() => decodeJournal(missing), JournalDamagedError);
  });

  it("leaves out what a runner wrote that another had taken over from", () => {
    const [a, b, c, d] = RECORDS as [FleetRecord, FleetRecord, FleetRecord, FleetRecord];
    const stale = `${encodeRecord(d, 2, 1)}\n`;
    // After the other's first record, and before it.
    for (const text of [lines([a, b]) + lines([c], 2, 2) + stale, lines([a, b]) + stale + lines([c], 2, 2)]) {
      assert.deepEqual(decodeJournal(text), { records: [a, b, c], next: 3, token: 2 });
    }
  });
});
