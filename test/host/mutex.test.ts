import assert from "node:assert/strict";
import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { withMutex } from "../../host/mutex";
import { type Owner, thisProcess } from "../../host/processes";
import { deadPid } from "../support/processes";
import { temporaryFolders } from "../support/temporary";

describe("A mutex", () => {
  const folder = temporaryFolders();

  it("is there while the work runs and gone afterwards, also when the work fails", async () => {
    const path = join(folder(), "mutex");
    await assert.rejects(
      withMutex(path, {}, async () => {
        assert.ok(existsSync(path));
        throw new Error("work failed");
      }),
      /work failed/,
    );
    assert.equal(existsSync(path), false);
  });

  it("lets one at a time work and tells who is waited for", async () => {
    const path = join(folder(), "mutex");
    const waited: Owner[] = [];
    let working = 0;
    const work = async () => {
      working++;
      assert.equal(working, 1);
      await new Promise((resolve) => setTimeout(resolve, 20));
      working--;
    };
    await Promise.all([1, 2].map(() => withMutex(path, { onWait: (owner) => waited.push(owner) }, work)));
    assert.deepEqual(
      waited.map((owner) => owner.pid),
      [process.pid],
    );
  });

  it("of a dead process is taken over", async () => {
    const place = folder();
    const path = join(place, "mutex");
    writeFileSync(path, JSON.stringify({ ...thisProcess(), pid: await deadPid() }));
    assert.equal(await withMutex(path, { onWait: () => assert.fail("must not wait") }, async () => "done"), "done");
    assert.deepEqual(readdirSync(place), []);
  });

  it("that says nothing, as a host that lost its power can leave it, is taken over", async () => {
    const path = join(folder(), "mutex");
    writeFileSync(path, "");
    assert.equal(await withMutex(path, { onWait: () => assert.fail("must not wait") }, async () => "done"), "done");
  });

  it("stops waiting when interrupted", async () => {
    const path = join(folder(), "mutex");
    writeFileSync(path, JSON.stringify(thisProcess()));
    const interrupt = new AbortController();
    const waiting = withMutex(path, { signal: interrupt.signal, onWait: () => setImmediate(() => interrupt.abort()) }, async () => {});
    await assert.rejects(waiting, { name: "AbortError" });
    assert.ok(existsSync(path), "another's mutex stays");
  });
});
