import type { Bag } from "../../../testing/mocks";

/** What is wrong with a value by a structural OpenAPI schema, as Kubernetes applies it: types, enums, required and unknown fields. */
export function schemaProblems(value: unknown, schema: Bag, path = ""): string[] {
  if (value === undefined) return [];
  const here = path === "" ? "the object" : path;
  const wanted = schema.type;
  if (wanted !== undefined && !hasType(value, String(wanted))) return [`${here}: is no ${String(wanted)}`];
  if (Array.isArray(schema.enum) && !schema.enum.includes(value)) return [`${here}: is none of ${schema.enum.join(", ")}`];
  if (typeof schema.pattern === "string" && typeof value === "string" && !new RegExp(schema.pattern).test(value))
    return [`${here}: does not match`];
  if (Array.isArray(value)) return value.flatMap((item, index) => schemaProblems(item, (schema.items ?? {}) as Bag, `${path}.${index}`));
  if (typeof value !== "object" || value === null) return [];
  const properties = (schema.properties ?? {}) as Record<string, Bag>;
  const missing = ((schema.required ?? []) as string[]).filter((key) => !(key in value)).map((key) => `${here}: lacks "${key}"`);
  const inner = Object.entries(value).flatMap(([key, item]) => {
    const below = path === "" ? key : `${path}.${key}`;
    const property =
      properties[key] ?? (typeof schema.additionalProperties === "object" ? (schema.additionalProperties as Bag) : undefined);
    if (property !== undefined) return schemaProblems(item, property, below);
    return schema.additionalProperties === true || schema["x-kubernetes-preserve-unknown-fields"] === true ? [] : [`${below}: is unknown`];
  });
  return [...missing, ...inner];
}

function hasType(value: unknown, type: string): boolean {
  switch (type) {
    case "object":
      return typeof value === "object" && value !== null && !Array.isArray(value);
    case "array":
      return Array.isArray(value);
    case "integer":
      return Number.isInteger(value);
    default:
      return typeof value === type;
  }
}
