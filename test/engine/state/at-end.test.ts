import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { forgetWorld, keepWorld, putWorldBack, STATE, wrongTime } from "../../../engine/state/at-end";
import { temporaryFolders } from "../../support/temporary";

describe("A sandbox whose state is written at an operation's end", () => {
  const folder = temporaryFolders();
  const env = { [STATE]: "at-end" };

  function sandbox() {
    const root = folder();
    const world = join(root, "world", "seoul");
    const stacks = join(root, "backend", ".pulumi", "stacks", "kpaas");
    for (const made of [world, stacks]) mkdirSync(made, { recursive: true });
    writeFileSync(join(world, "network.json"), "before");
    const setting = { backendFolder: join(root, "backend"), project: "kpaas", world };
    const told: string[] = [];
    return {
      world,
      setting,
      told,
      putBack: () => putWorldBack(setting, (text) => told.push(text)),
      makes: () => writeFileSync(join(world, "network.json"), "after"),
      writesState: (stack = "seoul") => writeFileSync(join(stacks, `${stack}.json`), "state"),
      network: () => readFileSync(join(world, "network.json"), "utf8"),
      kept: () => existsSync(join(root, "before", "seoul")),
      worlds: () => readdirSync(join(root, "world")),
    };
  }

  it("is put back as it was before one that was killed", () => {
    const seoul = sandbox();
    assert.equal(keepWorld(seoul.setting, env), true);
    seoul.makes();
    seoul.putBack();
    assert.equal(seoul.network(), "before");
    assert.match(seoul.told.join(), /was killed before its state was written/);
    assert.deepEqual([seoul.kept(), seoul.worlds()], [false, ["seoul"]]);
  });

  for (const stack of ["seoul", "seoul.platform"]) {
    it(`stays as it is where the engine outlived the command and wrote the state of ${stack}`, () => {
      const seoul = sandbox();
      keepWorld(seoul.setting, env);
      seoul.makes();
      seoul.writesState(stack);
      seoul.putBack();
      assert.deepEqual([seoul.network(), seoul.told, seoul.kept()], ["after", [], false]);
    });
  }

  it("stays as it is after an operation that has ended", () => {
    const seoul = sandbox();
    keepWorld(seoul.setting, env);
    seoul.makes();
    forgetWorld(seoul.setting);
    seoul.putBack();
    assert.deepEqual([seoul.network(), seoul.told], ["after", []]);
  });

  it("is none where that was not chosen, where real servers hold a part of it, and for a real cloud", () => {
    const seoul = sandbox();
    const { world: _, ...real } = seoul.setting;
    assert.equal(keepWorld(seoul.setting, {}), false);
    assert.equal(keepWorld(real, env), false);
    mkdirSync(join(seoul.world, "servers"));
    assert.equal(keepWorld(seoul.setting, env), false);
    assert.equal(seoul.kept(), false);
  });

  it("is chosen by a word that there is", () => {
    assert.equal(wrongTime("seoul", env), undefined);
    assert.equal(wrongTime("seoul", {}), undefined);
    assert.match(wrongTime("seoul", { [STATE]: "never" })?.remedy ?? "", /each-step or at-end/);
  });
});
