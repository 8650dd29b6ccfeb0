import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { pbkdf2 } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { removeFolder } from "../../host/files";
import { InvalidInputError, type Problem, RefusedError } from "../../model/problems";
import { backup } from "../../operate/backup/backup";
import { readBackup } from "../../operate/backup/folder";
import { listBackups, type RestoreChoice, restore } from "../../operate/backup/restore";
import { readSealed, writeSealed } from "../../operate/backup/sealed";
import { DeclinedError, type Operator, type Question } from "../../operate/operator";
import type { Request } from "../../operate/ready";
import { type PlanChanges, planWithServices } from "../support/backup";
import { playedDoors } from "../support/doors";
import { PlayedCluster } from "../support/played-cluster";

const REASONS = (error: unknown): readonly string[] => (error as { problems: readonly Problem[] }).problems.map(({ reason }) => reason);

/** What services keep, in a played cluster whose pods are folders here: a dump copies a file, a restore writes it. */
describe("what services keep", function () {
  this.timeout(20_000);
  let folder: string;
  let cluster: PlayedCluster;
  let questions: Question[];
  let agrees: boolean;
  let version: string;
  let harbor: string | undefined;
  let environment: string;
  let changes: PlanChanges;
  const file = (name: string) => join(folder, name);

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "kpaas-backup-test-"));
    const made = "req -x509 -newkey rsa:2048 -nodes -days 30 -subj /CN=backup";
    execFileSync("openssl", [...made.split(" "), "-keyout", file("key"), "-out", file("crt")], { stdio: "pipe" });
    execFileSync("openssl", [...made.split(" "), "-keyout", file("other-key"), "-out", file("other-crt")], { stdio: "pipe" });
    cluster = new PlayedCluster();
    await cluster.start();
  });
  after(async () => {
    await cluster.stop();
    removeFolder(folder);
  });
  beforeEach(() => {
    rmSync(file("backups"), { recursive: true, force: true });
    rmSync(file("pod"), { recursive: true, force: true });
    mkdirSync(file("pod"));
    writeFileSync(file("pod/mariadb"), "rows".repeat(100_000));
    writeFileSync(file("pod/openbao"), "a snapshot");
    cluster.events.length = 0;
    cluster.cutAfter = undefined;
    for (const path of Object.keys(cluster.workloads)) delete cluster.workloads[path];
    cluster.workloads["keycloak/statefulsets/keycloak"] = { replicas: 2, annotations: {} };
    cluster.workloads["portal/deployments/portal-web"] = { replicas: 1, annotations: {} };
    cluster.secrets["openbao/openbao-seal"] = { key: "canary-key" };
    questions = [];
    agrees = true;
    version = "12.0.2";
    harbor = undefined;
    environment = "seoul";
    changes = {};
    // The commands themselves run against real servers: npm run e2e -- backup.
    cluster.as = (script, namespace) => {
      const kept = file(`pod/${namespace}`);
      const login = namespace === "openbao" ? "IFS= read -r jwt\n" : "";
      if (script.includes("kpaas-admin")) return { script: `printf ' without them' >> ${kept}` };
      if (script.includes("head -c")) return { script: `${login}head -c "$1" > ${kept}` };
      return script.includes("mariadb-check") || script.includes("until")
        ? { script: `${login}test -s ${kept}` }
        : { script: `${login}cat ${kept}` };
    };
  });

  const doors = () => {
    const loaded = planWithServices(environment, { mariadb: version, ...(harbor === undefined ? {} : { harbor }) }, changes);
    const played = playedDoors({ loaded, result: undefined as never, loss: undefined as never, outputs: {} }, () => undefined);
    return {
      ...played,
      engine: async () => ({
        ...(await played.engine()),
        withCluster: <T>(_target: unknown, _options: unknown, work: (api: typeof cluster.api) => Promise<T>) => work(cluster.api),
      }),
    };
  };
  const operator: Operator = {
    asker: () => async (question) => {
      questions.push(question);
      return agrees;
    },
    tell: () => undefined,
    run: (_job, work) => work({}),
  };
  const request = (): Request => ({ reference: environment, root: folder });
  const make = (more: object = {}) => backup(request(), { encryptTo: file("crt"), ...more }, operator, doors());
  const bring = (more: Partial<RestoreChoice> = {}) => restore(request(), { from: "latest", key: file("key"), ...more }, operator, doors());

  it("is written encrypted, for its owner only, with a manifest last that holds no secret", async () => {
    const { backup: made, left } = await make();
    assert.deepEqual(readdirSync(made.folder).sort(), ["manifest.json", "mariadb.sql.cms", "openbao-key.cms", "openbao.snapshot.cms"]);
    for (const name of readdirSync(made.folder)) assert.equal(statSync(join(made.folder, name)).mode & 0o777, 0o600, name);
    const manifest = readFileSync(join(made.folder, "manifest.json"), "utf8");
    assert.doesNotMatch(manifest, /canary|rows/);
    assert.deepEqual(
      made.manifest.services.mariadb?.data.map(({ bytes }) => bytes),
      [400_000],
    );
    for (const name of readdirSync(made.folder)) assert.ok(!readFileSync(join(made.folder, name)).includes("rowsrows"), name);
    assert.deepEqual([made.manifest.environment, made.manifest.services.mariadb?.version], ["seoul", "12.0.2"]);
    assert.deepEqual(left, []);
    const opened = execFileSync("openssl", [
      "cms",
      "-decrypt",
      "-binary",
      "-inform",
      "DER",
      "-inkey",
      file("key"),
      "-in",
      join(made.folder, "openbao-key.cms"),
    ]);
    assert.equal(opened.toString(), "canary-key");
  });

  it("has a folder of its own, also where another was begun in the same second", async () => {
    const made = [await make(), await make(), await make()].map(({ backup: { name } }) => name);
    assert.equal(new Set(made).size, 3);
    assert.deepEqual([...made].sort(), made);
  });

  it("leaves nothing where a dump fails, and says what the pod said", async () => {
    cluster.as = () => ({ script: "echo rows; echo the disk is full >&2; exit 3" });
    await assert.rejects(make(), { name: "OperationFailedError", message: /mariadb-0: the command ended with 3: the disk is full/ });
    assert.deepEqual(readdirSync(file("backups/seoul")), []);
  });

  it("is refused without the key that it is sealed with", async () => {
    delete cluster.secrets["openbao/openbao-seal"];
    await assert.rejects(make(), (error) => error instanceof RefusedError && /nobody could read/.test(String(REASONS(error))));
    assert.deepEqual(readdirSync(file("backups/seoul")), []);
  });

  it("comes back, with who uses it stopped meanwhile and started again", async () => {
    await make();
    writeFileSync(file("pod/mariadb"), "lost");
    cluster.events.length = 0;
    const { plan } = await bring({ services: ["mariadb"] });
    assert.equal(readFileSync(file("pod/mariadb"), "utf8"), "rows".repeat(100_000));
    assert.deepEqual(plan.stopped, ["keycloak", "portal"]);
    assert.deepEqual(questions, [{ kind: "restore", environment: "seoul", plan }]);
    const order = cluster.events.map((each) => each.replace(/: .*/, ""));
    assert.deepEqual(order, [
      "keycloak/statefulsets/keycloak has 0",
      "portal/deployments/portal-web has 0",
      "in mariadb/mariadb",
      "in mariadb/mariadb",
      "keycloak/statefulsets/keycloak has 2",
      "portal/deployments/portal-web has 1",
    ]);
    assert.deepEqual(cluster.workloads["keycloak/statefulsets/keycloak"], { replicas: 2, annotations: {} });
  });

  it("goes on where it was broken off: who uses it stays stopped until then, and comes back as it was", async () => {
    await make();
    cluster.cutAfter = 100_000;
    await assert.rejects(bring({ services: ["mariadb"] }), {
      message: /broke off[\s\S]*keycloak, portal stay stopped.*run the same command again/,
    });
    assert.equal(cluster.workloads["keycloak/statefulsets/keycloak"]?.replicas, 0);
    await bring({ services: ["mariadb"] });
    assert.equal(readFileSync(file("pod/mariadb"), "utf8").length, 400_000);
    assert.deepEqual(cluster.workloads["keycloak/statefulsets/keycloak"], { replicas: 2, annotations: {} });
  });

  it("lets in nobody who has a successor by now: that is done before those start who use it, also by the same command again", async () => {
    await make();
    changes = { keycloak: { rotation: 3 }, openbao: { rotation: 3 } };
    const { as } = cluster;
    cluster.as = (script, namespace) => (script.includes("kpaas-admin") ? { script: "echo away >&2; exit 1" } : as(script, namespace));
    await assert.rejects(bring({ services: ["mariadb"] }), { message: /away\n.*keycloak, portal stay stopped/ });
    cluster.as = as;
    cluster.events.length = 0;
    const { plan } = await bring({ services: ["mariadb"] });
    assert.deepEqual(plan.ended, ["Keycloak's administrators kpaas-admin, kpaas-admin-2"]);
    assert.equal(readFileSync(file("pod/mariadb"), "utf8").slice(400_000), " without them");
    assert.deepEqual(
      cluster.events.slice(-5).map((each) => each.replace(/: .*/, "")),
      [
        ...Array.from({ length: 3 }, () => "in mariadb/mariadb"),
        "keycloak/statefulsets/keycloak has 2",
        "portal/deployments/portal-web has 1",
      ],
    );
  });

  it("can be interrupted, which says what stays stopped", async () => {
    await make();
    const controller = new AbortController();
    const { as } = cluster;
    cluster.as = (script, namespace) => {
      controller.abort();
      return as(script, namespace);
    };
    const interrupted: Operator = { ...operator, run: (_job, work) => work({ signal: controller.signal }) };
    const choice = { from: "latest", key: file("key"), services: ["mariadb"] };
    await assert.rejects(restore(request(), choice, interrupted, doors()), {
      name: "InterruptedError",
      message: /keycloak, portal stay stopped/,
    });
    cluster.as = as;
    await bring();
    assert.equal(cluster.workloads["keycloak/statefulsets/keycloak"]?.replicas, 2);
  });

  it("is in its file however soon openssl is done, and however late that is written", async () => {
    // Everybody who opens files is busy for longer than openssl takes.
    const busy = Array.from({ length: 8 }, () => promisify(pbkdf2)("a", "b", 150_000, 32, "sha512"));
    const { size } = await writeSealed(file("late.cms"), readFileSync(file("crt"), "utf8"), async (to) => void to.end("a key"));
    assert.ok(size > 0);
    await Promise.all(busy);
    const pieces: Buffer[] = [];
    for await (const piece of readSealed(file("late.cms"), file("key"))) pieces.push(piece);
    assert.equal(Buffer.concat(pieces).toString(), "a key");
  });

  it("is left alone where that is not agreed to", async () => {
    await make();
    cluster.events.length = 0;
    agrees = false;
    await assert.rejects(bring(), DeclinedError);
    assert.deepEqual(cluster.events, []);
  });

  it("is restored from a whole backup only: a half one is none, a damaged one is told file by file", async () => {
    const { backup: made } = await make();
    writeFileSync(join(made.folder, "mariadb.sql.cms"), "half");
    rmSync(join(made.folder, "openbao-key.cms"));
    await assert.rejects(bring(), (error) => {
      assert.ok(error instanceof InvalidInputError);
      assert.equal(REASONS(error).length, 2);
      assert.match(String(REASONS(error)), /mariadb.sql.cms has 4 bytes.*openbao-key.cms is missing/);
      return true;
    });
    rmSync(join(made.folder, "manifest.json"));
    await assert.rejects(bring(), (error) => error instanceof InvalidInputError && /half of one/.test(String(REASONS(error))));
    assert.deepEqual((await listBackups(request(), {}, operator, doors())).backups, []);
  });

  it("is refused for another environment unless it is named, and for an older version", async () => {
    const { backup: made } = await make();
    environment = "busan";
    const from = { from: made.folder };
    await assert.rejects(bring(from), (error) => error instanceof RefusedError && /made of seoul/.test(String(REASONS(error))));
    version = "11.8.0";
    await assert.rejects(
      bring({ ...from, of: "seoul" }),
      (error) => error instanceof RefusedError && /may not read it/.test(String(REASONS(error))),
    );
    version = "12.0.3";
    await bring({ ...from, of: "seoul" });
  });

  it("is refused where it is sealed with another key, before anything is stopped", async () => {
    await make();
    cluster.secrets["openbao/openbao-seal"] = { key: "another" };
    cluster.events.length = 0;
    await assert.rejects(bring(), (error) => error instanceof RefusedError && /another key/.test(String(REASONS(error))));
    delete cluster.secrets["openbao/openbao-seal"];
    await assert.rejects(bring(), (error) => {
      assert.ok(error instanceof RefusedError);
      assert.match(error.message, /openbao-seal with the key that it was sealed with is not there.*kpaas refresh seoul/s);
      return true;
    });
    assert.deepEqual(cluster.events, []);
  });

  describe("in several parts", () => {
    const services = ["harbor"];
    /** What the parts' pods and the one that holds still did, in order. */
    const did = () => readFileSync(file("did"), "utf8").trim().split("\n");
    const note = (what: string) => `echo ${what} >> ${file("did")}`;
    /** Holds still as Harbor does, and says whether it was told the end or found itself alone. */
    const holds = () =>
      `${note("still")}; echo held; while IFS= read -r line; do if [ "$line" = end ]; then ${note("end")}; exit 0; fi; done; ${note("alone")}; exit 1`;
    let dumps: string;

    beforeEach(() => {
      harbor = "2.14.0";
      dumps = "";
      rmSync(file("did"), { force: true });
      writeFileSync(file("pod/sql"), "rows");
      writeFileSync(file("pod/images"), "layers".repeat(50_000));
      cluster.secrets["harbor/harbor-keys"] = { secretKey: "canary-key" };
      for (const name of ["harbor-core", "harbor-jobservice", "harbor-registry"])
        cluster.workloads[`harbor/deployments/${name}`] = { replicas: 2, annotations: {} };
      cluster.as = (script) => {
        if (script.includes("read_only") && script.includes("read -r")) return { script: holds() };
        if (script.includes("redis-cli")) return { script: note("caches") };
        const part = script.includes("PGHOST") ? "sql" : "images";
        if (script.includes("head -c")) return { script: `${note(part)}; head -c "$1" > ${file(`pod/${part}`)}` };
        if (/pg_dump|tar -cf/.test(script))
          return { script: `${note(part)}; cat ${file(`pod/${part}`)}; ${part === dumps ? "exit 3" : ""}` };
        return { script: `test -s ${file(`pod/${part}`)}` };
      };
    });

    it("is made while nothing changes, one after another, and comes back in that order with its own writers stopped", async () => {
      const { backup: made } = await make({ services });
      assert.deepEqual(did(), ["still", "sql", "images", "end"]);
      assert.deepEqual(readdirSync(made.folder).sort(), ["harbor-images.tar.cms", "harbor-key.cms", "harbor.sql.cms", "manifest.json"]);
      for (const part of ["sql", "images"]) writeFileSync(file(`pod/${part}`), "lost");
      rmSync(file("did"));
      cluster.events.length = 0;
      const { plan } = await bring({ services });
      assert.deepEqual([readFileSync(file("pod/sql"), "utf8"), readFileSync(file("pod/images"), "utf8").length], ["rows", 300_000]);
      assert.deepEqual(did(), ["sql", "images", "caches"]);
      assert.deepEqual(plan.stopped, ["harbor-core, harbor-jobservice"]);
      assert.deepEqual(
        cluster.events.filter((each) => each.includes(" has ")),
        ["core", "jobservice"]
          .map((name) => `harbor/deployments/harbor-${name} has 0`)
          .concat(["core", "jobservice"].map((name) => `harbor/deployments/harbor-${name} has 2`)),
      );
    });

    it("lets changes happen again where a part fails, and leaves nothing", async () => {
      dumps = "images";
      await assert.rejects(make({ services }), /harbor-registry-0: the command ended with 3/);
      assert.deepEqual(did(), ["still", "sql", "images", "end"]);
      assert.deepEqual(readdirSync(file("backups/seoul")), []);
    });

    it("is none where changes happened meanwhile: whoever held still says why", async () => {
      const { as } = cluster;
      cluster.as = (script, namespace) =>
        script.includes("read_only") && script.includes("read -r")
          ? { script: "echo held; echo somebody wrote >&2; exit 1" }
          : as(script, namespace);
      await assert.rejects(make({ services }), /harbor-core-0: the command ended with 1: somebody wrote/);
      cluster.as = (script, namespace) => (script.includes("read -r") ? { script: "echo no >&2; exit 1" } : as(script, namespace));
      await assert.rejects(make({ services }), /harbor-core-0: the command ended with 1: no/);
      assert.deepEqual(readdirSync(file("backups/seoul")), []);
    });

    it("can be interrupted: the service is told the end all the same", async () => {
      const controller = new AbortController();
      const { as } = cluster;
      cluster.as = (script, namespace) => {
        if (script.includes("tar -cf")) controller.abort();
        return as(script, namespace);
      };
      const interrupted: Operator = { ...operator, run: (_job, work) => work({ signal: controller.signal }) };
      await assert.rejects(backup(request(), { services, encryptTo: file("crt") }, interrupted, doors()), { name: "InterruptedError" });
      assert.equal(did().at(-1), "end");
      assert.deepEqual(readdirSync(file("backups/seoul")), []);
    });

    it("is damaged where one of its files is, and is read where it was made when each service had one", async () => {
      const { backup: made } = await make({ services });
      rmSync(join(made.folder, "harbor-images.tar.cms"));
      await assert.rejects(bring({ services }), (error) => /harbor-images.tar.cms is missing/.test(String(REASONS(error))));
      const { backup: one } = await make({ services: ["mariadb"] });
      const path = join(one.folder, "manifest.json");
      const manifest = JSON.parse(readFileSync(path, "utf8")) as { services: Record<string, { data: unknown[] }> };
      const { mariadb } = manifest.services;
      writeFileSync(path, JSON.stringify({ ...manifest, services: { mariadb: { ...mariadb, data: mariadb?.data[0] } } }));
      assert.equal(readBackup(one.folder)?.manifest.services.mariadb?.data[0]?.name, "mariadb.sql.cms");
    });
  });

  it("says all that is wrong with what is asked for", async () => {
    await assert.rejects(make({ services: ["etcd", "keycloak", "nobody"] }), (error) => {
      assert.ok(error instanceof InvalidInputError);
      assert.equal(error.problems.length, 3);
      assert.match(error.problems.map(({ remedy }) => remedy).join(), /kpaas cluster backup seoul.*choose one of.*name mariadb instead/);
      return true;
    });
    await assert.rejects(bring({ services: ["keycloak"] }), (error) => {
      assert.ok(error instanceof InvalidInputError);
      assert.deepEqual(REASONS(error), ["what keycloak keeps is in mariadb"]);
      return true;
    });
    await assert.rejects(
      make({ encryptTo: file("key") }),
      (error) => error instanceof InvalidInputError && /private key/.test(String(REASONS(error))),
    );
    await make();
    for (const [key, reason] of [
      ["other-key", /not the key/],
      ["crt", /no private key/],
      ["nothing", /no such file/],
    ] as const)
      await assert.rejects(bring({ key: file(key) }), (error) => error instanceof InvalidInputError && reason.test(String(REASONS(error))));
  });
});
