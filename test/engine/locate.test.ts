import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, watch, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { coerce, inc } from "semver";
import { buildEstimate, GO_VERSION } from "../../engine/build";
import { EngineMissingError, InterruptedError } from "../../engine/errors";
import { parseChecksums } from "../../engine/fetch";
import { diagnoseEngine, type LocateOptions, locateEngine } from "../../engine/locate";
import { engineCache, packageRoot, pinnedVersion } from "../../engine/paths";
import { run } from "../../engine/run";
import { temporaryFolders } from "../support/temporary";

const PINNED = pinnedVersion();

/** Nothing listens on the first port: what an offline machine sees. */
const OFFLINE = "http://127.0.0.1:1/releases";

interface Machine {
  readonly options: LocateOptions;
  readonly bin: string;
  readonly cache: string;
  readonly told: string[];
}

function executable(path: string, script: string): void {
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
}

/** A `pulumi` that answers with a version. */
const engineScript = (version: string) => `echo v${version}`;

/** A `go` that "builds" an engine of the pinned version, or runs `instead` in place of it. */
function goScript(instead?: string): string {
  const build = `while [ "$1" != "-o" ]; do shift; done; printf '#!/bin/sh\\necho v${PINNED}\\n' > "$2"; /bin/chmod +x "$2"`;
  return `if [ "$1" = env ]; then echo '{"GOVERSION":"go1.26.8","GOTOOLCHAIN":"auto"}'; exit; fi\n${instead ?? build}`;
}

