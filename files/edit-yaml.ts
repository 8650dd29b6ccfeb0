import { isDeepStrictEqual } from "node:util";
import {
  Document,
  isAlias,
  isCollection,
  isMap,
  isScalar,
  type Node,
  type Pair,
  parseDocument,
  type Scalar,
  visit,
  type YAMLMap,
} from "yaml";
import { isFields } from "../model/data";

/** A field to set, or to take out where `value` is undefined. */
export interface Edit {
  readonly path: readonly string[];
  readonly value: unknown;
}

/**
 * The text of a YAML file with some fields changed. Everything else stays as it is written: comments, order, quotes, blank lines.
 * Undefined where that cannot be done, as with a field that an alias or a merge stands for.
 */
export function editYaml(text: string, edits: readonly Edit[]): string | undefined {
  let [edited, wanted]: [string, unknown] = [text, read(text)];
  for (const { path, value } of edits) {
    edited = value === undefined ? without(edited, path) : having(edited, path, value);
    wanted = put(wanted, path, value);
  }
  return isDeepStrictEqual(read(edited), wanted) ? edited : undefined;
}

const OPTIONS = { merge: true, logLevel: "error" } as const;

function read(text: string): unknown {
  return parseDocument(text, OPTIONS).toJS({ maxAliasCount: 100 });
}

function put(content: unknown, [first, ...rest]: readonly string[], value: unknown): unknown {
  if (first === undefined) return value;
  const { [first]: was, ...others } = isFields(content) ? content : {};
  const becomes = put(was, rest, value);
  if (becomes === undefined) return others;
  return { ...(isFields(content) ? content : {}), [first]: becomes };
}

/** How far the path is there: the last map on it, the pair of the last step that is there, and the steps that are not. */
interface Place {
  readonly map: YAMLMap;
  readonly pair?: Pair;
  readonly missing: readonly string[];
}

function placeOf(text: string, path: readonly string[]): Place | undefined {
  const document = parseDocument(text, OPTIONS);
  let node: unknown = document.contents;
  let place: Place | undefined;
  for (const [index, step] of path.entries()) {
    if (!isMap(node)) break;
    const map = node as YAMLMap;
    const pair = map.items.find(({ key }) => isScalar(key) && String(key.source ?? key.value) === step);
    place = { map, ...(pair ? { pair } : {}), missing: path.slice(pair ? index + 1 : index) };
    if (!pair) break;
    node = pair.value;
  }
  return place;
}

function having(text: string, path: readonly string[], value: unknown): string {
  const place = placeOf(text, path);
  if (!place) return text;
  const { map, pair, missing } = place;
  const nested = missing.slice(pair ? 0 : 1).reduceRight<unknown>((inner, step) => ({ [step]: inner }), value);
  if (!pair) return inserted(text, map, missing[0] ?? "", nested);
  const node = pair.value as Node | null;
  const [start = 0, end = 0] = node?.range ?? [];
  if (node && end > start) return missing.length > 0 ? text : text.slice(0, start) + inline(value, node) + text.slice(end);
  // The field has no value yet, and comments may stand where it would be.
  const at = text.indexOf(":", endOf(pair.key)) + 1;
  return `${text.slice(0, at)} ${inline(nested)}${text.slice(at)}`;
}

/** A new field at the end of a map, in the map's own style. */
function inserted(text: string, map: YAMLMap, key: string, value: unknown): string {
  const last = map.items.at(-1);
  const [start = 0, end = 0] = map.range ?? [];
  const field = `${key}: ${inline(value)}`;
  if (map.flow && last) return splice(text, endOf(last), `, ${field}`);
  if (map.flow || !last) return `${text.slice(0, start)}{ ${field} }${text.slice(end)}`;
  const indent = columnOf(text, startOf(map.items[0]));
  const eol = text.includes("\r\n") ? "\r\n" : "\n";
  const at = endOfBlock(text, endOf(last), indent);
  const lines = block(key, value, indent).replaceAll("\n", eol);
  const [before, after] = [text.slice(0, at), text.slice(at)];
  return `${before}${before.endsWith("\n") ? "" : eol}${indent === 0 && isFields(value) ? eol : ""}${lines}${eol}${after}`;
}

function without(text: string, path: readonly string[]): string {
  const place = placeOf(text, path);
  if (!place?.pair || place.missing.length > 0) return text;
  const { map, pair } = place;
  const [start, end] = [startOf(pair), endOf(pair)];
  if (!map.flow) {
    const from = start - columnOf(text, start);
    return text.slice(0, from) + text.slice(lineEnd(text, end));
  }
  const index = map.items.indexOf(pair);
  const [before, after] = [map.items[index - 1], map.items[index + 1]];
  if (before) return text.slice(0, endOf(before)) + text.slice(end);
  return after ? text.slice(0, start) + text.slice(startOf(after)) : text.slice(0, start) + text.slice(end);
}

/** A value on one line; a text has the quotes of the one it replaces. */
function inline(value: unknown, old?: Node): string {
  return written(value, true, isScalar(old) ? old.type : undefined).trimEnd();
}

function block(key: string, value: unknown, indent: number): string {
  return written({ [key]: value }, false)
    .trimEnd()
    .replace(/^(?=.)/gm, " ".repeat(indent));
}

function written(value: unknown, flow: boolean, type?: Scalar.Type): string {
  const document = new Document(value);
  visit(document, {
    Scalar(key, scalar) {
      // Versions are texts, and are written as such.
      if (key !== "key" && typeof scalar.value === "string") scalar.type = type ?? (/^\d/.test(scalar.value) ? "QUOTE_DOUBLE" : "PLAIN");
    },
    Collection(_key, node) {
      if (flow) node.flow = true;
    },
  });
  return document.toString({ lineWidth: 0 });
}

function splice(text: string, at: number, part: string): string {
  return text.slice(0, at) + part + text.slice(at);
}

function startOf(pair: Pair | undefined): number {
  return (pair?.key as Node | undefined)?.range?.[0] ?? 0;
}

/** Where the last of a node's own text ends, comments behind it left out. */
function endOf(node: unknown): number {
  if (isScalar(node) || isAlias(node)) return node.range?.[1] ?? 0;
  if (isCollection(node)) return node.flow || node.items.length === 0 ? (node.range?.[1] ?? 0) : endOf(node.items.at(-1));
  const { key, value } = node as Pair;
  return Math.max(endOf(key), value === null || value === undefined ? 0 : endOf(value));
}

function columnOf(text: string, at: number): number {
  return at - (text.lastIndexOf("\n", at - 1) + 1);
}

function lineEnd(text: string, at: number): number {
  if (text[at - 1] === "\n") return at;
  const end = text.indexOf("\n", at);
  return end === -1 ? text.length : end + 1;
}

/** Behind a block's last line, and the comments that are indented as what is in it. */
function endOfBlock(text: string, at: number, indent: number): number {
  let end = lineEnd(text, at);
  for (;;) {
    const line = text.slice(end, lineEnd(text, end + 1));
    const [, margin] = /^( *)#/.exec(line) ?? [];
    if (margin === undefined || margin.length <= indent) return end;
    end += line.length;
  }
}
