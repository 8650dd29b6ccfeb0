import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import { loadEnvironment, writeLock } from "../../files/load";
import { temporaryFolders } from "../support/temporary";
import { command } from "./fixture";

describe("kpaas fleet preview", () => {
  const temporary = temporaryFolders();

  function project(environments: Readonly<Record<string, object>>, fleet: object): string {
    const root = temporary();
    mkdirSync(join(root, "environments"));
    for (const [name, fields] of Object.entries(environments)) write(root, name, fields);
    writeFileSync(join(root, "environments", "fleet.yaml"), stringify({ name: "korea", environments: ["*"], ...fleet }));
    return root;
  }
  function write(root: string, name: string, fields: object): void {
    const file = { name, infrastructure: { provider: "openstack", region: "RegionOne" }, ...fields };
    writeFileSync(join(root, "environments", `${name}.yaml`), stringify(file));
  }
  const preview = (root: string, ...more: string[]) =>
    command(["fleet", "preview", join(root, "environments", "fleet.yaml"), "--offline", ...more], { cwd: root });

  it("shows waves and order, and the same changes of several clusters once", async () => {
    const root = project(
      { busan: {}, jeju: {}, seoul: {} },
      {
        waves: [
          { name: "canary", select: ["busan"], bake: "10m" },
          { name: "rest", select: ["*"], approval: true, maxFailures: 1 },
        ],
      },
    );
    for (const name of ["jeju", "seoul"]) {
      writeLock(loadEnvironment(name, root));
      write(root, name, { cluster: { pools: { worker: { nodes: 3 } } } });
    }
    const { code, stdout, stderr } = await preview(root);
    assert.equal(code, 0, stderr);
    assert.match(
      stdout,
      /Wave 1: canary\n {2}as many at once as the machine allows, each part is waited on for 600 s; the first failure stops it/,
    );
    assert.match(stdout, /busan +openstack RegionOne +\d +[\d.]+ +- +new/);
    assert.match(stderr, /warning busan, jeju, seoul: platform\.ingress\.kind/);
    assert.match(stdout, /Wave 2: rest\n {2}begins once it is approved; .*; more than 1 failures stop it/);
    assert.match(stdout, /created +machine worker-3 +worker, \S+ +jeju, seoul\n/);
    const data = JSON.parse((await preview(root, "--json")).stdout);
    assert.deepEqual(
      data.changes.map(({ effect, what, clusters }: Record<string, unknown>) => [effect, what, clusters]),
      [
        ["created", "environment", ["busan"]],
        ["created", "machine worker-3", ["jeju", "seoul"]],
      ],
    );
    assert.match((await preview(root, "--markdown")).stdout, /\| created \| machine worker-3 \| .* \| jeju, seoul \|/);
  });

  it("lists every problem of the fleet and of all its environments", async () => {
    const root = project({ busan: { profil: "minimal" }, seoul: {} }, { waves: [{ name: "a", select: ["soul", "*"] }] });
    const { code, stdout } = await preview(root, "--json");
    assert.equal(code, 2);
    assert.deepEqual(
      JSON.parse(stdout)
        .problems.filter(({ severity }: Record<string, unknown>) => severity === "error")
        .map(({ environment, path }: Record<string, unknown>) => [environment, path]),
      [
        ["korea", "waves.0.select.0"],
        ["busan", "profil"],
      ],
    );
  });

  it("is saved over no other file, and says so before anything is looked at", async () => {
    const root = project({ busan: {} }, {});
    const file = join(root, "environments", "fleet.yaml");
    const before = readFileSync(file, "utf8");
    for (const [where, reason] of [
      [file, /--save \(is ".*fleet\.yaml"\): is there, and is no saved preview[\s\S]*next: kpaas fleet preview --help/],
      [root, /--save .* is a folder/],
    ] as const) {
      const { code, stderr } = await command(["fleet", "preview", file, "--sandbox", "--save", where], { cwd: root });
      assert.equal(code, 2, stderr);
      assert.match(stderr, reason);
    }
    assert.equal(readFileSync(file, "utf8"), before);
  });

  it("says which command shows the problems of that fleet again", async () => {
    const root = project({ busan: {}, seoul: {} }, { waves: [{ name: "a", select: ["soul", "*"] }] });
    const file = join(root, "environments", "fleet.yaml");
    for (const [words, next] of [
      [["status"], "kpaas fleet preview --offline"],
      [["kubeconfig", file, "--output", "all.yaml"], `kpaas fleet preview ${file} --offline`],
    ] as const) {
      const { code, stderr } = await command(["fleet", ...words], { cwd: root });
      assert.equal(code, 2, stderr);
      assert.equal(stderr.trimEnd().split("\n").at(-1), `next: ${next}`);
    }
  });

  it("refuses what cannot be done with any cluster before it looks at one", async () => {
    const services = { keycloak: false, portal: false };
    const root = project({ busan: {}, seoul: {}, ulsan: { platform: { services: { ...services, mariadb: false } } } }, {});
    const cases: readonly (readonly [words: string, expected: readonly (readonly [environment: string, reason: RegExp])[]])[] = [
      ["upgrade --to 1.99 --yes", [["korea", /installed by no kubespray release/]]],
      ["upgrade --to 1.34 --only jeju --yes", [["korea", /is no cluster of the fleet/]]],
      // Who keeps nothing needs no key.
      [
        "upgrade --to 1.34 --yes",
        [
          ["busan", /nothing says to which key/],
          ["seoul", /nothing says to which key/],
        ],
      ],
      ["rotate --service mysql --yes", [["korea", /service of no cluster/]]],
      ["rotate --only ulsan --yes", [["korea", /no cluster has a service whose secrets/]]],
      ["destroy --approve busan", [["korea", /is not the fleet's name/]]],
    ];
    for (const [words, expected] of cases) {
      const { code, stdout } = await command(["fleet", ...words.split(" "), "--json"], { cwd: root });
      assert.equal(code, 2, words);
      const { problems } = JSON.parse(stdout);
      assert.deepEqual(
        problems.map(({ environment }: Record<string, unknown>) => environment),
        expected.map(([environment]) => environment),
        words,
      );
      for (const [index, [, reason]] of expected.entries()) assert.match(problems[index].reason, reason);
    }
  });

  it("lists a dozen mistakes of a fleet's file at once, whichever of its fields they are in", async () => {
    const root = project(
      { a: {}, b: {} },
      {
        environments: ["a", "b", "a"],
        waves: [
          { name: "canary", select: ["nowhere"], bake: "10 minutes", canary: 5 },
          { name: "canary", select: ["a"], maxFailures: -1, approval: "perhaps" },
          { name: "rest", select: ["*"], maxConcurrent: 0, unknown: 1 },
        ],
        after: { b: "a" },
        maintenance: { timeZone: "Asia/Seol", windows: [{ days: ["mo"], hours: "25:00-26:00" }], blackout: ["2026-13-40"] },
        health: { nodesReady: "150%", apiserver: true },
        via: { operator: {} },
      },
    );
    const { code, stdout } = await preview(root, "--json");
    assert.equal(code, 2);
    const paths = JSON.parse(stdout)
      .problems.filter(({ severity }: Record<string, unknown>) => severity === "error")
      .map(({ path }: Record<string, unknown>) => path);
    for (const path of [
      "waves.0.bake",
      "waves.1.maxFailures",
      "waves.1.approval",
      "waves.2.maxConcurrent",
      "waves.2.unknown",
      "after.b",
      "maintenance.timeZone",
      "maintenance.windows.0.hours",
      "maintenance.blackout.0",
      "health.nodesReady",
      "health.apiserver",
    ])
      assert.ok(paths.includes(path), `${path} among ${paths.join(", ")}`);
  });

  it("tells of mistakes in what environments are named as of any others", async () => {
    for (const environments of [[], "a", [1], undefined]) {
      const { code, stderr } = await preview(project({ a: {} }, { environments, after: { a: ["b"] } }));
      assert.equal(code, 2, stderr);
      assert.match(stderr, /error korea: environments/);
      assert.doesNotMatch(stderr, /after/, "nobody knows yet which clusters there are");
    }
  });

  it("tells of bad input before it tells that there is no terminal", async () => {
    const root = project({ busan: {}, seoul: {} }, {});
    const cases: readonly (readonly [words: string, expected: RegExp])[] = [
      ["up --wave nowhere --sandbox", /the fleet has no wave nowhere/],
      ["upgrade --to 9.9.9 --sandbox", /--to \(is "9\.9\.9"\)/],
      ["rotate --service nothing --sandbox", /"nothing"\): is a service of no cluster/],
      ["rotate --only zz --sandbox", /--only \(is "zz"\): is no cluster of the fleet/],
      ["destroy --via operator --yes", /the operator destroys nothing[\s\S]*delete the fleet's Stacks/],
      ["up --sandbox --yes --report all.pdf", /It must end with \.md, \.xml or \.json\./],
      [
        "destroy --sandbox",
        /no terminal to ask on[\s\S]*add --approve [a-z]+: what is lost is told[\s\S]*next: kpaas fleet destroy --sandbox --approve [a-z]+$/m,
      ],
    ];
    for (const [words, expected] of cases) {
      const { code, stderr } = await command(["fleet", ...words.split(" ")], { cwd: root });
      assert.equal(code, 2, words);
      assert.match(stderr, expected, words);
    }
  });

  it("says where there is no fleet file", async () => {
    const { code, stderr } = await command(["fleet", "preview"], { cwd: temporary() });
    assert.equal(code, 2);
    assert.match(stderr, /kpaas schema fleet/);
  });
});
