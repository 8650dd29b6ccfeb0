import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isForeign, otherName, place, standing } from "../../engine/adopt/find";
import { GENERATED } from "../../engine/adopt/generated";
import { learned } from "../../engine/adopt/learn";
import { Notes } from "../../engine/adopt/notes";
import { notKnownYet, OLDER, withNewer, wrongNames } from "../../engine/adopt/told";
import { generateKey, opensshForms, traditionalPem } from "../../model/private-keys";
import { ANSIBLE_PLAYBOOK } from "../../model/type-tokens";
import { obstacles, planRecovery, wrongIds } from "../../operate/state/recover-plan";
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
    const outcome = async (type: string) => {
      const found = await place(of(type), asking);
      return "outcome" in found ? found.outcome : found.id;
    };
    assert.equal(await outcome("openstack:networking/network:Network"), "several");
    assert.equal(await outcome("openstack:compute/serverGroup:ServerGroup"), "unasked");
    assert.equal(await outcome("openstack:networking/secGroupRule:SecGroupRule"), "left");
    assert.equal(await outcome("openstack:loadbalancer/member:Member"), "unasked");
    assert.equal(await outcome(ANSIBLE_PLAYBOOK), "left");
  });

  it("is another than was told where it is called otherwise", () => {
    assert.equal(otherName({ name: "a" }, { name: "b" }), "b");
    assert.equal(otherName({ clientId: "a" }, { clientId: "b" }), "b");
    for (const there of [{ name: "a" }, {}, { description: "b" }]) assert.equal(otherName({ name: "a" }, there), undefined);
  });

  it("is told by names that the file has, each with an id of its own, and all that is wrong is told at once", () => {
    const one = (type: string, name: string) => ({ type, name, urn: `urn:pulumi:s::p::${type}::${name}` });
    const [port, group] = ["openstack:networking/port:Port", "openstack:compute/serverGroup:ServerGroup"];
    const asked = [
      one(port, "s-a"),
      one(port, "s-b"),
      one(group, "s-g"),
      one(port, "s-g"),
      one("random:index/randomPassword:RandomPassword", "s-p"),
    ];
    const all = [...asked, one("kpaas:index:Cluster", "s-cluster")];
    const hasId = (type: string) => !type.startsWith("kpaas:");
    const wrong = (ids: Record<string, string>) => wrongNames(ids, all, hasId).map(({ path, reason }) => `${path}: ${reason}`);
    assert.deepEqual(wrong({ "s-a": "1", "s-b": "2", [one(port, "s-g").urn]: "3", [one(group, "s-g").urn]: "3" }), []);
    assert.deepEqual(wrong({ "s-a": "1", "s-b": "1", "s-g": "2", "s-p": "3", "s-cluster": "4", "s-c": "5" }), [
      "--ids.s-b: has the same id as s-a",
      "--ids.s-g: 2 resources have this name",
      "--ids.s-p: is generated: nobody but the state knows it by an id",
      "--ids.s-cluster: has no id: it only holds others together",
      "--ids.s-c: nothing in the file makes anything of this name",
    ]);
    assert.deepEqual(
      wrongNames({ "s-aa": "1" }, all, hasId).map(({ remedy }) => remedy),
      ["write s-a?"],
    );
  });

  it("is refused as told wrongly where what has the id is not there, another's, of another type or another one", () => {
    const type = "openstack:compute/serverGroup:ServerGroup";
    const of = (name: string, outcome: "found" | "missing" | "foreign" | "unasked", told = true) => {
      const reason = outcome === "found" ? {} : { reason: `is ${outcome}` };
      return { urn: `urn:pulumi:s::p::${type}::${name}`, type, outcome, id: `id-${name}`, ...reason, ...(told && { told }) };
    };
    const findings = [
      of("a", "missing"),
      of("b", "foreign"),
      of("c", "unasked"),
      of("d", "found"),
      of("e", "found"),
      of("f", "missing", false),
    ];
    const changes = ["d", "f"].map((name) => ({ op: "replace", name, urn: `u::${name}`, type, properties: [] }));
    assert.deepEqual(
      wrongIds("s", planRecovery({ findings, changes, states: [] })).map(({ path, value, reason }) => `${path} ${value}: ${reason}`),
      [
        "--ids.b id-b: is foreign",
        "--ids.c id-c: is unasked",
        "--ids.a id-a: is missing",
        "--ids.d id-d: what has this id would be replaced: it is another one",
      ],
    );
  });

  it("is by an older state what nothing newer is known of", () => {
    const value = (urn: string, text: string, from = OLDER, output = "result") => ({
      kind: "value" as const,
      urn,
      output,
      value: text,
      from,
    });
    const known = [
      value("a", "old"),
      value("a", "digest of old", OLDER, "bcryptHash"),
      value("b", "same"),
      value("c", "learned", "secret x"),
    ];
    const notes = [
      ...known,
      value("a", "new", "secret a"),
      value("b", "same", "secret b"),
      value("c", "again", "secret c"),
      value("d", "first", "secret d"),
    ];
    const more = notKnownYet(known, notes);
    assert.deepEqual(
      more.map((one) => `${one.urn} ${one.value}`),
      ["a new", "d first"],
      "what was exchanged since, and what was not known",
    );
    assert.deepEqual(
      withNewer(known, more).map((one) => `${one.urn} ${one.output} ${one.value}`),
      ["b result same", "c result learned", "a result new", "d result first"],
      "no digest of the old one is left",
    );
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
    const tls = (type: string, name: string, outcome: "lost" | "unasked") => ({ ...found(name, ""), type: `tls:index/${type}`, outcome });
    const key = tls("privateKey:PrivateKey", "ca-key", "lost");
    assert.deepEqual(reasons([found("a", "1"), key]), [], "what only it uses takes another one");
    assert.deepEqual(reasons([found("a", "1"), key, tls("locallySignedCert:LocallySignedCert", "server", "unasked")]), [
      "ca-key: it is lost, and what it has signed cannot be made without it",
      "server: ",
    ]);
  });
});
