import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { OperationFailedError } from "../../../engine/errors";
import { copyState, forgetCopy, secureState } from "../../../engine/state/copy";
import { temporaryFolders } from "../../support/temporary";

const state = (serial: number) => JSON.stringify({ version: 3, checkpoint: { stack: "organization/kpaas/seoul", latest: { serial } } });

describe("The state in a file backend", () => {
  const folder = temporaryFolders();

  function backend(world?: string) {
    const root = folder();
    const stacks = join(root, "backend", ".pulumi", "stacks", "kpaas");
    mkdirSync(stacks, { recursive: true });
    const file = join(stacks, "seoul.json");
    const setting = { backendFolder: join(root, "backend"), project: "kpaas", stack: "seoul", ...(world === undefined ? {} : { world }) };
    const told: string[] = [];
    const secure = () => secureState(root, setting, (text) => told.push(text));
    const copies = () => (existsSync(join(root, ".kpaas", "states")) ? readdirSync(join(root, ".kpaas", "states")) : []);
    return { root, file, setting, told, secure, copies };
  }

  for (const [how, left] of [
    ["empty", ""],
    ["half", state(2).slice(0, 40)],
    ["no state", "[]"],
  ] as const) {
    it(`is restored from its checked copy when it is ${how}`, () => {
      const { file, told, secure, copies, root } = backend();
      writeFileSync(file, state(2));
      secure();
      assert.deepEqual(told, []);
      writeFileSync(file, left);
      writeFileSync(`${file}.attrs`, "{}");
      secure();
      assert.equal(readFileSync(file, "utf8"), state(2));
      assert.equal(existsSync(`${file}.attrs`), false, "the checksum of what was there");
      assert.match(told.join(), /^the state of seoul was torn.*restored as it was at 2\d{3}-/);
      const [copy = ""] = copies();
      assert.equal(statSync(join(root, ".kpaas", "states", copy)).mode & 0o777, 0o600);
    });
  }

  it("is restored from the engine's own copy of the last step where that is newer, and never from a torn one", () => {
    const { file, secure } = backend();
    writeFileSync(file, state(1));
    secure();
    const later = new Date(Date.now() + 60_000);
    for (const [own, restored] of [
      [state(2).slice(0, 30), 1],
      [state(2), 2],
    ] as const) {
      writeFileSync(file, "");
      writeFileSync(`${file}.bak`, own);
      utimesSync(`${file}.bak`, later, later);
      secure();
      assert.equal(readFileSync(file, "utf8"), state(restored));
    }
  });

  it("that is torn and has no whole copy is named with the way out, which in the sandbox is the sandbox's", () => {
    const real = backend();
    writeFileSync(real.file, "{");
    assert.throws(real.secure, (error: Error) => error instanceof OperationFailedError && /pulumi stack import/.test(error.message));
    assert.equal(readFileSync(real.file, "utf8"), "{", "left as it is");
    const sandbox = backend("world");
    writeFileSync(sandbox.file, "{");
    assert.throws(sandbox.secure, /begin anew with `rm -r backend\/\.pulumi\/stacks\/kpaas\/seoul\.json /);
  });

  it("is left alone while somebody works on the stack, and where there is none", () => {
    const { file, setting, secure, copies } = backend();
    secure();
    assert.equal(existsSync(file), false);
    const locks = join(setting.backendFolder, ".pulumi", "locks", "organization", "kpaas", "seoul");
    mkdirSync(locks, { recursive: true });
    writeFileSync(join(locks, "a.json"), "{}");
    writeFileSync(file, "");
    secure();
    assert.equal(readFileSync(file, "utf8"), "");
    assert.deepEqual(copies(), []);
  });

  it("leaves no copy of a stack that is gone", () => {
    const { root, file, setting, copies } = backend();
    writeFileSync(file, state(1));
    copyState(root, setting, assert.fail);
    assert.equal(copies().length, 1);
    forgetCopy(root, setting);
    assert.deepEqual(copies(), []);
  });
});
