import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryFolders } from "../support/temporary";

const tool = join(__dirname, "..", "..", "dev", "kubespray-variables.js");

function run(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [tool, ...args], { encoding: "utf8" });
  return { status, text: stdout + stderr };
}

describe("the reader of kubespray's variables", () => {
  const folder = temporaryFolders();

  /** A checkout with a role and a sample inventory. */
  function checkout(defaults: string): string {
    const root = folder();
    for (const path of ["roles/some/defaults", "playbooks", "inventory/sample/group_vars/all", "docs"])
      mkdirSync(join(root, path), { recursive: true });
    writeFileSync(join(root, "roles/some/defaults/main.yml"), defaults);
    writeFileSync(join(root, "inventory/sample/group_vars/all/all.yml"), "# other_endpoint: 10.0.0.1\nhelm_enabled: true\n");
    writeFileSync(join(root, "playbooks/cluster.yml"), "- when: third_address is defined\n");
    writeFileSync(join(root, "docs/vars.md"), "* *fourth_port* - a port\n");
    return root;
  }

  it("fails on names without a row that run commands, open ports or carry addresses, wherever they stand", () => {
    const root = checkout("---\nsome_folder: /srv\nnew_exec: ls\nkubelet_max_pods: 110\n");
    const { status, text } = run(root);
    assert.equal(status, 1, text);
    const found = text.split("\n").filter((line) => line.startsWith("  "));
    assert.deepEqual(found, [
      "  fourth_port: opens ports",
      "  new_exec: runs commands",
      "  other_endpoint: carries addresses",
      "  third_address: carries addresses",
    ]);
  });

  it("reads a tag of a work tree or of a bare git directory", () => {
    const root = checkout("---\nkubelet_max_pods: 110\n");
    writeFileSync(join(root, "playbooks/cluster.yml"), "[]\n");
    writeFileSync(join(root, "docs/vars.md"), "nothing\n");
    writeFileSync(join(root, "inventory/sample/group_vars/all/all.yml"), "helm_enabled: true\n");
    const git = (...args: string[]) =>
      execFileSync("git", ["-c", "user.name=a", "-c", "user.email=a@a.example", "-C", root, ...args], { stdio: "pipe" });
    git("init", "--quiet");
    git("add", ".");
    git("commit", "--quiet", "--message", "first");
    git("tag", "v9.0.0");
    for (const where of [root, join(root, ".git")]) {
      const { status, text } = run(where, "v9.0.0");
      assert.equal(status, 0, text);
      assert.match(text, /^v9\.0\.0: 2 variables, 0 to be classified/);
    }
    assert.equal(run(join(root, "nowhere")).status, 2);
    assert.equal(run().status, 2);
  });
});
