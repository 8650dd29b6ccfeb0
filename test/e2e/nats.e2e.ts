import assert from "node:assert/strict";
import type { ChildProcess } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { request } from "node:https";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { serverConfig } from "../../components/platform/nats/config";
import { engineCache } from "../../engine/paths";
import { removeFolder } from "../../host/files";
import { findRelease, knownReleases } from "../../model/catalog";
import { compareVersions } from "../../model/cluster/releases";
import { NatsClient } from "../support/nats-client";
import { freePorts, makeCertificates, programForTests, startServer, stopServer } from "../support/real-server";

const MEMBERS = 3;
const PASSWORDS = { admin: "one", federation: "two" };
const STREAM = { name: "metrics", subjects: ["cluster.metrics"], num_replicas: MEMBERS, storage: "file" };

/** Every version that a release has, oldest first. */
const VERSIONS = [...new Set(knownReleases.map((release) => findRelease(release)!.services.nats!.version))].sort(compareVersions);

/** The server of that version. */
function serverProgram(this: Mocha.Context, version: string): string {
  const folder = join(dirname(engineCache()), "nats", version);
  return programForTests.call(this, "nats-server", `GOBIN=${folder} go install github.com/nats-io/nats-server/v2@v${version}`, [folder]);
}

/** Three members with our settings, on this machine. */
class Members {
  private readonly folder = mkdtempSync(join(tmpdir(), "kpaas-e2e-"));
  private readonly tls = join(this.folder, "tls");
  private readonly servers: ChildProcess[] = [];
  private ports: { client: number; cluster: number; monitor: number }[] = [];

  async begin(program: string): Promise<void> {
    makeCertificates(this.tls);
    const free = await freePorts(3 * MEMBERS);
    this.ports = Array.from({ length: MEMBERS }, (_, i) => ({
      client: free[3 * i]!,
      cluster: free[3 * i + 1]!,
      monitor: free[3 * i + 2]!,
    }));
    await Promise.all(this.ports.map((_, member) => this.start(member, program)));
    await Promise.all(this.ports.map((_, member) => this.ready(member)));
  }

  async end(): Promise<void> {
    await Promise.all(this.servers.map(stopServer));
    removeFolder(this.folder);
  }

  async start(member: number, program: string): Promise<void> {
    const data = join(this.folder, `data-${member}`);
    mkdirSync(data, { recursive: true });
    const file = join(this.folder, `${member}.json`);
    const members = this.ports.map(({ cluster }) => `localhost:${cluster}`);
    const folders = { config: this.folder, tls: this.tls, data };
    const config = { members, sizeGiB: 1, passwords: PASSWORDS, memberPassword: "m", folders, ports: this.ports[member]! };
    writeFileSync(file, serverConfig(config));
    this.servers[member] = await startServer(program, [`--config=${file}`, `--name=nats-${member}`], "Server is ready");
  }

  stop(member: number): Promise<void> {
    return stopServer(this.servers[member]!);
  }

  async ready(member: number): Promise<void> {
    for (let tries = 0; (await this.health(member)) !== 200; tries++) {
      assert.ok(tries < 300, `member ${member} is not ready`);
      await pause(100);
    }
  }

  login(member: number, user: keyof typeof PASSWORDS, password: string = PASSWORDS[user]): Promise<NatsClient> {
    return NatsClient.connect(this.ports[member]!.client, join(this.tls, "ca.crt"), user, password);
  }

  /** How many messages the stream has, once it has as many; who is asked while nobody leads may never answer. */
  async holds(messages: number, asked: number): Promise<void> {
    const told = async () => {
      const client = await this.login(asked, "federation");
      const answer = await Promise.race([client.ask("$JS.API.STREAM.INFO.metrics", ""), pause(2_000, {})]);
      client.close();
      return (answer as { state?: { messages: number } }).state?.messages;
    };
    for (let tries = 0; (await told()) !== messages; tries++) {
      assert.ok(tries < 100);
      await pause(100);
    }
  }

  private async health(member: number): Promise<number | undefined> {
    return await new Promise((told) => {
      const ca = readFileSync(join(this.tls, "ca.crt"));
      request({ host: "localhost", port: this.ports[member]!.monitor, path: "/healthz", ca }, (answer) => {
        answer.resume().on("end", () => told(answer.statusCode));
      })
        .on("error", () => told(undefined))
        .end();
    });
  }
}

async function makeStream(members: Members): Promise<void> {
  const client = await members.login(0, "federation");
  // Who leads may not have heard of all others yet.
  for (let tries = 0, error: unknown = "no"; error !== undefined; tries++) {
    assert.ok(tries < 100, JSON.stringify(error));
    if (tries > 0) await pause(100);
    ({ error } = await client.ask("$JS.API.STREAM.CREATE.metrics", JSON.stringify(STREAM)));
  }
  await client.tell("cluster.metrics", "42");
  client.close();
}

/** Our settings on real servers. The tests are one story, in order. */
for (const version of VERSIONS)
  describe(`three members of a real NATS ${version}`, function () {
    this.timeout(120_000);
    const members = new Members();
    let program = "";

    before(async function () {
      program = serverProgram.call(this, version);
      await members.begin(program);
    });
    after(() => members.end());

    it("let in whoever has a password, and nobody else", async () => {
      (await members.login(0, "federation")).close();
      await assert.rejects(members.login(0, "federation", "wrong"), /Authorization Violation/);
      await assert.rejects(members.login(0, "admin", ""), /Authorization Violation/);
    });

    it("keep a stream on all of them, whichever is asked", async () => {
      await makeStream(members);
      await members.holds(1, 2);
    });

    it("show an account nothing of another's: no message, no stream", async () => {
      const [mine, theirs] = [await members.login(0, "federation"), await members.login(0, "admin")];
      assert.equal(await theirs.hears(">", () => mine.tell("cluster.metrics", "43")), false);
      const { streams } = await theirs.ask("$JS.API.STREAM.LIST", "{}");
      assert.deepEqual(streams ?? [], []);
      mine.close();
      theirs.close();
    });

    it("go on when one of them is lost, and take it back", async () => {
      await members.stop(0);
      // Another one leads after some seconds.
      await members.holds(2, 1);
      await members.start(0, program);
      await members.ready(0);
    });
  });

describe(`three members of a real NATS that go from ${VERSIONS.join(" to ")}`, function () {
  this.timeout(120_000);
  const members = new Members();
  let programs: string[] = [];

  before(async function () {
    programs = VERSIONS.map((version) => serverProgram.call(this, version));
    await members.begin(programs[0]!);
  });
  after(() => members.end());

  it("keep their streams, one member after the other, and take messages while both versions run", async () => {
    await makeStream(members);
    let messages = 1;
    for (const program of programs.slice(1))
      for (let member = MEMBERS - 1; member >= 0; member--) {
        await members.stop(member);
        await members.start(member, program);
        await members.ready(member);
        await members.holds(messages, member);
        const client = await members.login(member, "federation");
        await client.tell("cluster.metrics", String(member));
        client.close();
        await members.holds(++messages, (member + 1) % MEMBERS);
      }
  });
});
