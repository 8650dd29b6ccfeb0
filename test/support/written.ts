import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { registry } from "../../files/registry";
import { docOf } from "../../model/environment/field-docs";
import { alternatives, environmentJsonSchema, type JsonSchema } from "../../model/environment/json-schema";

/** The project's own folder. */
export const ROOT = join(__dirname, "..", "..", "..");

/**
 * Compares a file, or the part of it between two marks, with what it must hold; UPDATE_GOLDEN=1 writes it.
 * @throws AssertionError where it holds something else
 */
export function holds(file: string, content: string, [start, end]: readonly [string, string] = ["", ""]): void {
  const path = join(ROOT, file);
  const writes = process.env.UPDATE_GOLDEN === "1";
  const text = existsSync(path) ? readFileSync(path, "utf8") : "";
  const from = text.indexOf(start) + start.length;
  const to = end === "" ? text.length : text.indexOf(end);
  assert.ok(from >= start.length && to >= from, `${file} has no ${start} … ${end}`);
  if (writes) writeFileSync(path, text.slice(0, from) + content + text.slice(to));
  else assert.ok(text.slice(from, to) === content, `${file} is not what it is written from: UPDATE_GOLDEN=1 rewrites it`);
}

/** Every field of a schema with its description. */
export function fieldsOf(schema: JsonSchema, path = ""): [path: string, description: string | undefined][] {
  return alternatives(schema).flatMap(({ properties = {}, additionalProperties, items }) => [
    ...Object.entries(properties).flatMap(([name, each]): [string, string | undefined][] => {
      const field = path === "" ? name : `${path}.${name}`;
      return [[field, each.description], ...fieldsOf(each, field)];
    }),
    ...(typeof additionalProperties === "object" ? fieldsOf(additionalProperties, `${path}.KEY`) : []),
    ...(items?.type === "object" ? fieldsOf(items, `${path}.N`) : []),
  ]);
}

/** Every field of the environment file with its description. */
export const environmentFields: readonly [path: string, description: string | undefined][] = fieldsOf(
  environmentJsonSchema(registry) as JsonSchema,
);

const names: ReadonlySet<string> = new Set(environmentFields.map(([path]) => path));

/**
 * How a field that a page names stands, `FIELD` or `FIELD: VALUE`: whether it works, is kept and refused as not supported yet, or is none.
 * `platform.services.KEY` stands for any service.
 */
export function standingOf(where: string): "works" | "later" | "unknown" {
  const [field = "", value] = where.split(": ");
  const service = /^platform\.services\.([^.]+)/.exec(field)?.[1];
  const known = service === "KEY" ? names.has(field.replace("KEY", "mariadb")) : names.has(field);
  if (!known) return "unknown";
  const { later } = docOf(field, registry) ?? {};
  return later === true || (Array.isArray(later) && value !== undefined && later.includes(value)) ? "later" : "works";
}
