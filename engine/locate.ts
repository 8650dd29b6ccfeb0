import { accessSync, constants, statSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rename, rm } from "node:fs/promises";
import { basename, delimiter, dirname, isAbsolute, join } from "node:path";
import { satisfies, valid } from "semver";
import { buildEngine, buildEstimate, usableGo } from "./build";
import { programsProblem, recordPrograms } from "./checksums";
import { downloadEngine, RELEASES } from "./download";
import { EngineMissingError, InterruptedError } from "./errors";
import { withLock } from "./lock";
import { engineCache, packageRoot, pinnedVersion } from "./paths";
import { run } from "./run";

/** Where an engine came from. */
export type EngineSource = "path" | "cache" | "download" | "build";

export interface Engine {
  /** The installation: its executable is `<root>/bin/pulumi`, or `<root>/pulumi` for an unpacked archive on PATH. */
  readonly root: string;
  /** The executable. */
  readonly command: string;
  /** Without a leading v. */
  readonly version: string;
  readonly source: EngineSource;
}

export interface LocateOptions {
  readonly signal?: AbortSignal;
  /** Lines about what takes time: a download, a build, another process's build. */
  readonly onProgress?: (text: string) => void;
  /** False: only look, never download or build. Default true. */
  readonly install?: boolean;
  /** Default `process.env`: PATH, HOME, XDG_CACHE_HOME and Go's own variables are read. */
  readonly env?: NodeJS.ProcessEnv;
  /** Base URL of the releases; default Pulumi's own. */
  readonly releases?: string;
  /** The folder of the Go module; default the package's tools/pulumi. */
  readonly module?: string;
}

/** One way to an engine, and why it is or is not open. */
export interface Candidate {
  readonly source: EngineSource;
  /** A path or a URL. */
  readonly where: string;
  readonly version?: string;
  readonly usable: boolean;
  /** What was found, or why it is passed over. */
  readonly reason: string;
}

/** What `kpaas doctor` shows about the engine. */
export interface EngineDiagnosis {
  readonly wanted: string;
  /** The range of versions this package is tested with. */
  readonly tested: string;
  /** The engine an operation would use now; undefined: it would have to be downloaded or built first. */
  readonly engine?: Engine;
  readonly candidates: readonly Candidate[];
}

/** The engines this package is tested with: the pinned version and its later fixes. Any other on PATH is passed over. */
function testedRange(): string {
  return `~${pinnedVersion()}`;
}

/**
 * Finds the Pulumi engine: a tested one on PATH, one in the cache, the official download, a build of its Go module.
 * @throws EngineMissingError when there is no way to one, InterruptedError when `signal` is aborted.
 */
export async function locateEngine(options: LocateOptions = {}): Promise<Engine> {
  const found = await look(options);
  if (found.engine) return found.engine;
  const failures = found.candidates.map((candidate) => candidate.reason);
  if (options.install === false) throw missing(failures);
  return await install(options, failures);
}

/** The same facts as data, without downloading or building anything. */
export async function diagnoseEngine(options: LocateOptions = {}): Promise<EngineDiagnosis> {
  const env = options.env ?? process.env;
  const found = await look(options);
  const download = { source: "download", where: options.releases ?? RELEASES } as const;
  const build = { source: "build", where: options.module ?? join(packageRoot(), "tools", "pulumi") } as const;
  const go = await usableGo(env).then(
    (version) => ({ ...build, usable: true, reason: `go ${version} can build it (${buildEstimate()})` }),
    (error: Error) => ({ ...build, usable: false, reason: error.message }),
  );
  return {
    wanted: pinnedVersion(),
    tested: testedRange(),
    ...(found.engine ? { engine: found.engine } : {}),
    candidates: [...found.candidates, { ...download, usable: true, reason: "tried before a build; not checked here" }, go],
  };
}

/** Looks at PATH and the cache. */
async function look(options: LocateOptions): Promise<{ readonly engine?: Engine; readonly candidates: readonly Candidate[] }> {
  const env = options.env ?? process.env;
  const ambient = await onPath(env);
  const cached = await inCache(env);
  const usable = [ambient, cached].find((candidate) => candidate.usable);
  const candidates = [ambient, cached];
  if (usable?.version === undefined) return { candidates };
  const folder = dirname(usable.where);
  const root = basename(folder) === "bin" ? dirname(folder) : folder;
  return { engine: { root, command: usable.where, version: usable.version, source: usable.source }, candidates };
}

