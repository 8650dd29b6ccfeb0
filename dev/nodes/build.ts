import { existsSync, readFileSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rename, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { goBuild } from "../../engine/build";
import { run } from "../../engine/run";
import { makeFolder, writeWhole } from "../../host/files";
import { withMutex } from "../../host/mutex";
import {
  FLANNEL,
  GO_PARTS,
  type GoPart,
  nodesCache,
  OPTIONAL_PARTS,
  PREVIOUS,
  placeOf,
  programsOf,
  SCRIPT_PARTS,
  type ScriptPart,
  SUITE,
  scriptPlace,
  sources,
} from "./parts";
import { platformVariables } from "./platform-images";

const TEMPORARY = ".making-";

/**
 * Makes whatever of the nodes is not in the cache: from Debian's packages and Go modules, by this machine's own clients.
 * @param only names of parts; where none is named all but those that are made on demand
 */
export async function buildNodes(only: readonly string[], tell: (text: string) => void): Promise<void> {
  makeFolder(nodesCache());
  await withMutex(join(nodesCache(), "lock"), { onWait: ({ pid }) => tell(`waiting for process ${pid}, which makes them`) }, async () => {
    for (const name of await readdir(nodesCache())) {
      if (name.startsWith(TEMPORARY)) await rm(join(nodesCache(), name), { recursive: true, force: true });
    }
    const wanted = <P>(parts: readonly P[], nameOf: (part: P) => string): P[] =>
      parts.filter((part) => only.length === 0 || only.includes(nameOf(part)));
    await made(join(nodesCache(), "ssh-key"), tell, (into) =>
      run("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "kpaas-nodes", "-f", join(into, "id")]),
    );
    // First what a node boots from, last what holds all the others' programs.
    for (const part of wanted(SCRIPT_PARTS.slice(0, 2), String)) await made(scriptPlace(part), tell, (into) => runScript(part, into));
    for (const part of wanted<GoPart>(Object.values(GO_PARTS), ({ name }) => name))
      await made(placeOf(part).root, tell, (into) => compile(part, into, tell));
    for (const part of wanted(SCRIPT_PARTS.slice(2), String)) await made(scriptPlace(part), tell, (into) => runScript(part, into));
    if (only.includes("previous")) await made(placeOf(PREVIOUS).root, tell, (into) => compile(PREVIOUS, into, tell));
    for (const part of OPTIONAL_PARTS.filter((each) => only.includes(each)))
      await made(scriptPlace(part), tell, (into) => runScript(part, into));
  });
}

/** Fills a folder beside its place, then renames it: a killed build leaves nothing half. */
async function made(place: string, tell: (text: string) => void, fill: (into: string) => Promise<unknown>): Promise<void> {
  if (existsSync(place)) return;
  tell(`making ${basename(place)}`);
  const started = Date.now();
  const into = await mkdtemp(join(nodesCache(), TEMPORARY));
  try {
    await fill(into);
    await rename(into, place);
  } finally {
    await rm(into, { recursive: true, force: true });
  }
  tell(`made ${basename(place)} in ${Math.round((Date.now() - started) / 1_000)} s`);
}

async function compile(part: GoPart, into: string, tell: (text: string) => void): Promise<void> {
  const { module, version } = placeOf(part);
  const overlay = part === GO_PARTS.flannel ? [`-overlay=${await flannelOverlay(into, module)}`] : [];
  await goBuild({
    what: `${part.name} ${version}`,
    module,
    into,
    env: { ...process.env, CGO_ENABLED: "0", GOFLAGS: ["-trimpath", "-buildvcs=false", ...overlay].join(" ") },
    packages: part.packages,
    flags: ["-s -w", ...(part.stamps ?? []).map((stamp) => `-X ${stamp}=v${version}`)].join(" "),
    estimate: part.estimate,
    onProgress: tell,
  });
}

/**
 * flannel's main.go without the backends that need cgo or a cloud, shown to the compiler as a package of our module: the files of a module
 * cannot be replaced themselves.
 */
async function flannelOverlay(into: string, module: string): Promise<string> {
  const go = { cwd: module, env: { ...process.env, GOWORK: "off" } };
  await run("go", ["mod", "download", FLANNEL], go);
  const source = (await run("go", ["list", "-mod=readonly", "-m", "-f", "{{.Dir}}", FLANNEL], go)).trim();
  const dropped = new RegExp(`"${FLANNEL}/pkg/backend/(udp|alloc|tencentvpc|extension)"`);
  const main = readFileSync(join(source, "main.go"), "utf8").split("\n");
  await mkdir(join(into, "overlay"));
  const [kept, overlay] = [join(into, "overlay", "main.go"), join(into, "overlay", "overlay.json")];
  writeWhole(kept, main.filter((line) => !dropped.test(line)).join("\n"));
  writeWhole(overlay, JSON.stringify({ Replace: { [join(module, "flanneld", "main.go")]: kept } }));
  return overlay;
}

/** Runs a script in the folder that it fills; where the other parts are it is told by variables. */
async function runScript(part: ScriptPart, into: string): Promise<void> {
  const parts = [...Object.values(GO_PARTS), PREVIOUS];
  const versions = parts.map((each) => [variable(`${each.name}_VERSION`), placeOf(each).version] as const);
  const programs = parts.map((each) => [variable(each.name), programsOf(each)] as const);
  const env = {
    ...process.env,
    ...Object.fromEntries([...versions, ...programs]),
    DEBIAN: scriptPlace("debian"),
    BASE: scriptPlace("base"),
    SOURCES: sources,
    SUITE,
    ...platformVariables(),
  };
  await run("bash", ["-eu", "-o", "pipefail", join(sources, `${part}.sh`)], { cwd: into, env });
}

const variable = (name: string): string => name.toUpperCase().replaceAll("-", "_");
