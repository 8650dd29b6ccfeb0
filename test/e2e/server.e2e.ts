import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { list } from "../../model/data";
import { LOG, TEXT } from "../server/terraman/conversation";
import { engineForTests } from "../support/engine";
import { senderTo } from "../support/kpaas-service";
import { freePorts } from "../support/real-server";
import { temporaryFolders } from "../support/temporary";

const MAIN = join(__dirname, "..", "..", "cli", "main.js");
const SMALL = `${TEXT}platform: { services: { keycloak: false, mariadb: false, portal: false } }\n`;

describe("kpaas server, in the sandbox", function () {
  this.timeout(600_000);
  const folder = temporaryFolders();
  const started: ChildProcess[] = [];
  before(engineForTests);
  afterEach(() => {
    for (const each of started.splice(0)) each.kill("SIGKILL");
  });

  it("brings a cluster up that the portal has asked for, through a kill -9 of the service", async () => {
    const data = folder();
    const [port = 0] = await freePorts(1);
    const password = join(data, "password");
    const serve = async () => {
      const words = ["server", "--sandbox", "--listen", `127.0.0.1:${port}`, "--data", data, "--basic-auth", password];
      const service = spawn(process.execPath, [MAIN, ...words], { cwd: data, stdio: "ignore" });
      started.push(service);
      while (
        !(await fetch(`http://127.0.0.1:${port}/readyz`).then(
          ({ ok }) => ok,
          () => false,
        ))
      )
        await pause(100);
      return service;
    };
    const first = await serve();
    const send = senderTo(`http://127.0.0.1:${port}`, password);
    const providerInfo = { auth_url: "https://cloud.example.org:5000/v3", user_name: "kim", password: "canary" };
    await send("POST", "/accounts", {
      resourceName: "cloud",
      providerType: "OPENSTACK",
      region: "RegionOne",
      project: "demo",
      providerInfo,
    });
    const made = await send("POST", "/clusters", {
      resourceName: "seoul",
      providerType: "OPENSTACK",
      cloudAccountId: "1",
      hclScript: SMALL,
    });
    const id = String(made.body.clusterId);
    const lines = async () => list((await send("GET", `/clusters/logs/${id}`)).body.items).length;
    // The engine is at work: machines are being made.
    while ((await lines()) < 5) await pause(100);
    assert.ok(existsSync(join(data, "project", ".kpaas")));
    const gone = new Promise((exited) => first.once("exit", exited));
    first.kill("SIGKILL");
    await gone;

    const second = await serve();
    while ((await send("GET", `/clusters/${id}`)).body.status === "C") await pause(500);
    const { body } = await send("GET", `/clusters/logs/${id}`);
    assert.deepEqual(
      list(body.items).map((item) => (item as { logMessage: string }).logMessage),
      LOG,
    );
    assert.equal((await send("GET", `/clusters/${id}`)).body.status, "A");
    const ended = new Promise((exited) => second.once("exit", exited));
    second.kill("SIGTERM");
    assert.equal(await ended, 0);
  });
});
