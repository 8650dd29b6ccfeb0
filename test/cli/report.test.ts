import assert from "node:assert/strict";
import { reportFailure } from "../../cli/report";
import { Typed } from "../../cli/typed";
import { InterruptedError, OperationFailedError, StackBusyError, StackMissingError } from "../../engine/errors";
import { InvalidInputError, type Problem, RefusedError } from "../../model/problems";

const problem: Problem = { environment: "k", path: "layers", reason: "does not fit", remedy: "change it", severity: "error" };
const system = (code: string) => Object.assign(new Error(`${code}: no way, write '/x/y'`), { code, syscall: "write", path: "/x/y" });

/** How a failure is told, in words or as JSON. */
function told(error: unknown, json: boolean): { readonly code: number; readonly out: string; readonly err: string } {
  const out: string[] = [];
  const err: string[] = [];
  const argv = ["up", "k", ...(json ? ["--json"] : [])];
  const context = {
    argv,
    cwd: "/",
    env: {},
    stdout: { write: (text: string) => out.push(text) > 0 },
    stderr: { write: (text: string) => err.push(text) > 0 },
  } as unknown as Parameters<typeof reportFailure>[0];
  const code = reportFailure(context, error, { argv, environment: "k", approvals: [], typed: new Typed(argv) });
  return { code, out: out.join(""), err: err.join("") };
}

describe("A failure", () => {
  it("moves no cursor and hides nothing, whatever a file or a host says", () => {
    const text = "a\u001b[2Kb\u0007";
    for (const error of [new InvalidInputError([{ ...problem, value: text, reason: text }]), new OperationFailedError(text)])
      assert.match(told(error, false).err, /^error .*a\\x1b\[2Kb\\x07/);
    assert.match(told(new OperationFailedError("refused\r\nby both\r"), false).err, /^error refused\nby both\n/);
  });

  const kinds: readonly [error: Error, code: number, remedy: RegExp][] = [
    [new RefusedError([problem]), 3, /^change it$/],
    [new InvalidInputError([problem]), 2, /^change it$/],
    [new OperationFailedError("up of k failed"), 1, /run the same command again/],
    [new StackBusyError("busy"), 1, /run the same command again/],
    [new StackMissingError("k"), 1, /run the same command again/],
    [new InterruptedError(), 130, /goes on from what was done/],
    [system("ENOSPC"), 1, /free some space there/],
    [system("EDQUOT"), 1, /quota raised/],
    [system("EROFS"), 1, /read-only/],
    [system("EACCES"), 1, /this user may not/],
    [system("EMFILE"), 1, /ulimit/],
    [system("ENXIO"), 1, /mend what the reason names/],
  ];
  for (const [error, code, remedy] of kinds) {
    it(`has its exit code and a way out: ${"code" in error ? error.code : error.name}`, () => {
      const json = told(error, true);
      assert.equal(json.code, code);
      const [first]: Problem[] = JSON.parse(json.out).problems;
      assert.match(first?.remedy ?? "", remedy);
      assert.equal(first?.path === "", code !== 2 && code !== 3, "what is refused or wrong is somewhere");
      const words = told(error, false);
      assert.equal(words.code, code);
      assert.match(words.err, /^next: kpaas /m);
      assert.doesNotMatch(words.err, /^\s+at /m, "no stack trace");
    });
  }

  it("of ours shows where it came from", () => {
    assert.match(told(new TypeError("x is undefined"), false).err, /^\s+at /m);
  });
});
