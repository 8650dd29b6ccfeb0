import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { PROGRAMS, type ProgramName, type Programs } from "../../sandbox/servers/record";
import { goBuild, pinnedVersion, usableGo } from "../build";
import { programsProblem } from "../checksums";
import { OperationFailedError } from "../errors";
import { install } from "../install";
import { engineCache, packageRoot } from "../paths";
import { downloadTool, RELEASES, type Releases } from "./download";
import { TOOLS, type Tool } from "./tools";

/** What one build of all of them takes on one core, in minutes. */
const CORE_MINUTES = 18;

export interface ServersOptions {
  readonly signal?: AbortSignal;
  /** Lines about what takes time. */
  readonly onProgress?: (text: string) => void;
  /** Default `process.env`. */
  readonly env?: NodeJS.ProcessEnv;
  /** Where releases are published; default the projects' own places. */
  readonly releases?: Releases;
  /** The folder with a Go module for each tool; default the package's tools/. */
  readonly modules?: string;
}

/** What there is of the programs. */
export interface ServersDiagnosis {
  /** Kubernetes' version. */
  readonly version: string;
  /** Undefined: they would have to be downloaded or built first. */
  readonly programs?: Programs;
  /** What was found, or why not all of it is usable. */
  readonly reason: string;
  /** Whether they could be built here, and if not, why. */
  readonly build: string;
}

/** The programs of a real control plane, where the cache has them all. */
export async function findServers(options: ServersOptions = {}): Promise<Programs | undefined> {
  for (const tool of TOOLS) if ((await problemOf(placeOf(tool, options))) !== undefined) return undefined;
  return programsOf(options);
}

/** What `kpaas doctor` shows about them. Nothing is downloaded or built. */
export async function diagnoseServers(options: ServersOptions = {}): Promise<ServersDiagnosis> {
  const problems: string[] = [];
  for (const tool of TOOLS) {
    const problem = await problemOf(placeOf(tool, options));
    if (problem !== undefined) problems.push(problem);
  }
  const version = kubernetesVersion(options);
  const build = await usableGo(options.env ?? process.env).then(
    (go) => `go ${go} can build them (${CORE_MINUTES} minutes of one core)`,
    (error: Error) => error.message,
  );
  if (problems.length > 0) return { version, reason: problems.join("; "), build };
  return { version, programs: programsOf(options), reason: `Kubernetes ${version} in ${cacheOf(options)}`, build };
}

/**
 * The programs of a real control plane: from the cache, the official releases, or a build of their Go modules.
 * @throws OperationFailedError where none of these leads to them, InterruptedError when `signal` is aborted
 */
export async function installServers(options: ServersOptions = {}): Promise<Programs> {
  const { signal, onProgress, env = process.env, releases = RELEASES } = options;
  const control = { ...(signal ? { signal } : {}), ...(onProgress ? { onProgress } : {}) };
  for (const tool of TOOLS) {
    const { version, root, module } = placeOf(tool, options);
    const what = `${tool.name} ${version}`;
    if ((await problemOf({ root, version, tool })) === undefined) continue;
    const installed = await install({
      ...control,
      what,
      root,
      // One at a time: the largest build needs most of a small machine's memory.
      mutex: join(cacheOf(options), "lock"),
      isThere: async () => (await problemOf({ root, version, tool })) === undefined,
      ways: {
        download: (into) => downloadTool({ ...control, tool, version, releases, into }),
        build: (into) =>
          goBuild({
            ...control,
            what,
            module,
            into,
            env,
            packages: tool.packages as Readonly<Record<string, string>>,
            flags: `-s -w${tool.name === "kubernetes" ? ` -X k8s.io/component-base/version.gitVersion=v${version}` : ""}`,
            estimate: "some minutes",
          }),
      },
    });
    if ("failures" in installed) throw missing(what, installed.failures);
  }
  return programsOf(options);
}

/** Kubernetes' version, as tools/ pins it. */
export function kubernetesVersion(options: ServersOptions = {}): string {
  return TOOLS.filter(({ name }) => name === "kubernetes").map((tool) => placeOf(tool, options).version)[0] ?? "";
}

interface Place {
  readonly tool: Tool;
  readonly version: string;
  readonly root: string;
}

function placeOf(tool: Tool, options: ServersOptions): Place & { readonly module: string } {
  const module = join(options.modules ?? join(packageRoot(), "tools"), tool.name);
  const version = pinnedVersion(module, tool.module);
  return { tool, version, module, root: join(cacheOf(options), `${tool.name}-${version}`) };
}

function cacheOf({ env }: ServersOptions): string {
  return join(dirname(engineCache(env)), "servers");
}

async function problemOf({ tool, version, root }: Place): Promise<string | undefined> {
  const absent = Object.keys(tool.packages).find((name) => !existsSync(join(root, "bin", name)));
  if (absent !== undefined) return `no ${absent} ${version} in the cache (${root})`;
  return await programsProblem(root);
}

function programsOf(options: ServersOptions): Programs {
  const found = TOOLS.flatMap((tool) =>
    Object.keys(tool.packages).map((name) => [name, join(placeOf(tool, options).root, "bin", name)] as const),
  );
  const programs = Object.fromEntries(found);
  const path = (name: ProgramName): string => programs[name] ?? "";
  return Object.fromEntries(PROGRAMS.map((name) => [name, path(name)])) as Record<ProgramName, string>;
}

function missing(what: string, failures: readonly string[]): OperationFailedError {
  return new OperationFailedError(
    [
      `${what} is needed for a real API server and cannot be had:`,
      ...failures.map((reason) => `  - ${reason}`),
      "Allow this machine to reach https://dl.k8s.io and https://github.com, or install Go 1.26 or newer from https://go.dev/dl/ to have it built.",
    ].join("\n"),
  );
}
