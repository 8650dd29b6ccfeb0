import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryFolders } from "../support/temporary";
import { command } from "./fixture";

/** Completes the last word in each shell, as its own completion system calls the function. */
const DRIVERS: Readonly<Record<string, string>> = {
  bash: `COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _kpaas; printf "%s\\n" "\${COMPREPLY[@]}"`,
  zsh: `compadd() { while [[ $1 != -- ]]; do shift; done; shift; [[ -n $1 ]] && print -l -- \${(M)@:#$words[CURRENT]*} }
    _files() { : }; words=("$@"); CURRENT=$#; _kpaas`,
};

for (const [shell, driver] of Object.entries(DRIVERS)) {
  describe(`completion in ${shell}`, () => {
    const folder = temporaryFolders();
    let script = "";

    before(async function () {
      if (spawnSync(shell, ["-c", ":"]).status !== 0) {
        console.warn(`SKIPPED completion in ${shell}\nThere is no ${shell} on this machine.`);
        this.skip();
      }
      script = (await command(["completion", shell])).stdout;
    });

    function complete(...words: readonly string[]): string[] {
      const project = folder();
      const environments = join(project, "environments");
      mkdirSync(join(project, "deep", "er"), { recursive: true });
      mkdirSync(environments);
      const machines =
        "machines:\n  cp-1:\n    address: 10.20.0.2\n  worker-1:\n    address: 10.20.0.3\nretired:\n  gone-1:\n    address: 10.20.0.4\n";
      const files = {
        seoul: "name: seoul\n",
        busan: "# a comment\nname: busan\n",
        base: "profile: minimal\n",
        "seoul.lock": machines,
        fleet: "name: x\n",
      };
      for (const [name, text] of Object.entries(files)) writeFileSync(join(environments, `${name}.yaml`), text);
      const options = { cwd: join(project, "deep", "er"), encoding: "utf8" } as const;
      const { stdout, stderr } = spawnSync(shell, ["-c", `${script}\n${driver}`, shell, "kpaas", ...words], options);
      assert.equal(stderr, "");
      return stdout.split("\n").filter((line) => line !== "");
    }

    it("gives commands, options and their choices", () => {
      assert.deepEqual(complete("re"), ["refresh", "restore", "releases"]);
      assert.deepEqual(complete("plan", "--s"), ["--show"]);
      assert.deepEqual(complete("plan", "seoul", "--show", "in"), ["inventory"]);
      assert.deepEqual(complete("init", "x", "--provider", "op"), ["openstack"]);
      assert.deepEqual(complete("schema", ""), ["environment", "fleet", "prices"]);
    });

    it("gives the environments of the project one is in, without locks, fleets and bases", () => {
      assert.deepEqual(complete("up", ""), ["busan", "seoul"]);
      assert.deepEqual(complete("up", "--sandbox", "s"), ["seoul"]);
      assert.deepEqual(complete("check", "busan", "s"), ["seoul"]);
      assert.deepEqual(complete("up", "seoul", ""), []);
    });

    it("gives the commands below another one, with what each takes", () => {
      assert.deepEqual(complete("clu"), ["cluster"]);
      assert.deepEqual(complete("cluster", "re"), ["replace-node", "renew-certificates", "restore"]);
      assert.deepEqual(complete("cluster", "upgrade", "--t"), ["--to"]);
      assert.deepEqual(complete("cluster", "steps", "--sandbox", "s"), ["seoul"]);
      assert.deepEqual(complete("cluster", "replace-node", "seoul", "w"), ["worker-1"]);
      assert.deepEqual(complete("cluster", "steps", "seoul", "--approve", "c"), ["cp-1:"]);
    });

    it("gives the keys of the machines that are there", () => {
      assert.deepEqual(complete("up", "seoul", "--approve", ""), ["cp-1:", "worker-1:"]);
      assert.deepEqual(complete("up", "seoul", "--approve", "w"), ["worker-1:"]);
    });
  });
}

describe("completion", () => {
  it("takes every command and option from the program", async () => {
    const { stdout } = await command(["completion", "bash"]);
    for (const word of ["kubeconfig", "--show-secrets", "highAvailability", "doctor"]) assert.ok(stdout.includes(word), word);
    assert.equal((await command(["completion", "fish"])).code, 2);
  });
});
