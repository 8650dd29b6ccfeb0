import { basename } from "node:path";
import { type Document, isAlias, isMap, isPair, isScalar, isSeq, type Pair, parseDocument, type Scalar, visit } from "yaml";
import type { Findings } from "../model/problems";
import { readTextFile } from "./text-file";

/**
 * Reads a YAML file, or the text that it is to hold; what is wrong with it becomes findings at the given path.
 * Undefined where nothing of it can be relied on: after a slip in the syntax the parser guesses, and each guess would be one more problem.
 */
export function readYaml(file: string, path: string, findings: Findings, given?: string): unknown {
  const name = basename(file);
  const text = given ?? readTextFile(file, path, findings);
  if (text === undefined) return undefined;
  const conflict = text.split("\n").findIndex((line) => /^(<{7}|>{7}|\|{7})( |\r?$)/.test(line));
  if (conflict >= 0) {
    findings.error(path, `${name}, line ${conflict + 1}: holds the marks of a merge conflict`, "resolve the conflict in the file");
    return undefined;
  }
  if (deepest(text) > MAX_DEPTH) {
    findings.error(path, `${name}: is nested too deeply`, "write it flatter");
    return undefined;
  }
  const document = parseDocument(text, { uniqueKeys: true, logLevel: "error", merge: true });
  const slips = [...document.errors, ...document.warnings];
  const slip = slips.find(({ code }) => code !== "DUPLICATE_KEY");
  if (slip !== undefined) {
    const at = slip.linePos?.[0];
    // The parser's messages end in the text they found, which may be a secret.
    const [what, remedy] = words[slip.code] ?? [slip.message.split("\n")[0]?.replace(/( at line |: ).*$/, ""), "mend the YAML there"];
    findings.error(path, `${at ? `${name}, line ${at.line}, column ${at.col}` : name}: ${what}`, remedy);
    return undefined;
  }
  for (const { pos, linePos } of slips) {
    const field = pathOf(document, (node) => isPair(node) && isScalar(node.key) && node.key.range?.[0] === pos[0]);
    findings.error(
      join(path, field),
      `is written twice: the second time in ${name}, line ${linePos?.[0].line ?? "?"}`,
      "take one of the two out",
    );
  }
  checkScalars(document, path, findings);
  return contentOf(document, text, name, path, findings);
}

/** What the parser says in words for programmers, said for those who write the file. */
const words: Readonly<Partial<Record<string, readonly [reason: string, remedy: string]>>> = {
  MULTIPLE_DOCS: ["a second document begins here; a file holds one", "put it into a file of its own, or take the line `---` out"],
  TAB_AS_INDENT: ["a tab stands where the line is indented", "indent with blanks"],
  RESOURCE_EXHAUSTION: ["is nested too deeply", "write it flatter"],
};

/** Brackets in each other; the parser takes seconds for thousands of them. */
const MAX_DEPTH = 200;

function deepest(text: string): number {
  let [depth, most] = [0, 0];
  for (const character of text) {
    if (character === "{" || character === "[") depth += 1;
    else if (character === "}" || character === "]") depth = Math.max(0, depth - 1);
    most = Math.max(most, depth);
  }
  return most;
}

/**
 * Keys are taken as they are written, and one that YAML reads as something else is refused: other readers of the file would see another key.
 * The same for a whole number with a leading zero, which is another number to every second reader.
 */
function checkScalars(document: Document.Parsed, path: string, findings: Findings): void {
  visit(document, {
    Pair(_key, pair, ancestors) {
      const at = (): string => join(path, keysTo([...ancestors, pair]));
      const { key, value } = pair;
      if (isScalar(key) && typeof key.value !== "string" && !isMerge(pair)) {
        const read = key.value === null ? "nothing" : `the ${typeof key.value === "number" ? "number" : "value"} ${key.value}`;
        const written = key.source ?? "";
        key.value = written;
        const quoted = /\d/.test(written) ? "put it in quotes, and a letter first where it names a machine or a pool" : "put it in quotes";
        findings.error(at(), `the key is read as ${read}, not as a text`, quoted);
      } else if (key !== null && !isScalar(key)) {
        findings.error(at(), "has a list, a map or an alias for a key", "write the key as a text");
        return visit.REMOVE;
      }
      if (isScalar(value)) checkNumber(value, at, findings);
      return undefined;
    },
    Seq(_key, list, ancestors) {
      list.items.forEach((item, index) => {
        if (isScalar(item)) checkNumber(item, () => join(path, [...keysTo([...ancestors, list]), String(index)]), findings);
      });
    },
  });
}

function checkNumber({ value, source }: Scalar, at: () => string, findings: Findings): void {
  if (typeof value !== "number" || !/^[-+]?0\d/.test(source ?? "")) return;
  findings.error(
    at(),
    "is a number with a leading zero, which is another number to every second reader of YAML",
    "write it without the zero, or in quotes where it is a text",
  );
}

function isMerge({ key }: Pair): boolean {
  return isScalar(key) && key.source === "<<" && key.type === "PLAIN";
}

function contentOf(document: Document.Parsed, text: string, name: string, path: string, findings: Findings): unknown {
  // Most files have neither, and looking through hundreds of them takes its time.
  const lost = !text.includes("*") ? [] : pathOf(document, (node) => isAlias(node) && node.resolve(document) === undefined);
  if (lost.length > 0) {
    findings.error(join(path, lost), `${name}: refers to an anchor that is not defined above it`, "define the anchor, or write the value");
    return undefined;
  }
  const unmerged = !text.includes("<<")
    ? []
    : pathOf(document, (node) => isPair(node) && isMerge(node) && !isMergeable(node.value, document));
  if (unmerged.length > 0) {
    findings.error(join(path, unmerged), `${name}: merges something that is no map`, "refer to a map, or to a list of maps");
    return undefined;
  }
  try {
    const content: unknown = document.toJS({ maxAliasCount: 100 });
    JSON.stringify(content);
    return content;
  } catch {
    // The parser refuses millions of values out of a few aliases; what holds itself has no end.
    findings.error(path, `${name}: its anchors hold each other too often or without end`, "write the values out");
    return undefined;
  }
}

function isMergeable(value: unknown, document: Document.Parsed): boolean {
  const found = isAlias(value) ? value.resolve(document) : value;
  return isMap(found) || (isSeq(found) && found.items.every((item) => isMap(isAlias(item) ? item.resolve(document) : item)));
}

/** The keys that lead to the first node of the wanted kind; empty where there is none. */
function pathOf(document: Document.Parsed, wanted: (node: unknown) => boolean): string[] {
  let found: string[] = [];
  visit(document, (_key, node, ancestors) => {
    if (!wanted(node)) return undefined;
    found = keysTo([...ancestors, node]);
    return visit.BREAK;
  });
  return found;
}

/** The keys and places in lists on the way down through these nodes. */
function keysTo(nodes: readonly unknown[]): string[] {
  return nodes.flatMap((each, index) => {
    if (isPair(each)) return isScalar(each.key) ? [String(each.key.source ?? each.key.value)] : [];
    const above = nodes[index - 1];
    return isSeq(above) ? [String(above.items.indexOf(each))] : [];
  });
}

function join(path: string, field: readonly string[]): string {
  return [...(path === "" ? [] : [path]), ...field].join(".");
}
