import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parse } from "yaml";
import { temporaryFolders } from "../support/temporary";

const TASKS = join(__dirname, "..", "..", "..", "ansible", "roles", "load_balancer", "tasks", "serve.yml");

describe("the API's balancers on hosts", () => {
  const folder = temporaryFolders();
  const tasks = parse(readFileSync(TASKS, "utf8")) as readonly Readonly<Record<string, unknown>>[];
  const [proxy, keepalived] = ["/etc/haproxy/haproxy.cfg", "/etc/keepalived/keepalived.conf"];

  /** Whose settings are found to be somebody else's. @param changed the file of a package that was changed since */
  function foreign(files: Readonly<Record<string, string>>, changed?: string): string[] {
    const root = folder();
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    }
    mkdirSync(join(root, "bin"));
    const dpkg = `case $1 in -S) case $2 in *haproxy.cfg) echo "haproxy: $2";; *) exit 1;; esac;; -V) ${changed === undefined ? ":" : `echo "??5?????? c ${root}${changed}"`};; esac`;
    writeFileSync(join(root, "bin", "dpkg"), `#!/bin/sh\n${dpkg}\n`);
    chmodSync(join(root, "bin", "dpkg"), 0o755);
    const looks = tasks.find(({ name }) => name === "Look for settings of somebody else's")?.["ansible.builtin.shell"] ?? {};
    const { cmd = "exit 1" } = looks as { cmd?: string };
    const { status, stdout } = spawnSync("bash", ["-c", cmd.replaceAll(":/etc/", `:${root}/etc/`)], {
      encoding: "utf8",
      env: { ...process.env, PATH: `${root}/bin:${process.env.PATH}` },
    });
    assert.equal(status, 0);
    return stdout.replaceAll(root, "").split("\n").filter(Boolean);
  }

  it("take nobody else's place: neither settings by hand nor those that a package brought and somebody changed", () => {
    const ours = "# kpaas: settings of the role load_balancer\n";
    assert.deepEqual(foreign({}), []);
    assert.deepEqual(foreign({ [proxy]: ours, [keepalived]: ours }), []);
    assert.deepEqual(foreign({ [proxy]: "as the package has it" }), []);
    assert.deepEqual(foreign({ [proxy]: "frontend shop", [keepalived]: "vrrp_instance shop" }, proxy), [proxy, keepalived]);
  });

  it("say so before anything is installed or written", () => {
    const refuses = tasks.findIndex((task) => "ansible.builtin.assert" in task);
    const writes = tasks.findIndex((task) => "ansible.builtin.include_role" in task || "ansible.builtin.copy" in task);
    assert.ok(refuses >= 0 && refuses < writes);
  });
});
