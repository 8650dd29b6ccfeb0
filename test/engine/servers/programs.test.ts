import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { dirname, join } from "node:path";
import { OperationFailedError } from "../../../engine/errors";
import { engineCache } from "../../../engine/paths";
import { run } from "../../../engine/run";
import { diagnoseServers, findServers, installServers, type ServersOptions } from "../../../engine/servers/programs";
import { PROGRAMS } from "../../../sandbox/servers/record";
import { temporaryFolders } from "../../support/temporary";

const VERSIONS = { etcd: "3.9.1", kubernetes: "1.99.2", kwok: "0.9.3" };
const MODULES = { etcd: "go.etcd.io/etcd/server/v3", kubernetes: "k8s.io/kubernetes", kwok: "sigs.k8s.io/kwok" };
/** Nothing listens there: what an offline machine sees. */
const OFFLINE = "http://127.0.0.1:1";
const ARCH = process.arch === "arm64" ? "arm64" : "amd64";

/** A `go` that "builds" what it is asked for. */
const GO = `#!/bin/sh
if [ "$1" = env ]; then echo '{"GOVERSION":"go1.26.8","GOTOOLCHAIN":"auto"}'; exit; fi
while [ "$1" != "-o" ]; do shift; done; out=$2; shift 6
case $out in */) for package; do echo built > "$out/\${package##*/}"; done;; *) echo built > "$out";; esac
`;

describe("Finding the servers", () => {
  const folder = temporaryFolders();
  let server: Server | undefined;
  afterEach(() => server?.close());

  function machine(go = false): ServersOptions & { readonly cache: string } {
    const home = folder();
    const [bin, modules] = [join(home, "bin"), join(home, "tools")];
    mkdirSync(bin);
    for (const name of ["etcd", "kubernetes", "kwok"] as const) {
      mkdirSync(join(modules, name), { recursive: true });
      writeFileSync(join(modules, name, "go.mod"), `module x\n\nrequire (\n\t${MODULES[name]} v${VERSIONS[name]} // indirect\n)\n`);
    }
    if (go) writeFileSync(join(bin, "go"), GO, { mode: 0o755 });
    const env = { HOME: home, PATH: go ? `${bin}:/usr/bin:/bin` : bin };
    return { env, modules, releases: all(OFFLINE), cache: join(dirname(engineCache(env)), "servers") };
  }

  const all = (url: string) => ({ kubernetes: url, github: url, githubApi: url });

  /** A publisher of all releases; `spoil` changes what its checksums say of a file. */
  async function publisher(spoil: (name: string, sum: string) => string = (_name, sum) => sum): Promise<string> {
    const place = folder();
    const files: Record<string, string | Buffer> = {};
    const sum = (name: string, content: string | Buffer): string => spoil(name, createHash("sha256").update(content).digest("hex"));
    for (const name of ["kube-apiserver", "kube-controller-manager", "kube-scheduler"]) {
      const path = `/v${VERSIONS.kubernetes}/bin/linux/${ARCH}/${name}`;
      files[path] = `official ${name}`;
      files[`${path}.sha256`] = sum(name, `official ${name}`);
    }
    const unpacked = `etcd-v${VERSIONS.etcd}-linux-${ARCH}`;
    mkdirSync(join(place, unpacked));
    for (const name of ["etcd", "etcdctl"]) writeFileSync(join(place, unpacked, name), `official ${name}`);
    await run("tar", ["-czf", join(place, "etcd.tar.gz"), "-C", place, unpacked]);
    const archive = readFileSync(join(place, "etcd.tar.gz"));
    const etcd = `/etcd-io/etcd/releases/download/v${VERSIONS.etcd}`;
    files[`${etcd}/${unpacked}.tar.gz`] = archive;
    files[`${etcd}/SHA256SUMS`] = `${sum("etcd", archive)}  ${unpacked}.tar.gz\n`;
    const kwok = `kwok-linux-${ARCH}`;
    files[`/kubernetes-sigs/kwok/releases/download/v${VERSIONS.kwok}/${kwok}`] = "official kwok";
    const assets = [{ name: "kwok.yaml" }, { name: kwok, digest: `sha256:${sum("kwok", "official kwok")}` }];
    files[`/repos/kubernetes-sigs/kwok/releases/tags/v${VERSIONS.kwok}`] = JSON.stringify({ assets });
    server = createServer((request, response) => {
      const file = files[request.url ?? ""];
      response.writeHead(file === undefined ? 404 : 200).end(file);
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  it("takes the official releases whose checksums are right, and finds them in the cache the next time", async function () {
    if (process.platform !== "linux") this.skip();
    const own = machine();
    const programs = await installServers({ ...own, releases: all(await publisher()) });
    for (const name of PROGRAMS) {
      assert.equal(readFileSync(programs[name], "utf8"), `official ${name}`);
      assert.equal(statSync(programs[name]).mode & 0o777, 0o755);
    }
    assert.deepEqual(await findServers(own), programs);
    assert.deepEqual(await installServers(own), programs, "offline");
    assert.deepEqual(
      readdirSync(own.cache),
      Object.entries(VERSIONS).map(([name, version]) => `${name}-${version}`),
    );
    assert.match((await diagnoseServers(own)).reason, /^Kubernetes 1\.99\.2 in /);
  });

  for (const name of ["kube-scheduler", "etcd", "kwok"] as const) {
    it(`takes no release of which the checksum of ${name} is wrong`, async function () {
      if (process.platform !== "linux") this.skip();
      const spoilt = await publisher((one, sum) => (one === name ? sum.replace(/./g, "0") : sum));
      const refused = (error: unknown): boolean =>
        error instanceof OperationFailedError && /download: .* has the SHA-256 .* say 0{64}/.test(error.message);
      await assert.rejects(installServers({ ...machine(), releases: all(spoilt) }), refused);
      const programs = await installServers({ ...machine(true), releases: all(spoilt) });
      assert.equal(readFileSync(programs[name], "utf8"), "built\n");
    });
  }

  it("builds them where nothing can be downloaded", async () => {
    const programs = await installServers(machine(true));
    for (const name of PROGRAMS) assert.equal(readFileSync(programs[name], "utf8"), "built\n");
  });

  it("says what is missing, how it can be had, and leaves nothing", async () => {
    const own = machine();
    const { programs, reason, build } = await diagnoseServers(own);
    assert.equal(programs, undefined);
    assert.match(reason, /no etcd 3\.9\.1 in the cache .*; no kube-apiserver 1\.99\.2 .*; no kwok 0\.9\.3 /);
    assert.match(build, /no `go` on PATH/);
    const words = /etcd 3\.9\.1 is needed.*download: (no connection|there is no release).*build: no `go` on PATH.*https:\/\/go\.dev\/dl\//s;
    await assert.rejects(installServers(own), words);
    assert.deepEqual(readdirSync(own.cache), []);
  });

  it("takes none that is not what was installed", async () => {
    const own = machine(true);
    const programs = await installServers(own);
    chmodSync(programs.kwok, 0o755);
    writeFileSync(programs.kwok, "another");
    assert.equal(await findServers(own), undefined);
    assert.match((await diagnoseServers(own)).reason, /kwok is not what was installed: its SHA-256 is another/);
  });
});
