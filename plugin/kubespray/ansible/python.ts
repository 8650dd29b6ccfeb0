import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import packages from "../../../catalog/python-packages.json";
import { cacheFolder } from "../../../host/cache";
import { writeWhole } from "../../../host/files";
import type { KubesprayRelease } from "../../../model/cluster/releases";
import { cached, type Making } from "./cached";
import { command } from "./command";

/** A Python at hand. */
export interface Python {
  readonly command: string;
  /** `3.12`. */
  readonly minor: string;
  /** Whether it can make environments by itself: Debian has that in a package of its own. */
  readonly ensurepip: boolean;
}

type PythonRange = KubesprayRelease["ansible"]["python"];

const PROBE = "import sys, importlib.util as u; print('%d.%d' % sys.version_info[:2], u.find_spec('ensurepip') is not None)";

/** What each command turned out to be: asked once in a process. */
const probed = new Map<string, Python | undefined>();

/** The newest Python of the range that is on PATH, or the one that KPAAS_PYTHON names. */
export function findPython({ minimum, maximum }: PythonRange): Python | undefined {
  const [from = 0, to = 0] = [minimum, maximum].map(minorNumber);
  const inRange = Array.from({ length: to - from + 1 }, (_, index) => `python3.${to - index}`);
  const commands = process.env.KPAAS_PYTHON ? [process.env.KPAAS_PYTHON] : [...inRange, "python3", "python"];
  const found = commands
    .map(probe)
    .filter((each) => each !== undefined && minorNumber(each.minor) >= from && minorNumber(each.minor) <= to);
  return found.find((each) => each?.ensurepip) ?? found[0];
}

/** Whether `uv` is on PATH: it makes environments faster, and gets a Python where there is none. */
export function hasUv(): boolean {
  return spawnSync("uv", ["--version"], { stdio: "ignore" }).status === 0;
}

/** Why no environment for these tags can be made here, with the way out; undefined where one can. */
export function lacksPython({ minimum, maximum }: PythonRange, what: string): string | undefined {
  const python = findPython({ minimum, maximum });
  if (python?.ensurepip || hasUv()) return undefined;
  const way = `install Python ${maximum} (or any from ${minimum} on) with its venv module, or uv (https://docs.astral.sh/uv/), which gets one by itself`;
  if (python !== undefined)
    return `${python.command} (${python.minor}) has no venv module, which ${what} needs: install python${python.minor}-venv, or uv`;
  const told = process.env.KPAAS_PYTHON;
  const other = probe(told || "python3");
  const none = told ? `KPAAS_PYTHON (${told}) is none` : "there is none on PATH";
  const seen = other === undefined ? none : `${other.command} is ${other.minor}`;
  return `${what} needs Python ${minimum} to ${maximum}, and ${seen}: ${way}`;
}

/** The packages of a tag's environment, each with the hashes of the files it may come from: a requirements file. */
export function requirementsOf({ tag, ansible }: KubesprayRelease, wanted?: (name: string) => boolean): string {
  const requirements = pinned(packages, ansible.requirements, wanted);
  if (requirements === undefined) throw new Error(`the catalogue has no Python packages for kubespray ${tag}`);
  return requirements;
}

/** Every package that the required ones bring with them, by hashes: a requirements file. Undefined where the table has not these. */
export function pinned(
  { sets, hashes }: PackageTable,
  required: Readonly<Record<string, string>>,
  wanted: (name: string) => boolean = () => true,
): string | undefined {
  const pins = Object.entries(required).map(([name, version]) => `${name}==${version}`);
  const set = sets[pins.sort().join(" ")];
  if (set === undefined) return undefined;
  const lines = set.map((line) => [line, line.split(/[= ]/, 1)[0] ?? "", line.split(" ", 1)[0] ?? ""] as const);
  return lines
    .flatMap(([line, name, pin]) => (wanted(name) ? [`${line}${(hashes[pin] ?? []).map((hash) => ` --hash=${hash}`).join("")}\n`] : []))
    .join("");
}

/** What dev/python-packages.mjs writes: by the packages that are required all that they bring, and the hashes of each one's files. */
export interface PackageTable {
  readonly sets: Readonly<Record<string, readonly string[]>>;
  readonly hashes: Readonly<Record<string, readonly string[]>>;
}

/** Where the environment of these packages is, or will be. */
export function environmentFolder(requirements: string, range: PythonRange): string {
  const [, ansible = "python"] = /^(ansible(?:-core)?==\S+)/m.exec(requirements) ?? [];
  const digest = createHash("sha256")
    .update(requirements)
    .update(findPython(range)?.minor ?? "")
    .digest("hex")
    .slice(0, 12);
  return join(cacheFolder(), "python", `${ansible.replace("==", "-")}-${digest}`);
}

/** What an environment is for, as people are told. */
export interface Purpose {
  readonly what: string;
  /** How often it is made, and how large it is. */
  readonly once: string;
}

const ANSIBLE: Purpose = { what: "Ansible", once: "once for each release of Ansible; some 600 MB with its collections" };

/**
 * An environment with exactly these packages, made once in the user's cache; tags with the same ones share it.
 * @returns the path of its Python
 */
export async function pythonEnvironment(
  requirements: string,
  range: PythonRange,
  making: Making,
  { what, once }: Purpose = ANSIBLE,
): Promise<string> {
  const folder = environmentFolder(requirements, range);
  const python = join(folder, "bin", "python");
  await cached(folder, `the Python packages of ${what}`, making, async () => {
    making.tell(`installing the Python packages of ${what} (${once})`);
    const file = join(folder, "requirements.txt");
    writeWhole(file, requirements);
    const run = (program: string, ...args: string[]) => command(program, args, { ...making, env: installEnvironment() });
    const base = findPython(range);
    const install = ["install", "--quiet", "--require-hashes", "--only-binary", ":all:", "-r", file];
    if (usesUv(base)) {
      await run("uv", "venv", "--quiet", "--allow-existing", "--python", base?.command ?? range.maximum, folder);
      await run("uv", "pip", ...install, "--compile-bytecode", "--python", python);
    } else {
      const problem = lacksPython(range, what);
      if (base === undefined || problem !== undefined) throw new Error(problem);
      await run(base.command, "-m", "venv", folder);
      await run(python, "-m", "pip", ...install, "--disable-pip-version-check", "--no-input");
    }
  });
  if (!existsSync(python)) throw new Error(`${python} leads nowhere any more: remove ${folder}, and it is made anew`);
  return python;
}

/** pip is what the user has told where packages come from, and uv does not read that. */
function usesUv(base: Python | undefined): boolean {
  const told = Object.keys(process.env).some((name) => /^PIP_(INDEX_URL|EXTRA_INDEX_URL|FIND_LINKS|CONFIG_FILE|NO_INDEX)$/.test(name));
  return hasUv() && (base === undefined || !base.ensurepip || !told);
}

/** What the user has set for Python's own programs would reach into the environment. */
function installEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(PYTHON(PATH|HOME)|VIRTUAL_ENV|PIP_(USER|TARGET|PREFIX))$/.test(name)),
  );
}

function probe(name: string): Python | undefined {
  if (!probed.has(name)) {
    const { stdout, status } = spawnSync(name, ["-c", PROBE], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
    const [minor = "", ensurepip] = (stdout ?? "").trim().split(" ");
    probed.set(name, status === 0 && /^\d+\.\d+$/.test(minor) ? { command: name, minor, ensurepip: ensurepip === "True" } : undefined);
  }
  return probed.get(name);
}

function minorNumber(version: string): number {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major === 3 ? minor : -1;
}
