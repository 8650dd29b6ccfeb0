import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isForeign, place, standing } from "../../engine/adopt/find";
import { GENERATED } from "../../engine/adopt/generated";
import { learned } from "../../engine/adopt/learn";
import { Notes } from "../../engine/adopt/notes";
import { generateKey, opensshForms, traditionalPem } from "../../model/private-keys";
import { ANSIBLE_PLAYBOOK } from "../../model/type-tokens";
import { obstacles, planRecovery } from "../../operate/state/recover-plan";
import { temporaryFolders } from "../support/temporary";

const GOLDEN = join(__dirname, "..", "..", "..", "test", "golden");

/** The types of all resources that components are seen to make; components themselves and providers are names in the state. */
function madeTypes(): string[] {
  const files = readdirSync(GOLDEN, { recursive: true, withFileTypes: true }).filter((one) => one.isFile() && one.name.endsWith(".txt"));
  const text = files.map(({ parentPath, name }) => readFileSync(join(parentPath, name), "utf8")).join("\n");
  const types = text.match(/(?<=^ *)[a-z][\w-]*:[\w./-]+:[A-Z]\w+(?= )/gm) ?? [];
  return [...new Set(types)].filter((type) => !/^(kpaas:(index|platform|\w+:Infrastructure)|pulumi:)/.test(type)).sort();
}

describe("what is found of an environment whose state is lost", () => {
  const folder = temporaryFolders();
  const standIn = { urn: "urn:p", output: "result", value: "made-in-its-place-1" };

  it("is told for each type that components make", () => {
    const types = madeTypes();
    assert.ok(types.length > 120, String(types.length));
    const unsaid = types.filter((type) => {
      if (GENERATED[type] !== undefined || type === ANSIBLE_PLAYBOOK) return false;
      const way = standing({ type, urn: `urn:pulumi:s::p::${type}::it` });
      return way.how === "nowhere" || (way.how === "person" && way.look === `the objects of type ${type}`);
    });
    assert.deepEqual(unsaid, []);
  });

  it("is a generated value that stands in a Secret where another was made in its place", () => {
    const data = (text: string) => Buffer.from(text).toString("base64");
    const secretOf = (fields: object) => ({ kind: "Secret", metadata: { name: "s" }, ...fields });
    const wanted = secretOf({ stringData: { password: standIn.value, url: `mysql://u:${standIn.value}@db/${standIn.value}` } });
    const there = secretOf({ data: { password: data("real"), url: data("mysql://u:real@db/real") } });
    assert.deepEqual([...new Set(learned(wanted, there, [standIn]).map(({ value }) => value))], ["real"]);
    const other = secretOf({ data: { password: data("real"), url: data("postgres://else") } });
    assert.deepEqual(
      learned(wanted, other, [standIn]).map(({ path }) => path),
      ["data.password"],
      "another text tells nothing",
    );
    assert.deepEqual(learned(wanted, secretOf({}), [standIn]), []);
    assert.deepEqual(learned({ values: { password: "short" } }, { values: { password: "x" } }, [{ ...standIn, value: "short" }]), []);
  });

  it("is a whole key where one form of it is known", () => {
    const key = generateKey("ED25519", 0, "");
    const openssh = opensshForms(key)?.privateKey ?? "";
    const { complete } = GENERATED["tls:index/privateKey:PrivateKey"]!;
    const whole = complete({ privateKeyOpenssh: openssh });
    assert.equal(whole.privateKeyPem, traditionalPem(key));
    assert.equal(whole.privateKeyOpenssh, openssh);
    assert.equal(whole.publicKeyOpenssh, opensshForms(key)?.publicKey);
    const { base64 } = GENERATED["random:index/randomBytes:RandomBytes"]!.complete({ hex: "00ff" });
    assert.equal(base64, "AP8=");
  });

  it("is another environment's where its marks say so, in whatever words", () => {
    const mark = { "kpaas-environment": "seoul" };
    for (const [wanted, there] of [
      [{ tags: mark }, { tags: { "kpaas-environment": "busan" } }],
      [{ tags: ["kpaas-environment=seoul"] }, { tags: ["kpaas-environment=busan"] }],
      [{ labels: mark }, { labels: { "kpaas-environment": "busan" } }],
      [{ metadata: mark }, { metadata: { "kpaas-environment": "busan" } }],
    ] as const) {
      assert.ok(isForeign(wanted, there));
      assert.ok(!isForeign(wanted, wanted));
      assert.ok(!isForeign(wanted, {}), "what bears none is judged by what it was found by");
    }
  });

  it("is asked for, and told by a person where it cannot be", async () => {
    const asking = {
      invoke: async () => {
        throw new Error("More than one openstack_networking_network_v2 found");
      },
      read: async () => undefined,
    };
    const of = (type: string) => ({ urn: `urn:pulumi:s::p::${type}::it`, type, inputs: { name: "it" } });
    const outcome = async (type: string, told?: string) => {
      const found = await place(of(type), told, asking);
      return "outcome" in found ? found.outcome : found.id;
    };
    assert.equal(await outcome("openstack:networking/network:Network"), "several");
    assert.equal(await outcome("openstack:compute/serverGroup:ServerGroup"), "unasked");
    assert.equal(await outcome("openstack:compute/serverGroup:ServerGroup", "id-1"), "id-1");
    assert.equal(await outcome("openstack:networking/secGroupRule:SecGroupRule"), "left");
    assert.equal(await outcome("openstack:loadbalancer/member:Member"), "unasked");
    assert.equal(await outcome(ANSIBLE_PLAYBOOK), "left");
  });

  it("is noted where nobody else can read it", () => {
    const [where, key] = [folder(), randomBytes(32)];
    const note = { kind: "value", urn: "u", output: "result", value: "canary", from: "s" } as const;
    new Notes(where, key, "one").add(note);
    new Notes(where, key, "two").add({ ...note, value: "canary-2" });
    assert.deepEqual(
      new Notes(where, key, "three").all().map((one) => one.kind === "value" && one.value),
      ["canary", "canary-2"],
    );
    for (const name of readdirSync(where)) assert.doesNotMatch(readFileSync(join(where, name), "utf8"), /canary/);
    assert.throws(() => new Notes(where, randomBytes(32), "four").all());
  });

  it("is kept only where nothing is unclear and nothing would be replaced or deleted", () => {
    const type = "openstack:networking/port:Port";
    const found = (name: string, id: string) => ({ urn: `urn:pulumi:s::p::${type}::${name}`, type, outcome: "found" as const, id });
    const change = (op: string, name: string) => ({ op, name, urn: `u::${name}`, type, properties: [] });
    const reasons = (findings: Parameters<typeof planRecovery>[0]["findings"], ...changes: ReturnType<typeof change>[]) =>
      obstacles("s", planRecovery({ findings, changes, states: [] })).map(({ path, reason }) => `${path}: ${reason}`);
    assert.deepEqual(reasons([found("a", "1"), found("b", "2")], change("update", "a"), change("create", "c")), []);
    assert.deepEqual(reasons([]), [": nothing of it was found"]);
    assert.deepEqual(reasons([found("a", "1"), found("b", "1")]), ["b: a would be the same: 1"]);
    assert.match(reasons([found("a", "1")], change("replace", "a"))[0] ?? "", /^a: the next `up` would replace it/);
    for (const outcome of ["foreign", "several", "unasked"] as const)
      assert.deepEqual(reasons([found("a", "1"), { ...found("b", "2"), outcome, reason: "why" }]), ["b: why"]);
    assert.deepEqual(reasons([found("a", "1"), { ...found("b", "2"), outcome: "missing" }]), []);
  });
});
