import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { findRoot, formatLock, listEnvironments, loadEnvironment, writeLock } from "../../files/load";
import { moveReferences } from "../../files/references";

const today = "2025-01-15";

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
    for (const name of ["a.lock.yaml", "fleet.yaml", "edge.fleet.yaml", "Pulumi.a.yaml"]) put(name, "name: a\n");
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
    assert.equal(plan?.cloud.region, "R");
    assert.deepEqual(new Set(plan?.machines.map(({ zone }) => zone)), new Set(["z"]));
  });

  it("tells what the file itself says of a pool's machines from what its base does", () => {
    put("base.yaml", "infrastructure: { provider: openstack }\ncluster: { pools: { a: { nodes: 2 }, b: { nodes: { x: } } } }\n");
    put("seoul.yaml", "name: seoul\nextends: ./base.yaml\ncluster: { pools: { a: { labels: { c: d } } } }\n");
    put("busan.yaml", "name: busan\nextends: ./base.yaml\ncluster: { pools: { a: { nodes: 2 }, b: { nodes: { y: } } } }\n");
    const counted = (name: string) => loadEnvironment(name, root, today).planned?.plan.counted;
    assert.deepEqual([counted("seoul"), counted("busan")], [[], ["a"]]);
  });

  it("reads merge keys, carriage returns and a mark of the byte order", () => {
    put(
      "a.yaml",
      "\uFEFFname: a\r\ninfrastructure: { provider: openstack }\r\ncluster: { pools: { a: &p { nodes: 1, size: m1.large }, b: { <<: *p, nodes: 2 } } }\r\n",
    );
    const machines = loadEnvironment("a", root, today).planned?.plan.machines.filter(({ roles }) => roles.includes("worker"));
    assert.deepEqual(
      machines?.map(({ key, size }) => `${key} ${size}`),
      ["a-1 m1.large", "b-1 m1.large", "b-2 m1.large"],
    );
  });

  it("never opens a pipe", () => {
    execFileSync("mkfifo", [join(root, "environments", "pipe.yaml")]);
    assert.deepEqual(errors("pipe"), [": pipe.yaml is no regular file"]);
    put("a.yaml", "name: a\nextends: ./pipe.yaml\n");
    assert.deepEqual(errors("a"), ["extends: pipe.yaml is no regular file"]);
  });

  it("finds a file's name however it is written", () => {
    const names = ["name: b", "'name': b", "name: &n b", "{ name: b }", "name:\n  b", "# first\nname: b # it", "---\nname: b"];
    for (const name of names) {
      put("a.yaml", "name: b\ninfrastructure: { provider: openstack }\n");
      put("b.yaml", `${name}\n`);
      assert.match(errors("a").join(), /^name: environments\/b\.yaml has the same name/, name);
    }
    for (const name of ["name: b\n\n  c", "x: |\n  name: b", "name: b.c", "name: bc"]) {
      put("b.yaml", `${name}\n`);
      assert.deepEqual(errors("a"), [], name);
    }
    rmSync(join(root, "environments", "b.yaml"));
  });

  it("refuses both of two files with one name, and warns of one that is elsewhere", () => {
    put("a.yaml", "name: a\ninfrastructure: { provider: openstack }\n");
    put("b.yaml", "name: a\ninfrastructure: { provider: openstack }\n");
    assert.match(errors("a").join(), /^name: environments\/b\.yaml has the same name/);
    assert.match(errors("b").join(), /^name: environments\/a\.yaml has the same name/);
    rmSync(join(root, "environments", "b.yaml"));
    assert.deepEqual(errors("a"), []);
    writeFileSync(
      join(root, "other.yaml"),
      "name: a\ninfrastructure: { provider: openstack, access: { adminCidrs: [], ingressCidrs: [] } }\n",
    );
    const elsewhere = loadEnvironment(join(root, "other.yaml"), root, today);
    assert.deepEqual(
      elsewhere.problems.map(({ severity, path }) => `${severity} ${path}`),
      ["warning name"],
    );
    assert.ok(elsewhere.planned);
  });

  it("takes the path of a secret's file from the folder of the file it stands in", () => {
    mkdirSync(join(root, "environments", "bases"));
    put(
      "bases/b.yaml",
      "infrastructure: { provider: openstack, credentials: { file: keys/c.json }, access: { ssh: { privateKey: { file: ~/.ssh/id } } } }\n",
    );
    put(
      "a.yaml",
      "name: a\nextends: bases/b.yaml\nplatform: { tls: { kind: provided, certificate: { file: c.pem }, key: { file: /k.pem } } }\n",
    );
    const plan = loadEnvironment("a", root, today).planned?.plan;
    assert.deepEqual(plan?.credentials, { file: "bases/keys/c.json" });
    assert.deepEqual(plan?.access.ssh.privateKey, { file: "~/.ssh/id" });
    assert.deepEqual(plan?.platform.tls, { kind: "provided", certificate: { file: "c.pem" }, key: { file: "/k.pem" } });
    const variables = { some_list: [{ user: "u", password: { file: "keys/p" } }], file_of_mine: { file: "keys/f", mode: "0600" } };
    assert.deepEqual(moveReferences({ cluster: { variables } }, "/e/bases", "/e"), {
      cluster: { variables: { ...variables, some_list: [{ user: "u", password: { file: "bases/keys/p" } }] } },
    });
  });

  it("says in plain words what is wrong with a file's form", () => {
    put("a.yaml", "name: a\ninfrastructure: { provider: openstack }\n---\nname: b\n");
    assert.match(errors("a").join(), /line 3.*a second document begins here; a file holds one/);
    put("a.yaml", "name: a\ninfrastructure:\n\tprovider: openstack\n");
    assert.match(errors("a").join(), /line 3.*a tab stands where the line is indented/);
    put("a.yaml", "name: a\ninfrastructure: { provider: openstack }\ncluster: { pools: { x: { nodes: { 0x1f: {} } } } }\n");
    assert.match(errors("a").join(), /nodes\.0x1f: the key is read as the number 31, not as a text/);
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

  it("warns of what nobody outside may reach because the file says nothing of it, and names the field that opens it", () => {
    const warnings = (access: string): string[] => {
      put("w.yaml", `name: w\ninfrastructure: { provider: openstack${access} }\n`);
      return loadEnvironment("w", root, today).problems.map(({ severity, path }) => `${severity} ${path}`);
    };
    assert.deepEqual(warnings(""), ["warning infrastructure.access.adminCidrs", "warning infrastructure.access.ingressCidrs"]);
    assert.deepEqual(warnings(", access: { adminCidrs: [], ingressCidrs: [] }"), []);
    assert.deepEqual(warnings(", access: { adminCidrs: [], bastion: true }"), ["warning infrastructure.access.ingressCidrs"]);
    assert.deepEqual(warnings(", access: { ingressCidrs: [0.0.0.0/0] }, network: { floating: none }"), [
      "warning infrastructure.access.adminCidrs",
    ]);
  });

  it("warns of parts past their end of life on the day it is asked", () => {
    put("a.yaml", "name: a\ninfrastructure: { provider: openstack, access: { adminCidrs: [], ingressCidrs: [] } }\n");
    assert.deepEqual(loadEnvironment("a", root, "2025-01-15").problems, []);
    const later = loadEnvironment("a", root, "2026-11-21").problems.map((problem) => `${problem.severity} ${problem.path}`);
    const services = ["certManager", "keycloak", "mariadb"].map((name) => `services.${name}`);
    const ended = ["cluster.kubernetes", ...["ingress.kind", "loadBalancer", ...services].map((path) => `platform.${path}`)];
    assert.deepEqual(
      later,
      ended.map((path) => `warning ${path}`),
    );
  });

  it("finds the committed locks as it would write them", () => {
    const home = join(__dirname, "..", "..", "..");
    const names = listEnvironments(home);
    assert.ok(names.length > 10, String(names.length));
    for (const name of names) {
      const { lockFile, planned } = loadEnvironment(name, home, today);
      assert.equal(readFileSync(lockFile, "utf8"), formatLock(planned?.lock ?? assert.fail(name)), name);
    }
  });

  it("never reads what a secret refers to", () => {
    put(
      "a.yaml",
      "name: a\ninfrastructure: { provider: openstack, credentials: { file: /nowhere }, access: { adminCidrs: [], ingressCidrs: [], ssh: { privateKey: { env: NOT_SET } } } }\n",
    );
    const { planned, problems } = loadEnvironment("a", root, today);
    assert.deepEqual(problems, []);
    assert.deepEqual(planned?.plan.access.ssh.privateKey, { env: "NOT_SET" });
  });
});
