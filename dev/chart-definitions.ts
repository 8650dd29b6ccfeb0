import { at, type Fields, fields, list } from "../sandbox/kubernetes/values";

/** How deep a field is kept: an object's `spec`, and what stands in that. What is deeper is taken as it comes. */
const DEPTH = 2;

/** What of a field is kept as the definition has it; of one whose own are not, what it may be alone. */
const KEPT = ["type", "required", "enum", "x-kubernetes-int-or-string"];

/**
 * The definitions that a chart brings, as the sandbox has them: names, versions, and the fields of the first two levels.
 * @param all what Helm renders with the definitions of the chart's folders `crds`, those of charts within it too
 * @param templates what it renders without those: definitions in it come by templates, under the conditions that are recorded
 */
export function definitionsFrom(all: readonly Fields[], templates: readonly Fields[], recorded: Fields): Fields {
  const definitions = all.filter(isDefinition).map(definitionOf);
  if (definitions.length === 0) return {};
  const { definitions: _former, ...conditions } = recorded;
  return { ...(templates.some(isDefinition) ? { templated: true, ...conditions } : {}), definitions: definitions.sort(byName) };
}

function isDefinition({ kind }: Fields): boolean {
  return kind === "CustomResourceDefinition";
}

function byName(a: Fields, b: Fields): number {
  const name = ({ group, plural }: Fields): string => `${String(group)} ${String(plural)}`;
  return name(a) < name(b) ? -1 : 1;
}

function definitionOf({ spec }: Fields): Fields {
  const { group, names, scope, versions } = fields(spec);
  const served = list(versions)
    .map(fields)
    .filter((version) => version.served !== false);
  return {
    group,
    kind: fields(names).kind,
    plural: fields(names).plural,
    scope,
    versions: served.map(({ name, storage, schema }) => ({ name, storage, schema: withoutHead(at(fields(schema), "openAPIV3Schema")) })),
  };
}

/** The schema of an object without what every object has. */
function withoutHead(schema: unknown): Fields {
  const { apiVersion: _version, kind: _kind, metadata: _metadata, ...properties } = fields(fields(schema).properties);
  return shallow({ ...fields(schema), properties }, DEPTH);
}

function shallow(schema: Fields, depth: number): Fields {
  const kept = KEPT.flatMap((key) => (key in schema && (key !== "required" || depth > 0) ? [[key, schema[key]]] : []));
  const properties = Object.entries(fields(schema.properties));
  const inside = (each: unknown) => shallow(fields(each), depth - 1);
  return {
    ...Object.fromEntries(kept),
    ...(depth > 0 && properties.length > 0 ? { properties: Object.fromEntries(properties.map(([key, each]) => [key, inside(each)])) } : {}),
    ...(schema.items === undefined ? {} : { items: shallow(fields(schema.items), 0) }),
  };
}
