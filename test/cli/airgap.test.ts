import assert from "node:assert/strict";
import { describeBundled, describeFailed, describePushed, describeVerified, viewEntries } from "../../cli/airgap";
import { colorsFor } from "../../cli/context";
import type { Artefact } from "../../model/airgap/bundle";
import { filesInIndex, fitsHere } from "../../operate/airgap/python-index";
import { command } from "./fixture";

const entry = { kind: "image", name: "quay.io/a/b", version: "1", source: "quay.io/a/b:1", goes: "registry", path: "a/b:1" } as const;

describe("the commands for environments without the internet", () => {
  it("say what is wrong with the command line, and end with 2", async () => {
    for (const argv of [
      ["airgap", "bundle", "seoul"],
      ["airgap", "push", "--from", "x"],
      ["airgap", "verify"],
      ["airgap", "bundle", "seoul", "--to", "x", "--parallel", "0"],
    ])
      assert.equal((await command(argv)).code, 2, argv.join(" "));
    const { code, stdout } = await command(["airgap", "verify", "--from", "/nowhere", "--json"]);
    assert.equal(code, 2);
    const { problems } = JSON.parse(stdout) as { problems: { reason: string; remedy: string }[] };
    assert.match(problems[0]?.reason ?? "", /holds no bundle\.json/);
  });

  it("list all that an environment pulls", async () => {
    const { code, stdout } = await command(["plan", "seoul", "--show", "airgap", "--json"]);
    assert.equal(code, 0);
    const { airgap } = JSON.parse(stdout) as { airgap: { kind: string; path: string }[] };
    assert.deepEqual([...new Set(airgap.map(({ kind }) => kind))], ["image", "file", "kubespray", "python", "engine", "plugin"]);
    const lines = viewEntries([entry, { ...entry, name: "c", digests: ["sha256:a", "sha256:b"] }], {
      width: 200,
      colors: colorsFor({ write: () => true }, {}),
    });
    assert.match(lines[0] ?? "", /^KIND +NAME +VERSION +LICENCE +DIGEST +FROM +TO/);
    assert.match(lines[2] ?? "", /one of 2 .*registry a\/b:1/);
  });

  it("tell what came of it", () => {
    const bundled = {
      folder: "/b",
      digest: "sha256:d",
      environments: ["seoul"],
      fetched: 2,
      there: 1,
      size: 2_500_000,
      failed: [],
      carried: [entry],
    };
    assert.match(
      describeBundled(bundled).join("\n"),
      /^\/b holds what seoul pulls: 2 fetched, 1 were there, 2\.5 MB\n.*sha256:d\n.*1 packages of npm/,
    );
    const partly = { ...bundled, failed: [{ entry, reason: "r" }] };
    assert.match(describeBundled(partly)[0] ?? "", /^\/b holds a part of what seoul pulls, 1 are missing: 2 fetched/);
    assert.deepEqual(
      describeFailed([
        { what: "a", reason: "r" },
        { what: "b", reason: "r" },
        { what: "c", reason: "s" },
      ]),
      ["  a, b: r", "  c: s"],
    );
    const artefact = { ...entry, key: "k", digest: "sha256:x", size: 1, blobs: [] } as Artefact;
    const verified = {
      folder: "/b",
      digest: "sha256:d",
      artefacts: 3,
      size: 1_000,
      damaged: [{ artefact, blob: "sha256:x", reason: "is not there" }],
      missing: { seoul: [entry], busan: [] },
    };
    assert.deepEqual(describeVerified(verified), [
      "damaged: image quay.io/a/b 1: sha256:x is not there",
      "missing for seoul: image quay.io/a/b 1 (quay.io/a/b:1)",
      "/b: 3 things, 1 kB, digest sha256:d",
      "busan has all it pulls",
    ]);
    const pushed = {
      environments: ["seoul"],
      registry: "r:5000",
      files: "/srv",
      pushed: 2,
      there: 0,
      failed: [],
      fields: { seoul: { "cluster.airGap.charts": "charts" } },
      variables: { A: "b" },
    };
    assert.match(
      describePushed(pushed).join("\n"),
      /2 put, 0 were there.*files in \/srv\n.*file is to say:\n {2}cluster\.airGap\.charts: charts\n.*\. \/srv\/kpaas\.env/,
    );
  });
});

describe("Python's indexes", () => {
  it("are read in both of their forms", () => {
    const sha256 = "a".repeat(64);
    const wanted = [{ name: "p-1-py3-none-any.whl", url: "https://files.intra/x/p-1-py3-none-any.whl", digest: `sha256:${sha256}` }];
    const json = {
      files: [
        { filename: "p-1-py3-none-any.whl", url: "../../x/p-1-py3-none-any.whl", hashes: { sha256 } },
        { filename: "old.whl", url: "o", hashes: {} },
      ],
    };
    assert.deepEqual(filesInIndex(JSON.stringify(json), "https://files.intra/simple/p/"), wanted);
    const html = `<a href="../../x/p-1-py3-none-any.whl#sha256=${sha256}" data-requires-python="&gt;=3">p</a><a href="other.whl">o</a>`;
    assert.deepEqual(filesInIndex(html, "https://files.intra/simple/p/"), wanted);
  });

  it("give what fits the machine", () => {
    const rows: readonly (readonly [string, NodeJS.Platform, NodeJS.Architecture, boolean])[] = [
      ["a-1-py3-none-any.whl", "linux", "x64", true],
      ["a-1-cp312-cp312-manylinux_2_17_x86_64.manylinux2014_x86_64.whl", "linux", "x64", true],
      ["a-1-cp312-cp312-manylinux_2_17_aarch64.whl", "linux", "x64", false],
      ["a-1-cp312-cp312-manylinux_2_17_aarch64.whl", "linux", "arm64", true],
      ["a-1-cp312-abi3-macosx_10_9_universal2.whl", "darwin", "arm64", true],
      ["a-1-cp312-abi3-macosx_10_9_x86_64.whl", "darwin", "arm64", false],
      ["a-1-cp312-cp312-win_amd64.whl", "linux", "x64", false],
    ];
    for (const [name, platform, arch, fits] of rows) assert.equal(fitsHere(name, { platform, arch }), fits, `${name} ${platform} ${arch}`);
  });
});
