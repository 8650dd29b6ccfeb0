import { readFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { coerce, gte } from "semver";
import { run } from "./run";

/** The Go command's package path of the engine. */
const PACKAGE = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi";

/** What tools/pulumi/go.mod asks for; an older Go (1.21 or newer) fetches this one by itself unless GOTOOLCHAIN forbids it. */
export const GO_VERSION = "1.26.0";
const GO_WITH_TOOLCHAINS = "1.21.0";

/** What one build takes on one core, in minutes. */
const CORE_MINUTES = 8;

/** How often a build says that it goes on. */
const REPORT_MS = 20_000;

export interface BuildOptions {
  readonly version: string;
  /** The folder with go.mod and go.sum (tools/pulumi). */
  readonly module: string;
  /** An existing folder; afterwards it holds bin/pulumi. */
  readonly into: string;
  readonly env: NodeJS.ProcessEnv;
  readonly signal?: AbortSignal;
  readonly onProgress?: (text: string) => void;
}

/** How long a build is expected to take here, as words. */
export function buildEstimate(cores = availableParallelism()): string {
  const minutes = Math.max(1, Math.round(CORE_MINUTES / cores));
  return `about ${minutes} minute${minutes === 1 ? "" : "s"} on ${cores} core${cores === 1 ? "" : "s"}`;
}

/**
 * The version of the Go command, when it can build the engine.
 * @throws Error saying why not: none on PATH, or too old.
 */
export async function usableGo(env: NodeJS.ProcessEnv): Promise<string> {
  let answer: { GOVERSION: string; GOTOOLCHAIN: string };
  try {
    // Outside any module, so that no toolchain is fetched just to answer.
    answer = JSON.parse(await run("go", ["env", "-json", "GOVERSION", "GOTOOLCHAIN"], { cwd: "/", env, timeout: 20_000 }));
  } catch (error) {
    throw new Error(isMissing(error) ? "no `go` on PATH" : `\`go env\` failed: ${error instanceof Error ? error.message : String(error)}`);
  }
  const version = coerce(answer.GOVERSION)?.version ?? "0.0.0";
  const fetches = !/^(local|go[\d.]+)$/.test(answer.GOTOOLCHAIN);
  if (!gte(version, fetches ? GO_WITH_TOOLCHAINS : GO_VERSION)) {
    throw new Error(`go ${version} is older than ${GO_VERSION}`);
  }
  return version;
}

/** Builds the engine from its published Go module, pinned by go.sum. */
export async function buildEngine(options: BuildOptions): Promise<void> {
  await goBuild({
    ...options,
    what: `the Pulumi engine ${options.version}`,
    packages: { pulumi: PACKAGE },
    flags: `-s -w -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v${options.version}`,
    estimate: buildEstimate(),
  });
}

/** What {@link goBuild} builds. */
export interface GoBuild extends Omit<BuildOptions, "version"> {
  /** As progress names it. */
  readonly what: string;
  /** Main packages by the program each becomes, `<into>/bin/NAME`. Several keep the last part of their paths as name. */
  readonly packages: Readonly<Record<string, string>>;
  /** The linker's flags. */
  readonly flags: string;
  /** How long it takes, as words. */
  readonly estimate: string;
}

/**
 * Builds programs from published Go modules, pinned by the folder's go.sum.
 * @throws Error when there is no Go that can, or with the end of the compiler's words.
 */
export async function goBuild(options: GoBuild): Promise<void> {
  await usableGo(options.env);
  const bin = join(options.into, "bin");
  await mkdir(bin);
  options.onProgress?.(`building ${options.what} from its Go module, once: ${options.estimate}`);
  const started = Date.now();
  let reported = started;
  let packages = 0;
  const programs = Object.keys(options.packages);
  const args = [
    "build",
    "-v",
    "-mod=readonly",
    "-o",
    programs.length === 1 ? join(bin, programs[0] ?? "") : `${bin}/`,
    "-tags",
    "osusergo,grpcnotrace",
    "-ldflags",
    options.flags,
  ];
  await run("go", [...args, ...Object.values(options.packages)], {
    cwd: options.module,
    // A workspace file of the user's own must not change what is built.
    env: { ...options.env, GOWORK: "off" },
    signal: options.signal,
    onErrorLine: () => {
      packages++;
      const now = Date.now();
      if (now - reported < REPORT_MS) return;
      reported = now;
      options.onProgress?.(`building ${options.what}: ${packages} packages after ${Math.round((now - started) / 1_000)} s`);
    },
  });
}

/** The version, without a leading v, that a folder's go.mod pins of a Go module. */
export function pinnedVersion(folder: string, module: string): string {
  const pin = new RegExp(`^\\s*(?:require )?${module.replaceAll(".", "\\.")} v(\\S+)`, "m");
  const version = pin.exec(readFileSync(join(folder, "go.mod"), "utf8"))?.[1];
  if (version === undefined) throw new Error(`${folder}/go.mod does not require ${module}`);
  return version;
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}
