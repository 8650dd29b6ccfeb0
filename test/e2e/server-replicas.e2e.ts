import assert from "node:assert/strict";
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { sql } from "kysely";
import { Database } from "../../server/data/database";
import { settingsOf } from "../../server/settings";
import { Leadership } from "../../server/work/leadership";
import { copySuite, movesBetween } from "../server/data/copy-suite";
import { leadershipSuite } from "../server/work/leadership-suite";
import { DatabaseServer } from "../support/database-server";
import { followToEnd } from "../support/follower";
import { senderTo } from "../support/kpaas-service";
import { postgreSqlForTests } from "../support/postgresql";
import { freePorts } from "../support/real-server";
import { type AnsweringRealm, startRealm } from "../support/realm";
import { temporaryFolders } from "../support/temporary";

const CHILD = join(__dirname, "..", "support", "replica-child.js");

describe("Several services on one PostgreSQL server", function () {
  this.timeout(300_000);
  const folder = temporaryFolders();
  let server: DatabaseServer | undefined;
  const made = () => server ?? assert.fail("no server");
  before(async function () {
    server = await DatabaseServer.make(postgreSqlForTests.call(this));
  });
  after(() => server?.remove());

  describe("as on the embedded one", () => {
    leadershipSuite(
      () => Database.open({ url: made().url }),
      () => folder(),
    );
  });

  it("wait for nobody who was stopped in the middle of writing something down: the server ends that", async () => {
    const both = await Promise.all([Database.open({ url: made().url }), Database.open({ url: made().url })]);
    const [one, other] = both.map((database, index) => new Leadership({ database, place: `place-${index}` }, 400)) as [
      Leadership,
      Leadership,
    ];
    await both[0].query.deleteFrom("leader").execute();
    await one.beat();
    let go = () => {};
    const held = new Promise<void>((resolve) => {
      go = resolve;
    });
    const writing = both[0].query.transaction().execute(async (transaction) => {
      await one.fence(transaction, one.term ?? 0);
      await held;
      await one.fence(transaction, 1);
    });
    const ended = assert.rejects(writing);
    while (other.term === undefined) await other.beat().catch(() => pause(100));
    go();
    await ended;
    await Promise.all(both.map((database) => database.close()));
  }).timeout(90_000);

  describe("backed up", () => {
    let databases = 0;
    const onServer = async () => {
      const name = `copy_${++databases}`;
      const first = await Database.open({ url: made().url });
      await sql`create database ${sql.id(name)}`.execute(first.query);
      await first.close();
      const database = made().url.replace(/postgres$/, name);
      return settingsOf({ listen: "127.0.0.1:0", data: folder(), database }, {});
    };
    copySuite(onServer, () => folder());

    it("move from the embedded database to a server's, and back", async () => {
      const embedded = () => settingsOf({ listen: "127.0.0.1:0", data: folder() }, {});
      await movesBetween(embedded(), await onServer(), join(folder(), "a.jsonl"));
      await movesBetween(await onServer(), embedded(), join(folder(), "b.jsonl"));
    });
  });

  describe("as processes", () => {
    const replicas: Replica[] = [];
    let [shared, database]: [string, Database | undefined] = ["", undefined];
    let realm: AnsweringRealm | undefined;

    beforeEach(async () => {
      shared = folder();
      writeFileSync(join(shared, "key"), `${Buffer.alloc(32, 7).toString("base64")}\n`);
      writeFileSync(join(shared, "password"), "p".repeat(32));
      mkdirSync(join(shared, "environments.git"));
      execFileSync("git", ["init", "--quiet", "--bare", "--initial-branch=main", join(shared, "environments.git")]);
      database = await Database.open({ url: made().url });
      await database.query.deleteFrom("operations").execute();
      await database.query.deleteFrom("leader").execute();
    });
    afterEach(async () => {
      for (const each of replicas.splice(0)) each.process?.kill("SIGKILL");
      await database?.close();
      await realm?.close();
      realm = undefined;
    });

    interface Replica {
      readonly data: string;
      readonly port: number;
      process?: ChildProcess;
      log: string;
    }
    const query = () => (database ?? assert.fail("no database")).query;

    async function start(replica: Replica): Promise<Replica> {
      const told = { ...{ data: replica.data, port: replica.port, url: made().url }, shared, ledger: shared, issuer: realm?.issuer };
      const words = JSON.stringify({ ...told, repository: join(shared, "environments.git") });
      const child = spawn(process.execPath, [CHILD, words], { cwd: shared, stdio: ["ignore", "ignore", "pipe"] });
      child.stderr.on("data", (text) => (replica.log += text));
      replica.process = child;
      while (!(await ready(replica))) {
        assert.equal(child.exitCode, null, replica.log);
        await pause(100);
      }
      return replica;
    }
    const ready = ({ port }: Replica) =>
      fetch(`http://127.0.0.1:${port}/readyz`, { signal: AbortSignal.timeout(5_000) }).then(
        ({ ok }) => ok,
        () => false,
      );

    async function two(): Promise<[leader: Replica, other: Replica]> {
      const ports = await freePorts(2);
      const both = ports.map((port, index) => ({ data: join(shared, `data-${index}`), port, log: "" }));
      replicas.push(...both);
      const [one, other] = [await start(both[0]!), await start(both[1]!)];
      assert.match(one.log, /"event":"leads"/);
      assert.doesNotMatch(other.log, /"event":"leads"/);
      return [one, other];
    }

    async function ask(count: number): Promise<string[]> {
      const names = Array.from({ length: count }, (_, index) => `e${index}-${randomUUID().slice(0, 6)}`);
      const common = { kind: "up", state: "waiting", askedBy: "kim", step: null, reason: null, cluster: null } as const;
      for (const environment of names)
        await query()
          .insertInto("operations")
          .values({ id: randomUUID(), environment, ...common })
          .execute();
      return names;
    }

    const ledger = () => {
      try {
        return readFileSync(join(shared, "ledger"), "utf8").trim().split("\n");
      } catch {
        return [];
      }
    };
    const begun = async (count: number) => {
      while (ledger().filter((line) => line.startsWith("end")).length < count) await pause(20);
    };

    /** Waits for the end of all, and holds what was done against what was wanted: each step once. */
    async function done(names: readonly string[]): Promise<void> {
      for (;;) {
        const open = await query()
          .selectFrom("operations")
          .select("id")
          .where("state", "in", ["waiting", "running"])
          .execute()
          .catch(() => [undefined]);
        if (open.length === 0) break;
        await pause(200);
      }
      const rows = await query().selectFrom("operations").select(["environment", "state"]).execute();
      assert.deepEqual(new Set(rows.map(({ state }) => state)), new Set(["done"]));
      const lines = ledger();
      const wanted = names.flatMap((name) => ["begin preview", "end preview", "begin up", "end up"].map((what) => `${what} ${name}`));
      assert.deepEqual([...lines].sort(), [...wanted].sort());
    }

    it("do each operation once, whichever of them is asked, and answer alike", async () => {
      const [one, other] = await two();
      const names = await ask(6);
      for (const [index, { port }] of [one, other].entries()) {
        const send = senderTo(`http://127.0.0.1:${port}`, join(shared, "password"));
        const providerInfo = { auth_url: "https://cloud.example.org:5000/v3", user_name: "kim", password: "canary" };
        const account = { resourceName: `cloud-${index}`, providerType: "OPENSTACK", region: "RegionOne", project: "demo", providerInfo };
        const { body } = await send("POST", "/accounts", account);
        assert.equal(body.resultCode, "SUCCESS", JSON.stringify(body));
      }
      const lists = await Promise.all(
        [one, other].map(({ port }) => senderTo(`http://127.0.0.1:${port}`, join(shared, "password"))("GET", "/accounts")),
      );
      assert.deepEqual(lists[0]?.body, lists[1]?.body);
      await done(names);
    });

    it("go on where the leader is lost by kill -9, with what it left under way", async () => {
      const [one, other] = await two();
      const names = await ask(6);
      await begun(2);
      one.process?.kill("SIGKILL");
      while (!other.log.includes('"event":"leads"')) await pause(50);
      // As its host does: its steps have outlived it there.
      await start(one);
      await done(names);
    });

    it("go on where the leader is stopped for longer than it is believed in, and it does nothing of theirs once it goes on", async () => {
      const [one, other] = await two();
      const names = await ask(8);
      await begun(2);
      one.process?.kill("SIGSTOP");
      while (!other.log.includes('"event":"leads"')) await pause(100);
      one.process?.kill("SIGCONT");
      await done(names);
      assert.ok(await ready(one));
    });

    it("go on where the database is lost and comes back, in the middle of operations", async () => {
      await two();
      const names = await ask(6);
      for (const count of [1, 4]) {
        await begun(count);
        await made().kill();
        await pause(500);
        await made().start();
      }
      await done(names);
    });

    it("lose nothing under load: with logs that are followed and lists that are read, one is killed -9, and the database is lost", async () => {
      const answering = await startRealm();
      realm = answering;
      const [one, other] = await two();
      const names = await ask(8);
      const operations = await query().selectFrom("operations").select("id").where("environment", "in", names).execute();
      const urls = [one, other].map(({ port }) => `http://127.0.0.1:${port}`);
      // Tokens end while they are used.
      const token = (who: string) => async () => await answering.token(who, ["kpaas-viewer"], { exp: Math.floor(Date.now() / 1_000) + 3 });
      const followers = operations.flatMap(({ id }) =>
        [1, 2, 3, 4, 5].map(async (number) => ({
          id,
          ...(await followToEnd({ urls, path: `/api/v1/operations/${id}/log`, token: token(`reader-${number}`) })),
        })),
      );
      let [isOver, answered] = [false, 0];
      const readers = ["/clusters?limit=20", "/api/v1/operations?limit=50", "/api/v1/environments"].map(async (path, number) => {
        while (!isOver) {
          const headers = { authorization: `Bearer ${await token(`lister-${number}`)()}` };
          const answer = await fetch(`${urls[number % 2]}${path}`, { headers }).catch(() => undefined);
          if (answer?.ok) answered += 1;
          await answer?.arrayBuffer().catch(() => undefined);
          await pause(50);
        }
      });
      await begun(2);
      one.process?.kill("SIGKILL");
      while (!other.log.includes('"event":"leads"')) await pause(50);
      await start(one);
      await begun(5);
      await made().kill();
      await pause(500);
      await made().start();
      await done(names);
      const followed = await Promise.all(followers);
      isOver = true;
      await Promise.all(readers);
      assert.ok(answered > 20, `${answered} lists were read`);
      assert.ok(followed.some(({ streams }) => streams > 1));
      for (const { id, lines } of followed) {
        const rows = await query().selectFrom("operationLines").select("number").where("operation", "=", id).orderBy("number").execute();
        assert.ok(rows.length >= 16, `${rows.length} lines were written down`);
        assert.deepEqual(
          lines,
          rows.map(({ number }) => Number(number)),
          "each line came once, in order",
        );
      }
    });

    it("that end in order wait for their own steps, while another goes on at once", async () => {
      const [one, other] = await two();
      const names = await ask(6);
      await begun(1);
      const ended = new Promise((exited) => one.process?.once("exit", exited));
      one.process?.kill("SIGTERM");
      assert.equal(await ended, 0);
      await done(names);
      assert.match(other.log, /"event":"leads"/);
    });
  });
});
