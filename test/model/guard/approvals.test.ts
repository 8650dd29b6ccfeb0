import assert from "node:assert/strict";
import fc from "fast-check";
import { contentDigest, sortedKeys } from "../../../model/canonical";
import { appliedState } from "../../../model/guard/applied";
import { approvalMistake, bindToPlan, lostKeys, parseApproval, planDigest } from "../../../model/guard/approvals";
import { findDangers } from "../../../model/guard/dangers";
import { judge, type Reader, type Verdict } from "../../../model/guard/verdict";
import type { EnvironmentPlan } from "../../../model/plan/types";
import { environmentFile, plannedFile } from "../../support/environment";
import { hostsFile } from "../../support/existing";

type Over = Record<string, unknown>;
const OSD = { volumes: [{ name: "osd", sizeGiB: 100 }] };
const file = (nodes: Over, pool: Over = {}, over: Over = {}): Over =>
  environmentFile({ cluster: { pools: { worker: { nodes, ...pool } } }, ...over });

/** A change from one file to another, with the verdict that approvals lead to; `@PLAN` in them stands for the fingerprint. */
function change(before: Over, after: Over) {
  const first = plannedFile(before);
  const { plan } = plannedFile(after, first.lock);
  const applied = appliedState(first.plan);
  const digest = planDigest(plan);
  return {
    plan,
    digest,
    judge: (approvals: readonly string[], reader: Reader = "command"): Verdict =>
      judge(
        plan,
        { applied, cluster: first.plan.cluster },
        findDangers(applied, plan, first.plan.cluster),
        approvals.map((text) => text.replace("@PLAN", `@${digest}`)),
        reader,
      ),
  };
}

/** `path: severity` of everything that a verdict refuses or says beside it. */
const said = ({ refused }: Verdict): string[] =>
  refused.map(({ path, severity, reason, remedy }) => `${severity} ${path}: ${reason}; ${remedy}`);

describe("the fingerprint of a plan", () => {
  const { plan } = plannedFile(file({ a: {}, b: {} }));
  const reversed = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(reversed);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(
      Object.entries(value)
        .reverse()
        .map(([key, each]) => [key, reversed(each)]),
    );
  };

  it("is the same whatever the order of keys, and after a walk through JSON", () => {
    for (const same of [reversed(plan), JSON.parse(JSON.stringify(plan))])
      assert.equal(planDigest(same as EnvironmentPlan), planDigest(plan));
    fc.assert(fc.property(fc.json(), (text) => contentDigest(JSON.parse(text)) === contentDigest(reversed(JSON.parse(text)))));
  });

  it("is another one for other content, the order of lists included", () => {
    const other = { ...plan, machines: [...plan.machines].reverse() };
    assert.notEqual(planDigest(other), planDigest(plan));
    assert.notEqual(planDigest(plannedFile(file({ a: {}, b: {}, c: {} })).plan), planDigest(plan));
    assert.deepEqual(sortedKeys([2, 1]), [2, 1]);
  });

  it("is the same before its lock file is written and with it", () => {
    const first = plannedFile(file({ a: {}, b: {} }));
    assert.equal(planDigest(plannedFile(file({ a: {}, b: {} }), first.lock).plan), planDigest(first.plan));
  });
});

describe("the text of an approval", () => {
  const table: [text: string, mistake: RegExp | undefined][] = [
    ["b:remove", undefined],
    ["b:remove@0123456789ab", undefined],
    ["worker-2:lost", undefined],
    ["cluster:lost@0123456789ab", undefined],
    ["demo-infrastructure-balancer:absent@0123456789ab", undefined],
    ["b", /must be KEY:ACTION@FINGERPRINT/],
    ["", /must be KEY:ACTION/],
    ["b:", /must be KEY:ACTION/],
    ["b:remove c:remove", /one for each approval/],
    ["b:remove,c:remove", /no action "remove,c"|one for each/],
    ["b: remove", /must be KEY:ACTION/],
    ["b:remov", /no action "remov": did you mean "remove"/],
    ["b:REMOVE", /did you mean "remove"/],
    ["b:never", /no action "never"/],
    ["b:incinerate", /there are remove, rebuild, resize/],
    ["b:remove@", /12 hexadecimal digits/],
    ["b:remove@012345", /\(012345\) must be the 12/],
  ];
  for (const [text, mistake] of table) {
    it(`${text === "" ? "nothing" : text} is ${mistake === undefined ? "one" : "none, and it is said why"}`, () => {
      const why = approvalMistake(text);
      if (mistake === undefined) assert.equal(why, undefined);
      else assert.match(why ?? "", mistake);
      assert.equal(parseApproval(text) === undefined, mistake !== undefined);
    });
  }

  it("is bound to the plan where it is of something in it, and once only", () => {
    const { plan } = plannedFile(file({ a: {} }));
    const at = `@${planDigest(plan)}`;
    assert.deepEqual(
      ["b:remove", "b:lost", "b:remove@0123456789ab", "cluster:lost", "x:absent", "state:forget"].map((text) => bindToPlan(text, plan)),
      [`b:remove${at}`, `b:lost${at}`, "b:remove@0123456789ab", "cluster:lost", "x:absent", "state:forget"],
    );
    assert.deepEqual(lostKeys(plan, [`b:lost${at}`, "c:lost@0123456789ab", "d:lost", "cluster:lost"]), ["b"]);
  });
});

