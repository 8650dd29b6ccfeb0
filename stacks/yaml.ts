import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { type Document, isAlias, isPair, isScalar, parseDocument, visit } from "yaml";
import type { Findings } from "../model/problems";

/**
 * Reads a YAML file; what is wrong with it becomes findings at the given path.
 * Undefined where nothing of it can be relied on: after a slip in the syntax the parser guesses, and each guess would be one more problem.
 */
export function readYaml(file: string, path: string, findings: Findings): unknown {
  const name = basename(file);
  const text = readText(file, path, findings);
  if (text === undefined) return undefined;
  const conflict = text.split("\n").findIndex((line) => /^(<{7}|>{7}|\|{7})( |$)/.test(line));
  if (conflict >= 0) {
    findings.error(path, `${name}, line ${conflict + 1}: holds the marks of a merge conflict`, "resolve the conflict in the file");
    return undefined;
  }
  const document = parseDocument(text, { uniqueKeys: true, logLevel: "error" });
  const slips = [...document.errors, ...document.warnings];
  const slip = slips.find(({ code }) => code !== "DUPLICATE_KEY");
  if (slip !== undefined) {
    const at = slip.linePos?.[0];
    // The parser's messages end in the text they found, which may be a secret.
    const what = slip.message.split("\n")[0]?.replace(/( at line |: ).*$/, "");
    findings.error(path, `${at ? `${name}, line ${at.line}, column ${at.col}` : name}: ${what}`, "mend the YAML there");
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
  return contentOf(document, name, path, findings);
}

function contentOf(document: Document.Parsed, name: string, path: string, findings: Findings): unknown {
  const lost = pathOf(document, (node) => isAlias(node) && node.resolve(document) === undefined);
  if (lost.length > 0) {
    findings.error(join(path, lost), `${name}: refers to an anchor that is not defined above it`, "define the anchor, or write the value");
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

function readText(file: string, path: string, findings: Findings): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(readFileSync(file));
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    const [reason, remedy] =
      code === "EISDIR"
        ? ["is a folder", "give a file"]
        : code === "EACCES"
          ? ["may not be read", "change its permissions"]
          : code === "ERR_ENCODING_INVALID_ENCODED_DATA"
            ? ["is no UTF-8 text", "save it as UTF-8"]
            : ["cannot be read", "see that the file is there and whole"];
    findings.error(path, `${basename(file)} ${reason}`, remedy);
    return undefined;
  }
}

/** The keys that lead to the first node of the wanted kind; empty where there is none. */
function pathOf(document: Document.Parsed, wanted: (node: unknown) => boolean): string[] {
  let found: string[] = [];
  visit(document, (_key, node, ancestors) => {
    if (!wanted(node)) return undefined;
    found = [...ancestors, node].flatMap((each) => (isPair(each) && isScalar(each.key) ? [String(each.key.value)] : []));
    return visit.BREAK;
  });
  return found;
}

function join(path: string, field: readonly string[]): string {
  return [...(path === "" ? [] : [path]), ...field].join(".");
}
