import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { BUCKET, FOLDERS, NAMES, PORTS, STORE_USER } from "../../components/platform/kubeflow/names";
import { WORKLOADS } from "../../components/platform/kubeflow/programs";
import { storeSettings, storeUser } from "../../components/platform/kubeflow/settings";
import { removeFolder } from "../../host/files";
import type { ServicePlan } from "../../model/plan/types";
import { freePorts, programForTests, stopServer } from "../support/real-server";
import { askStore, type S3Answer, type S3Login } from "../support/s3-client";

const OWN = `/${BUCKET}/private-artifacts/shop`;
const OTHERS = `/${BUCKET}/private-artifacts/bank`;

/** Our command line and users on a real SeaweedFS. The tests are one story, in order. */
describe("the store of Kubeflow's artifacts by a real SeaweedFS", function () {
  this.timeout(120_000);
  const folder = mkdtempSync(join(tmpdir(), "kpaas-e2e-"));
  let server: ChildProcess | undefined;
  let [s3, master, volume, filer] = [0, 0, 0, 0];
  const as =
    (user: string, key: string) =>
    (method: string, path: string, body?: string): Promise<S3Answer> => {
      const login: S3Login = { port: s3, user, key };
      return askStore(login, method, path, body);
    };
  const everybody = as(STORE_USER, "key-of-all-0123456789");
  const shop = as(storeUser("shop"), "key-of-shop-0123456789");
  const bank = as(storeUser("bank"), "key-of-bank-0123456789");

  let weed = "";

  before(async function () {
    weed = programForTests.call(this, "weed", "build SeaweedFS 4.34 (./weed) of a clone of its project, and put it on PATH");
    // Each of its ports has another one for gRPC, 10000 above.
    while ([s3, master, volume, filer].some((port) => port === 0 || port > 55_000))
      [s3 = 0, master = 0, volume = 0, filer = 0] = await freePorts(4);
    mkdirSync(join(folder, "data"));
    await start("key-of-shop-0123456789");
    assert.equal((await everybody("PUT", `/${BUCKET}`)).status, 200);
  });
  after(async () => {
    if (server) await stopServer(server);
    removeFolder(folder);
  });

  /** Starts it as its pod does, with that key of a profile. */
  const start = async (shopKey: string): Promise<void> => {
    const found = WORKLOADS.flat().find(({ name }) => name === NAMES.store)?.programs[0];
    assert.ok(found && "page" in found.health);
    const keys = { shop: shopKey, bank: "key-of-bank-0123456789" };
    writeFileSync(join(folder, "s3.json"), storeSettings("key-of-all-0123456789", keys));
    const [, ...command] = found.command ?? [];
    // Folders and ports of this machine's in place of a pod's; all else as the pod has it.
    const args = [...command, ...found.args({} as ServicePlan)].map((arg) =>
      arg
        .replace(FOLDERS.data, join(folder, "data"))
        .replace(FOLDERS.settings, folder)
        .replace("-s3.ip.bind=0.0.0.0", "-s3.ip.bind=127.0.0.1")
        .replace(`-s3.port=${PORTS.store}`, `-s3.port=${s3}`),
    );
    const moved = [`-master.port=${master}`, `-volume.port=${volume}`, `-filer.port=${filer}`];
    const started = spawn(weed, [...args, ...moved], { stdio: "ignore", cwd: folder });
    server = started;
    const health = `http://127.0.0.1:${s3}${found.health.page}`;
    for (let tries = 0; !(await fetch(health).catch(() => undefined))?.ok; tries++) {
      assert.ok(tries < 300 && started.exitCode === null, "SeaweedFS does not answer");
      await pause(200);
    }
    // It answers before it knows where to write.
    for (let tries = 0; (await everybody("GET", "/")).status !== 200; tries++) {
      assert.ok(tries < 300, "SeaweedFS lists no buckets");
      await pause(200);
    }
  };

  it("lets a profile write, read, list and delete below its own path, and whoever may all everywhere", async () => {
    assert.equal((await shop("PUT", `${OWN}/run-1/model`, "weights")).status, 200);
    assert.deepEqual(await shop("GET", `${OWN}/run-1/model`), { status: 200, body: "weights" });
    assert.equal((await shop("HEAD", `${OWN}/run-1/model`)).status, 200);
    // As what fetches models does.
    const listed = await shop("GET", `/${BUCKET}?list-type=2&prefix=private-artifacts%2Fshop%2Frun-1`);
    assert.equal(listed.status, 200, listed.body);
    assert.match(listed.body, /private-artifacts\/shop\/run-1\/model/);
    assert.equal((await bank("PUT", `${OTHERS}/secret`, "of bank")).status, 200);
    assert.equal((await everybody("GET", `${OTHERS}/secret`)).body, "of bank");
    assert.equal((await shop("PUT", `${OWN}/run-1/gone`, "x")).status, 200);
    assert.equal((await shop("DELETE", `${OWN}/run-1/gone`)).status, 204);
  });

  it("lets it do nothing elsewhere, however a path is written", async () => {
    const escaped = [
      `${OWN}/../bank/secret`,
      `${OWN}/%2e%2e/bank/secret`,
      `${OWN}/..%2fbank%2fsecret`,
      `${OWN}//../../private-artifacts/bank/secret`,
      `/${BUCKET}//private-artifacts/bank/secret`,
      `/${BUCKET}/./private-artifacts/bank/secret`,
      `/${BUCKET}/private-artifacts%2Fbank%2Fsecret`,
      `/${BUCKET}/private-artifacts/shop-2/secret`,
      `/${BUCKET}/pipelines/one`,
    ];
    for (const path of [`${OTHERS}/secret`, ...escaped]) {
      for (const method of ["GET", "HEAD", "PUT", "DELETE"]) {
        const { status, body } = await shop(method, path, method === "PUT" ? "mine" : "");
        assert.ok(
          status >= 400 || status === 301 || (method === "GET" && !body.includes("of bank")),
          `${method} ${path}: ${status} ${body}`,
        );
        assert.ok(!body.includes("of bank"), `${method} ${path}`);
      }
    }
    assert.equal((await bank("GET", `${OTHERS}/secret`)).body, "of bank");
    const names = (await everybody("GET", `/${BUCKET}?list-type=2`)).body.match(/<Key>[^<]*/g) ?? [];
    assert.deepEqual(
      names.map((name) => name.slice("<Key>".length)),
      ["private-artifacts/bank/secret", "private-artifacts/shop/run-1/model"],
    );
  });

  it("shows it no names of others', and makes it no bucket", async () => {
    for (const query of [
      "list-type=2",
      "list-type=2&prefix=private-artifacts%2F",
      "list-type=2&prefix=private-artifacts%2Fbank%2F",
      "prefix=",
      "uploads=",
    ]) {
      const { status, body } = await shop("GET", `/${BUCKET}?${query}`);
      assert.ok(status === 403 || !/bank/.test(body), `${query}: ${status} ${body}`);
    }
    assert.ok((await shop("PUT", "/mine")).status >= 400);
    assert.ok((await shop("DELETE", `/${BUCKET}`)).status >= 400);
  });

  it("lets nobody in by a wrong key, another one's or none", async () => {
    for (const ask of [as(storeUser("shop"), "key-of-bank-0123456789"), as(storeUser("nobody"), "x"), as(STORE_USER, "")])
      assert.equal((await ask("GET", `${OWN}/run-1/model`)).status, 403);
    const { status } = await fetch(`http://127.0.0.1:${s3}${OWN}/run-1/model`);
    assert.equal(status, 403);
  });

  it("has what it was given when it was killed, and lets a profile in by the key of its next settings alone", async () => {
    if (server) await stopServer(server);
    await start("another-of-shop-0123456789");
    const next = as(storeUser("shop"), "another-of-shop-0123456789");
    assert.deepEqual(await next("GET", `${OWN}/run-1/model`), { status: 200, body: "weights" });
    assert.equal((await next("PUT", `${OWN}/run-2/model`, "heavier")).status, 200);
    assert.equal((await next("GET", `${OTHERS}/secret`)).status, 403);
    assert.equal((await shop("GET", `${OWN}/run-1/model`)).status, 403);
    assert.equal((await bank("GET", `${OTHERS}/secret`)).body, "of bank");
  });

  it("answers for its other parts to its own pod alone", async () => {
    const outside = async (port: number): Promise<boolean> =>
      new Promise((told) => {
        const socket = connect({ host: "127.0.0.2", port })
          .on("connect", () => {
            socket.destroy();
            told(true);
          })
          .on("error", () => told(false));
      });
    for (const port of [master, volume, filer, master + 10_000, volume + 10_000, filer + 10_000])
      assert.equal(await outside(port), false, String(port));
  });
});
