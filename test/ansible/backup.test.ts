import assert from "node:assert/strict";
import { execFile, spawnSync } from "node:child_process";
import { createHash, createHmac } from "node:crypto";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { makePair } from "../support/certificates";

const SCRIPT = join(__dirname, "..", "..", "..", "ansible", "roles", "etcd_backup", "files", "kpaas-etcd-backup");
const missing = ["python3", "openssl", "tar"].filter((program) => spawnSync(program, ["--help"]).error !== undefined);

/** A control plane in a folder: keys, a manifest, and programs that answer as etcd's and Kubernetes' would. */
class Host {
  readonly root = mkdtempSync(join(tmpdir(), "kpaas-backup-"));

  constructor(to: object, leader = "cp-1") {
    const keys = join(this.root, "etc/kubernetes/ssl");
    for (const folder of ["bin", "etc/kpaas", "etc/kubernetes/manifests", "etc/kubernetes/ssl/etcd"])
      mkdirSync(join(this.root, folder), { recursive: true });
    for (const name of ["ca.crt", "ca.key", "sa.key", "sa.pub", "front-proxy-ca.key", "apiserver.key"])
      writeFileSync(join(keys, name), name);
    writeFileSync(join(keys, "secrets_encryption.yaml"), "kind: EncryptionConfiguration\n");
    const flags = {
      "client-ca-file": join(keys, "ca.crt"),
      "etcd-cafile": "/ca",
      "etcd-certfile": "/crt",
      "etcd-keyfile": "/key",
      "etcd-servers": "https://10.0.0.9:2379,https://10.0.0.1:2379",
      "encryption-provider-config": join(keys, "secrets_encryption.yaml"),
    };
    const lines = Object.entries(flags).map(([name, value]) => `    - --${name}=${value}`);
    writeFileSync(join(this.root, "etc/kubernetes/manifests/kube-apiserver.yaml"), `${lines.join("\n")}\n`);
    this.program(
      "etcdctl",
      `case "$*" in *10.0.0.9*) echo no route >&2; exit 1;; *"snapshot status"*) echo '{"revision":7,"totalKey":3}';; *) for last; do :; done; echo DATA >"$last";; esac`,
    );
    this.program("kubectl", `printf '%s' "${leader}_1234"`);
    makePair(join(this.root, "off.key"), join(this.root, "etc/kpaas/backup.crt"));
    this.settings(to);
  }

  settings(to: object, keep = 2): void {
    // Ansible makes texts of numbers that come by templates.
    const settings = { name: "demo", node: "cp-1", bin: join(this.root, "bin"), keep: String(keep), to };
    writeFileSync(join(this.root, "etc/kpaas/backup.json"), JSON.stringify(settings));
  }

  program(name: string, body: string): void {
    const path = join(this.root, "bin", name);
    writeFileSync(path, `#!/bin/sh\n${body}\n`);
    chmodSync(path, 0o755);
  }

  async run(...args: string[]): Promise<{ code: number; out: string }> {
    const env = { ...process.env, KPAAS_BACKUP_ROOT: this.root, no_proxy: "*" };
    try {
      const { stdout } = await promisify(execFile)("python3", [SCRIPT, ...args], { env });
      return { code: 0, out: stdout.trim() };
    } catch (error) {
      const { code, stderr } = error as { code: number; stderr: string };
      return { code, out: stderr.trim() };
    }
  }

  get status(): Record<string, unknown> {
    return JSON.parse(readFileSync(join(this.root, "var/lib/kpaas/backup/status.json"), "utf8")) as Record<string, unknown>;
  }