describe("what approvals let through", () => {
  const removal = change(file({ a: {}, b: {}, c: {} }, OSD), file({ a: {} }, OSD));

  it("is what they name, and a refusal names the rest with its fingerprint", () => {
    const one = removal.judge(["b:remove@PLAN"]);
    assert.deepEqual(
      one.approved.map(({ approval }) => approval),
      [`b:remove@${removal.digest}`],
    );
    assert.equal(one.refused.length, 1);
    assert.match(said(one)[0] ?? "", new RegExp(`--approve c:remove@${removal.digest}$`));
    assert.deepEqual(removal.judge(["b:remove@PLAN", "c:remove@PLAN"]).refused, []);
    assert.match(said(removal.judge([], "configuration"))[0] ?? "", /put b:remove@[0-9a-f]{12} into the configuration kpaas:approve/);
  });

  it("is nothing for a plan that has changed since, or without a fingerprint, and it is said which", () => {
    const [old, bare] = [removal.judge(["b:remove@0123456789ab"]), removal.judge(["b:remove"], "configuration")];
    assert.match(said(old)[0] ?? "", /the plan has changed since it was approved \(the fingerprint was 0123456789ab and is [0-9a-f]{12}\)/);
    assert.match(said(bare)[0] ?? "", /needs the plan's fingerprint/);
    assert.deepEqual([old.refused.length, bare.refused.length], [2, 2]);
  });

  it("is nothing that cannot end well", () => {
    const moved = change(file({ a: {}, b: {} }), file({ a: { address: "10.20.7.7" }, b: {} }));
    assert.equal(moved.judge(["a:never@PLAN", "a:resize@PLAN"]).refused.filter(({ severity }) => severity === "error").length, 1);
  });

  const vain: [what: string, approval: string, pattern: RegExp][] = [
    ["a key that is not there", "bb:remove@PLAN", /there is no machine bb here; did you mean b:remove/],
    ["another danger than there is", "a:remove@PLAN", /lets nothing through/],
    ["another plan", "a:resize@0123456789ab", /was given for another plan/],
    ["what is no approval", "nonsense", /is none; It must be KEY:ACTION/],
  ];
  for (const [what, approval, pattern] of vain) {
    it(`is nothing by an approval of ${what}, and a warning says so`, () => {
      const refused = removal.judge([approval]);
      assert.match(said(refused)[0] ?? "", /^warning approval /);
      assert.match(said(refused)[0] ?? "", pattern);
      const passed = removal.judge(["b:remove@PLAN", "c:remove@PLAN", approval]);
      assert.deepEqual([passed.refused.length, passed.unused.length], [0, 1]);
    });
  }
});

describe("a machine that is said to be lost", () => {
  const losing = (after: Over, approvals: readonly string[], before = file({ a: {}, b: {} })) => change(before, after).judge(approvals);

  it("leaves as a node that does not answer, when it leaves the file or is built anew", () => {
    assert.deepEqual(losing(file({ a: {} }), ["b:lost@PLAN"]).lost, ["b"]);
    assert.deepEqual(losing(file({ a: {}, b: { generation: 2 } }), ["b:lost@PLAN"]).lost, ["b"]);
    assert.deepEqual(losing(file({ a: {} }), []).lost, []);
  });

  it("can be built anew with its volumes, of which nothing more is lost; taking them away is another thing", () => {
    const before = file({ a: {}, b: {} }, OSD);
    const rebuilt = losing(file({ a: {}, b: { generation: 2 } }, OSD), ["b:lost@PLAN"], before);
    assert.deepEqual([rebuilt.refused, rebuilt.lost], [[], ["b"]]);
    assert.deepEqual(
      rebuilt.approved.map(({ approval, reason }) => [approval.split("@")[0], reason.split(" ").slice(0, 3).join(" ")]),
      [
        ["b:lost", "the volumes of"],
        ["b:lost", "b leaves the"],
      ],
    );
    const removed = losing(file({ a: {} }, OSD), ["b:lost@PLAN"], before);
    assert.match(said(removed)[0] ?? "", /--approve b:remove@/);
  });

  it("leaves by that alone, a control plane and a host that was there before too", () => {
    const planes = (names: readonly string[]) =>
      environmentFile({ cluster: { controlPlane: { nodes: Object.fromEntries(names.map((name) => [name, {}])) } } });
    const plane = losing(planes(["c-2", "c-3", "c-4"]), ["c-1:lost@PLAN"], planes(["c-1", "c-2", "c-3"]));
    assert.deepEqual([said(plane).filter((each) => each.includes("c-1")), plane.lost], [[], ["c-1"]]);
    const hosts = (workers: readonly string[]) =>
      hostsFile(
        {},
        {
          cluster: {
            controlPlane: { nodes: { cp: {} } },
            pools: { worker: { nodes: Object.fromEntries(workers.map((name) => [name, {}])) } },
          },
        },
      );
    const host = losing(hosts(["a"]), ["b:lost@PLAN"], hosts(["a", "b"]));
    assert.deepEqual([said(host).filter((each) => each.startsWith("error")), host.lost], [[], ["b"]]);
  });

  it("changes nothing where the file keeps it as it is, and a warning says what to do", () => {
    const { lost, unused } = losing(file({ a: {}, b: {} }), ["b:lost@PLAN"]);
    assert.deepEqual(lost, []);
    assert.match(unused[0]?.remedy ?? "", /take b out of the file, or raise its generation/);
  });

  it("is refused where it is no node of the cluster, with the reason", () => {
    assert.match(said(losing(file({ a: {}, b: {} }), ["nfs:lost@PLAN"]))[0] ?? "", /nfs is no node of the cluster/);
  });

  it("is lost to the plan it was said of, and to no other", () => {
    assert.deepEqual(losing(file({ a: {} }), ["b:lost@0123456789ab"]).lost, []);
  });
});
