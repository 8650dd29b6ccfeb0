import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import { loadEnvironment, writeLock } from "../../files/load";
import { temporaryFolders } from "../support/temporary";
import { command } from "./fixture";

const COMMIT = "0123456789abcdef0123456789abcdef01234567";
const OPERATOR = { repository: "https://git.example.org/platforms", image: `registry.example.org/kpaas@sha256:${"0".repeat(64)}` };

describe("kpaas fleet export", () => {
  const temporary = temporaryFolders();

  function project(fleet: object, more: Readonly<Record<string, object>> = {}): string {
    const root = temporary();
    mkdirSync(join(root, "environments"));
    const backend = { url: "s3://states" };
    writeFileSync(join(root, "Pulumi.yaml"), stringify({ name: "kpaas", runtime: "nodejs", stackConfigDir: "environments", backend }));
    for (const name of ["busan", "seoul"]) {
      const infrastructure = { provider: "openstack", region: "RegionOne" };
      writeFileSync(join(root, "environments", `${name}.yaml`), stringify({ name, infrastructure, ...more[name] }));
      writeFileSync(join(root, "environments", `Pulumi.${name}.yaml`), "secretsprovider: awskms://alias/kpaas?region=x\n");
      writeLock(loadEnvironment(name, root));
    }
    const waves = [
      { name: "canary", select: ["busan"] },
      { name: "rest", select: ["*"] },
    ];
    write(root, { waves, ...fleet });
    return root;
  }
  function write(root: string, fleet: object): void {
    writeFileSync(join(root, "environments", "fleet.yaml"), stringify({ name: "korea", environments: ["*"], ...fleet }));
  }
  const exported = (root: string, ...words: string[]) =>
    command(["fleet", "export", "deploy", "--via", "operator", ...words], { cwd: root });

  it("writes the same files for the same fleet, tells what is not up to date, and deletes its own alone", async () => {
    const root = project({ via: { operator: OPERATOR } });
    const folder = join(root, "deploy");
    const first = await exported(root, "--commit", COMMIT);
    assert.equal(first.code, 0, first.stderr);
    const names = ["000-access.yaml", "001-busan.yaml", "002-seoul.yaml"];
    assert.deepEqual(readdirSync(folder).sort(), names);
    const texts = () =>
      readdirSync(folder)
        .sort()
        .map((name) => readFileSync(join(folder, name), "utf8"));
    const before = texts();
    assert.match((await exported(root, "--commit", COMMIT)).stdout, /^3 of 3 files were up to date/);
    assert.deepEqual(texts(), before);
    assert.equal((await exported(root, "--check")).code, 0);

    writeFileSync(join(folder, "mine.yaml"), "kind: List\n");
    mkdirSync(join(folder, "others"));
    write(root, { waves: [{ name: "all", select: ["*"] }], environments: ["seoul"], via: { operator: OPERATOR } });
    const stale = await exported(root, "--check");
    assert.equal(stale.code, 3, stale.stdout);
    assert.match(
      stale.stdout,
      /deploy\/001-seoul.yaml: is not up to date\n.*deploy\/001-busan.yaml: is left over\n.*002-seoul.yaml: is left/s,
    );
    assert.equal((await exported(root, "--commit", COMMIT)).code, 0);
    assert.deepEqual(readdirSync(folder).sort(), ["000-access.yaml", "001-seoul.yaml", "mine.yaml", "others"]);
    assert.equal((await exported(root, "--check")).code, 0);

    rmSync(join(folder, "001-seoul.yaml"));
    writeFileSync(join(folder, "001-seoul.yaml"), "kind: List\n");
    const others = await exported(root, "--commit", COMMIT);
    assert.equal(others.code, 3);
    assert.match(others.stderr, /no export of this fleet wrote it/);
  });

  it("refuses all that cannot be said or cannot work, and writes nothing", async () => {
    const ssh = { access: { ssh: { privateKey: { file: "key" } } } };
    const root = project(
      { waves: [{ name: "all", select: ["*"], bake: "1m", approval: true }], via: { operator: OPERATOR } },
      { seoul: { infrastructure: { provider: "openstack", region: "RegionOne", ...ssh } } },
    );
    const { code, stdout } = await exported(root, "--commit", COMMIT, "--json");
    assert.equal(code, 3, stdout);
    assert.deepEqual(
      JSON.parse(stdout).problems.map(({ environment, path }: Record<string, unknown>) => `${environment} ${path}`),
      ["korea waves.0.bake", "korea waves.0.approval", "seoul infrastructure.access.ssh.privateKey"],
    );
    assert.throws(() => readdirSync(join(root, "deploy")));
  });

  it("asks for what the fleet's file does not say, and for a commit", async () => {
    const without = await exported(project({}), "--commit", COMMIT);
    assert.equal(without.code, 2);
    assert.match(without.stderr, /via\.operator: is not in the fleet's file/);
    const root = project({ via: { operator: OPERATOR } });
    assert.match((await exported(root)).stderr, /Stacks of a branch would not wait for each other/);
    assert.equal((await exported(root, "--commit", "main")).code, 2);
  });

  it("writes workflows and jobs for the project's own place, with actions by commit and version", async () => {
    const { image } = OPERATOR;
    const root = project({ via: { github: {}, gitlab: { image } } });
    const forge = (via: string, folder: string) => command(["fleet", "export", folder, "--via", via], { cwd: root });
    const github = await forge("github", ".github/workflows");
    assert.equal(github.code, 0, github.stderr);
    const text = readFileSync(join(root, ".github/workflows/kpaas-fleet-korea.yaml"), "utf8");
    assert.match(text, /uses: actions\/checkout@[0-9a-f]{40} # v\d/);
    assert.match(text, /kpaas fleet up --plan preview.json --wave rest --yes/);
    const gitlab = await forge("gitlab", "ci");
    assert.equal(gitlab.code, 0, gitlab.stderr);
    assert.match(
      readFileSync(join(root, "ci/kpaas-fleet-korea.gitlab-ci.yml"), "utf8"),
      /local: ci\/kpaas-fleet-korea-waves.gitlab-ci.yml/,
    );
    const elsewhere = project(
      { via: { gitlab: { image } } },
      { seoul: { infrastructure: { provider: "openstack", region: "RegionOne", access: { ssh: { privateKey: { file: "key" } } } } } },
    );
    const refused = await command(["fleet", "export", "../elsewhere", "--via", "gitlab", "--json"], { cwd: elsewhere });
    assert.equal(refused.code, 2, refused.stdout);
    assert.match(refused.stdout, /is outside the project.*infrastructure\.access\.ssh\.privateKey/s);
  });

  it("brings nothing up by the operator that is in no commit, is not said, or cannot work there", async () => {
    const up = (root: string, ...words: string[]) => command(["fleet", "up", "--via", "operator", "--yes", ...words], { cwd: root });
    const reached = { operator: { ...OPERATOR, kubeconfig: { env: "KUBECONFIG_OF_OPERATOR" } } };
    const uncommitted = await up(project({ via: reached }));
    assert.equal(uncommitted.code, 3, uncommitted.stderr);
    assert.match(uncommitted.stderr, /in no git repository/);
    const unsaid = await up(project({ via: { operator: OPERATOR } }));
    assert.equal(unsaid.code, 2);
    assert.match(unsaid.stderr, /does not say how the operator is reached/);
    const ofThisMachine = {
      infrastructure: { provider: "openstack", region: "RegionOne", access: { ssh: { privateKey: { file: "key" } } } },
    };
    const unworkable = await up(project({ via: reached }, { seoul: ofThisMachine }));
    assert.equal(unworkable.code, 3);
    assert.match(unworkable.stderr, /in a file of this machine, which a workspace has not/);
    assert.equal((await up(project({ via: reached }), "--sandbox")).code, 2);
  });

  it("takes no secret in the fleet's file", async () => {
    const operator = { ...OPERATOR, repository: "https://me:token@git.example.org/platforms", kubeconfig: "apiVersion: v1" };
    const { code, stderr } = await exported(project({ via: { operator } }), "--commit", COMMIT);
    assert.equal(code, 2);
    assert.match(stderr, /without user and password/);
    assert.match(stderr, /via\.operator\.kubeconfig: must be a reference to a secret/);
    assert.doesNotMatch(stderr, /apiVersion/);
  });
});
