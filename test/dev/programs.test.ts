import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { dirname, join } from "node:path";
import { folderOf, howToGet, installProgram } from "../../dev/programs/install";
import { TEST_PROGRAMS } from "../../dev/programs/table";
import { pinnedVersion } from "../../engine/build";
import { packageRoot } from "../../engine/paths";
import { findRelease } from "../../model/catalog";
import { temporaryFolders } from "../support/temporary";

describe("programs of others that long tests run", () => {
  const folder = temporaryFolders();
  /** A machine without a cache, and with no program beside what unpacks. */
  const machine = () => ({ env: { XDG_CACHE_HOME: folder(), PATH: "/nowhere" }, onProgress: () => undefined });

  it("are of the versions that are pinned, and exporters of those that the catalogue has", () => {
    for (const [name, { version, source }] of Object.entries(TEST_PROGRAMS))
      if ("module" in source) assert.equal(pinnedVersion(join(packageRoot(), "tools", "programs", name), source.module), version, name);
    const { services } = findRelease("1.7.0")!;
    const exporters = { mysqld_exporter: "mariadb", postgres_exporter: "postgresql", "prometheus-nats-exporter": "nats" };
    for (const [name, service] of Object.entries(exporters))
      assert.match(services[service]?.images.exporter ?? "", new RegExp(`:v?${TEST_PROGRAMS[name]?.version}$`), name);
  });

  it("come from their releases, by the checksums published with them, and once", async () => {
    const published = folder();
    for (const [name, { release }] of Object.entries(TEST_PROGRAMS)) {
      const { repository, tag, archive, path, checksums } = release(process.arch === "arm64" ? "arm64" : "amd64");
      const inside = folder();
      mkdirSync(dirname(join(inside, path)), { recursive: true });
      writeFileSync(join(inside, path), name);
      const at = join(published, repository, "releases", "download", tag);
      mkdirSync(at, { recursive: true });
      execFileSync("tar", ["-czf", join(at, archive), "-C", inside, path]);
      const sum = createHash("sha256")
        .update(readFileSync(join(at, archive)))
        .digest("hex");
      writeFileSync(join(at, checksums), `${sum}  ${archive}\n`);
    }
    const server = createServer(({ url = "" }, response) => response.end(readFileSync(join(published, url)))).listen(0, "127.0.0.1");
    await new Promise((listening) => server.once("listening", listening));
    const releases = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const own = machine();
    try {
      for (const name of Object.keys(TEST_PROGRAMS)) {
        const path = await installProgram(name, { ...own, releases });
        assert.deepEqual([readFileSync(path, "utf8"), dirname(path)], [name, folderOf(name, own.env)]);
      }
    } finally {
      server.close();
      server.closeAllConnections();
    }
    await installProgram("promtool", { ...own, releases });
  });

  it("that cannot be had say why not, of each way, and how they are had", async () => {
    const wanted = { ...machine(), releases: "http://127.0.0.1:1" };
    await assert.rejects(
      installProgram("amtool", wanted),
      /amtool 0\.32\.1 cannot be had:\n {2}- download: no connection.*\n {2}- build: no `go`/,
    );
    await assert.rejects(installProgram("mysqld_exporter", wanted), /build: .*name a clone of its project/);
    assert.match(howToGet("mysqld_exporter"), /main\.js mysqld_exporter \[CHECKOUT\]/);
    assert.throws(() => howToGet("grep"), /no program grep; there are promtool/);
  });
});
