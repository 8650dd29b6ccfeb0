import assert from "node:assert/strict";
import { InterruptedError, OperationFailedError, StackMissingError } from "../../engine/errors";
import { planDigest } from "../../model/guard/approvals";
import { type Problem, RefusedError } from "../../model/problems";
import { command, LOCK, PLAN } from "./fixture";

const PROBLEM: Problem = {
  environment: "seoul",
  path: "cluster.pools.general.nodes",
  value: -1,
  reason: "must be 0 or more",
  remedy: "write a number",
  severity: "error",
};

describe("an engine operation on the command line", () => {
  it("runs at once with --yes and prints the contract's JSON and nothing else on standard output", async () => {
    const { code, stdout, stderr, calls } = await command(["up", "seoul", "--yes", "--json"], { steps: [{ id: "1-cluster" }] });
    assert.equal(code, 0);
    assert.deepEqual(calls, ["up"]);
    const printed = JSON.parse(stdout);
    assert.deepEqual(Object.keys(printed).slice(0, 5), ["environment", "changes", "steps", "outputs", "seconds"]);
    assert.deepEqual(printed.changes, { create: 2, update: 0, replace: 0, delete: 0, same: 3 });
    assert.deepEqual(printed.steps, [{ id: "1-cluster" }]);
    assert.match(stderr, /up says hello/);
  });

  it("never prints a secret, in JSON or in words", async () => {
    for (const argv of [
      ["up", "seoul", "--yes", "--json"],
      ["up", "seoul", "--yes"],
      ["outputs", "seoul"],
      ["outputs", "seoul", "--json"],
      ["plan", "seoul", "--json"],
    ]) {
      const { code, stdout, stderr } = await command(argv);
      assert.equal(code, 0, argv.join(" "));
      assert.doesNotMatch(stdout + stderr, /canary/, argv.join(" "));
    }
  });

  it("shows secrets when asked to", async () => {
    const { stdout } = await command(["outputs", "seoul", "--show-secrets", "--json"]);
    assert.equal(JSON.parse(stdout).credentials.portal.password, "canary-password");
  });

  it("exits with 2 without a terminal and without --yes, having done nothing", async () => {
    for (const name of ["up", "refresh", "destroy"]) {
      const { code, stdout, stderr, calls } = await command([name, "seoul"]);
      assert.deepEqual([code, stdout, calls], [2, "", []], name);
      assert.match(stderr, /add --yes/);
    }
  });

  it("previews, shows, asks and only then brings up on a terminal", async () => {
    const yes = await command(["up", "seoul"], { answers: ["y"] });
    assert.deepEqual(yes.calls, ["preview", "ask: Bring seoul up like this? [y/N] ", "up"]);
    const no = await command(["up", "seoul"], { answers: [""] });
    assert.deepEqual([no.code, no.calls.length], [130, 2]);
    assert.match(no.stderr, /nothing was changed/);
  });

  it("destroys only when the environment's name is typed, after naming what is lost", async () => {
    const wrong = await command(["destroy", "seoul"], { answers: ["busan"] });
    assert.deepEqual([wrong.code, wrong.calls.includes("destroy")], [130, false]);
    assert.match(wrong.stderr, /Lost with seoul:\n {2}volume osd of general-9, 100 GiB/, "what is there, not what the file says");
    const right = await command(["destroy", "seoul"], { answers: ["seoul"] });
    assert.deepEqual([right.code, right.calls.at(-1)], [0, "destroy"]);
  });

  it("destroys what is recorded though the file cannot be planned, and says so", async () => {
    const standIn = { plan: PLAN, lock: LOCK, lockState: "missing" as const, lockChanges: [], shipped: PLAN.cluster };
    const { code, stderr, calls } = await command(["destroy", "seoul"], { problems: [PROBLEM], standIn, answers: ["seoul"] });
    assert.equal(code, 0);
    assert.match(
      stderr,
      /pools\.general\.nodes[\s\S]*The file cannot be planned: what follows goes by what is recorded\.\nLost with seoul/,
    );
    assert.equal(calls.at(-1), "destroy");
    const none = await command(["destroy", "seoul", "--yes"], { problems: [PROBLEM], standIn, failure: new StackMissingError("seoul") });
    assert.equal(none.code, 2, "nothing is recorded: the file is what is wrong");
  });

  it("passes the sandbox on, and the approvals bound to the command's own plan, whatever the command", async () => {
    const at = `@${planDigest(PLAN)}`;
    for (const argv of [["preview"], ["up", "--yes"], ["up"]]) {
      const [name = "", ...rest] = argv;
      const approve = ["--approve", "general-1:remove", "--approve=nfs-1:resize@0123456789ab", "--approve", "x:absent@0123456789ab"];
      const { targets } = await command([name, "seoul", "--sandbox", ...rest, ...approve], { answers: ["y"] });
      assert.ok(targets.length > 0);
      for (const { sandbox, approvals } of targets) {
        assert.equal(sandbox, true);
        assert.deepEqual(approvals, [`general-1:remove${at}`, "nfs-1:resize@0123456789ab", "x:absent@0123456789ab"], argv.join(" "));
      }
    }
  });

  it("says what is wrong with an approval before anything is done", async () => {
    const cases: [string, RegExp][] = [
      ["cp-1", /must be KEY:ACTION@FINGERPRINT/],
      ["general-1:remov", /did you mean "remove"/],
      ["general-1:remove@outdated", /12 hexadecimal digits/],
    ];
    for (const [approval, pattern] of cases) {
      const { code, stderr, calls } = await command(["up", "seoul", "--yes", "--approve", approval]);
      assert.deepEqual([code, calls], [2, []], approval);
      assert.match(stderr, pattern);
    }
  });

  it("names what is approved before it asks, and prints it as JSON", async () => {
    const approved = [
      { approval: "general-1:remove@0123456789ab", path: "cluster.pools.general.nodes", reason: "general-1 would be removed" },
    ];
    const asked = await command(["up", "seoul"], { answers: [""], approved });
    assert.match(asked.stderr, /Approved\n {2}general-1 would be removed {2}\(general-1:remove@0123456789ab\)\n\n.*\nnothing was changed/);
    const { stdout } = await command(["preview", "seoul", "--json"], { approved });
    assert.deepEqual(JSON.parse(stdout).approved, approved);
  });

  it("shows a preview short, with every property, with every resource, and as Markdown", async () => {
    const properties = [{ path: "spec.replicas", kind: "update", old: 1, new: 2 }] as const;
    const resources = [{ op: "update", urn: "urn:pulumi:seoul::kpaas::a:b:C::thing", type: "a:b:C", name: "thing", properties }];
    const shown = async (...flags: readonly string[]) => (await command(["preview", "seoul", ...flags], { resources })).stdout;
    assert.match(await shown(), /^ {4}~ C thing: spec\.replicas: 1 → 2$/m);
    assert.match(await shown("--diff"), /^ {4}~ C thing\n {8}spec\.replicas: 1 → 2$/m);
    assert.match(await shown("--full"), /^ {4}~ C thing {2}\(a:b:C thing\)$/m);
    assert.match(
      await shown("--markdown"),
      /^## Preview of seoul\n[\s\S]*<details><summary>[\s\S]*spec\.replicas: 1 → 2[\s\S]*<\/details>\n$/,
    );
    const { resources: told, groups, impacts, moves, ports, later } = JSON.parse(await shown("--json"));
    assert.deepEqual(told, resources);
    assert.deepEqual(
      { groups, impacts, moves, ports, later },
      {
        groups: [{ name: "environment", resources: ["urn:pulumi:seoul::kpaas::a:b:C::thing"] }],
        ...{ impacts: [], moves: [], ports: { changes: [], source: "nothing" }, later: [] },
      },
    );
    assert.equal((await command(["preview", "seoul", "--markdown", "--json"])).code, 2);
  });

  it("gives each kind of failure its exit code, and problems as JSON", async () => {
    const cases: [Error, number][] = [
      [new RefusedError([PROBLEM]), 3],
      [new OperationFailedError("up of seoul failed"), 1],
      [new InterruptedError(), 130],
    ];
    for (const [failure, expected] of cases) {
      const { code, stdout } = await command(["up", "seoul", "--yes", "--json"], { failure });
      assert.equal(code, expected, failure.name);
      const { problems } = JSON.parse(stdout);
      assert.equal(problems.length, 1);
      assert.deepEqual([problems[0].environment, problems[0].severity], ["seoul", "error"]);
      assert.ok(problems[0].reason !== "" && problems[0].remedy !== "");
    }
  });

  it("prints every problem of a broken file and exits with 2, whatever the command", async () => {
    for (const name of ["check", "plan", "lock", "preview", "up", "refresh", "destroy", "outputs", "kubeconfig"]) {
      const problems = [PROBLEM, { ...PROBLEM, path: "name" }];
      const { code, stdout, calls } = await command([name, "seoul", "--json"], { problems });
      assert.deepEqual([code, calls], [2, []], name);
      assert.deepEqual(JSON.parse(stdout), { problems }, name);
      const human = await command([name, "seoul"], { problems });
      assert.match(human.stderr, /error seoul: cluster\.pools\.general\.nodes \(is -1\): must be 0 or more\n {4}write a number/, name);
      assert.match(human.stderr, /error seoul: name/, name);
    }
  });

  it("ends the summary of an up with where the credentials are and what to do next", async () => {
    const { stdout } = await command(["up", "seoul", "--sandbox", "--yes"], {
      steps: [{ id: "1-cluster", playbook: "cluster", limit: [], reason: "a new cluster" }],
    });
    assert.match(stdout, /cp-1 +control-plane, etcd +az-1 +10\.20\.0\.11/);
    assert.match(stdout, /Kubernetes API +https:\/\/10\.20\.0\.11:6443/);
    assert.match(stdout, /portal +https:\/\/portal\.seoul\.example\.org/);
    assert.match(stdout, /1-cluster +cluster +all +a new cluster/);
    assert.match(stdout, /seoul is up in the sandbox .* after 1:23: 2 created, 3 unchanged/);
    assert.match(stdout, /kpaas outputs seoul --sandbox --show-secrets/);
  });

  it("says how to bring an environment up that has no outputs", async () => {
    const { code, stderr } = await command(["outputs", "seoul"], { outputs: undefined });
    assert.equal(code, 1);
    assert.match(stderr, /seoul is not up: run `kpaas up seoul`/);
  });
});
