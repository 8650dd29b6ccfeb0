import { spawnSync } from "node:child_process";
import { existsSync, realpathSync, statSync } from "node:fs";
import { join, resolve, sep } from "node:path";
import { parse } from "yaml";
import { type Fields, fields, isFields, list } from "../model/data";
import type { Findings } from "../model/problems";
import { readTextFile } from "./text-file";

/** What a folder's kustomization may be called. */
const NAMES = ["kustomization.yaml", "kustomization.yml", "Kustomization"];

/** Its lists of what may be a file, a folder, or somewhere in the network. */
const LISTS = ["resources", "bases", "components", "generators", "transformers", "validators"];

/** Its lists of files, and those whose entries name files. */
const FILE_LISTS = ["patchesStrategicMerge", "crds", "configurations"];
const NAMING = ["patches", "patchesJson6902", "replacements", "configMapGenerator", "secretGenerator"];

/** The programs that write out a kustomization, the first that there is. */
const PROGRAMS = [
  ["kubectl", "kustomize"],
  ["kustomize", "build"],
] as const;

/** A kustomization is files: what takes longer waits for somebody. */
const LIMIT_MS = 30_000;

/** The file that makes a folder a kustomization; undefined where there is none. */
export function kustomizationOf(folder: string): string | undefined {
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return undefined;
  return NAMES.map((name) => join(folder, name)).find((file) => existsSync(file));
}

/**
 * What a folder's kustomization makes, as the text of a file of objects: by `kubectl` or `kustomize`, whichever is on PATH. All that it is made
 * of is in one folder, so that what is reviewed is what comes.
 * @param within the folder that everything is in
 * @param field the field of the environment file that names it, where problems are told
 */
export function kustomized(folder: string, within: string, field: string, path: string, findings: Findings): string | undefined {
  const outside = outsideOf(folder, realpathSync(within) + sep, field, findings);
  if (outside === undefined) return undefined;
  if (outside.length > 0) {
    const reason = `takes ${outside.join(", ")}, which ${outside.length > 1 ? "are" : "is"} not in the environment's folder`;
    findings.error(field, reason, "copy it there: it is reviewed with the file that names it", path);
    return undefined;
  }
  for (const [program, command] of PROGRAMS) {
    // Nothing of the account's own is its business: with the same files everybody gets the same objects.
    const env = { PATH: process.env.PATH, HOME: process.env.HOME };
    const made = spawnSync(program, [command, folder], { encoding: "utf8", env, timeout: LIMIT_MS, maxBuffer: 64 * 2 ** 20 });
    if (made.error !== undefined && "code" in made.error && made.error.code === "ENOENT") continue;
    if (made.status === 0) return made.stdout;
    const said = made.stderr.trim().split("\n").at(-1) ?? "";
    findings.error(
      field,
      `\`${program} ${command} ${path}\` failed: ${said || (made.error?.message ?? made.signal)}`,
      "mend it there",
      path,
    );
    return undefined;
  }
  const remedy = `install kubectl, or write \`kubectl kustomize ${path} > FILE\` elsewhere and name that file`;
  findings.error(field, "is a kustomization, which kubectl or kustomize writes out: neither is on PATH", remedy, path);
  return undefined;
}

/** What a kustomization, and those it is made of, takes from outside a folder; undefined where one cannot be read. */
function outsideOf(folder: string, within: string, field: string, findings: Findings, seen = new Set<string>()): string[] | undefined {
  const file = kustomizationOf(folder);
  if (file === undefined || seen.has(folder)) return [];
  seen.add(folder);
  const text = readTextFile(file, field, findings);
  if (text === undefined) return undefined;
  const own = kustomizationFields(text);
  const found = filesOf(own).filter((each) => /^[a-z][a-z0-9+.-]*:/i.test(each));
  for (const entry of LISTS.flatMap((name) => list(own[name]))) {
    // What is written out in place is no path.
    if (typeof entry !== "string" || entry.includes("\n")) continue;
    const target = resolve(folder, entry);
    if (!existsSync(target) || !realpathSync(target).startsWith(within)) found.push(entry);
    else if (statSync(target).isDirectory()) {
      const below = outsideOf(target, within, field, findings, seen);
      if (below === undefined) return undefined;
      found.push(...below);
    }
  }
  return found;
}

/** The files that it reads beside what it is made of: the program keeps to the folder, but asks the network for a URL. */
function filesOf(own: Fields): string[] {
  const naming = NAMING.flatMap((name) => list(own[name]).map(fields));
  return [
    ...FILE_LISTS.flatMap((name) => list(own[name])),
    fields(own.openapi).path,
    ...naming.flatMap(({ path, env, envs, files }) => [path, env, ...list(envs), ...list(files)]),
  ].flatMap((each) => (typeof each === "string" && !each.includes("\n") ? [each.replace(/^[^=:]*=/, "")] : []));
}

/** A kustomization's fields; none of one that is no YAML, of which the program tells. */
function kustomizationFields(text: string): Fields {
  try {
    const value: unknown = parse(text, { logLevel: "error", maxAliasCount: 100 });
    return isFields(value) ? fields(value) : {};
  } catch {
    return {};
  }
}
