import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { engineForTests } from "../support/engine";
import { freePorts } from "../support/real-server";
import { type AnsweringRealm, startRealm } from "../support/realm";
import { temporaryFolders } from "../support/temporary";

const MAIN = join(__dirname, "..", "..", "cli", "main.js");
const FILE = `name: seoul
labels: { team: platform }
infrastructure: { provider: openstack, image: ubuntu-22.04 }
platform: { services: { keycloak: false, mariadb: false, portal: false } }
`;

describe("An environment's life by HTTP, in the sandbox", function () {
  this.timeout(900_000);
  const folder = temporaryFolders();
  const started: ChildProcess[] = [];
  let realm: AnsweringRealm;
  before(async function () {
    await engineForTests.call(this);
    realm = await startRealm();
  });
  after(() => realm.close());
  afterEach(() => {
    for (const each of started.splice(0)) each.kill("SIGKILL");
  });

  it("is written, planned, approved, scaled, looked at and taken down, through kills of the service", async () => {
    const data = folder();
    const [port = 0] = await freePorts(1);
    const url = `http://127.0.0.1:${port}`;
    const serve = async () => {
      const words = [
        "server",
        "--sandbox",
        "--listen",
        `127.0.0.1:${port}`,
        "--data",
        data,
        "--issuer",
        realm.issuer,
        "--audience",
        "kpaas",
      ];
      const service = spawn(process.execPath, [MAIN, ...words], { cwd: data, stdio: ["ignore", "ignore", "inherit"] });
      started.push(service);
      const isReady = () =>
        fetch(`${url}/readyz`).then(
          ({ ok }) => ok,
          () => false,
        );
      while (!(await isReady())) await pause(100);
      return service;
    };
    const kill = async (service: ChildProcess) => {
      const gone = new Promise((exited) => service.once("exit", exited));
      service.kill("SIGKILL");
      await gone;
    };
    const [kim, lee] = [await realm.token("kim", ["kpaas-operator"]), await realm.token("lee", ["kpaas-approver:team=platform"])];
    const ask = async (token: string, method: string, path: string, body?: unknown) => {
      const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
      const answer = await fetch(`${url}${path}`, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
      const text = await answer.text();
      // biome-ignore lint/suspicious/noExplicitAny: each answer has fields of its own
      const read: any = text === "" ? undefined : JSON.parse(text);
      return { status: answer.status, body: read };
    };
    const until = async (id: string, ...states: readonly string[]) => {
      for (;;) {
        const { body } = await ask(kim, "GET", `/api/v1/operations/${id}`);
        if (states.includes(body.state)) return body;
        assert.ok(!["done", "failed", "cancelled"].includes(body.state), JSON.stringify(body));
        await pause(300);
      }
    };
    const approve = async (id: string) => {
      const { body: plan } = await ask(lee, "GET", `/api/v1/operations/${id}/plan`);
      const answer = await ask(lee, "POST", `/api/v1/operations/${id}/approval`, { digest: plan.digest, names: plan.needs });
      assert.equal(answer.status, 200, JSON.stringify(answer.body));
      return plan;
    };
    const seoul = "/api/v1/environments/seoul";

    let service = await serve();
    const made = await ask(kim, "PUT", seoul, { text: FILE });
    assert.deepEqual([made.status, made.body.state, made.body.lock], [201, "new", "current"]);
    const { body: up } = await ask(kim, "POST", `${seoul}/operations`, { kind: "up" });
    await until(up.id, "planned");
    await kill(service);
    service = await serve();
    const plan = await approve(up.id);
    assert.ok(plan.counts.create > 10 && plan.changes.length > 3, JSON.stringify(plan));
    // The engine is at work: the service goes, and its successor waits for what has gone on.
    for (;;) {
      const { body } = await ask(kim, "GET", `/api/v1/operations/${up.id}`);
      if (body.step === "up") break;
      assert.equal(body.reason, undefined);
      await pause(100);
    }
    await kill(service);
    service = await serve();
    await until(up.id, "done");
    assert.equal((await ask(kim, "GET", seoul)).body.state, "up");
    const { body: log } = await ask(kim, "GET", `/api/v1/operations/${up.id}/log?limit=500`);
    assert.ok(log.items.some(({ step }: { step: string }) => step === "up"));

    const { body: topology } = await ask(kim, "GET", seoul);
    const pool = topology.topology.pools.find(({ name }: { name: string }) => !["control-plane", "nfs", "bastion", "etcd"].includes(name));
    const scaled = await ask(kim, "POST", `${seoul}/scale`, { pool: pool.name, count: pool.machines + 1 });
    assert.equal(scaled.status, 202, JSON.stringify(scaled.body));
    await until(scaled.body.id, "planned");
    assert.ok((await approve(scaled.body.id)).changes.some(({ effect }: { effect: string }) => effect === "created"));
    await until(scaled.body.id, "done");
    assert.equal((await ask(kim, "GET", seoul)).body.machines, topology.machines + 1);

    const { body: drift } = await ask(kim, "POST", `${seoul}/operations`, { kind: "drift" });
    assert.equal((await until(drift.id, "done")).result.drifted, false);
    assert.equal((await ask(kim, "DELETE", seoul)).status, 409);

    const { body: end } = await ask(kim, "POST", `${seoul}/operations`, { kind: "destroy" });
    await until(end.id, "planned");
    assert.deepEqual((await approve(end.id)).needs, ["seoul"]);
    await until(end.id, "done");
    assert.equal((await ask(kim, "GET", seoul)).body.state, "gone");
    assert.equal((await ask(kim, "DELETE", seoul)).status, 204);
    assert.equal((await ask(kim, "GET", seoul)).status, 404);
    const ended = new Promise((exited) => service.once("exit", exited));
    service.kill("SIGTERM");
    assert.equal(await ended, 0);
  });
});
