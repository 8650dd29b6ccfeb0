import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { request } from "node:https";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { OperationFailedError } from "../../../engine/errors";
import { sandboxFolders } from "../../../engine/sandbox";
import { CHOICE } from "../../../engine/servers/choice";
import { diagnoseServers } from "../../../engine/servers/programs";
import {
  endUnused,
  removeServers,
  runningServers,
  serveKubernetes,
  startSandboxServers,
  startServers,
  stopSandboxServers,
} from "../../../engine/servers/world";
import type { OperationKind } from "../../../engine/types";
import { removeFolder } from "../../../host/files";
import { isAlive, type Owner } from "../../../host/processes";
import { InvalidInputError } from "../../../model/problems";
import { whenReady } from "../../../sandbox/servers/ready";
import { namePath, type ProgramName, readRecord, serversFolder } from "../../../sandbox/servers/record";
import { fakeServers } from "../../support/fake-servers";
import { temporaryFolders } from "../../support/temporary";

describe("The servers of a sandbox", function () {
  this.timeout(60_000);
  const folder = temporaryFolders();
  const kept: string[] = [];
  afterEach(async () => {
    for (const world of kept.splice(0)) await removeServers(world);
  });

  const world = (root = folder(), name = "seoul"): string => {
    const path = sandboxFolders(root, name).world;
    mkdirSync(path, { recursive: true });
    kept.push(path);
    return path;
  };
  const start = async (path: string, programs = fakeServers(folder())): Promise<boolean> => {
    const started = await startServers(path, programs, { environment: "seoul" });
    await whenReady(path);
    return started;
  };
  const owners = (path: string): Owner[] => {
    const record = readRecord(path);
    return record === undefined ? [] : [record.keeper, ...record.servers];
  };
  const end = async (all: readonly Owner[]): Promise<void> => {
    for (let tries = 0; all.some(isAlive) && tries < 500; tries++) await pause(20);
    assert.ok(!all.some(isAlive), "all have ended");
  };
  const named = (path: string) => JSON.parse(readFileSync(namePath(path), "utf8"));
  const starts = (path: string): number => readFileSync(join(serversFolder(path), "etcd", "starts"), "utf8").length;
  const answer = (path: string, token: string): Promise<number | undefined> =>
    new Promise((resolve, reject) => {
      const { server, ca } = named(path);
      const headers = { authorization: `Bearer ${token}` };
      request(`${server}/readyz`, { ca, headers, agent: false }, (response) => resolve(response.resume().statusCode))
        .on("error", reject)
        .end();
    });

  it("run beside each other, each on a port of the loopback interface with credentials of its own, and nobody else may look", async () => {
    const worlds = [world(), world()];
    const programs = fakeServers(folder());
    for (const started of await Promise.all(worlds.map((one) => start(one, programs)))) assert.equal(started, true);
    const [first, second] = worlds.map(named);
    assert.match(first.server, /^https:\/\/127\.0\.0\.1:\d+$/);
    for (const key of ["server", "ca", "token"]) assert.notEqual(first[key], second[key], key);
    for (const [index, one] of worlds.entries()) {
      assert.equal(await answer(one, named(one).token), 200);
      assert.equal(await answer(one, named(worlds[1 - index] ?? "").token), 401);
      assert.equal(owners(one).length, 6);
      const files = readdirSync(serversFolder(one)).filter((name) => name !== "etcd" && name !== "used");
      for (const name of files) assert.equal(statSync(join(serversFolder(one), name)).mode & 0o077, 0, name);
      assert.equal(statSync(serversFolder(one)).mode & 0o777, 0o700);
    }
  });

  it("are found by the next operation, and by two at once", async () => {
    const one = world();
    const programs = fakeServers(folder());
    const started = await Promise.all([start(one, programs), start(one, programs)]);
    assert.ok(started.includes(true));
    const before = owners(one);
    assert.equal(await start(one, programs), false);
    assert.deepEqual(owners(one), before);
    assert.equal(starts(one), 1);
  });

  it("are started again where they were, with what they held, when all or some of them were killed", async () => {
    const one = world();
    await start(one);
    const address = named(one);
    const [keeper, ...servers] = owners(one);
    assert.ok(keeper);
    process.kill(keeper.pid, "SIGKILL");
    await end([keeper]);
    assert.ok(servers.every(isAlive), "they outlive it");
    assert.equal(await start(one), true);
    await end(servers);
    assert.deepEqual(named(one), address);
    assert.equal(starts(one), 2);
    // One of them is enough to end the others.
    const second = owners(one);
    process.kill(second[2]?.pid ?? 0, "SIGKILL");
    await end(second);
    assert.match(readFileSync(join(serversFolder(one), "keeper.log"), "utf8"), /^kube-apiserver ended/m);
    assert.equal(await start(one), true);
    assert.deepEqual([named(one), starts(one)], [address, 3]);
  });

  it("hold nothing of a cluster that was made anew", async () => {
    const one = world();
    await start(one);
    for (const uid of ["first", "second"]) {
      writeFileSync(join(one, "cluster.json"), JSON.stringify({ uid, nodes: {} }));
      await whenReady(one, uid);
      assert.equal(starts(one), 1);
      writeFileSync(join(serversFolder(one), "etcd", "starts"), "x");
    }
    rmSync(join(one, "cluster.json"));
  });

  it("end when the sandbox is deleted by hand, also while they are being started, and make nothing of it again", async () => {
    for (const ready of [true, false]) {
      const one = world();
      await (ready ? start(one) : startServers(one, fakeServers(folder()), { environment: "seoul" }));
      const all = owners(one);
      removeFolder(one);
      await end(all);
      assert.ok(!existsSync(one));
    }
  });

  it("are stopped on demand with what they hold, and removed with their environment", async () => {
    const root = folder();
    const one = world(root);
    const programs = fakeServers(folder());
    await assert.rejects(
      startSandboxServers(root, "seoul", programs),
      (error) => error instanceof OperationFailedError && error.next === "kpaas up seoul --sandbox",
    );
    await start(one, programs);
    assert.deepEqual(runningServers(root), ["seoul"]);
    const all = owners(one);
    assert.deepEqual(await stopSandboxServers(root, ["busan"]), []);
    assert.deepEqual(await stopSandboxServers(root, []), ["seoul"]);
    await end(all);
    assert.deepEqual([runningServers(root), await stopSandboxServers(root, [])], [[], []]);
    assert.equal(await startSandboxServers(root, "seoul", programs), true);
    await whenReady(one);
    assert.equal(starts(one), 2);
    const again = owners(one);
    await removeServers(one);
    await end(again);
    assert.deepEqual(readdirSync(one), []);
  });

  it("end where no cluster came to be, and the next one can be made with another Kubernetes", async () => {
    const one = world();
    await start(one);
    const all = owners(one);
    writeFileSync(join(one, "cluster.json"), "{}");
    await endUnused(one);
    assert.ok(all.every(isAlive));
    rmSync(join(one, "cluster.json"));
    await endUnused(one);
    await end(all);
    assert.deepEqual(readdirSync(one), []);
  });

  it("say why they cannot be started", async () => {
    const one = world();
    const programs = fakeServers(folder());
    writeFileSync(programs["kube-apiserver"], "#!/bin/sh\necho no such flag >&2\nexit 1\n");
    await startServers(one, programs, { environment: "seoul" }).catch(() => undefined);
    await assert.rejects(whenReady(one), /does not run \(.*keeper\.log\); the next operation starts it/);
    assert.match(readFileSync(join(serversFolder(one), "keeper.log"), "utf8"), /kube-apiserver ended: no such flag/);
  }).timeout(30_000);

  it("leave a server of somebody else's alone", async () => {
    const one = world();
    writeFileSync(namePath(one), "{}");
    await removeServers(one);
    await whenReady(one);
    assert.ok(existsSync(namePath(one)));
  });

  describe("are chosen", () => {
    /** What is told when an environment is worked on; `there`: the programs are in the cache. */
    async function serve(path: string, kind: OperationKind, there: boolean, choice?: string): Promise<string[]> {
      const home = folder();
      const env = { HOME: home, ...(choice === undefined ? {} : { [CHOICE]: choice }) };
      if (there) {
        const { reason } = await diagnoseServers({ env });
        const roots = Array.from(reason.matchAll(/no (\S+) \S+ in the cache \(([^)]+)\)/g), ([, name = "", root = ""]) => ({ name, root }));
        const root = (name: ProgramName): string =>
          roots.find((one) => one.name === name || (name.startsWith("kube-") && one.name.startsWith("kube-")))?.root ?? "";
        fakeServers(home, (name) => join(root(name), "bin", name));
      }
      const told: string[] = [];
      await serveKubernetes(path, kind, { environment: "seoul", env, tell: (text) => told.push(text) });
      return told;
    }
    const real =
      /^Kubernetes is a real API server \(1\.\d+\.\d+\), nodes and pods are played(; that takes longer than KPAAS_SANDBOX_SERVER=simulated)?$/;

    it("where their programs are at hand, and an environment keeps what it was made with", async () => {
      const one = world();
      assert.deepEqual(await serve(one, "preview", true), [], "there is nothing to ask yet");
      assert.ok(!existsSync(serversFolder(one)));
      assert.match((await serve(one, "up", true)).join("\n"), real);
      assert.match(
        (await serve(one, "up", true, "simulated")).join("\n"),
        /seoul keeps the real Kubernetes it was made with: [\s\S]*\nKubernetes is a real/,
      );
      await assert.rejects(serve(one, "up", false), (error) => error instanceof OperationFailedError && error.next === "kpaas servers");
    });

    it("not where an environment was made without, though they are there now", async () => {
      const one = world();
      assert.match(
        (await serve(one, "up", false)).join("\n"),
        /^Kubernetes is simulated: no API server checks .*; `kpaas servers` gets a real one$/,
      );
      writeFileSync(join(one, "cluster.json"), "{}");
      assert.match((await serve(one, "up", true)).join("\n"), /^Kubernetes is simulated: no API server checks the objects$/);
      assert.match((await serve(one, "up", true, "real")).join("\n"), /seoul keeps the simulated Kubernetes/);
      assert.ok(!existsSync(serversFolder(one)));
    });

    it("by a variable, which must say one of two things", async () => {
      const one = world();
      assert.match((await serve(one, "up", true, "simulated")).join("\n"), /^Kubernetes is simulated/);
      await assert.rejects(serve(one, "up", false, "real"), /asks for a real API server, and its programs are not there/);
      await assert.rejects(
        serve(one, "up", true, "yes"),
        (error) => error instanceof InvalidInputError && /real or simulated/.test(error.message),
      );
    });
  });
});
