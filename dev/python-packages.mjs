// node dev/python-packages.mjs [UV] [truth]: writes catalog/python-packages.json, the Python packages of every catalogued kubespray tag with their
// hashes; with `truth` dev/truth/python-packages.json, those of the clouds' own definitions (dev/truth/definitions.json).
// Each tag pins some packages; `uv` (on PATH, or the one given) finds the rest, for Linux and macOS on every Python the tags run on.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const uv = process.argv[2] ?? "uv";
/** What is left out: other systems, processors and Pythons than those that tags and we support. */
const FITS =
  /(-(py2\.)?py3-none-any|-(cp31[0-3]-cp31[0-3]|cp3\d+-abi3)-((manylinux|musllinux)\S*_(x86_64|aarch64)|macosx_\S+_(x86_64|arm64|universal2)))\.whl$/;

const read = (...path) => JSON.parse(readFileSync(join(root, ...path), "utf8"));
const truth = process.argv[3] === "truth";
const wanted = truth
  ? [read("dev", "truth", "definitions.json")]
  : readdirSync(join(root, "catalog", "kubespray")).map((file) => read("catalog", "kubespray", file).ansible);
const sets = {};
const hashes = {};
for (const { requirements, python } of wanted) {
  const pins = Object.entries(requirements).map(([name, version]) => `${name}==${version}`);
  const key = pins.sort().join(" ");
  if (sets[key] !== undefined) continue;
  const { minimum, maximum } = python;
  const { packages, files } = locked(pins, `>=${minimum},<=${maximum}.999`);
  sets[key] = packages;
  for (const each of packages) {
    const pin = each.split(" ")[0];
    const fitting = (files.get(pin) ?? []).filter(({ url }) => FITS.test(url)).map(({ hash }) => hash);
    if (fitting.length === 0) throw new Error(`${pin} has no file that fits: ${each}`);
    hashes[pin] = fitting.sort();
  }
}
const sorted = Object.fromEntries(Object.entries(hashes).sort(([a], [b]) => (a < b ? -1 : 1)));
const file = join(root, ...(truth ? ["dev", "truth"] : ["catalog"]), "python-packages.json");
writeFileSync(file, `${JSON.stringify({ sets, hashes: sorted }, undefined, 2)}\n`);
execFileSync(join(root, "node_modules", ".bin", "biome"), ["format", "--write", file], { stdio: "inherit" });

/** Every package that the pins bring with them, `NAME==VERSION[ ; MARKER]`, and the files of each `NAME==VERSION`. */
function locked(pins, python) {
  const project = mkdtempSync(join(tmpdir(), "python-packages-"));
  try {
    const dependencies = pins.map((pin) => `"${pin}"`).join(", ");
    const text = `[project]\nname = "wanted"\nversion = "0"\nrequires-python = "${python}"\ndependencies = [${dependencies}]\n`;
    writeFileSync(join(project, "pyproject.toml"), text);
    const run = (...args) => execFileSync(uv, [...args, "--project", project, "--no-config", "-q"], { encoding: "utf8", cwd: project });
    run("lock");
    const exported = run("export", "--no-emit-project", "--no-hashes", "--no-annotate", "--no-header");
    const packages = exported.split("\n").flatMap((line) => (line.includes("==") ? [line.trim()] : []));
    return { packages, files: filesIn(readFileSync(join(project, "uv.lock"), "utf8")) };
  } finally {
    rmSync(project, { recursive: true });
  }
}

function filesIn(lock) {
  const files = new Map();
  for (const part of lock.split("[[package]]").slice(1)) {
    const [, name] = /^name = "(.*)"$/m.exec(part) ?? [];
    const [, version] = /^version = "(.*)"$/m.exec(part) ?? [];
    files.set(
      `${name}==${version}`,
      [...part.matchAll(/url = "(\S+)", hash = "(sha256:[0-9a-f]+)"/g)].map(([, url, hash]) => ({ url, hash })),
    );
  }
  return files;
}
