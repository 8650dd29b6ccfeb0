import { existsSync, readdirSync, statSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { isFields } from "../model/data";
import { Findings } from "../model/problems";
import { readTextFile } from "./text-file";
import { readYaml } from "./yaml";

/** Files beside environments that are none: locks, fleets and stack configurations. */
const OTHERS = /^fleet\.yaml$|\.fleet\.yaml$|\.lock\.yaml$|^Pulumi\./;

/** The files of a folder that may be environments. */
export function environmentFiles(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((file) => file.endsWith(".yaml") && !OTHERS.test(file))
    .map((file) => join(folder, file));
}

/** Names that were read, by file, as long as the file is the same. */
const known = new Map<string, { readonly stamp: string; readonly name: unknown }>();

/** What stands at `name` in a file; undefined for a base, which has none. One that cannot be read may be an environment: its check says why. */
export function nameOf(file: string): unknown {
  const { mtimeMs, size, ino } = statSync(file, { throwIfNoEntry: false }) ?? { mtimeMs: 0, size: 0, ino: 0 };
  const stamp = `${mtimeMs} ${size} ${ino}`;
  const found = known.get(file);
  if (found?.stamp === stamp) return found.name;
  const name = nameIn(file);
  known.set(file, { stamp, name });
  return name;
}

/** A line as every environment has it, which no reader of YAML takes for anything else. */
const PLAIN = /^name:(?: +([a-z][a-z0-9-]*))?/gm;
const WORDS: ReadonlySet<string> = new Set(["true", "false", "null"]);

/** Reads a file's name, and no more of it than has to be read: of hundreds of environments it is needed for each. */
function nameIn(file: string): unknown {
  const text = readTextFile(file, "", new Findings());
  if (text === undefined) return null;
  const [first, ...others] = text.matchAll(PLAIN);
  const plain = first?.[1];
  if (plain !== undefined && others.length === 0 && !WORDS.has(plain) && !/^(---|\.\.\.)/m.test(text)) {
    const [rest = "", ...lines] = text.slice(first!.index + first![0].length).split("\n");
    // What is indented below it would go on with it.
    const next = lines.find((line) => /^\s*[^\s#]/.test(line));
    if (/^\s*(#.*)?$/.test(rest) && (next === undefined || /^\S/.test(next))) return plain;
  }
  const content = readYaml(file, "", new Findings(), text);
  return isFields(content) ? content.name : null;
}

/** By name, the files in environments/ that have it. */
export type Names = ReadonlyMap<unknown, readonly string[]>;

/** The names of the environments in environments/: read once by whoever loads many of them. */
export function namesIn(root: string): Names {
  const names = new Map<unknown, string[]>();
  for (const file of environmentFiles(join(root, "environments"))) {
    const name = nameOf(file);
    names.set(name, [...(names.get(name) ?? []), file]);
  }
  return names;
}

/**
 * Two files of one name are one environment: the name is the stack's and every resource's. Both are refused; for a file elsewhere, given by
 * its path, the environment of environments/ goes on, so that only a warning is given.
 */
export function checkNamesakes(file: string, root: string, content: unknown, findings: Findings, names: Names = namesIn(root)): void {
  const name = isFields(content) ? content.name : undefined;
  if (typeof name !== "string") return;
  const folder = join(root, "environments");
  const others = (names.get(name) ?? []).filter((each) => each !== file);
  if (others.length === 0) return;
  const where = others.map((each) => relative(root, each)).join(", ");
  const reason = `${where} has the same name: both files would be the same stack and the same resources`;
  if (dirname(file) === folder) findings.error("name", reason, "give one of them another name", name);
  else findings.warn("name", reason, "see that it is the same environment that is meant, or give this one another name", name);
}
