import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import type { Graph } from "../../testing/graph";
import { generator } from "../support/kill";
import { OPENBAO_VERSIONS, type OpenBaoMember, openBaoForTests, type Setting } from "../support/openbao";
import { type AppRoleIds, configure, logInAsProvider } from "../support/openbao-inside";
import { leads, logInAs, Members, manager, newKey, recorded, stored, votes } from "../support/openbao-members";

const SEEDS = Number(process.env.KPAAS_SEEDS ?? 5);
const FIRST_SEED = Number(process.env.KPAAS_SEED ?? 1);
const [OLD = "", NEW = ""] = [OPENBAO_VERSIONS[0], OPENBAO_VERSIONS.at(-1)];

/** What stands goes from the release's version to its maintained line's, by the objects of both. */
describe(`a real OpenBao that goes from ${OLD} to ${NEW}`, function () {
  this.timeout(300_000);
  const programs: Record<string, string> = {};
  let members: Members;

  before(async function () {
    for (const version of [OLD, NEW]) programs[version] = openBaoForTests.call(this, version);
    members = new Members(21_600);
    await members.start();
  });
  after(() => members?.stop());

  /** One server in both versions: the same key, port and members. */
  const both = async (replicas: number, key = newKey()): Promise<readonly [old: Setting, now: Setting]> => {
    const [before, after] = [await recorded(OLD, replicas, key), await recorded(NEW, replicas, key)];
    const old = members.setting(programs[OLD] ?? "", before);
    return [old, { ...old, program: programs[NEW] ?? "", graph: after }];
  };
  const start = async (of: Setting, name: string, number = 0): Promise<OpenBaoMember> => {
    const made = members.member(of, name, number);
    assert.equal(await made.run(), "initialised", made.log);
    await made.serves();
    return made;
  };
  const write = async (ids: AppRoleIds, at: OpenBaoMember, a: string): Promise<number> => {
    const token = await logInAs(ids, at);
    return (await at.call("POST", "secret/data/cluster/one", { token, body: { data: { a } } })).status;
  };
  /** Makes what the recorded resources say, and stores something as the portal. */
  const fill = async (of: OpenBaoMember, graph: Graph): Promise<AppRoleIds> => {
    await leads(of, graph);
    const { portal } = await configure(of, graph);
    assert.ok(portal);
    for (let tries = 0; (await write(portal, of, "before").catch(() => 0)) !== 200; tries++) {
      assert.ok(tries < 50, of.log);
      await pause(100);
    }
    return portal;
  };
  const version = async (of: OpenBaoMember) => (await of.call("GET", "sys/health?standbyok=true")).body.version;

  it("is opened by the new one: the same secrets, log-ins and ways in, and a snapshot from before goes into one that is new", async () => {
    const [old, now] = await both(1);
    const before = await start(old, "alone");
    const portal = await fill(before, old.graph);
    const snapshot = (await before.call("GET", "sys/storage/raft/snapshot", { token: await manager(before) })).bytes;
    await before.kill("SIGTERM");

    const after = await start(now, "alone");
    assert.equal(await version(after), NEW);
    assert.deepEqual(await stored(portal, after), { a: "before" });
    assert.match(await logInAsProvider(after, now.graph), /^s\./);
    assert.match(await manager(after), /^s\./);
    assert.match(after.log, /"path":"auth\/kubernetes\/login"/, "audited as before");
    assert.equal(await write(portal, after, "after"), 200);

    const restored = await after.call("POST", "sys/storage/raft/snapshot-force", { token: await manager(after), body: snapshot });
    assert.equal(restored.status, 204, JSON.stringify(restored.body));
    await after.serves();
    assert.deepEqual(await stored(portal, after), { a: "before" });
    await after.kill();
    const again = await start(now, "alone");
    assert.deepEqual(await stored(portal, again), { a: "before" });
    await again.kill();
  });

  it(`is opened whatever kills the new one at that (seeds ${FIRST_SEED} to ${FIRST_SEED + SEEDS - 1})`, async () => {
    for (let seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed++) {
      const random = generator(seed);
      const [old, now] = await both(1);
      const before = await start(old, `seed-${seed}`);
      const portal = await fill(before, old.graph);
      await before.kill(random() < 0.5 ? "SIGTERM" : "SIGKILL");
      const killed = members.member(now, `seed-${seed}`);
      const started = killed.run();
      await pause(random() * 8_000);
      await killed.kill();
      await started;
      await killed.kill();
      const after = await start(now, `seed-${seed}`);
      assert.deepEqual(await stored(portal, after), { a: "before" }, `seed ${seed}`);
      await after.kill();
    }
  });

  it("as three goes one after the other, and answers meanwhile", async () => {
    const [old, now] = await both(3);
    const three = await Promise.all([0, 1, 2].map((number) => start(old, `three-${number}`, number)));
    const [first, second] = three as [OpenBaoMember, OpenBaoMember];
    const portal = await fill(first, old.graph);
    await votes(first, second);
    let written = "before";
    // As a StatefulSet does: the last one first, each once the one before it serves.
    for (const number of [2, 1, 0]) {
      await three[number]?.kill("SIGTERM");
      const other = three[(number + 1) % 3]!;
      await leads(other, old.graph);
      assert.deepEqual(await stored(portal, other), { a: written });
      assert.equal(await write(portal, other, `without ${number}`), 200, other.log);
      written = `without ${number}`;
      three[number] = await start(now, `three-${number}`, number);
      assert.deepEqual(await stored(portal, three[number]), { a: written });
      await votes(three[number], other);
    }
    assert.deepEqual(await Promise.all(three.map(version)), [NEW, NEW, NEW]);
    await three[0]?.kill();
    await leads(three[1]!, now.graph);
    assert.deepEqual(await stored(portal, three[2]!), { a: written });
  });
});
