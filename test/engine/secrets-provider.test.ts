import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { halfChanged, keepHalfChanged } from "../../engine/half-changed";
import { changeSecrets, readSecrets } from "../../engine/secrets-provider";
import { configuredSecrets } from "../../engine/stack-config";
import { stateFile } from "../../engine/state/copy";
import type { StoredStack } from "../../engine/states";
import { realSetting } from "../../engine/workspace";
import { RefusedError } from "../../model/problems";
import { ownVariables, seoulIn } from "../support/backend";
import { engineForTests } from "../support/engine";
import { temporaryFolders } from "../support/temporary";

describe("another secrets provider, on the real engine", function () {
  this.timeout(240_000);
  before(engineForTests);
  const folder = temporaryFolders();
  const set = ownVariables();

  it("takes the former one's place in states and configurations of all layers, and goes on from wherever it is cut off", async () => {
    const root = folder();
    const { target, up, pulumi } = seoulIn(root, set);
    for (const layer of ["infrastructure", "cluster"] as const) await up(layer);
    await pulumi("cluster", "config", "set", "--secret", "token", "swordfish");
    const { workDir, backendFolder = "", project } = realSetting(root, target.plan);
    const config = join(root, "environments", "Pulumi.seoul.cluster.yaml");
    const state = stateFile(backendFolder, project, "seoul.cluster");
    const files = () => ({ config: readFileSync(config, "utf8"), state: readFileSync(state, "utf8") });
    const former = files();
    const { stacks } = await readSecrets(target);
    assert.deepEqual(
      stacks.map((one) => [one.stack, one.state?.provider, one.config.provider]),
      [
        ["seoul.infrastructure", "passphrase", "passphrase"],
        ["seoul.cluster", "passphrase", "passphrase"],
      ],
    );

    const kept: StoredStack[] = [];
    await changeSecrets(target, "passphrase", (states) => void kept.push(...states), "latter");
    const latter = files();
    assert.deepEqual(
      kept.map(({ stack }) => stack),
      ["seoul.infrastructure", "seoul.cluster"],
    );
    assert.equal(halfChanged(target), undefined);

    const salt = (text: string) => /^encryptionsalt: .*$/m.exec(text)?.[0] ?? "";
    const begun = {
      to: "passphrase",
      stacks: Object.fromEntries(
        stacks.map(({ stack, state: { key = null } = {}, file }) => [
          stack,
          { config: stack === "seoul.cluster" ? former.config : readFileSync(file, "utf8"), provider: "passphrase", key },
        ]),
      ),
    };
    const cuts: Readonly<Record<string, { readonly config: string; readonly state: string }>> = {
      "before anything of it": former,
      "after the configuration named it": { config: former.config.replace(salt(former.config), salt(latter.config)), state: former.state },
      "before the state": { config: latter.config, state: former.state },
      "after the state": latter,
    };
    for (const [cut, written] of Object.entries(cuts)) {
      keepHalfChanged(target, begun);
      writeFileSync(config, written.config);
      writeFileSync(state, written.state);
      set({ PULUMI_CONFIG_PASSPHRASE: "former" });
      await assert.rejects(
        up("cluster"),
        (error) => error instanceof RefusedError && /--provider passphrase/.test(error.problems[0]?.remedy ?? ""),
        cut,
      );
      await changeSecrets(target, "passphrase", () => assert.fail("what was kept at the beginning counts"), "latter");
      set({ PULUMI_CONFIG_PASSPHRASE: "latter" });
      assert.match(await pulumi("cluster", "config", "get", "token"), /swordfish/, cut);
      assert.match(await pulumi("cluster", "stack", "output", "--show-secrets", "password"), /hunter2 of cluster/, cut);
      assert.equal(halfChanged(target), undefined, cut);
    }
    assert.match(await pulumi("infrastructure", "stack", "output", "--show-secrets", "password"), /hunter2/);
    set({ PULUMI_CONFIG_PASSPHRASE: "former" });
    await assert.rejects(pulumi("infrastructure", "stack", "output", "--show-secrets", "password"), /incorrect passphrase/);
    assert.ok(existsSync(workDir));
  });

  it("that does not answer leaves everything as it was, and another one may be named", async () => {
    const root = folder();
    const { target, up } = seoulIn(root, set);
    await up();
    const file = join(root, "environments", "Pulumi.seoul.yaml");
    const before = readFileSync(file, "utf8");
    set({ VAULT_ADDR: "http://127.0.0.1:9", VAULT_TOKEN: "none" });
    await assert.rejects(
      changeSecrets(target, "hashivault://key", () => undefined),
      /state secrets of seoul failed/,
    );
    assert.equal(readFileSync(file, "utf8"), before);
    await changeSecrets(target, "passphrase", () => undefined, "latter");
    assert.notEqual(configuredSecrets({ workDir: realSetting(root, target.plan).workDir, stack: "seoul" }).key, /: (.*)/.exec(before)?.[1]);
  });
});
