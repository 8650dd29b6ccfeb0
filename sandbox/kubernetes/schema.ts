import { nearest } from "../../model/problems";
import { UNKNOWN } from "../../plugin/rpc/provider";
import schemaFile from "./schema.json";
import { type Fields, fields, isFields } from "./values";

/** One wrong field: its path below the object and what is wrong. */
export interface FieldError {
  readonly path: string;
  readonly reason: string;
}

/**
 * How a value is checked. `*` anything, `s` string, `n` number, `b` boolean, `i` number or string, `[]T` a list, `{}T` a map,
 * else the name of a type in schema.json, whose fields read `name:TYPE` (`name!:TYPE` when required).
 */
type TypeName = string;

const TYPES: Readonly<Record<string, string>> = schemaFile.types;
const parsed = new Map<TypeName, ReadonlyMap<string, { readonly type: TypeName; readonly required: boolean }>>();

function fieldsOfType(type: TypeName): ReadonlyMap<string, { readonly type: TypeName; readonly required: boolean }> {
  const known = parsed.get(type);
  if (known !== undefined) return known;
  const result = new Map(
    (TYPES[type] ?? "").split(" ").map((entry) => {
      const [name, fieldType] = entry.split(":") as [string, string];
      return [name.replace("!", ""), { type: fieldType, required: name.endsWith("!") }];
    }),
  );
  parsed.set(type, result);
  return result;
}

/** Strict field validation, as the API server does it: unknown fields, missing ones and wrong types. Unknown values pass. */
export function checkFields(value: unknown, type: TypeName, path: string): FieldError[] {
  if (value === UNKNOWN || value === null || value === undefined || type === "*") return [];
  if (type.startsWith("[]")) {
    if (!Array.isArray(value)) return [{ path, reason: "must be a list" }];
    return value.flatMap((inner, index) => checkFields(inner, type.slice(2), `${path}[${index}]`));
  }
  if (type.startsWith("{}")) {
    if (!isFields(value)) return [{ path, reason: "must be a map" }];
    return Object.entries(value).flatMap(([key, inner]) => checkFields(inner, type.slice(2), `${path}.${key}`));
  }
  if (!(type in TYPES)) return checkPlain(value, type, path);
  if (!isFields(value)) return [{ path, reason: "must be an object" }];
  return checkObject(value, type, path);
}

function checkPlain(value: unknown, type: TypeName, path: string): FieldError[] {
  const is = typeof value;
  const fits = type === "i" ? is === "number" || is === "string" : is === { s: "string", n: "number", b: "boolean" }[type];
  return fits ? [] : [{ path, reason: `must be a ${{ s: "string", n: "number", b: "boolean", i: "number or string" }[type]}, is a ${is}` }];
}

function checkObject(value: Fields, type: TypeName, path: string): FieldError[] {
  const known = fieldsOfType(type);
  const below = path === "" ? "" : `${path}.`;
  const errors: FieldError[] = [];
  for (const [name, inner] of Object.entries(value)) {
    const field = known.get(name);
    if (field !== undefined) errors.push(...checkFields(inner, field.type, `${below}${name}`));
    else errors.push(unknownField(`${below}${name}`, name, [...known.keys()]));
  }
  for (const [name, { required }] of known) {
    if (required && value[name] === undefined) errors.push({ path: `${below}${name}`, reason: "Required value" });
  }
  return errors;
}

function unknownField(path: string, name: string, known: readonly string[]): FieldError {
  const near = nearest(name, known);
  return { path, reason: `strict decoding error: unknown field "${path}"${near === undefined ? "" : `; did you mean "${near}"?`}` };
}

/** Checks a custom resource's part against its definition's structural OpenAPI schema. */
export function checkOpenApi(value: unknown, schema: Fields, path: string): FieldError[] {
  if (value === UNKNOWN || value === null || value === undefined) return [];
  const type = schema.type;
  if (schema["x-kubernetes-int-or-string"] === true) return checkPlain(value, "i", path);
  if (type === "array") {
    if (!Array.isArray(value)) return [{ path, reason: "must be a list" }];
    return value.flatMap((inner, index) => checkOpenApi(inner, fields(schema.items), `${path}[${index}]`));
  }
  if (type === "object") return isFields(value) ? checkOpenApiObject(value, schema, path) : [{ path, reason: "must be an object" }];
  const plain = { string: "s", boolean: "b", number: "n", integer: "n" }[String(type)];
  if (plain === undefined) return [];
  const wrong = checkPlain(value, plain, path);
  const allowed = schema.enum;
  if (wrong.length > 0 || !Array.isArray(allowed) || allowed.includes(value)) return wrong;
  return [{ path, reason: `Unsupported value: must be one of ${allowed.join(", ")}` }];
}

function checkOpenApiObject(value: Fields, schema: Fields, path: string): FieldError[] {
  const properties = fields(schema.properties);
  const open = schema["x-kubernetes-preserve-unknown-fields"] === true || Object.keys(properties).length === 0;
  const others = isFields(schema.additionalProperties) ? schema.additionalProperties : undefined;
  const errors: FieldError[] = [];
  for (const [name, inner] of Object.entries(value)) {
    const below = path === "" ? name : `${path}.${name}`;
    if (isFields(properties[name])) errors.push(...checkOpenApi(inner, properties[name], below));
    else if (others !== undefined) errors.push(...checkOpenApi(inner, others, below));
    else if (!open) errors.push(unknownField(below, name, Object.keys(properties)));
  }
  for (const name of Array.isArray(schema.required) ? schema.required : []) {
    if (value[String(name)] === undefined) errors.push({ path: path === "" ? String(name) : `${path}.${name}`, reason: "Required value" });
  }
  return errors;
}

/** A value that breaks a rule. Not for secret values: it is shown. */
export function invalid(path: string, value: unknown, rule: string): FieldError {
  return { path, reason: `Invalid value: ${JSON.stringify(value)}: ${rule}` };
}

/** A value that is none of those allowed. */
export function unsupported(path: string, value: unknown, allowed: readonly string[]): FieldError {
  return { path, reason: `Unsupported value: ${JSON.stringify(value)}: supported values: ${allowed.map((one) => `"${one}"`).join(", ")}` };
}
