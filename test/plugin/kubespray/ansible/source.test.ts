import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { kubesprayRelease, kubesprayTags } from "../../../../model/cluster/releases";
import { cached } from "../../../../plugin/kubespray/ansible/cached";
import { kubespraySource, releaseOf } from "../../../../plugin/kubespray/ansible/source";
import { temporaryFolders } from "../../../support/temporary";

const quiet = { tell: () => undefined };

describe("The kubespray of a tag", () => {
  const folder = temporaryFolders();
  const before = process.env.XDG_CACHE_HOME;
  beforeEach(() => {
    process.env.XDG_CACHE_HOME = folder();
  });
  afterEach(() => {
    if (before === undefined) delete process.env.XDG_CACHE_HOME;
    else process.env.XDG_CACHE_HOME = before;
  });

  /** A folder with what tells a tag, as that tag writes it. */
  function tree(tag: string): string {
    const { kubernetes } = releaseOf(tag);
    const role = kubernetes.writtenWithV ? "roles/kubespray-defaults/defaults/main" : "roles/kubespray_defaults/vars/main";
    const path = join(folder(), `kubespray-${tag.slice(1)}`);
    mkdirSync(join(path, role), { recursive: true });
    const lines = (kind: string) => kubernetes.versions.map((version) => `    ${kubernetes.writtenWithV ? "v" : ""}${version}: ${kind}:00`);
    const table = [
      "crictl_checksums:",
      "  amd64:",
      "    1.0.0: x",
      "kubelet_checksums:",
      "  arm64:",
      ...lines("a"),
      "  amd64:",
      ...lines("b"),
    ];
    writeFileSync(join(path, role, "checksums.yml"), ["---", ...table, "kubectl_checksums:", "  amd64:", "    9.9.9: x", ""].join("\n"));
    return path;
  }

  it("can be a folder, which must hold that very tag", async () => {
    for (const tag of kubesprayTags) {
      const path = tree(tag);
      assert.equal(await kubespraySource(tag, path, quiet), path);
    }
    await assert.rejects(
      kubespraySource("v2.29.0", tree("v2.28.1"), quiet),
      /holds another kubespray than v2\.29\.0: it installs Kubernetes 1\.32\.8 to .*, v2\.29\.0 installs 1\.33\.5 to/,
    );
    await assert.rejects(kubespraySource("v2.29.0", folder(), quiet), /holds no kubespray/);
    await assert.rejects(kubespraySource("v2.29.0", join(folder(), "none"), quiet), /none is not there/);
  });

  it("can be a tarball, unpacked once for its content", async () => {
    const path = tree("v2.29.0");
    const tarball = join(folder(), "kubespray.tar.gz");
    execFileSync("tar", ["-czf", tarball, "-C", join(path, ".."), "kubespray-2.29.0"]);
    const unpacked = await kubespraySource("v2.29.0", tarball, quiet);
    assert.ok(existsSync(join(unpacked, "roles", "kubespray_defaults", "vars", "main", "checksums.yml")));
    assert.equal(await kubespraySource("v2.29.0", tarball, { tell: assert.fail }), unpacked);
    await assert.rejects(kubespraySource("v2.30.0", tarball, quiet), /holds another kubespray than v2\.30\.0/);
    assert.deepEqual(
      readdirSync(join(unpacked, "..")).filter((name) => name.startsWith("v2.30.0")),
      [],
    );
  });

  it("is refused from a repository that has not its commit, with the way out", async () => {
    const repository = folder();
    spawnSync("git", ["init", "-q", repository]);
    await assert.rejects(kubespraySource("v2.29.0", repository, quiet), /holds no kubespray/);
    assert.equal(kubesprayRelease("v2.29.0")?.commit.length, 40);
  });
});

describe("A folder of the cache", () => {
  const folder = temporaryFolders();

  it("is made to its end or not at all, and by one at a time", async () => {
    const place = join(folder(), "a");
    let making = 0;
    const make = async () => {
      assert.equal(++making, 1);
      await new Promise((resolve) => setTimeout(resolve, 20));
      writeFileSync(join(place, "made"), "");
    };
    await Promise.all([1, 2].map(() => cached(place, "it", quiet, make)));
    assert.ok(existsSync(join(place, "made")));

    const broken = join(folder(), "b");
    await assert.rejects(
      cached(broken, "it", quiet, async () => {
        writeFileSync(join(broken, "half"), "");
        throw new Error("no network");
      }),
      /no network/,
    );
    assert.equal(existsSync(broken), false);
  });

  it("that a killed process left is made anew", async () => {
    const place = join(folder(), "a");
    mkdirSync(place);
    writeFileSync(join(place, "half"), "");
    await cached(place, "it", quiet, async () => writeFileSync(join(place, "made"), "whole"));
    assert.deepEqual([existsSync(join(place, "half")), readFileSync(join(place, "made"), "utf8")], [false, "whole"]);
  });
});
