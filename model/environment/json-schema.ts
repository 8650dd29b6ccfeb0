import { z } from "zod";
import { at, isFields } from "../data";
import { type ChangeRow, changeRows } from "../guard/changes";
import type { Registry } from "../registry";
import type { FieldDoc } from "./cluster-field-docs";
import { docOf } from "./field-docs";
import { environmentFileSchema } from "./schema";

/** The JSON Schema of environment files, for editors, with what each field means. */
export function environmentJsonSchema(registry: Registry): object {
  return { title: "kpaas environment", ...withDescriptions(z.toJSONSchema(environmentFileSchema(registry), { io: "input" }), registry) };
}

/** A schema in JSON Schema's form, as far as it is read here. */
export interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly description?: string;
  /** Of an option of a definition's own: what is taken without it. Left out of the schema that is written. */
  readonly byDefault?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: JsonSchema | boolean;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
}

/** The alternatives of a schema: itself where it has none. */
export function alternatives({ anyOf, oneOf, ...alone }: JsonSchema): readonly JsonSchema[] {
  const several = anyOf ?? oneOf;
  return several === undefined ? [alone] : several.flatMap(alternatives);
}

/** What a definition says of its own options stays. */
function withDescriptions(schema: object, registry: Registry, path = ""): object {
  const inside = (key: string, value: unknown): unknown => {
    if (!isFields(value)) return value;
    if (key === "properties")
      return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, describe(each, registry, join(path, name))]));
    if (key === "additionalProperties") return describe(value, registry, join(path, "KEY"));
    if (key === "items") return at(value, "type") === "object" ? describe(value, registry, join(path, "N")) : value;
    return value;
  };
  return Object.fromEntries(
    Object.entries(schema).map(([key, value]) => [
      key,
      (key === "anyOf" || key === "oneOf") && Array.isArray(value)
        ? value.map((each) => (isFields(each) ? withDescriptions(each, registry, path) : each))
        : inside(key, value),
    ]),
  );
}

function describe(schema: unknown, registry: Registry, path: string): unknown {
  if (!isFields(schema)) return schema;
  const { description: own, byDefault: _byDefault, ...rest } = withDescriptions(schema, registry, path) as JsonSchema;
  const found = docOf(path, registry);
  // An option that says itself what it means is not what fields of its name are elsewhere (`vault` of a secret).
  const doc = own !== undefined && found?.path.startsWith("…") ? undefined : found;
  // A service says itself what it does.
  const means = doc?.path === "platform.services.KEY" ? own : undefined;
  const description = doc ? describeField(path, { ...doc, ...(means === undefined ? {} : { means }) }, registry) : own;
  return description === undefined ? rest : { description, ...rest };
}

/** What a field means, takes by default, and does when it changes: sentences of plain text. */
export function describeField(path: string, { means, byDefault, later }: FieldDoc, registry: Registry): string {
  const sentences = [means.replace(/^\[?[a-z]/, (start) => start.toUpperCase())];
  if (later === true) sentences.push("Not supported yet");
  else {
    if (later) sentences.push(`Not supported yet: ${later.join(", ")}`);
    if (byDefault !== undefined) sentences.push(`Default: ${byDefault}`);
    const change = describeChange(path, registry);
    if (change !== undefined) sentences.push(change);
  }
  return `${sentences.map(plain).join(". ")}.`;
}

/** Markdown without its links and marks. */
function plain(text: string): string {
  return text.replace(/\[([^\]]*)\]\([^)]*\)/g, "$1").replaceAll("`", "");
}

/** What a change of the field, or of what it is in, does to an environment that stands. */
function describeChange(path: string, registry: Registry): string | undefined {
  const found = changesOf(path, registry);
  const [only] = found;
  if (only === undefined) return undefined;
  if (found.length === 1 && only.when === undefined) return `A change ${OUTCOMES[only.how] ?? `needs the approval ${only.how}`}`;
  return `A change: ${found.map(({ when, how }) => `${when ?? "otherwise"}: ${(OUTCOMES[how] ?? `needs the approval ${how}`).replace(/^is /, "")}`).join("; ")}`;
}

const OUTCOMES: Readonly<Partial<Record<ChangeRow["how"], string>>> = {
  applied: "is applied to what stands",
  built: "counts for machines built from then on",
  refused: "is refused",
  follows: "goes by the fields it gives values to",
};

/** The rows that count for a field: its own, and where none of them holds for every change, that of the nearest field above it. */
function changesOf(path: string, registry: Registry): readonly ChangeRow[] {
  const keyed = path.replace(/^(platform\.services\.)[^.]+(\.size)$/, "$1KEY$2");
  const rows = changeRows(registry).filter(({ how }) => how !== "later");
  const own = rows.filter((row) => row.path === keyed && row.when !== undefined);
  for (let field = keyed; field !== ""; field = field.split(".").slice(0, -1).join(".")) {
    const always = rows.find((row) => row.path === field && row.when === undefined);
    if (always) return [...own, always];
  }
  return own;
}

function join(path: string, name: string): string {
  return path === "" ? name : `${path}.${name}`;
}
