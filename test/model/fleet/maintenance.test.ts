import assert from "node:assert/strict";
import fc from "fast-check";
import { isOpen, type Maintenance, nextOpening } from "../../../model/fleet/maintenance";

const NIGHTS: Maintenance = {
  timeZone: "Asia/Seoul",
  windows: [{ days: ["mon", "fri"], hours: "22:00-04:00" }],
  blackout: ["2026-12-25", { from: "2026-12-28", to: "2027-01-02" }],
};
/** A moment by Korea's clocks. */
const seoul = (text: string) => new Date(`${text}:00+09:00`);

describe("maintenance windows", () => {
  const moments: readonly (readonly [moment: string, open: boolean, why: string])[] = [
    ["2026-12-07T21:59", false, "a minute before"],
    ["2026-12-07T22:00", true, "Monday night"],
    ["2026-12-08T03:59", true, "which ends on Tuesday"],
    ["2026-12-08T04:00", false, "at four"],
    ["2026-12-08T22:00", false, "and has no other one"],
    ["2026-12-25T23:00", false, "a Friday that is blacked out"],
    ["2026-12-26T01:00", true, "whose window goes on when the day is over"],
    ["2026-12-28T23:00", false, "the first of several days"],
    ["2027-01-02T01:00", false, "the last of them"],
  ];
  for (const [moment, open, why] of moments)
    it(`are ${open ? "open" : "closed"} at ${moment}: ${why}`, () => assert.equal(isOpen(NIGHTS, seoul(moment)), open));

  it("open next when the first of them does, or a blackout ends within one", () => {
    const next = (moment: string) => nextOpening(NIGHTS, seoul(moment))?.toISOString();
    assert.equal(next("2026-12-08T10:00"), seoul("2026-12-11T22:00").toISOString());
    assert.equal(next("2026-12-25T10:00"), seoul("2026-12-26T00:00").toISOString());
    assert.equal(next("2026-12-28T10:00"), seoul("2027-01-04T22:00").toISOString());
    assert.equal(next("2026-12-07T23:00"), seoul("2026-12-07T23:00").toISOString());
  });

  it("open when an hour that the clocks leave out is over, and twice where they go back", () => {
    const berlin: Maintenance = { timeZone: "Europe/Berlin", windows: [{ hours: "02:30-03:30" }] };
    assert.equal(nextOpening(berlin, new Date("2026-03-29T00:30:00Z"))?.toISOString(), "2026-03-29T01:00:00.000Z");
    assert.ok(isOpen(berlin, new Date("2026-10-25T00:30:00Z")) && isOpen(berlin, new Date("2026-10-25T01:30:00Z")));
  });

  it("give an opening that is open, and none where everything is blacked out", () => {
    const never = { timeZone: "UTC", blackout: [{ from: "2026-01-01", to: "2036-01-01" }] };
    assert.equal(nextOpening(never, new Date("2026-06-01T00:00:00Z")), undefined);
    fc.assert(
      fc.property(fc.date({ min: new Date("2026-01-01"), max: new Date("2027-06-01"), noInvalidDate: true }), (moment) => {
        const opening = nextOpening(NIGHTS, moment);
        assert.ok(opening !== undefined && opening >= moment && isOpen(NIGHTS, opening));
      }),
      { numRuns: 200 },
    );
  });
});
