import { nearest } from "../../model/problems";
import { type CheckFailure, type Properties, UNKNOWN } from "../../plugin/rpc/provider";
import { isMap } from "../values";

/** One input of a resource type. */
export interface Field {
  readonly name: string;
  readonly kind: "string" | "number" | "boolean" | "list" | "map";
  readonly required: boolean;
  /** A changed value means a new object. */
  readonly replaces: boolean;
  /** The cloud chooses a value where none is given, so leaving it out later changes nothing. */
  readonly chosen: boolean;
  /** The names a map in a list (or the map) may have; undefined: any, or no maps. */
  readonly members?: readonly string[];
}

const KINDS = { n: "number", b: "boolean", l: "list", m: "map" } as const;

/**
 * Fields in short: `name` and flags, separated by blanks. `!` required, `*` replaces, `~` chosen by the cloud when left out; then `:n` number,
 * `:b` boolean, `:l` list, `:m` map, and in brackets the members a map may have: `fixedIps:l(subnetId,ipAddress)`.
 */
export function fieldsOf(short: string): Field[] {
  return short
    .trim()
    .split(/\s+/)
    .map((word) => {
      const [, name = "", flags = "", kind = "", members] = /^(\w+)([!*~]*)(?::([nblm]))?(?:\(([\w,]+)\))?$/.exec(word) ?? [];
      if (name === "") throw new Error(`"${word}" describes no field`);
      return {
        name,
        kind: kind === "n" || kind === "b" || kind === "l" || kind === "m" ? KINDS[kind] : "string",
        required: flags.includes("!"),
        replaces: flags.includes("*"),
        chosen: flags.includes("~"),
        ...(members === undefined ? {} : { members: members.split(",") }),
      };
    });
}

/** What the provider's schema refuses: unknown and missing inputs, wrong kinds of values. */
export function* checkFields(fields: readonly Field[], news: Properties): Generator<CheckFailure> {
  const names = fields.map((field) => field.name);
  for (const key of Object.keys(news)) {
    if (!names.includes(key)) yield unexpected(key, key, names);
  }
  for (const field of fields) {
    const value = news[field.name];
    if (value === undefined || value === null) {
      if (field.required)
        yield {
          property: field.name,
          reason: `Missing required argument: The argument "${field.name}" is required, but no definition was found.`,
        };
    } else {
      yield* checkValue(field, value);
    }
  }
}

function* checkValue(field: Field, value: unknown): Generator<CheckFailure> {
  if (value === UNKNOWN) return;
  const is = Array.isArray(value) ? "list" : isMap(value) ? "map" : typeof value;
  if (is !== field.kind) {
    yield { property: field.name, reason: `expected a ${field.kind}, got a ${is}` };
    return;
  }
  const members = field.members;
  if (members === undefined) return;
  for (const [index, element] of (Array.isArray(value) ? value : [value]).entries()) {
    if (!isMap(element)) continue;
    for (const key of Object.keys(element)) {
      const path = Array.isArray(value) ? `${field.name}[${index}].${key}` : `${field.name}.${key}`;
      if (!members.includes(key)) yield unexpected(path, key, members);
    }
  }
}

function unexpected(property: string, key: string, known: readonly string[]): CheckFailure {
  const near = nearest(key, known);
  const hint = near === undefined ? "" : ` Did you mean "${near}"?`;
  return { property, reason: `Invalid or unknown key: an argument named "${key}" is not expected here.${hint}` };
}