async function onPath(env: NodeJS.ProcessEnv): Promise<Candidate> {
  const folders = (env.PATH ?? "").split(delimiter).filter(isAbsolute);
  const where = folders.map((folder) => join(folder, "pulumi")).find(isExecutable);
  if (where === undefined) return { source: "path", where: "PATH", usable: false, reason: "no `pulumi` on PATH" };
  try {
    const answer = await run(where, ["version"], { env: { ...env, PULUMI_SKIP_UPDATE_CHECK: "true" }, timeout: 15_000 });
    const version = valid(answer.trim()) ?? undefined;
    if (version === undefined) return { source: "path", where, usable: false, reason: `${where} does not say its version` };
    const usable = satisfies(version, testedRange());
    const verdict = usable ? "is in" : "is outside";
    return { source: "path", where, version, usable, reason: `${where} is ${version}, which ${verdict} the tested range ${testedRange()}` };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { source: "path", where, usable: false, reason: `${where} cannot be used: ${why}` };
  }
}

async function inCache(env: NodeJS.ProcessEnv): Promise<Candidate> {
  const version = pinnedVersion();
  const root = join(engineCache(env), version);
  const where = join(root, "bin", "pulumi");
  if (!isExecutable(where)) return { source: "cache", where, version, usable: false, reason: `no engine in the cache (${where})` };
  const problem = await programsProblem(root);
  return { source: "cache", where, version, usable: problem === undefined, reason: problem ?? `${where} is there, and what was installed` };
}

/** Downloads or builds into a folder of its own beside the final one, then renames: a killed installation leaves nothing half. */
async function install(options: LocateOptions, failures: readonly string[]): Promise<Engine> {
  const env = options.env ?? process.env;
  const version = pinnedVersion();
  const cache = engineCache(env);
  const root = join(cache, version);
  const engine = { root, command: join(root, "bin", "pulumi"), version };
  const { signal, onProgress } = options;
  await mkdir(cache, { recursive: true });
  const reasons = [...failures];
  const onWait = (owner: { pid: number; host: string }) =>
    onProgress?.(`waiting for process ${owner.pid} on ${owner.host}, which is installing the Pulumi engine`);
  return await withLock(join(cache, `${version}.lock`), { signal, onWait }, async () => {
    // Another process may have installed it while this one waited.
    if ((await inCache(env)).usable) return { ...engine, source: "cache" };
    await removeLeftovers(cache);
    const ways = {
      download: (into: string) => downloadEngine({ version, releases: options.releases ?? RELEASES, into, signal, onProgress }),
      build: (into: string) =>
        buildEngine({ version, module: options.module ?? join(packageRoot(), "tools", "pulumi"), into, env, signal, onProgress }),
    };
    for (const source of ["download", "build"] as const) {
      const into = await mkdtemp(join(cache, TEMPORARY));
      try {
        await ways[source](into);
        await run(join(into, "bin", "pulumi"), ["version"], { env: { ...env, PULUMI_SKIP_UPDATE_CHECK: "true" }, signal, timeout: 30_000 });
        await recordPrograms(into);
        await rm(root, { recursive: true, force: true });
        await rename(into, root);
        return { ...engine, source };
      } catch (error) {
        if (signal?.aborted) throw new InterruptedError();
        reasons.push(`${source}: ${error instanceof Error ? error.message : String(error)}`);
      } finally {
        await rm(into, { recursive: true, force: true });
      }
    }
    throw missing(reasons);
  });
}

const TEMPORARY = ".installing-";

/** What installations that were killed left: only called while holding the lock, so nobody is at work there. */
async function removeLeftovers(cache: string): Promise<void> {
  for (const name of await readdir(cache)) {
    if (name.startsWith(TEMPORARY)) await rm(join(cache, name), { recursive: true, force: true });
  }
}

function missing(reasons: readonly string[]): EngineMissingError {
  return new EngineMissingError(
    [
      `The Pulumi engine ${pinnedVersion()} is needed and was not found:`,
      ...reasons.map((reason) => `  - ${reason}`),
      `Install Pulumi ${testedRange()} from https://www.pulumi.com/docs/install/ so that \`pulumi\` is on PATH, allow this machine to reach`,
      "https://get.pulumi.com, or install Go 1.26 or newer from https://go.dev/dl/ and it will be built.",
    ].join("\n"),
  );
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
