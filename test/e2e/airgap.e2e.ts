import assert from "node:assert/strict";
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { Blobs } from "../../host/blobs";
import { namesIn } from "../../host/files";
import { bundle } from "../../operate/airgap/bundle";
import { copyTree, pushTree } from "../../operate/airgap/images";
import { push } from "../../operate/airgap/push";
import { verify } from "../../operate/airgap/verify";
import { Registry } from "../../reach/registry/registry";
import { doorsTo, operator, prepare, request, unpinned } from "../support/airgap";
import { engineForTests } from "../support/engine";
import { digestOf, FakeInternet, publishedAt } from "../support/fake-internet";

/** Docker's registry: Debian's docker-registry, or what KPAAS_TEST_REGISTRY names. */
const REGISTRY = process.env.KPAAS_TEST_REGISTRY ?? "docker-registry";
const SEED = Number(process.env.KPAAS_SEED ?? Date.now() % 10_000);

/** The tests are one story, in order. */
describe(`an air gap (KPAAS_SEED=${SEED})`, function () {
  this.timeout(300_000);
  const root = mkdtempSync(join(tmpdir(), "kpaas-e2e-"));
  const folder = join(root, "bundle");
  const internet = new FakeInternet();
  const open = doorsTo(unpinned);
  const registry: { host?: string; process?: ChildProcess } = {};

  before(async function () {
    try {
      execFileSync(REGISTRY, ["--version"], { stdio: "ignore" });
    } catch {
      console.log(`    SKIPPED: ${REGISTRY} is not here: install Debian's docker-registry, or name one in KPAAS_TEST_REGISTRY`);
      this.skip();
    }
    mkdirSync(join(root, "own"));
    registry.host = `127.0.0.1:${await freePort()}`;
    const config = join(root, "registry.yml");
    writeFileSync(
      config,
      `version: 0.1\nstorage: { filesystem: { rootdirectory: ${join(root, "registry")} } }\nhttp: { addr: "${registry.host}" }\nlog: { level: error }\n`,
    );
    registry.process = spawn(REGISTRY, ["serve", config], { stdio: "ignore" });
    for (let tries = 0; tries < 100; tries++) {
      if (
        await fetch(`http://${registry.host}/v2/`).then(
          ({ ok }) => ok,
          () => false,
        )
      )
        return;
      await wait(100);
    }
    assert.fail("the registry does not answer");
  });
  after(() => {
    registry.process?.kill();
    rmSync(root, { recursive: true, force: true });
  });

  it("has its bundle made although it is killed again and again, with no half of anything", async () => {
    let random = SEED;
    const next = (): number => {
      random = (random * 16_807 + 11) % 2_147_483_647;
      return random / 2_147_483_647;
    };
    for (let kill = 0; kill < 4; kill++) {
      const child = spawn(process.execPath, [join(__dirname, "..", "support", "bundle-child.js"), folder, join(root, "own")], {
        stdio: "ignore",
      });
      const ended = once(child, "exit");
      const goal = namesIn(join(folder, "blobs", "sha256")).length + 1 + Math.floor(next() * 25);
      while (child.exitCode === null && namesIn(join(folder, "blobs", "sha256")).length < goal) await wait(10);
      child.kill("SIGKILL");
      await ended;
    }
    internet.begin();
    try {
      const { choice } = await prepare(internet, join(root, "own"), folder);
      const made = await bundle(request(), choice, operator(), open);
      assert.deepEqual(made.failed, []);
      assert.ok(made.there > 0, "nothing of what was fetched before the kills was kept");
      const { damaged, missing } = await verify({ folder, expected: made.digest }, request(), operator(), open);
      assert.deepEqual([damaged, missing], [[], { demo: [] }]);
      assert.ok(readdirSync(join(folder, "blobs", "sha256")).every((name) => /^[0-9a-f]{64}$/.test(name)));
      assert.deepEqual(readdirSync(folder).sort(), ["blobs", "bundle.json", "index.json", "oci-layout"]);
    } finally {
      internet.end();
    }
  });

  it("is pushed to Docker's registry, twice with nothing to do the second time, and comes back as it was", async () => {
    const { host = "" } = registry;
    const choice = { from: folder, registry: host, files: join(root, "files"), parallel: 4 };
    const made = await push(request(), choice, operator(), open);
    assert.deepEqual([made.failed, made.there], [[], 0]);
    const again = await push(request(), choice, operator(), open);
    assert.deepEqual([again.failed, again.pushed, again.there], [[], 0, made.pushed]);
    const back = new Blobs(join(root, "back"));
    back.prepare();
    const there = new Registry(host);
    const { amd64 } = publishedAt("calico/node");
    const copied = await copyTree("calico/node", await there.manifest("calico/node", "v3.30.3"), {
      registry: there,
      blobs: back,
      arriving: new Map(),
    });
    assert.equal(copied.digest, digestOf(amd64));
    for (const { digest } of copied.blobs) assert.equal((await back.read(digest)).digest, digest);
    // A whole index, as images have it that are named by their digest.
    internet.begin();
    const home = new Registry("quay.io");
    const whole = await copyTree("team/app", await home.manifest("team/app", "1"), { registry: home, blobs: back, arriving: new Map() });
    internet.end();
    assert.ok(whole.mediaType !== undefined);
    assert.equal(
      await pushTree({ ...whole, mediaType: whole.mediaType }, { path: "team/app", tag: "1" }, { registry: there, blobs: back }),
      true,
    );
    assert.equal(await there.digestAt("team/app", "1"), digestOf(publishedAt("team/app").index));
  });

  it("has charts that helm takes", function () {
    const helm = process.env.KPAAS_TEST_HELM;
    if (helm === undefined) {
      console.log("    SKIPPED: KPAAS_TEST_HELM names no helm");
      this.skip();
    }
    const args = ["pull", `oci://${registry.host}/charts/cert-manager`, "--version", "v1.19.6", "--plain-http", "-d", root];
    execFileSync(helm, args, { stdio: "pipe" });
    assert.ok(readdirSync(root).includes("cert-manager-v1.19.6.tgz"));
  });

  it("comes up in the sandbox where there is no network but this machine's own", async function () {
    await engineForTests.call(this);
    this.timeout(300_000);
    const inside = ["-n", "sh", "-c", 'ip link set lo up && exec "$@"', "sh"];
    try {
      execFileSync("unshare", [...inside, "true"], { stdio: "ignore" });
    } catch {
      console.log("    SKIPPED: this user may make no network of its own (unshare -n), or has no ip");
      this.skip();
    }
    const project = join(root, "project");
    mkdirSync(join(project, "environments"), { recursive: true });
    writeFileSync(
      join(project, "environments", "closed.yaml"),
      'name: closed\ninfrastructure: { provider: openstack }\ncluster: { airGap: { registry: "registry.intra:5000", files: "https://files.intra", charts: charts } }\nplatform: { domain: apps.intra }\n',
    );
    const kpaas = (...args: string[]): string =>
      execFileSync("unshare", [...inside, process.execPath, join(__dirname, "..", "..", "cli", "main.js"), ...args], {
        cwd: project,
        encoding: "utf8",
        env: { ...process.env, KPAAS_SANDBOX_SERVER: "simulated" },
        stdio: ["ignore", "pipe", "pipe"],
      });
    const up = JSON.parse(kpaas("up", "closed", "--sandbox", "--yes", "--json")) as { changes: { create: number } };
    assert.ok(up.changes.create > 100);
    const second = JSON.parse(kpaas("up", "closed", "--sandbox", "--yes", "--json")) as { changes: Record<string, number> };
    assert.deepEqual(
      Object.entries(second.changes).filter(([name, count]) => name !== "same" && count > 0),
      [],
    );
    kpaas("destroy", "closed", "--sandbox", "--yes");
  });
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}
