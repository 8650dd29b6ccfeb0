import assert from "node:assert/strict";
import type { ChildProcess } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { serverConfig } from "../../components/platform/nats/config";
import { removeFolder } from "../../host/files";
import { NatsClient } from "../support/nats-client";
import { freePorts, makeCertificates, programForTests, startServer, stopServer } from "../support/real-server";

const MEMBERS = 3;
const PASSWORDS = { admin: "one", federation: "two" };
const STREAM = { name: "metrics", subjects: ["cluster.metrics"], num_replicas: MEMBERS, storage: "file" };

/** Our settings on three real servers. The tests are one story, in order. */
describe("three members of a real NATS", function () {
  this.timeout(120_000);
  const folder = mkdtempSync(join(tmpdir(), "kpaas-e2e-"));
  const tls = join(folder, "tls");
  const servers: ChildProcess[] = [];
  let program = "";
  let ports: { client: number; cluster: number; monitor: number }[] = [];

  const start = async (member: number) => {
    const data = join(folder, `data-${member}`);
    mkdirSync(data, { recursive: true });
    const file = join(folder, `${member}.json`);
    const members = ports.map(({ cluster }) => `localhost:${cluster}`);
    const folders = { config: folder, tls, data };
    writeFileSync(file, serverConfig({ members, sizeGiB: 1, passwords: PASSWORDS, memberPassword: "m", folders, ports: ports[member]! }));
    servers[member] = await startServer(program, [`--config=${file}`, `--name=nats-${member}`], "Server is ready");
  };
  const health = async (member: number) =>
    await new Promise<number | undefined>((told) => {
      const ca = readFileSync(join(tls, "ca.crt"));
      request({ host: "localhost", port: ports[member]!.monitor, path: "/healthz", ca }, (answer) => {
        answer.resume().on("end", () => told(answer.statusCode));
      })
        .on("error", () => told(undefined))
        .end();
    });
  const ready = async (member: number) => {
    for (let tries = 0; (await health(member)) !== 200; tries++) {
      assert.ok(tries < 300, `member ${member} is not ready`);
      await pause(100);
    }
  };
  const login = (member: number, user: keyof typeof PASSWORDS, password: string = PASSWORDS[user]) =>
    NatsClient.connect(ports[member]!.client, join(tls, "ca.crt"), user, password);

  before(async function () {
    program = programForTests.call(this, "nats-server", "go install github.com/nats-io/nats-server/v2@v2.11.8");
    makeCertificates(tls);
    const free = await freePorts(3 * MEMBERS);
    ports = Array.from({ length: MEMBERS }, (_, i) => ({ client: free[3 * i]!, cluster: free[3 * i + 1]!, monitor: free[3 * i + 2]! }));
    await Promise.all(ports.map((_, member) => start(member)));
    await Promise.all(ports.map((_, member) => ready(member)));
  });
  after(async () => {
    await Promise.all(servers.map(stopServer));
    removeFolder(folder);
  });

  it("let in whoever has a password, and nobody else", async () => {
    (await login(0, "federation")).close();
    await assert.rejects(login(0, "federation", "wrong"), /Authorization Violation/);
    await assert.rejects(login(0, "admin", ""), /Authorization Violation/);
  });

  it("keep a stream on all of them, whichever is asked", async () => {
    const client = await login(0, "federation");
    const made = await client.ask("$JS.API.STREAM.CREATE.metrics", JSON.stringify(STREAM));
    assert.equal(made.error, undefined);
    await client.tell("cluster.metrics", "42");
    client.close();
    const other = await login(2, "federation");
    const { state } = (await other.ask("$JS.API.STREAM.INFO.metrics", "")) as { state: { messages: number } };
    assert.equal(state.messages, 1);
    other.close();
  });

  it("show an account nothing of another's: no message, no stream", async () => {
    const [mine, theirs] = [await login(0, "federation"), await login(0, "admin")];
    assert.equal(await theirs.hears(">", () => mine.tell("cluster.metrics", "43")), false);
    const { streams } = await theirs.ask("$JS.API.STREAM.LIST", "{}");
    assert.deepEqual(streams ?? [], []);
    mine.close();
    theirs.close();
  });

  it("go on when one of them is lost, and take it back", async () => {
    await stopServer(servers[0]!);
    /** Who is asked while nobody leads may never answer. */
    const asked = async () => {
      const client = await login(1, "federation");
      const answer = await Promise.race([client.ask("$JS.API.STREAM.INFO.metrics", ""), pause(2_000, {})]);
      client.close();
      return (answer as { state?: { messages: number } }).state?.messages;
    };
    // Another one leads after some seconds.
    for (let tries = 0; (await asked()) !== 2; tries++) {
      assert.ok(tries < 100);
      await pause(100);
    }
    await start(0);
    await ready(0);
  });
});
