import assert from "node:assert/strict";
import { EngineMissingError, InterruptedError, OperationFailedError, StackBusyError, StackMissingError } from "../../engine/errors";
import { CHOICE } from "../../engine/servers/choice";
import { planDigest } from "../../model/guard/approvals";
import { InvalidInputError, type Problem, RefusedError } from "../../model/problems";
import { command, PLAN, type World } from "./fixture";

const problem = (remedy: string): Problem => ({ environment: "seoul", path: "release", reason: "is wrong", remedy, severity: "error" });

/** A command line that fails, in what world, and what it must end with. */
const CASES: readonly (readonly [string, World, string])[] = [
  ["nonsense", {}, "kpaas --help"],
  ["plan", {}, "kpaas plan --help"],
  ["up seoul --nonsense", {}, "kpaas up --help"],
  ["fleet up --nonsense", {}, "kpaas fleet up --help"],
  ["airgap push --nonsense", {}, "kpaas airgap push --help"],
  ["up seoul --sandbox", {}, "kpaas up seoul --sandbox --yes"],
  ["plan seoul", { problems: [problem("use 1.7.0")] }, "kpaas check seoul"],
  ["plan seoul --show cost", {}, "kpaas schema prices"],
  ["plan seoul --prices none.yaml", {}, "kpaas plan seoul --prices none.yaml --show cost"],
  ["plan seoul --show cost --prices none.yaml", {}, "kpaas plan seoul --show cost --prices none.yaml"],
  ["plan seoul --show cost --prices none.yaml", { problems: [problem("use 1.7.0")] }, "kpaas check seoul"],
  ["up seoul --yes", { failure: new InvalidInputError([{ ...problem("leave it out"), path: "--approve" }]) }, "kpaas up --help"],
  [
    "up seoul --yes",
    { failure: new InvalidInputError([problem("use 1.7.0"), { ...problem("leave it out"), path: "--approve" }]) },
    "kpaas check seoul",
  ],
  ["init Seoul --provider openstack", {}, "kpaas init --help"],
  ["preview seoul", { lockState: "outdated" }, "kpaas lock seoul"],
  ["up seoul --yes", { failure: new RefusedError([problem("approve it")]) }, "kpaas preview seoul"],
  [
    "destroy seoul --sandbox --yes",
    { failure: new RefusedError([problem("destroy it first: `kpaas destroy seoul --layer platform`")]) },
    "kpaas destroy seoul --layer platform --sandbox",
  ],
  ["up seoul --sandbox --yes", { failure: new RefusedError([problem("run `kpaas lock seoul`")]) }, "kpaas lock seoul"],
  ["check seoul", { problems: [problem("install kpaas 0.3.0 or later: `npm install kpaas@0.3.0`")] }, "npm install kpaas@0.3.0"],
  ["up seoul --yes", { failure: new OperationFailedError("the cloud is full") }, "kpaas up seoul --yes"],
  ["refresh seoul --sandbox --yes", { failure: new StackMissingError("seoul") }, "kpaas up seoul --sandbox"],
  ["up seoul --yes", { failure: new StackBusyError("busy") }, "kpaas up seoul --yes"],
  ["up seoul --yes", { failure: new InterruptedError() }, "kpaas up seoul --yes"],
  [
    "up seoul --yes --approve general-1:remove --approve=nfs-1:resize@0123456789ab",
    { failure: new OperationFailedError("the cloud is full") },
    `kpaas up seoul --yes --approve general-1:remove@${planDigest(PLAN)} --approve nfs-1:resize@0123456789ab`,
  ],
  ["up seoul --yes", { failure: new OperationFailedError("no backend", { next: "pulumi login" }) }, "pulumi login"],
  [
    "up seoul --sandbox --yes",
    { failure: new OperationFailedError("b does not answer\nWhether it is there is told by `kpaas refresh`.") },
    "kpaas refresh seoul --sandbox",
  ],
  ["destroy seoul --yes --approve cluster:lost", { failure: new OperationFailedError("unreachable") }, "kpaas destroy seoul --yes"],
  ["up seoul --approve general-1:remove", {}, `kpaas up seoul --approve general-1:remove@${planDigest(PLAN)} --yes`],
  ["up seoul --yes", { failure: new EngineMissingError("none") }, "kpaas doctor"],
  ["up seoul --yes", { failure: new TypeError("a defect") }, "kpaas doctor --json"],
  ["outputs seoul --sandbox", { outputs: undefined }, "kpaas up seoul --sandbox"],
];

describe("a command that fails", () => {
  for (const [line, world, next] of CASES) {
    it(`ends with the next command to type: ${line} → ${next} (${world.failure?.name ?? "before the engine"})`, async () => {
      const { code, stderr } = await command(line.split(" "), world);
      assert.notEqual(code, 0);
      assert.equal(stderr.trimEnd().split("\n").at(-1), `next: ${next}`);
    });
  }

  it("names itself without the variable where that alone is wrong, and all problems at once", async () => {
    const before = process.env[CHOICE];
    process.env[CHOICE] = "yes";
    try {
      const alone = await command(["up", "seoul", "--sandbox", "--yes"], {});
      assert.equal(alone.code, 2);
      assert.match(alone.stderr, new RegExp(`either real or simulated[\\s\\S]*\\nnext: ${CHOICE}= kpaas up seoul --sandbox --yes\\n$`));
      const { code, stderr } = await command(["up", "seoul", "--sandbox", "--yes"], { problems: [problem("use 1.7.0")] });
      assert.equal(code, 2);
      assert.match(stderr, /is wrong[\s\S]*either real or simulated[\s\S]*\nnext: kpaas check seoul\n$/);
    } finally {
      if (before === undefined) delete process.env[CHOICE];
      else process.env[CHOICE] = before;
    }
  });

  it("keeps standard output and error for the JSON of its problems with --json", async () => {
    const { stdout, stderr } = await command(["plan", "seoul", "--json"], { problems: [problem("use 1.7.0")] });
    assert.equal(JSON.parse(stdout).problems.length, 1);
    assert.doesNotMatch(stderr, /next:/);
  });
});