describe("Finding the engine", () => {
  const folder = temporaryFolders();

  function machine(programs: Readonly<Record<string, string>> = {}, cached = false): Machine {
    const home = folder();
    const bin = join(home, "bin");
    mkdirSync(bin);
    for (const [name, script] of Object.entries(programs)) executable(join(bin, name), script);
    const env = { HOME: home, PATH: bin };
    const cache = engineCache(env);
    if (cached) {
      mkdirSync(join(cache, PINNED, "bin"), { recursive: true });
      executable(join(cache, PINNED, "bin", "pulumi"), engineScript(PINNED));
    }
    const told: string[] = [];
    return { options: { env, releases: OFFLINE, module: home, onProgress: (text) => told.push(text) }, bin, cache, told };
  }

  it("takes a tested one on PATH before the cache", async () => {
    const { options, bin } = machine({ pulumi: engineScript(PINNED) }, true);
    const engine = await locateEngine(options);
    assert.deepEqual(engine, { root: join(bin, ".."), command: join(bin, "pulumi"), version: PINNED, source: "path" });
  });

  for (const [word, version] of [
    ["old", "3.2.0"],
    ["new", `${inc(PINNED, "minor")}`],
  ] as const) {
    it(`passes over one on PATH that is too ${word}, and says so to the doctor`, async () => {
      const { options, cache } = machine({ pulumi: engineScript(version) }, true);
      assert.equal((await locateEngine(options)).command, join(cache, PINNED, "bin", "pulumi"));
      const { candidates } = await diagnoseEngine(options);
      assert.match(candidates[0]?.reason ?? "", new RegExp(`is ${version}, which is outside the tested range`));
    });
  }

  it("passes over one on PATH that fails or says no version", async () => {
    for (const script of ["exit 3", "echo hello"]) {
      assert.equal((await locateEngine(machine({ pulumi: script }, true).options)).source, "cache");
    }
  });

  it("keeps the cache where XDG_CACHE_HOME says, unless that is relative", () => {
    assert.equal(engineCache({ HOME: "/h", XDG_CACHE_HOME: "/x" }), "/x/kpaas/engine");
    assert.equal(engineCache({ HOME: "/h", XDG_CACHE_HOME: "x" }), "/h/.cache/kpaas/engine");
  });

  it("builds it when nothing can be downloaded, saying how long that takes, and finds it in the cache next time", async () => {
    const { options, cache, told } = machine({ go: goScript() });
    assert.deepEqual(await locateEngine(options), {
      ...{ root: join(cache, PINNED), command: join(cache, PINNED, "bin", "pulumi"), version: PINNED, source: "build" },
    });
    assert.match(told.join("\n"), /building the Pulumi engine .* about \d+ minutes? on \d+ cores?/);
    assert.deepEqual(readdirSync(cache), [PINNED]);
    assert.equal((await locateEngine(options)).source, "cache");
  });

  describe("in the cache", () => {
    const cachedEngine = async () => {
      const made = machine({ go: goScript() });
      const { command } = await locateEngine(made.options);
      return { ...made, command };
    };
    const reasons = async (options: LocateOptions): Promise<string> => (await diagnoseEngine(options)).candidates[1]?.reason ?? "";

    it("is installed anew where it is not what was installed, and the doctor says so", async () => {
      const { options, command } = await cachedEngine();
      executable(command, "echo v9.9.9");
      assert.match(await reasons(options), /pulumi is not what was installed: its SHA-256 is another/);
      assert.equal((await locateEngine(options)).source, "build");
      assert.match(readFileSync(command, "utf8"), new RegExp(PINNED));
      assert.equal((await locateEngine(options)).source, "cache");
    });

    it("has no program beside it that was not installed", async () => {
      const { options, command } = await cachedEngine();
      executable(join(command, "..", "pulumi-language-nodejs"), "exit 0");
      assert.match(await reasons(options), /pulumi-language-nodejs in .* is not as it was installed/);
    });

    it("is what it was after it was copied or touched", async () => {
      const { options, command } = await cachedEngine();
      const text = readFileSync(command);
      rmSync(command);
      writeFileSync(command, text, { mode: 0o755 });
      assert.equal((await locateEngine(options)).source, "cache");
    });

    it("can be written to by nobody else, and is taken over as it is from an earlier version", async () => {
      const { options, command, cache } = await cachedEngine();
      rmSync(join(cache, PINNED, "checksums.json"));
      for (const path of [cache, join(cache, PINNED), command]) chmodSync(path, 0o777);
      assert.equal((await locateEngine(options)).source, "cache");
      for (const path of [cache, join(cache, PINNED), command]) assert.equal(statSync(path).mode & 0o022, 0, path);
      assert.equal(statSync(join(cache, PINNED, "checksums.json")).mode & 0o077, 0);
    });
  });

  it("builds once for two that ask at the same time", async () => {
    const { options, bin, told } = machine({ go: `${goScript().replace("while", 'echo built >> "$0.count"\nwhile')}` });
    const engines = await Promise.all([locateEngine(options), locateEngine(options)]);
    assert.deepEqual(engines.map((engine) => engine.source).sort(), ["build", "cache"]);
    assert.equal(readFileSync(join(bin, "go.count"), "utf8"), "built\n");
    assert.ok(told.some((text) => text.startsWith("waiting for process")));
  });

  it("says what is missing and where to get it when there is no way", async () => {
    const { options, cache } = machine();
    await assert.rejects(locateEngine(options), (error) => {
      assert.ok(error instanceof EngineMissingError);
      for (const part of [
        "no `pulumi` on PATH",
        "no engine in the cache",
        "download: no connection to 127.0.0.1",
        "build: no `go` on PATH",
      ]) {
        assert.ok(error.message.includes(part), `${part} in:\n${error.message}`);
      }
      assert.match(error.message, /https:\/\/www\.pulumi\.com\/docs\/install\/.*https:\/\/go\.dev\/dl\//s);
      return true;
    });
    assert.deepEqual(readdirSync(cache), []);
  });

  it("neither downloads nor builds when only asked to look", async () => {
    const { options, cache } = machine({ go: goScript() });
    await assert.rejects(locateEngine({ ...options, install: false }), EngineMissingError);
    assert.equal(existsSync(cache), false);
  });

  it("refuses a Go that is too old and cannot fetch a newer one", async () => {
    const { options } = machine({ go: `echo '{"GOVERSION":"go1.25.1","GOTOOLCHAIN":"local"}'` });
    await assert.rejects(locateEngine(options), /go 1\.25\.1 is older than 1\.26\.0/);
  });

  it("leaves nothing when the build fails or does not give an engine", async () => {
    for (const [go, reason] of [
      [goScript("echo no space >&2; exit 1"), /build: go ended with code 1: no space/],
      [goScript().replace(`echo v${PINNED}`, "exit 3"), /build: .*pulumi ended with code 3/],
    ] as const) {
      const { options, cache } = machine({ go });
      await assert.rejects(locateEngine(options), reason);
      assert.deepEqual(readdirSync(cache), []);
    }
  });

  it("ends the build and leaves nothing when interrupted", async () => {
    const { options, cache, bin } = machine({ go: goScript('echo $$ > "$0.pid"; exec /bin/sleep 60') });
    const interrupt = new AbortController();
    const building = locateEngine({ ...options, signal: interrupt.signal });
    const pid = await contentOf(bin, "go.pid");
    interrupt.abort();
    await assert.rejects(building, InterruptedError);
    assert.throws(() => process.kill(Number(pid), 0), /ESRCH/);
    assert.deepEqual(readdirSync(cache), []);
  });

  it("of a build that was killed leaves no engine, and the next one clears up and succeeds", async () => {
    const { options, cache, bin } = machine({ go: goScript('echo $$ > "$0.pid"; exec /bin/sleep 60') });
    const { signal: _, onProgress: __, ...plain } = options;
    const script = `require(${JSON.stringify(join(packageRoot(), "dist/engine/locate.js"))}).locateEngine(${JSON.stringify(plain)})`;
    const builder: ChildProcess = spawn(process.execPath, ["-e", script], { stdio: "ignore" });
    const pid = Number(await contentOf(bin, "go.pid"));
    builder.kill("SIGKILL");
    await once(builder, "close");
    process.kill(pid, "SIGKILL");
    assert.equal(existsSync(join(cache, PINNED)), false);
    assert.equal(readdirSync(cache).length, 2, "the dead builder's lock and folder");
    executable(join(bin, "go"), goScript());
    assert.equal((await locateEngine(options)).source, "build");
    assert.deepEqual(readdirSync(cache), [PINNED]);
  });

  it("pins the same versions in the code and in the Go module", () => {
    const module = readFileSync(join(packageRoot(), "tools", "pulumi", "go.mod"), "utf8");
    assert.equal(/github\.com\/pulumi\/pulumi\/pkg\/v3 v(\S+)/.exec(module)?.[1], PINNED);
    assert.equal(coerce(/^go (\S+)$/m.exec(module)?.[1])?.version, GO_VERSION);
  });

  it("estimates a build by the machine's cores", () => {
    assert.equal(buildEstimate(2), "about 4 minutes on 2 cores");
    assert.equal(buildEstimate(64), "about 1 minute on 64 cores");
  });

  describe("by download", () => {
    let server: Server | undefined;
    afterEach(() => server?.close());

    async function releases(checksum: (real: string) => string): Promise<string> {
      const place = folder();
      mkdirSync(join(place, "pulumi"));
      executable(join(place, "pulumi", "pulumi"), engineScript(PINNED));
      const name = `pulumi-v${PINNED}-${process.platform}-${process.arch}.tar.gz`;
      await run("tar", ["-czf", join(place, name), "-C", place, "pulumi"]);
      const archive = readFileSync(join(place, name));
      const sum = checksum(createHash("sha256").update(archive).digest("hex"));
      const files: Record<string, string | Buffer> = {
        [`/sdk/pulumi-${PINNED}-checksums.txt`]: `${sum}  ${name}\n`,
        [`/sdk/${name}`]: archive,
      };
      server = createServer((request, response) => {
        const file = files[request.url ?? ""];
        response.writeHead(file === undefined ? 404 : 200).end(file);
      }).listen(0, "127.0.0.1");
      await once(server, "listening");
      const address = server.address() as AddressInfo;
      return `http://127.0.0.1:${address.port}/sdk`;
    }

    it("takes the official release when its checksum is right", async () => {
      const { options, cache } = machine();
      const { releases: _offline, ...named } = options;
      // As the mirror of an air gap is named.
      const env = { ...options.env, KPAAS_PULUMI_RELEASES: await releases((real) => real) };
      const engine = await locateEngine({ ...named, env });
      assert.equal(engine.source, "download");
      assert.deepEqual(readdirSync(cache), [PINNED]);
      assert.deepEqual(readdirSync(engine.root), ["bin", "checksums.json"]);
    });

    it("throws away a release whose checksum is wrong and goes on to the build", async () => {
      const { options } = machine({ go: goScript() });
      const engine = await locateEngine({ ...options, releases: await releases((real) => real.replace(/./g, "0")) });
      assert.equal(engine.source, "build");
    });

    it("reads the lines of a checksum file and nothing else", () => {
      const sum = "AB".repeat(32);
      assert.deepEqual([...parseChecksums(`${sum}  a.tar.gz\n# note\n\nxyz  b.tar.gz\n`)], [["a.tar.gz", sum.toLowerCase()]]);
    });
  });
});

/** The content of a file that another process is about to write. */
async function contentOf(place: string, name: string): Promise<string> {
  const changes = watch(place);
  try {
    for (;;) {
      const content = existsSync(join(place, name)) ? readFileSync(join(place, name), "utf8") : "";
      if (content.endsWith("\n")) return content;
      await once(changes, "change");
    }
  } finally {
    changes.close();
  }
}
