import { existsSync } from "node:fs";
import { chmod, mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { goBuild } from "../../engine/build";
import { fetchText, fetchVerified, parseChecksums } from "../../engine/fetch";
import { install } from "../../engine/install";
import { engineCache, packageRoot } from "../../engine/paths";
import { run } from "../../engine/run";
import { TEST_PROGRAMS, type TestProgram } from "./table";

/** The folder that holds a program, where it is installed. */
export function folderOf(name: string, env: NodeJS.ProcessEnv = process.env): string {
  return join(placeOf(name, env), "bin");
}

/** How it is had, for whoever lacks it. */
export function howToGet(name: string): string {
  const checkout = "commit" in programOf(name).source ? " [CHECKOUT]" : "";
  return `node dist/dev/programs/main.js ${name}${checkout} gets ${programOf(name).version} of it`;
}

export interface ProgramOptions {
  /** A clone of its project with its tags, to build it of where its release is out of reach. */
  readonly checkout?: string;
  readonly onProgress: (text: string) => void;
  readonly env?: NodeJS.ProcessEnv;
  /** Where releases are. @default https://github.com */
  readonly releases?: string;
}

/**
 * Puts a program into the cache: from its official release, whose checksum is published with it, or built by Go of its pinned source.
 * @throws Error where no way leads to it, with the reason of each
 */
export async function installProgram(name: string, options: ProgramOptions): Promise<string> {
  const { onProgress, env = process.env } = options;
  const root = placeOf(name, env);
  const path = join(root, "bin", name);
  if (existsSync(path)) return path;
  const program = programOf(name);
  const what = `${name} ${program.version}`;
  const installed = await install({
    ...{ what, root, onProgress },
    mutex: join(dirname(root), "lock"),
    isThere: async () => existsSync(path),
    ways: {
      download: (into) => download(name, program, into, options),
      build: (into) => build(name, program, into, options),
    },
  });
  if ("failures" in installed) throw new Error([`${what} cannot be had:`, ...installed.failures.map((each) => `  - ${each}`)].join("\n"));
  return path;
}

async function download(name: string, { release }: TestProgram, into: string, options: ProgramOptions): Promise<void> {
  const arch = ({ x64: "amd64", arm64: "arm64" } as const)[process.arch as string];
  if (process.platform !== "linux" || arch === undefined) throw new Error(`no release for ${process.platform} on ${process.arch} is known`);
  const { repository, tag, archive, path, checksums } = release(arch);
  const base = `${options.releases ?? "https://github.com"}/${repository}/releases/download/${tag}`;
  options.onProgress(`downloading ${archive}`);
  const expected = parseChecksums(await fetchText(`${base}/${checksums}`)).get(archive);
  if (expected === undefined) throw new Error(`the release's checksums do not name ${archive}`);
  const file = join(into, archive);
  await fetchVerified(`${base}/${archive}`, file, expected);
  await run("tar", ["-xzf", file, "-C", into, path]);
  await mkdir(join(into, "bin"));
  await rename(join(into, path), join(into, "bin", name));
  await chmod(join(into, "bin", name), 0o755);
  await rm(file);
  if (path.includes("/")) await rm(join(into, dirname(path)), { recursive: true });
}

async function build(name: string, { version, source }: TestProgram, into: string, options: ProgramOptions): Promise<void> {
  const { onProgress, env = process.env, checkout } = options;
  const common = {
    what: `${name} ${version}`,
    into,
    env,
    onProgress,
    packages: { [name]: source.main },
    flags: "-s -w",
    estimate: "some minutes",
  };
  if ("module" in source) return await goBuild({ ...common, module: join(packageRoot(), "tools", "programs", name) });
  if (checkout === undefined) throw new Error("module proxies may lack its versions: name a clone of its project to build it of");
  const found = (await run("git", ["-C", checkout, "rev-parse", `v${version}^{commit}`])).trim();
  if (found !== source.commit) throw new Error(`v${version} in ${checkout} is ${found}, and not ${source.commit}`);
  const folder = await mkdtemp(join(tmpdir(), "kpaas-program-"));
  try {
    await run("sh", ["-c", 'git -C "$1" archive "$2" | tar -x -C "$3"', "sh", checkout, source.commit, folder]);
    await goBuild({ ...common, module: folder });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function placeOf(name: string, env: NodeJS.ProcessEnv): string {
  return join(dirname(engineCache(env)), "programs", `${name}-${programOf(name).version}`);
}

function programOf(name: string): TestProgram {
  const program = TEST_PROGRAMS[name];
  if (program === undefined) throw new Error(`no program ${name}; there are ${Object.keys(TEST_PROGRAMS).join(", ")}`);
  return program;
}
