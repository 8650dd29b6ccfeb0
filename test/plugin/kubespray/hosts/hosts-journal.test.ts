import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { ClusterSpec } from "../../../../model/cluster/types";
import { thisHolder } from "../../../../plugin/kubespray/hosts/holder";
import { breakLease, HostsJournal, sleeplessClock } from "../../../../plugin/kubespray/hosts/hosts-journal";
import type { RemoteHosts } from "../../../../plugin/kubespray/hosts/remote-hosts";
import { FenceLost } from "../../../../plugin/kubespray/journal";
import { cluster } from "../../../model/cluster/fixtures";
import { temporaryFolders } from "../../../support/temporary";
import { LocalHosts } from "./local-hosts";

describe("The journal on the control planes", () => {
  const folder = temporaryFolders();
  let root: string;
  let hosts: LocalHosts;
  const controlPlanes = ["cp-1", "cp-2", "cp-3"];
  const at = "2026-01-01T00:00:00.000Z";
  const spec = (...names: string[]): ClusterSpec => ({ ...cluster(), controlPlane: names });

  beforeEach(() => {
    root = folder();
    hosts = new LocalHosts(root);
  });

  /** The journal as another laptop sees it. */
  function journal(laptop: string, changes: Partial<ConstructorParameters<typeof HostsJournal>[0]> = {}): HostsJournal {
    return new HostsJournal({
      cluster: "demo",
      controlPlanes,
      nodes: [...controlPlanes, "worker-1"],
      lost: [],
      mirror: join(root, laptop, "journal.jsonl"),
      open: async () => ({ hosts, close: async () => {} }),
      folder: "/host/kpaas",
      ...changes,
    });
  }
  const started = (fingerprint: string, run: string) => ({ event: "step-started", run, at, step: "1-scale", fingerprint }) as const;
  const lines = (place: string) => readFileSync(place, "utf8").trim().split("\n");

  it("lets one laptop work at a time, names the other, and is there for it afterwards", async () => {
    const first = journal("one");
    const fence = await first.acquire();
    await fence.renew(spec(...controlPlanes));
    await assert.rejects(
      journal("two").acquire(),
      new RegExp(`another run is working on this cluster \\(process ${process.pid} on .*unlock demo --run ${fence.run}`),
    );
    await first.append(started("a", fence.run));
    await fence.release();
    const second = journal("two");
    const next = await second.acquire();
    assert.deepEqual([...(await second.begun())], [["a", "started"]]);
    await next.release();
  });

  it("takes the lease of a process that died on this very system at once, and of no other", async () => {
    const { pid } = spawnSync(process.execPath, ["--version"]);
    const dead = { ...thisHolder(), pid };
    const hold = (holder: object) => {
      for (const host of controlPlanes) {
        const file = hosts.path(host, "kpaas/lease");
        mkdirSync(dirname(file), { recursive: true });
        const [uptime] = readFileSync("/proc/uptime", "utf8").split(".");
        writeFileSync(
          file,
          `other ${uptime} ${readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim()} 600\n${JSON.stringify(holder)}\n`,
        );
      }
    };
    hold(dead);
    await (await journal("one").acquire()).release();
    hold({ ...dead, system: "elsewhere" });
    await assert.rejects(journal("one").acquire(), /another run is working/);
  });

  it("goes on with a majority, on lines that only some of them have, torn ones aside", async () => {
    const one = journal("one");
    const fence = await one.acquire();
    await one.append(started("a", fence.run));
    hosts.silent.add("cp-1");
    await fence.renew(spec(...controlPlanes));
    await one.append(started("b", fence.run));
    await fence.release();
    hosts.silent.clear();
    appendFileSync(hosts.path("cp-3", "kpaas/journal.jsonl"), '{"event":"step-fin');
    const two = journal("two");
    const next = await two.acquire();
    assert.deepEqual([...(await two.begun()).keys()], ["a", "b"]);
    await two.append(started("c", next.run));
    assert.equal(lines(hosts.path("cp-3", "kpaas/journal.jsonl")).length, 4, "the torn line is a line of its own");
    await next.release();
    assert.deepEqual(lines(join(root, "two", "journal.jsonl")).length, 1);
  });

  it("does without a majority neither begin nor write", async () => {
    hosts.silent.add("cp-1").add("cp-2");
    await assert.rejects(journal("one").acquire(), /needs a majority of the control planes: cp-1 is unreachable: it is off; cp-2/);
    hosts.silent.clear();
    const one = journal("one");
    const fence = await one.acquire();
    hosts.silent.add("cp-1").add("cp-2");
    await assert.rejects(one.append(started("a", fence.run)), /not on a majority/);
    hosts.silent.clear();
    await fence.release();
  });

  it("moves with the control planes: who knows the old ones only is still kept out", async () => {
    const one = journal("one");
    const fence = await one.acquire();
    await fence.renew(spec("cp-3", "cp-4", "cp-5"));
    await assert.rejects(journal("two").acquire(), /another run is working/);
    await one.append(started("a", fence.run));
    assert.ok(existsSync(hosts.path("cp-5", "kpaas/journal.jsonl")));
    assert.ok(!existsSync(hosts.path("cp-1", "kpaas/lease")));
    await fence.release();
  });

  it("is taken away on every control plane that the run had moved it to, whichever are recorded", async () => {
    const fence = await journal("one", { controlPlanes: ["cp-1"] }).acquire();
    await fence.renew(spec(...controlPlanes));
    assert.equal(await breakLease(hosts, ["cp-1"], "demo", fence.run, "/host/kpaas"), true);
    await (await journal("two", { controlPlanes: ["cp-1"] }).acquire()).release();
    await assert.rejects(fence.renew(spec(...controlPlanes)), FenceLost);
    await fence.release();
  });

  it("is left as it is where nobody holds it, and a run without a name is asked for", async () => {
    assert.equal(await breakLease(hosts, controlPlanes, "demo", "", "/host/kpaas"), false);
    await (await journal("one").acquire()).release();
  });

  it("stops a run whose lease was broken, and lets nothing of it into the journal", async () => {
    const one = journal("one");
    const fence = await one.acquire();
    assert.equal(await breakLease(hosts, controlPlanes, "demo", "another", "/host/kpaas"), false);
    assert.equal(await breakLease(hosts, controlPlanes, "demo", fence.run, "/host/kpaas"), true);
    const two = journal("two");
    const next = await two.acquire();
    await assert.rejects(one.append(started("a", fence.run)), FenceLost);
    await assert.rejects(fence.renew(spec(...controlPlanes)), FenceLost);
    await fence.release();
    assert.deepEqual([...(await two.begun())], []);
    await next.renew(spec(...controlPlanes));
    await next.release([...controlPlanes, "worker-1"]);
    for (const host of [...controlPlanes, "worker-1"]) assert.ok(!existsSync(hosts.path(host, "kpaas")), host);
  });

  it("gives the lease back for good, whatever renews it at that moment", async () => {
    const slow: RemoteHosts = {
      run: async (host, script, options) => {
        // Questions that renew are on their way for long; the one that gives back is quick.
        if (renewing && script.includes("breaking=")) await pause(300);
        return await hosts.run(host, script, options);
      },
    };
    let renewing = false;
    const fence = await journal("one", { renewedEveryMs: 50, open: async () => ({ hosts: slow, close: async () => {} }) }).acquire();
    renewing = true;
    await pause(100);
    await fence.release();
    await pause(500);
    for (const host of controlPlanes) assert.ok(!existsSync(hosts.path(host, "kpaas/lease")), host);
  });

  it("takes its mark off a host that has left the cluster, and off no other", async () => {
    const fence = await journal("one").acquire();
    assert.ok(existsSync(hosts.path("worker-1", "kpaas")));
    await fence.renew(spec("cp-1", "cp-2"));
    await fence.release(["cp-3", "worker-1"]);
    const marked = [...controlPlanes, "worker-1"].filter((host) => existsSync(hosts.path(host, "kpaas")));
    assert.deepEqual(marked, ["cp-1", "cp-2"]);
    assert.ok(!existsSync(hosts.path("cp-1", "kpaas/lease")));
  });

  it("counts time that the machine slept through, and is not turned back by a clock that is set", () => {
    let [wall, steady] = [1_000_000, 50];
    const now = sleeplessClock(
      () => wall,
      () => steady,
    );
    [wall, steady] = [wall + 10, steady + 10];
    assert.equal(now(), 10);
    [wall, steady] = [wall + 3_600_000, steady + 5];
    assert.equal(now(), 3_600_010, "asleep for an hour");
    [wall, steady] = [wall - 7_200_000, steady + 5];
    assert.equal(now(), 3_600_015, "set back by two");
  });

  it("takes no line of this machine's copy that is of an earlier cluster of that name", async () => {
    const mirror = join(root, "one", "journal.jsonl");
    mkdirSync(dirname(mirror));
    writeFileSync(mirror, `${JSON.stringify({ ...started("old", "gone"), number: 9 })}\n`);
    const one = journal("one");
    const fence = await one.acquire();
    assert.deepEqual([...(await one.begun())], []);
    await fence.release();
  });
});
