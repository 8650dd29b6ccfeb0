import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { FleetBusyError, Lease } from "../../fleet/lease";
import { LeaseLostError } from "../../fleet/runner";
import { temporaryFolders } from "../support/temporary";

describe("a fleet's lease", () => {
  const temporary = temporaryFolders();
  const place = () => join(temporary(), "lease.json");

  it("is one runner's, until it gives it back", async () => {
    const path = place();
    assert.equal(Lease.isHeld(path), false);
    const lease = await Lease.take(path);
    lease.require();
    assert.equal(Lease.isHeld(path), true);
    await assert.rejects(Lease.take(path), FleetBusyError);
    lease.release();
    assert.equal(Lease.isHeld(path), false);
    (await Lease.take(path)).release();
  });

  it("is taken from a process that has ended, and from one on another host that shows no pulse", async () => {
    for (const holder of [
      { ...JSON.parse(await mine()), pid: 2 ** 22 - 7 },
      { ...JSON.parse(await mine()), host: "elsewhere" },
    ]) {
      const path = place();
      writeFileSync(path, JSON.stringify(holder));
      assert.equal(Lease.isHeld(path), holder.host === "elsewhere", "whether one on another host lives is not known at once");
      const lease = await Lease.take(path, 20);
      lease.require();
      lease.release();
    }
  });

  it("stays with one on another host whose pulse goes on", async () => {
    const path = place();
    const holder = { ...JSON.parse(await mine()), host: "elsewhere" };
    writeFileSync(path, JSON.stringify(holder));
    const taking = assert.rejects(Lease.take(path, 200), FleetBusyError);
    writeFileSync(path, JSON.stringify({ ...holder, pulse: 1 }));
    await taking;
  });

  it("is lost where another has taken over: nothing is written down any more", async () => {
    const path = place();
    const lease = await Lease.take(path);
    writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, "utf8")), id: "another" }));
    assert.throws(() => lease.require(), LeaseLostError);
    lease.release();
    assert.match(readFileSync(path, "utf8"), /another/);
  });

  async function mine(): Promise<string> {
    const path = place();
    const lease = await Lease.take(path);
    const content = readFileSync(path, "utf8");
    lease.release();
    return content;
  }
});
