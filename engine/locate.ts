import { accessSync, constants, statSync } from "node:fs";
import { basename, delimiter, dirname, isAbsolute, join } from "node:path";
import { satisfies, valid } from "semver";
import { buildEngine, buildEstimate, usableGo } from "./build";
import { programsProblem } from "./checksums";
import { downloadEngine, RELEASES } from "./download";
import { EngineMissingError } from "./errors";
import { install } from "./install";
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
  /** Base URL of the releases; default what KPAAS_PULUMI_RELEASES says, else Pulumi's own. */
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
  return await installEngine(options, failures);
}

/** The same facts as data, without downloading or building anything. */
export async function diagnoseEngine(options: LocateOptions = {}): Promise<EngineDiagnosis> {
  const env = options.env ?? process.env;
  const found = await look(options);
  const download = { source: "download", where: releasesOf(options) } as const;
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

async function installEngine(options: LocateOptions, failures: readonly string[]): Promise<Engine> {
  const env = options.env ?? process.env;
  const version = pinnedVersion();
  const cache = engineCache(env);
  const root = join(cache, version);
  const { signal, onProgress } = options;
  const control = { ...(signal ? { signal } : {}), ...(onProgress ? { onProgress } : {}) };
  const installed = await install({
    ...control,
    what: "the Pulumi engine",
    root,
    mutex: join(cache, `${version}.lock`),
    isThere: async () => (await inCache(env)).usable,
    ways: {
      download: (into) => downloadEngine({ version, releases: releasesOf(options), into, ...control }),
      build: (into) => buildEngine({ version, module: options.module ?? join(packageRoot(), "tools", "pulumi"), into, env, ...control }),
    },
    probe: async (into) => {
      await run(join(into, "bin", "pulumi"), ["version"], { env: { ...env, PULUMI_SKIP_UPDATE_CHECK: "true" }, signal, timeout: 30_000 });
    },
  });
  if ("failures" in installed) throw missing([...failures, ...installed.failures]);
  return { root, command: join(root, "bin", "pulumi"), version, source: installed.source };
}

/** Where releases are downloaded from. */
function releasesOf({ releases, env = process.env }: LocateOptions): string {
  return releases ?? (env.KPAAS_PULUMI_RELEASES || RELEASES);
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
