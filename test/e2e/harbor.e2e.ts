import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chownSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { harborBackup } from "../../components/platform/harbor/backup";
import { removeFolder } from "../../host/files";
import { postgreSqlForTests } from "../support/postgresql";
import { freePorts } from "../support/real-server";

/** Somebody who is not root, as whom alone a server starts. */
const OWNER = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};

/** The commands of Harbor's backup on a real PostgreSQL and real files; Harbor itself, its images and the API between are not there. */
describe("the backup of a Harbor's database and images", function () {
  this.timeout(60_000);
  const [database, images] = harborBackup.parts;
  let folder: string;
  let environment: NodeJS.ProcessEnv;

  /** Runs a command as in the pod: with so many bytes to take, of an input that does not end by itself. */
  const run = (script = "", input: Buffer = Buffer.alloc(0), size = input.length) =>
    spawnSync(
      "sh",
      ["-ec", script.replaceAll("/storage", join(folder, "storage")).replaceAll("/etc/registry", folder), "kpaas", String(size)],
      {
        ...OWNER,
        cwd: folder,
        env: environment,
        input: Buffer.concat([input, Buffer.from("more than that")]),
        maxBuffer: 1e8,
      },
    );
  const done = (...given: Parameters<typeof run>): Buffer => {
    const { status, stdout, stderr } = run(...given);
    assert.equal(status, 0, String(stderr));
    return stdout;
  };
  const ask = (sql: string): string => String(done(`psql -X -q -A -t -h localhost -U postgres -d registry -c "${sql}"`)).trim();

  before(async function () {
    const programs = postgreSqlForTests.call(this);
    const [port = 0] = await freePorts(1);
    folder = mkdtempSync(join(tmpdir(), "kpaas-e2e-"));
    for (const each of ["", "storage"]) {
      mkdirSync(join(folder, each), { recursive: true });
      if (OWNER.uid !== undefined) chownSync(join(folder, each), OWNER.uid, OWNER.gid);
    }
    environment = {
      PATH: `${programs}${delimiter}${process.env.PATH}`,
      PGPORT: String(port),
      LC_ALL: "C.UTF-8",
      POSTGRES_PASSWORD: "canary",
    };
    done(`initdb -D ${folder}/data -U postgres --no-sync > ${folder}/log`);
    done(`pg_ctl -D ${folder}/data -l ${folder}/log -w -o "-k ${folder} -F" start > /dev/null`);
    done("createdb -h localhost -U postgres registry");
    // As Harbor's migrations make it: a function that a trigger calls, keys, and settings.
    ask("CREATE TABLE schema_migrations (version bigint PRIMARY KEY, dirty boolean); INSERT INTO schema_migrations VALUES (160, false)");
    ask(
      "CREATE TABLE properties (id SERIAL PRIMARY KEY, k varchar(64) UNIQUE, v varchar(128)); INSERT INTO properties (k, v) VALUES ('read_only', 'true')",
    );
    ask("CREATE FUNCTION touched() RETURNS trigger AS 'BEGIN NEW.v = NEW.v; RETURN NEW; END;' LANGUAGE plpgsql");
    ask("CREATE TRIGGER touch BEFORE UPDATE ON properties FOR EACH ROW EXECUTE PROCEDURE touched()");
    ask(
      "CREATE TABLE robot (id SERIAL PRIMARY KEY, name text); INSERT INTO robot (name) SELECT 'robot ' || n FROM generate_series(1, 5000) n",
    );
    writeFileSync(join(folder, "config.yml"), "storage:\n  filesystem:\n    rootdirectory: /storage\n");
  });
  after(() => {
    if (folder === undefined) return;
    run(`pg_ctl -D ${folder}/data -m immediate stop > /dev/null`);
    removeFolder(folder);
  });

  it("brings rows, keys and triggers back, without what came later, and lets Harbor take writes", () => {
    const dump = done(database?.dump);
    ask("DELETE FROM robot WHERE id > 10; CREATE TABLE later (id int); UPDATE schema_migrations SET version = 170");
    done(database?.restore, dump);
    done(database?.verify);
    assert.equal(ask("SELECT count(*), max(id) FROM robot"), "5000|5000");
    assert.equal(ask("SELECT v FROM properties WHERE k = 'read_only'"), "false");
    assert.equal(ask("SELECT version FROM schema_migrations"), "160");
    assert.equal(ask("SELECT count(*) FROM pg_tables WHERE tablename = 'later'"), "0");
    assert.equal(ask("SELECT count(*) FROM pg_trigger WHERE tgname = 'touch'"), "1");
    assert.equal(ask("INSERT INTO robot (name) VALUES ('next') RETURNING id"), "5001");
    // Once more, as after a kill: the same.
    done(database?.restore, dump);
    assert.equal(ask("SELECT count(*) FROM robot"), "5000");
    // What was restored can be backed up and restored like what was there first.
    done(database?.restore, done(database?.dump));
    assert.equal(ask("SELECT count(*) FROM robot"), "5000");
  });

  it("leaves everything as it is where the dump does not arrive whole, or is none", () => {
    const dump = done(database?.dump);
    ask("DELETE FROM robot WHERE id > 10");
    const half = run(database?.restore, dump.subarray(0, 1_000), dump.length);
    assert.match(String(half.stderr), /did not arrive whole/);
    const none = run(database?.restore, Buffer.from("SELECT 1;\nNOT SQL;\n"));
    assert.notEqual(none.status, 0);
    assert.equal(ask("SELECT count(*) FROM robot"), "10");
    assert.doesNotMatch(`${half.stderr}${none.stderr}`, /canary/);
  });

  it("says where the database holds nothing of Harbor's", () => {
    ask("DELETE FROM schema_migrations");
    assert.match(String(run(database?.verify).stderr), /division by zero/);
  });

  it("brings every image back, without those that came later, and finds a blob that is not whole", () => {
    const inPod = "/storage/docker/registry/v2/blobs/sha256/ab";
    const blobs = join(folder, inPod);
    const push = (digest: string, layer: string) => {
      done(`mkdir -p ${inPod}/${digest}; printf %s "${layer}" > ${inPod}/${digest}/data`);
    };
    push("abcd", "layer one");
    const tar = done(images?.dump);
    push("abff", "later");
    rmSync(join(blobs, "abcd/data"));
    done(images?.restore, tar);
    done(images?.verify);
    assert.equal(readFileSync(join(blobs, "abcd/data"), "utf8"), "layer one");
    assert.equal(run(`test -e ${inPod}/abff`).status, 1);
    rmSync(join(blobs, "abcd/data"));
    assert.match(String(run(images?.verify).stderr), /abcd is not whole/);
    // Nothing was ever pushed.
    done(images?.restore, Buffer.alloc(0));
    done(images?.verify);
    assert.equal(done(images?.dump).length, 0);
  });

  it("refuses a registry whose images are elsewhere", () => {
    writeFileSync(join(folder, "config.yml"), "storage:\n  s3:\n    bucket: images\n");
    assert.match(String(run(images?.dump).stderr), /object store/);
  });
});
