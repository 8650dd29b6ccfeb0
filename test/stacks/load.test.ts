import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { findRoot, listEnvironments, loadEnvironment, writeLock } from "../../stacks/load";

const today = "2026-01-15";

describe("loading an environment", () => {
  let root: string;
  const put = (name: string, text: string): void => writeFileSync(join(root, "environments", name), text);
  const errors = (name: string): string[] =>
    loadEnvironment(name, root, today)
      .problems.filter((problem) => problem.severity === "error")
      .map((problem) => `${problem.path}: ${problem.reason}`);

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "kpaas-load-"));
    mkdirSync(join(root, "environments"));
  });
  afterEach(() => rmSync(root, { recursive: true }));

  it("finds the project's folder from below it", () => {
    mkdirSync(join(root, "a", "b"), { recursive: true });
    assert.equal(findRoot(join(root, "a", "b")), root);
  });

  it("lists what is an environment: no locks, fleets, stack configurations and bases", () => {
    for (const name of ["a.lock.yaml", "fleet.yaml", "Pulumi.a.yaml"]) put(name, "name: a\n");
    put("a.yaml", "name: a\ninfrastructure: { provider: openstack }\n");
    put("base.yaml", "infrastructure: { provider: openstack }\n");
    assert.deepEqual(listEnvironments(root), ["a"]);
  });

  it("lists an environment that cannot be read, so that its check says why", () => {
    put("a.yaml", "name: *nothing\n");
    mkdirSync(join(root, "environments", "b.yaml"));
    assert.deepEqual(listEnvironments(root), ["a", "b"]);
    assert.deepEqual(errors("b"), [": b.yaml is a folder"]);
  });

  it("names the nearest environment for one that does not exist", () => {
    put("seoul.yaml", "name: seoul\n");
    assert.throws(() => loadEnvironment("seol", root), /did you mean "seoul"\?/);
    assert.throws(() => loadEnvironment("./nowhere.yaml", root), /no such file/);
  });

  it("merges bases deeply: maps merge, lists and scalars replace", () => {
    put("base.yaml", "labels: { a: '1', b: '1' }\ninfrastructure: { provider: openstack, zones: [x, y], region: R }\n");
    put("seoul.yaml", "name: seoul\nextends: ./base.yaml\nlabels: { b: '2' }\ninfrastructure: { zones: [z] }\n");
    const plan = loadEnvironment("seoul", root, today).planned?.plan;
    assert.deepEqual(plan?.labels, { a: "1", b: "2" });
    assert.equal(plan?.openstack?.region, "R");
    assert.deepEqual(new Set(plan?.machines.map(({ zone }) => zone)), new Set(["z"]));
  });

  it("finds what is wrong with a base", () => {
    put("a.yaml", "name: a\nextends: ./b.yaml\n");
    put("b.yaml", "extends: ./a.yaml\ninfrastructure: { provider: openstack }\n");
    assert.match(errors("a").join(), /goes in a circle/);
    put("c.yaml", "name: c\nextends: ./gone.yaml\ninfrastructure: { provider: openstack }\n");
    assert.match(errors("c").join(), /extends: there is no file/);
    put("d.yaml", "name: d\nextends: ./named.yaml\n");
    put("named.yaml", "name: other\ninfrastructure: { provider: openstack }\n");
    assert.match(errors("d").join(), /extends: the base named\.yaml has a name/);
  });

  it("says where the YAML is broken", () => {
    put("a.yaml", "name: a\ninfrastructure: { provider: openstack\n");
    assert.match(errors("a").join(), /a\.yaml, line \d+, column \d+/);
    put("b.yaml", "name: b\nname: c\ninfrastructure: { provider: openstack }\n");
    assert.match(errors("b").join(), /^name: is written twice: the second time in b\.yaml, line 2$/);
    put("empty.yaml", "");
    assert.deepEqual(errors("empty"), [": an environment file is a map of fields"]);
  });

  it("writes a lock that the next plan finds current", () => {
    put("a.yaml", "name: a\ninfrastructure: { provider: openstack }\n");
    const first = loadEnvironment("a", root, today);
    assert.equal(first.planned?.lockState, "missing");
    writeLock(first);
    const second = loadEnvironment("a", root, today);
    assert.equal(second.planned?.lockState, "current");
    assert.deepEqual(parse(readFileSync(second.lockFile, "utf8")), first.planned?.lock);
    put("a.yaml", "name: a\ninfrastructure: { provider: openstack, network: { cidr: 10.50.0.0/16 } }\n");
    const moved = loadEnvironment("a", root, today);
    assert.equal(moved.planned?.lockState, "outdated");
    assert.ok(
      moved.planned?.lockChanges.some(
        ({ path, was, becomes }) => path === "machines.cp-1.address" && was === "10.20.0.2" && becomes === "10.50.0.2",
      ),
    );
  });

  it("refuses a lock that is broken or belongs to another environment", () => {
    put("a.yaml", "name: a\ninfrastructure: { provider: openstack }\n");
    put("a.lock.yaml", "version: 7\n");
    assert.ok(errors("a").some((error) => error.startsWith("lock.version")));
    put("b.yaml", "name: b\ninfrastructure: { provider: openstack }\n");
    const other = loadEnvironment("b", root, today);
    writeLock(other);
    writeFileSync(join(root, "environments", "a.lock.yaml"), readFileSync(other.lockFile, "utf8"));
    assert.deepEqual(errors("a"), ["lock.environment: the lock file belongs to the environment b"]);
  });

  it("warns of parts past their end of life on the day it is asked", () => {
    put("a.yaml", "name: a\ninfrastructure: { provider: openstack }\n");
    assert.deepEqual(loadEnvironment("a", root, "2026-01-15").problems, []);
    const later = loadEnvironment("a", root, "2026-11-21").problems.map((problem) => `${problem.severity} ${problem.path}`);
    assert.deepEqual(later, ["warning cluster.kubernetes", "warning platform.ingress.kind"]);
  });

  it("never reads what a secret refers to", () => {
    put(
      "a.yaml",
      "name: a\ninfrastructure: { provider: openstack, credentials: { file: /nowhere }, access: { ssh: { privateKey: { env: NOT_SET } } } }\n",
    );
    const { planned, problems } = loadEnvironment("a", root, today);
    assert.deepEqual(problems, []);
    assert.deepEqual(planned?.plan.access.ssh.privateKey, { env: "NOT_SET" });
  });
});
