import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findBundledRuntime, runtimeIsSupported } from "../../cli/runtime";
import { command } from "./fixture";

const MAIN = join(__dirname, "..", "..", "cli", "main.js");
const COMMANDS = [
  "init",
  "check",
  "plan",
  "lock",
  "preview",
  "up",
  "refresh",
  "destroy",
  "outputs",
  "kubeconfig",
  "ssh",
  "schema",
  "releases",
  "doctor",
  "completion",
];

/** Runs the built program as a user would. */
function kpaas(argv: readonly string[], cwd = tmpdir(), env: Readonly<Record<string, string>> = {}) {
  const { PATH, HOME } = process.env;
  return spawnSync(process.execPath, [MAIN, ...argv], { cwd, encoding: "utf8", env: { PATH, HOME, ...env } });
}

describe("the program", () => {
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "kpaas-cli-"));
    mkdirSync(join(folder, "environments"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("explains itself and every command in one line and an example", () => {
    const { status, stdout, stderr } = kpaas(["--help"]);
    assert.deepEqual([status, stderr], [0, ""]);
    for (const name of COMMANDS) assert.match(stdout, new RegExp(`^ {2}${name} `, "m"));
    for (const name of COMMANDS) {
      const help = kpaas([name, "--help"]);
      assert.equal(help.status, 0);
      assert.match(help.stdout, /Example:\n {2}\$ kpaas /, name);
    }
  });

  it("exits with 2 for wrong use, and says so as a problem with --json", () => {
    for (const argv of [["nonsense"], ["plan"], ["up", "demo", "--nonsense"], ["init", "x", "--provider", "moon"]]) {
      const { status, stderr } = kpaas(argv);
      assert.equal(status, 2, argv.join(" "));
      assert.notEqual(stderr, "");
    }
    const { status, stdout } = kpaas(["plan", "--json"]);
    assert.equal(status, 2);
    assert.match(JSON.parse(stdout).problems[0].reason, /ENV/);
  });

  it("names the environment a wrong use was about", () => {
    writeFileSync(join(folder, "environments", "one.yaml"), "name: one\ninfrastructure: { provider: openstack }\n");
    const { status, stdout } = kpaas(["up", "one", "--sandbox", "--json"], folder);
    assert.deepEqual([status, JSON.parse(stdout).problems[0].environment], [2, "one"]);
  });

  it("shows no stack for what the file system refuses", () => {
    rmSync(join(folder, "environments"), { recursive: true });
    writeFileSync(join(folder, "environments"), "");
    const { status, stderr } = kpaas(["init", "one", "--provider", "openstack"], folder);
    assert.equal(status, 1);
    assert.match(stderr, /^error [A-Z]+: .*environments/m);
    assert.doesNotMatch(stderr, /\n\s+at /);
  });

  it("prints its version", () => {
    assert.match(kpaas(["--version"]).stdout, /^\d+\.\d+\.\d+\n$/);
  });

  it("refuses an environment that is not there, as a problem", () => {
    const { status, stdout } = kpaas(["check", "nowhere", "--json"], folder);
    assert.equal(status, 2);
    assert.equal(JSON.parse(stdout).problems.length, 1);
  });

  it("lists all problems of all files at once", () => {
    writeFileSync(
      join(folder, "environments", "one.yaml"),
      "name: one\nprofil: minimal\ninfrastructure: { provider: openstack }\ncluster: { kubernetes: newest }\n",
    );
    writeFileSync(join(folder, "environments", "two.yaml"), "name: Two\n");
    const { status, stdout, stderr } = kpaas(["check", "one", "two", "--json"], folder);
    assert.equal(status, 2, stderr);
    const paths = JSON.parse(stdout).problems.map((problem: { path: string }) => problem.path);
    for (const path of ["profil", "cluster.kubernetes", "name", "infrastructure"]) {
      assert.ok(paths.includes(path), `${path} is missing among ${paths.join(", ")}`);
    }
  });

  it("writes an environment file that passes its own check, completes in editors, and is never overwritten", () => {
    const made = kpaas(["init", "seoul", "--provider", "openstack", "--profile", "standard"], folder);
    assert.equal(made.status, 0, made.stderr);
    const text = readFileSync(join(folder, "environments", "seoul.yaml"), "utf8");
    assert.match(text, /^# yaml-language-server: \$schema=\.\/schema\/environment\.schema\.json\n/);
    JSON.parse(readFileSync(join(folder, "environments", "schema", "environment.schema.json"), "utf8"));
    assert.equal(kpaas(["check", "seoul"], folder).status, 0);
    assert.equal(kpaas(["init", "seoul", "--provider", "openstack"], folder).status, 2);
    assert.equal(readFileSync(join(folder, "environments", "seoul.yaml"), "utf8"), text);
  });

  it("leaves no file behind for a name or provider it refuses", () => {
    for (const argv of [
      ["Seoul", "--provider", "openstack"],
      ["a".repeat(31), "--provider", "openstack"],
      ["sky", "--provider", "zonia"],
    ]) {
      const { status, stdout } = kpaas(["init", ...argv, "--json"], folder);
      assert.equal(status, 2, argv.join(" "));
      assert.ok(JSON.parse(stdout).problems.length > 0);
      assert.deepEqual(readdirSync(join(folder, "environments")), []);
    }
  });

  it("writes no terminal codes without a terminal, nor with NO_COLOR", () => {
    kpaas(["init", "seoul", "--provider", "openstack"], folder);
    for (const env of [{}, { NO_COLOR: "1" }, { FORCE_COLOR: "" }] as Record<string, string>[]) {
      for (const argv of [
        ["plan", "seoul"],
        ["check", "seoul", "nowhere"],
        ["up", "seoul"],
        ["doctor", "--offline"],
      ]) {
        const { stdout, stderr } = kpaas(argv, folder, env);
        assert.ok(!(stdout + stderr).includes("\u001b"), argv.join(" "));
      }
    }
  }).timeout(60_000); // thirteen processes

  it("prints the schemas", async () => {
    assert.deepEqual(JSON.parse((await command(["schema"])).stdout), { title: "environment" });
    assert.deepEqual(JSON.parse((await command(["schema", "fleet"])).stdout), { title: "fleet" });
    assert.deepEqual(JSON.parse((await command(["schema", "prices"])).stdout), { title: "prices" });
  });
});

describe("the runtime", () => {
  it("is supported from Node 22.12 on", () => {
    assert.deepEqual(["20.20.2", "22.0.0", "22.11.0", "22.12.0", "23.0.0", "24.21.0"].map(runtimeIsSupported), [
      false,
      false,
      false,
      true,
      true,
      true,
    ]);
  });

  it("is found where the npm package node installs it", () => {
    assert.equal(findBundledRuntime(__dirname), join(__dirname, "..", "..", "..", "node_modules", "node", "bin", "node"));
    assert.equal(findBundledRuntime(tmpdir()), undefined);
  });
});
