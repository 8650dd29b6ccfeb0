import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { StackBusyError } from "../../../engine/errors";
import type { Engine } from "../../../engine/locate";
import { pendingStack } from "../../../engine/state/stack";
import { temporaryFolders } from "../../support/temporary";

const engine: Engine = { root: "", command: "pulumi", version: "3.259.0", source: "path" };

describe("The stack that open operations are resolved in", () => {
  const folder = temporaryFolders();
  let root: string;
  let state: string;
  let imported: string[];
  const open = () => {
    const run = async (args: string[]) => {
      if (args[1] === "import") {
        state = readFileSync(args[args.indexOf("--file") + 1] ?? "", "utf8");
        imported.push(state);
      }
      return { stdout: state, stderr: "", code: 0 };
    };
    const setting = { workDir: root, project: "kpaas", stack: "seoul", env: {} };
    return pendingStack(root, { engine, setting, command: { run } }, {}, () => undefined);
  };

  beforeEach(() => {
    root = folder();
    state = '{"deployment":{}}';
    imported = [];
  });

  it("takes a new state, as often as there is one, and leaves no file with it", async () => {
    const stack = open();
    for (const wanted of ["first", "second"]) {
      await stack.exportState(false);
      await stack.importState(wanted);
    }
    assert.deepEqual(imported, ["first", "second"]);
    assert.deepEqual(readdirSync(join(root, ".kpaas", "pending")), []);
  });

  it("takes none where another operation has written one since it was looked at", async () => {
    const stack = open();
    await stack.exportState(false);
    state = '{"deployment":{"resources":[]}}';
    await assert.rejects(stack.importState("stale"), StackBusyError);
    assert.deepEqual(imported, []);
  });

  it("is made with the secrets provider that its configuration names, or the whole environment's", async () => {
    const made = async (stack: string) => {
      const calls: string[][] = [];
      const run = async (args: string[]) => {
        calls.push(args);
        return { stdout: "", stderr: "", code: 0 };
      };
      const setting = { workDir: root, project: "kpaas", stack, env: {} };
      await pendingStack(root, { engine, setting, command: { run } }, {}, () => undefined).create();
      return calls;
    };
    writeFileSync(join(root, "Pulumi.yaml"), "name: kpaas\nruntime: nodejs\nstackConfigDir: environments\n");
    mkdirSync(join(root, "environments"));
    assert.deepEqual(await made("seoul"), [["stack", "init", "seoul"]]);
    writeFileSync(join(root, "environments", "Pulumi.seoul.yaml"), "secretsprovider: hashivault://key\nencryptedkey: abc\n");
    const named = ["--secrets-provider", "hashivault://key"];
    assert.deepEqual(await made("seoul"), [["stack", "init", "seoul", ...named]]);
    assert.deepEqual(await made("seoul.cluster"), [["stack", "init", "seoul.cluster", ...named]]);
    writeFileSync(join(root, "environments", "Pulumi.seoul.cluster.yaml"), "encryptionsalt: v1:a\n");
    assert.deepEqual(await made("seoul.cluster"), [["stack", "init", "seoul.cluster"]], "one that says it itself");
  });

  it("keeps what there was before a destroy, readable by its owner alone, until that has ended", () => {
    const kept = [{ urn: "urn", type: "random:index/randomPassword:RandomPassword" }];
    open().keepBeforeDestroy(kept);
    assert.deepEqual(open().beforeDestroy(), kept);
    open().keepBeforeDestroy(undefined);
    assert.equal(open().beforeDestroy(), undefined);
    assert.equal(existsSync(join(root, ".kpaas", "pending", "seoul.destroy.json")), false);
  });
});
