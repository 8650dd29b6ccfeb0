import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { basename, join, relative } from "node:path";
import { registry } from "../../files/registry";
import { switchedServices } from "../../model/registry";
import { at } from "../../sandbox/kubernetes/values";
import { engineForTests } from "../support/engine";
import { filesIn, Project, readJson } from "../support/project";
import { EVERY_ROW, ROWS_TENANTS } from "../support/rows";

/** What an exchange leaves as it is (docs/rotation.md): keys of certificates, and what no service can exchange. */
const KEPT =
  /tls\.key$|^harbor_harbor-(admin|database-login)|training-operator-apart|^mariadb_mariadb\.json root-password|^openbao_openbao-seal|web\.json$/;
const NOTHING = { create: 0, update: 0, replace: 0, delete: 0 };
/** Of a Secret's keys, what everybody may know. */
const PUBLIC = /\.crt$|ca-bundle|username|user$|USER|_HOST|_URL|DATABASE|PORT/;

/** By the command, as its user would. The tests are one story, in order. */
for (const profile of ["standard", "highAvailability"] as const)
  describe(`every service of the file at once, ${profile}: its life`, function () {
    this.timeout(900_000);
    let project: Project;
    const told: string[] = [];
    /** Values of Secrets that have ever been. */
    const secrets = new Map<string, string>();

    const fields = (over: { readonly release?: string; readonly quota?: string } = {}) => ({
      ...{ profile, release: over.release ?? "1.7.0" },
      platform: {
        ...{ storage: { kind: "nfs", sizeGiB: 400 }, ingress: { kind: "traefik", beside: "nginx" } },
        services: Object.fromEntries(switchedServices(registry).map(({ name }) => [name, EVERY_ROW[name] ?? true])),
        tenants: { ...ROWS_TENANTS, lab: { isolate: false, podSecurity: "baseline", quota: over.quota ?? "low" } },
      },
    });

    const run = async (command: "up" | "rotate" | "destroy", ...rest: string[]) => {
      const { code, stdout, output } = await project.run(command, "--json", ...rest);
      told.push(output);
      assert.equal(code, 0, output);
      for (const { value, where } of secretsIn(project)) secrets.set(value, where);
      const { same: _, ...changes } = JSON.parse(stdout).changes;
      return changes as typeof NOTHING;
    };

    before(async function () {
      await engineForTests.call(this);
      project = new Project(fields());
    });
    after(() => project?.remove());

    it("comes up, and has nothing to do the second time", async () => {
      const { create, ...rest } = await run("up");
      assert.ok(create > 500, String(create));
      assert.deepEqual(rest, { update: 0, replace: 0, delete: 0 });
      assert.deepEqual(await run("up"), NOTHING);
    });

    it("changes what was changed in the file, and nothing else", async () => {
      project.write(fields({ quota: "medium" }));
      const { update, replace, ...rest } = await run("up");
      assert.ok(update + replace > 0 && update + replace < 5, `${update} ${replace}`);
      assert.deepEqual(rest, { create: 0, delete: 0 });
    });

    it("exchanges every secret that can be exchanged, and has nothing to do then", async () => {
      const before = new Map(secretsIn(project).map(({ value, where }) => [where, value]));
      await run("rotate");
      const after = new Map(secretsIn(project).map(({ value, where }) => [where, value]));
      const kept = [...before].filter(([where, value]) => after.get(where) === value).map(([where]) => where);
      const unexpected = kept.filter((where) => !KEPT.test(where));
      assert.equal(unexpected.join(", "), "");
      assert.deepEqual(await run("up"), NOTHING);
    });

    for (const release of ["1.7.0+step-1", "1.7.0+step-2", "1.7.0+maintained"])
      it(`goes on to ${release} with its data, and has nothing to do then`, async () => {
        project.write(fields({ quota: "medium", release }));
        const moved = await run("up", "--approve", "environment:move-release");
        assert.ok(moved.update > 5, JSON.stringify(moved));
        assert.deepEqual(await run("up"), NOTHING);
      });

    it("has had no secret in clear: in no state, history, lock, output, or object that is no Secret", () => {
      assert.ok(secrets.size > 60, String(secrets.size));
      const objects = project.world("kubernetes").filter((file) => at(readJson(file), "kind") !== "Secret");
      const backend = filesIn(join(project.root, ".kpaas/sandbox/backend"));
      const configs = filesIn(join(project.root, ".kpaas/sandbox/project"));
      const texts = [...objects, ...backend, ...configs].map((file) => [relative(project.root, file), readFileSync(file, "utf8")] as const);
      const found = [...texts, ["the lock", project.lock()] as const, ["the output", told.join("\n")] as const].flatMap(([file, text]) =>
        [...secrets].flatMap(([value, where]) =>
          [value, Buffer.from(value).toString("base64")].some((form) => text.includes(form)) ? [`${where} in ${file}`] : [],
        ),
      );
      assert.deepEqual(found, []);
    });

    it("goes, and leaves nothing in the cloud", async () => {
      const gone = await run("destroy");
      assert.ok(gone.delete > 500, String(gone.delete));
      assert.deepEqual(project.idsInWorld(), []);
    });
  });

/** What the Secrets of the cluster hold that nobody may know, and where. */
function secretsIn(project: Project): { readonly value: string; readonly where: string }[] {
  return project.world("kubernetes").flatMap((file) => {
    const object = readJson(file);
    if (at(object, "kind") !== "Secret") return [];
    return Object.entries((at(object, "data") ?? {}) as Record<string, string>).flatMap(([key, coded]) => {
      const value = Buffer.from(coded, "base64").toString();
      return value.length >= 16 && !value.includes("\n") && !PUBLIC.test(key) ? [{ value, where: `${basename(file)} ${key}` }] : [];
    });
  });
}
