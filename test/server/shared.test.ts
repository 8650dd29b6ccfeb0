import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import { Shared } from "../../server/shared";

describe("An answer that many ask for", () => {
  it("is asked for once in a while, and again where that failed", async () => {
    const shared = new Shared(50);
    let asked = 0;
    const ask = async () => ++asked;
    assert.deepEqual(await Promise.all([1, 2, 3].map(() => shared.of("a", ask))), [1, 1, 1]);
    assert.equal(await shared.of("b", ask), 2);
    await pause(80);
    assert.equal(await shared.of("a", ask), 3);
    await assert.rejects(
      shared.of("c", () => Promise.reject(new Error("away"))),
      /away/,
    );
    assert.equal(await shared.of("c", ask), 4);
  });

  it("is not asked for twice at once, however long it takes", async () => {
    const shared = new Shared(1);
    let asked = 0;
    const slow = async () => {
      asked++;
      await pause(40);
      return asked;
    };
    const first = shared.of("a", slow);
    await pause(10);
    assert.deepEqual(await Promise.all([first, shared.of("a", slow)]), [1, 1]);
    await pause(5);
    assert.equal(await shared.of("a", slow), 2);
  });
});
