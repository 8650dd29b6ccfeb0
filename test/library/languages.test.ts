import assert from "node:assert/strict";
import { registry } from "../../files/registry";
import { isFields } from "../../model/data";
import { environmentJsonSchema } from "../../model/environment/json-schema";

/** What a Pulumi package schema knows of a type; keywords that only narrow a value become text there. */
const NARROWING = new Set(
  "description default title pattern minLength maxLength minimum maximum exclusiveMinimum exclusiveMaximum minItems maxItems uniqueItems format propertyNames minProperties required deprecated $schema".split(
    " ",
  ),
);

/** Of these a union needs no names. */
const PRIMITIVE = ["string", "number", "integer", "boolean"];

/** Where a schema says what only TypeScript, or only JSON Schema, can say. */
function inexpressible(schema: unknown, path: string): string[] {
  if (!isFields(schema)) return schema === true ? [] : [`${path}: ${JSON.stringify(schema)}`];
  const { type, enum: values, const: constant, properties, additionalProperties, items, anyOf, oneOf, allOf, ...others } = schema;
  const unknown = Object.keys(others).filter((key) => !NARROWING.has(key));
  const alternatives = [anyOf, oneOf].flatMap((each) => (Array.isArray(each) ? each : []));
  const narrowed = Array.isArray(allOf) ? allOf : [];
  const below = [
    ...(isFields(properties) ? Object.entries(properties).flatMap(([key, each]) => inexpressible(each, `${path}.${key}`)) : []),
    ...(isFields(additionalProperties) ? inexpressible(additionalProperties, `${path}.*`) : []),
    ...(items === undefined ? [] : inexpressible(items, `${path}[]`)),
    ...alternatives.flatMap((each, index) => inexpressible(each, `${path}|${index}`)),
  ];
  const texts = [...(Array.isArray(values) ? values : []), ...(constant === undefined ? [] : [constant])];
  return [
    ...(unknown.length > 0 ? [`${path}: ${unknown.join(", ")}`] : []),
    ...(Array.isArray(type) && type.some((each) => !PRIMITIVE.includes(String(each))) ? [`${path}: a union with ${type.join(", ")}`] : []),
    ...(Array.isArray(items) ? [`${path}: a tuple`] : []),
    ...(narrowed.some((each) => isFields(each) && ("properties" in each || "type" in each)) ? [`${path}: an intersection`] : []),
    ...texts.filter((each) => !["string", "number", "boolean"].includes(typeof each)).map(() => `${path}: an enumeration of no primitives`),
    ...below,
  ];
}

describe("the fields of an environment", () => {
  it("are of types that a Pulumi package schema can express, for SDKs of other languages", () => {
    assert.deepEqual(inexpressible(environmentJsonSchema(registry), "environment"), []);
  });
});
