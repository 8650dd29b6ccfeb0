// Reads the variables that kubespray knows from a checkout and holds them to model/environment/variable-table.ts:
// `node dist/dev/kubespray-variables.js CHECKOUT [TAG…] [--write]`. CHECKOUT is a work tree, or with tags a git directory (bare or not).
// It fails on a variable without a row whose name says that it runs commands, opens ports or carries addresses.
// With --write the names go to catalog/kubespray-variables.json.
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { parse } from "yaml";
import { registry } from "../files/registry";
import { unclassified } from "../model/environment/variables";

type Kind = "boolean" | "number" | "text" | "list" | "map" | "any";
type Names = Map<string, Kind>;

const defaultsFile = /^roles\/.*\/defaults\/main(\/[^/]+)?\.ya?ml$/;
const sampleFile = /^inventory\/sample\/group_vars\//;
const usingFile = /^(roles|playbooks)\/.*\.(ya?ml|j2)$/;
const documentFile = /^docs\/.*\.md$/;
/** Host variables and others whose names have no underscore; anything else without one is a member of something. */
const shortNames = new Set([
  "ip",
  "ip6",
  "ipip",
  "peers",
  "serial",
  "node",
  "namespace",
  "ndots",
  "nameservers",
  "searchdomains",
  "downloads",
]);

main(process.argv.slice(2));

function main(args: readonly string[]): void {
  const write = args.includes("--write");
  const [checkout, ...tags] = args.filter((arg) => arg !== "--write");
  if (checkout === undefined || !existsSync(checkout) || (write && tags.length === 0)) {
    console.error("Give a checkout of kubespray, and tags of it (with --write at least one): CHECKOUT [TAG…] [--write]");
    process.exit(2);
  }
  const found = new Map(tags.length === 0 ? [["the work tree", namesOf(checkout)]] : tags.map((tag) => [tag, namesOfTag(checkout, tag)]));
  let missing = 0;
  for (const [tag, names] of found) {
    const open = [...names.keys()]
      .sort()
      .flatMap((name) => (unclassified(name, registry) === undefined ? [] : [`${name}: ${unclassified(name, registry)}`]));
    missing += open.length;
    console.log(`${tag}: ${names.size} variables, ${open.length} to be classified`);
    for (const line of open) console.log(`  ${line}`);
  }
  if (write) writeFileSync(join(__dirname, "..", "..", "catalog", "kubespray-variables.json"), catalogue(found, tags));
  if (missing > 0) process.exit(1);
}

function namesOfTag(checkout: string, tag: string): Names {
  const folder = mkdtempSync(join(tmpdir(), "kubespray-"));
  try {
    const archive = join(folder, "tag.tar");
    const inner = join(checkout, ".git");
    const git = existsSync(inner) && statSync(inner).isDirectory() ? inner : checkout;
    execFileSync("git", ["--git-dir", git, "archive", "-o", archive, tag, "roles", "playbooks", "inventory/sample", "docs"]);
    execFileSync("tar", ["-xf", archive, "-C", folder]);
    return namesOf(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The names that the tag's roles declare, its sample inventory shows, its documentation lists, or its tasks ask for. */
function namesOf(root: string): Names {
  const names: Names = new Map();
  const asked = new Set<string>();
  const internal = new Set<string>();
  for (const entry of readdirSync(root, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const file = relative(root, path);
    const reads = [defaultsFile, sampleFile, usingFile, documentFile].filter((pattern) => pattern.test(file));
    if (reads.length === 0) continue;
    const text = readFileSync(path, "utf8");
    if (reads.includes(defaultsFile) || reads.includes(sampleFile))
      for (const [name, value] of declared(text)) add(names, name, kindOf(value));
    if (reads.includes(sampleFile)) for (const name of matches(text, /^#+ ?([A-Za-z_]\w*):( |$)/gm)) add(names, name, "any");
    if (reads.includes(documentFile)) {
      for (const name of matches(text, /^\s*[*-] [*`]([a-z]\w*)[*`]/gm)) asked.add(name);
      for (const block of matches(text, /```ya?ml\n([\s\S]*?)```/g))
        for (const name of matches(block, /^#? ?([a-z]\w*):/gm)) asked.add(name);
    }
    if (reads.includes(usingFile)) {
      for (const name of matches(text, /(?<![.\w'"])([a-z]\w*) is (?:not )?defined/g)) asked.add(name);
      for (const name of matches(text, /(?<![.\w'"])([a-z]\w*) ?\| ?(?:d|default)\(/g)) asked.add(name);
      for (const name of matches(text, /(?:register|loop_var):\s*([a-z]\w*)/g)) internal.add(name);
      for (const block of matches(text, /set_fact:\n((?:\s+\w+:.*\n)+)/g))
        for (const name of matches(block, /^\s+(\w+):/gm)) internal.add(name);
    }
  }
  const known = (name: string) => shortNames.has(name) || (name.includes("_") && !name.endsWith("_"));
  for (const name of asked) if (!internal.has(name) && known(name)) add(names, name, "any");
  return new Map([...names].filter(([name]) => known(name)));
}

function declared(text: string): [string, unknown][] {
  const content: unknown = parse(text, { logLevel: "silent" });
  return typeof content === "object" && content !== null ? Object.entries(content) : [];
}

function matches(text: string, pattern: RegExp): string[] {
  return [...text.matchAll(pattern)].map(([, name = ""]) => name);
}

function add(names: Names, name: string, kind: Kind): void {
  const before = names.get(name);
  names.set(name, before === undefined || before === kind || before === "any" ? kind : kind === "any" ? before : "any");
}

/** What a default is; one that a template gives, or none, may be anything. */
function kindOf(value: unknown): Kind {
  if (Array.isArray(value)) return "list";
  if (typeof value === "string") return value.includes("{{") || value === "" ? "any" : "text";
  if (typeof value === "boolean" || typeof value === "number") return typeof value as Kind;
  return value === null ? "any" : "map";
}

/** One name a line: what its default is, and the tags that know it where not all do. */
function catalogue(found: ReadonlyMap<string, Names>, tags: readonly string[]): string {
  const all = [...new Set([...found.values()].flatMap((names) => [...names.keys()]))].sort();
  const lines = all.map((name) => {
    const knowing = tags.filter((tag) => found.get(tag)?.has(name));
    const kinds = new Set(knowing.map((tag) => found.get(tag)?.get(name)));
    const kind = kinds.size === 1 ? [...kinds][0] : "any";
    const [first, last] = [knowing[0] === tags[0] ? "" : knowing[0], knowing.at(-1) === tags.at(-1) ? "" : knowing.at(-1)];
    return `  ${JSON.stringify(name)}: ${JSON.stringify(`${first}${last}` === "" ? kind : `${kind} ${first}..${last}`)}`;
  });
  return `{\n${lines.join(",\n")}\n}\n`;
}