  /** The names in a backup, by the key that is kept off the cluster. */
  open(path: string): string[] {
    const opened = spawnSync("sh", [
      "-c",
      `openssl cms -decrypt -binary -inform DER -in '${path}' -inkey '${this.root}/off.key' | tar -tzf -`,
    ]);
    return String(opened.stdout).trim().split("\n").sort();
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}

/** A server of buckets that checks signatures; what it was sent, by key. */
async function bucketServer(secretKey: string): Promise<{ objects: Map<string, Buffer>; url: string; close: () => void }> {
  const objects = new Map<string, Buffer>();
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const { pathname, searchParams } = new URL(request.url ?? "", "http://bucket");
    if (!isSigned(request, body, secretKey)) return response.writeHead(403).end("<Error><Code>SignatureDoesNotMatch</Code></Error>");
    const key = decodeURIComponent(pathname).replace(/^\/backups\/?/, "");
    if (request.method === "PUT") objects.set(key, body);
    if (request.method === "DELETE") objects.delete(key);
    if (request.method !== "GET" || key !== "") return response.end(request.method === "GET" ? objects.get(key) : undefined);
    // One a page, as a large bucket would.
    const names = [...objects.keys()].filter((each) => each.startsWith(searchParams.get("prefix") ?? "")).sort();
    const at = Number(searchParams.get("continuation-token") ?? 0);
    const more = at + 1 < names.length ? `<NextContinuationToken>${at + 1}</NextContinuationToken>` : "";
    const keys = names.slice(at, at + 1).map((each) => `<Contents><Key>${each}</Key></Contents>`);
    return response.end(`<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${keys.join("")}${more}</ListBucketResult>`);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { objects, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close: () => server.close() };
}

function isSigned(request: IncomingMessage, body: Buffer, secretKey: string): boolean {
  const hash = (content: string | Buffer): string => createHash("sha256").update(content).digest("hex");
  const [, scope = "", names = "", signature] =
    /Credential=[^/]+\/(\S+), SignedHeaders=(\S+), Signature=(\w+)/.exec(request.headers.authorization ?? "") ?? [];
  const [path = "", query = ""] = (request.url ?? "").split("?");
  const headers = names
    .split(";")
    .map((name) => `${name}:${String(request.headers[name])}\n`)
    .join("");
  const canonical = [request.method, path, query, headers, names, request.headers["x-amz-content-sha256"]].join("\n");
  const text = ["AWS4-HMAC-SHA256", request.headers["x-amz-date"], scope, hash(canonical)].join("\n");
  const key = scope
    .split("/")
    .reduce<string | Buffer>((from, word) => createHmac("sha256", from).update(word).digest(), `AWS4${secretKey}`);
  return request.headers["x-amz-content-sha256"] === hash(body) && createHmac("sha256", key).update(text).digest("hex") === signature;
}

describe("backups of etcd on a host", function () {
  this.timeout(60_000);
  before(function () {
    if (missing.length === 0) return;
    console.log(`      skipped: there is no ${missing.join(", ")} here`);
    this.skip();
  });

  it("are what a reader with the key can restore from: snapshot, authorities, the accounts' key, the encryption's configuration", async () => {
    const host = new Host({ local: { path: "/nowhere" } });
    try {
      const kept = join(host.root, "kept");
      host.settings({ local: { path: kept } });
      const { code, out } = await host.run("run");
      assert.equal(code, 0, out);
      assert.match(out, /^etcd-demo-\d{8}T\d{6}Z\.tar\.gz\.cms$/);
      assert.deepEqual(host.open(join(kept, out)), [
        "about.json",
        "keys/ca.crt",
        "keys/ca.key",
        "keys/encryption.yaml",
        "keys/front-proxy-ca.key",
        "keys/sa.key",
        "keys/sa.pub",
        "snapshot.db",
      ]);
      assert.doesNotMatch(readFileSync(join(kept, out), "latin1"), /DATA|sa\.key|EncryptionConfiguration/);
      assert.equal(host.status.file, out);
      assert.equal(host.status.revision, 7);
      // Nothing in clear is left behind, and the oldest are forgotten.
      assert.deepEqual(readdirSync(join(host.root, "var/lib/kpaas/backup")).sort(), ["lock", "status.json"]);
      for (const day of ["20200101", "20200102", "20200103"]) writeFileSync(join(kept, `etcd-demo-${day}T000000Z.tar.gz.cms`), "");
      writeFileSync(join(kept, "etcd-other-20200101T000000Z.tar.gz.cms"), "");
      host.settings({ local: { path: kept } }, 1);
      rmSync(join(kept, out));
      const second = await host.run("run", "--now");
      assert.deepEqual(readdirSync(kept).sort(), [second.out, "etcd-other-20200101T000000Z.tar.gz.cms"].sort());
    } finally {
      host.remove();
    }
  });

  it("are told apart from those of a cluster whose name begins with this one's", async () => {
    const server = await bucketServer("SECRET");
    const host = new Host({ local: { path: "/nowhere" } });
    // Before the digits of a year, and behind them.
    const others = ["demo-2", "demo-staging"].flatMap((name) =>
      ["20200101", "20990101"].map((day) => `etcd-${name}-${day}T000000Z.tar.gz.cms`),
    );
    const kept = join(host.root, "kept");
    mkdirSync(kept);
    for (const name of others) {
      writeFileSync(join(kept, name), "");
      server.objects.set(name, Buffer.from(""));
    }
    try {
      for (const [to, names] of [
        [{ local: { path: kept } }, () => readdirSync(kept)],
        [{ s3: { bucket: "backups", endpoint: server.url, access_key: "AK", secret_key: "SECRET" } }, () => [...server.objects.keys()]],
      ] as const) {
        host.settings(to, 1);
        const { code, out } = await host.run("run");
        assert.equal(code, 0, out);
        assert.deepEqual([...names()].sort(), [...others, out].sort());
        assert.deepEqual((await host.run("list")).out, out);
        assert.deepEqual((await host.run("get", "latest", join(host.root, "back"))).out, out);
        assert.match((await host.run("get", others[0] ?? "", join(host.root, "back"))).out, /^there is no backup/);
      }
    } finally {
      host.remove();
      server.close();
    }
  });

  it("leave nothing of an attempt that found no room", () => {
    const folder = mkdtempSync(join(tmpdir(), "kpaas-backup-"));
    try {
      // A file that can be opened and not be read.
      const program = `import importlib.machinery as m; m.SourceFileLoader("b", ${JSON.stringify(SCRIPT)}).load_module().Folder(${JSON.stringify(folder)}).put("/proc/self/mem", "x")`;
      const { status, stderr } = spawnSync("python3", ["-B", "-W", "ignore", "-c", program], { encoding: "utf8" });
      assert.equal(status, 1);
      assert.match(stderr, /OSError/);
      assert.deepEqual(readdirSync(folder), []);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("are made by the control plane that leads, and by each where nobody can tell", async () => {
    const host = new Host({ local: { path: "/nowhere" } }, "cp-2");
    try {
      host.settings({ local: { path: join(host.root, "kept") } });
      assert.deepEqual(await host.run("run"), { code: 0, out: "" });
      assert.match(String(host.status.skipped), /another control plane leads/);
      host.program("kubectl", "echo refused >&2; exit 1");
      assert.match((await host.run("run")).out, /^etcd-demo-/);
    } finally {
      host.remove();
    }
  });

  it("go to a bucket and come back, signed, page by page; a failure keeps what was last good in the status", async () => {
    const server = await bucketServer("SECRET+/key");
    const s3 = {
      bucket: "backups",
      prefix: "seoul/prod",
      endpoint: server.url,
      region: "kr-1",
      access_key: "AK",
      secret_key: "SECRET+/key",
    };
    const host = new Host({ s3 });
    try {
      for (const day of ["20200101", "20200102"]) server.objects.set(`seoul/prod/etcd-demo-${day}T000000Z.tar.gz.cms`, Buffer.from(day));
      const { code, out } = await host.run("run");
      assert.equal(code, 0, out);
      assert.deepEqual([...server.objects.keys()].sort(), ["seoul/prod/etcd-demo-20200102T000000Z.tar.gz.cms", `seoul/prod/${out}`]);
      const back = join(host.root, "back");
      assert.equal((await host.run("get", "latest", back)).out, out);
      assert.ok(host.open(back).includes("snapshot.db"));
      host.settings({ s3: { ...s3, secret_key: "other" } });
      const failed = await host.run("run");
      assert.equal(failed.code, 1);
      assert.match(failed.out, /answered PUT with 403 SignatureDoesNotMatch/);
      assert.match(String(host.status.error), /SignatureDoesNotMatch/);
      assert.equal(host.status.file, out);
    } finally {
      host.remove();
      server.close();
    }
  });

  it("follow cron's expressions by systemd's, and refuse what is none", async () => {
    const host = new Host({ local: {} });
    const rows = {
      "0 */6 * * *": "*-*-* 0,6,12,18:0:00",
      "30 2 1,15 * *": "*-*-1,15 2:30:00",
      // Either day counts where both are given.
      "0 3 1 * mon-fri": "*-*-1 3:0:00\nMon,Tue,Wed,Thu,Fri *-*-* 3:0:00",
      "*/20 8-18/5 * jan,jul 7": "Sun *-1,7-* 8,13,18:0,20,40:00",
    };
    try {
      for (const [cron, calendar] of Object.entries(rows)) assert.equal((await host.run("calendar", cron)).out, calendar, cron);
      for (const cron of ["60 * * * *", "* * *", "a * * * *", "5-1 * * * *", "*/0 * * * *"])
        assert.equal((await host.run("calendar", cron)).code, 1, cron);
    } finally {
      host.remove();
    }
  });
});
