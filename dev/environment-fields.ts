import { registry } from "../files/registry";
import { docOf, docsOf } from "../model/environment/field-docs";
import { alternatives, describeField, environmentJsonSchema, type JsonSchema } from "../model/environment/json-schema";
import { switchedServices } from "../model/registry";

/** Stands for any service's path. */
const SERVICE = "platform.services.KEY";
const WORKING: readonly string[] = switchedServices(registry).map(({ name }) => name);

/** The fields of the environment file as a table of Markdown, as docs/environment-file.md holds it. */
export function fieldTable(): string {
  const rows = docsOf(registry)
    .filter(({ path }) => !path.startsWith("…"))
    .map(({ path, means, byDefault = "", later }) => {
      const notYet = later === true ? " *(later)*" : later ? `; *later*: ${later.map((value) => `\`${value}\``).join(", ")}` : "";
      return `| \`${path}\` | ${byDefault} | ${means}${notYet} |`;
    });
  return ["| field | default | meaning |", "|---|---|---|", ...rows].join("\n");
}

const HEADING = `// Written from the schema of the environment file and model/environment/field-docs.ts by their test: change it there.
import type { SecretReference } from "../plan/infrastructure-types";
`;

/** The content of model/environment/environment-fields.ts: what a program may write, by what works in this version. */
export function fieldTypes(): string {
  const { properties = {} } = environmentJsonSchema(registry) as JsonSchema;
  const parts = ["infrastructure", "cluster", "platform"];
  const own = parts.map((part) => {
    const name = `${part[0]?.toUpperCase()}${part.slice(1)}Fields`;
    return `/** ${describe(part)} */\nexport interface ${name} ${typeOf(properties[part] ?? {}, part, "")}\n`;
  });
  const root = members(
    Object.fromEntries(Object.entries(properties).map(([name, schema]) => [name, parts.includes(name) ? {} : schema])),
    ["name", "infrastructure"],
    "",
    "",
    Object.fromEntries(parts.map((part) => [part, `${part[0]?.toUpperCase()}${part.slice(1)}Fields`])),
  );
  return [
    HEADING,
    commonOfServices(properties.platform ?? {}),
    ...own,
    `/** An environment, as its file has it. */\nexport interface EnvironmentFields ${root}\n`,
  ].join("\n");
}

function describe(path: string): string {
  const doc = docOf(path, registry);
  return doc === undefined ? "" : describeField(path, doc, registry);
}

function typeOf(schema: JsonSchema, path: string, indent: string): string {
  const { type, later } = docOf(path, registry) ?? {};
  if (type !== undefined) return type.replaceAll("#", `\${number}`);
  const gone: readonly unknown[] = Array.isArray(later) ? later : [];
  const types = alternatives(schema).flatMap((each) => {
    if (each.enum !== undefined) return each.enum.filter((value) => !gone.includes(value)).map((value) => JSON.stringify(value));
    if (each.const !== undefined) return gone.includes(each.const) ? [] : [JSON.stringify(each.const)];
    return isLater(each, path) ? [] : [plainType(each, path, indent)];
  });
  return [...new Set(types)].join(" | ");
}

/** Whether an alternative is chosen by a value that is not supported yet. */
function isLater({ properties = {} }: JsonSchema, path: string): boolean {
  return Object.entries(properties).some(([name, { const: value }]) => {
    const later = docOf(`${path}.${name}`, registry)?.later;
    return Array.isArray(later) && later.includes(value);
  });
}

function plainType(schema: JsonSchema, path: string, indent: string): string {
  const { type, properties, required = [], additionalProperties: rest, items } = schema;
  if (/^platform\.services\.[^.]+$/.test(path) && properties !== undefined) return serviceType(properties, path, indent);
  if (type === "object" && properties !== undefined) return members(properties, required, path, indent);
  if (type === "object") {
    const element = typeof rest === "object" && Object.keys(rest).length > 0 ? typeOf(rest, `${path}.KEY`, indent) : "unknown";
    return `Readonly<Record<string, ${element}>>`;
  }
  if (type === "array") {
    const element = typeOf(items ?? {}, items?.type === "object" ? `${path}.N` : path, indent);
    return `readonly ${element.includes(" | ") ? `(${element})` : element}[]`;
  }
  if (type === undefined) return "unknown";
  return [type]
    .flat()
    .map((each) => (each === "integer" ? "number" : each))
    .join(" | ");
}

/** The options that every service has. */
function commonOfServices({ properties = {} }: JsonSchema): string {
  const [service = {}] = Object.values(properties.services?.properties ?? {});
  const options = alternatives(service).find((each) => each.properties)?.properties ?? {};
  const common = Object.entries(options).filter(([name]) => docOf(`${SERVICE}.${name}`, registry) !== undefined);
  return `/** What every service can be told. */\nexport interface ServiceFields ${members(Object.fromEntries(common), [], SERVICE, "")}\n`;
}

/** The options of one service: those all have, and its own. */
function serviceType(properties: Readonly<Record<string, JsonSchema>>, path: string, indent: string): string {
  const own = Object.entries(properties).filter(([name]) => docOf(`${SERVICE}.${name}`, registry) === undefined);
  return own.length === 0 ? "ServiceFields" : `(ServiceFields & ${members(Object.fromEntries(own), [], path, indent)})`;
}

function members(
  properties: Readonly<Record<string, JsonSchema>>,
  required: readonly string[],
  path: string,
  indent: string,
  named: Readonly<Record<string, string>> = {},
): string {
  const inner = `${indent}  `;
  const lines = Object.entries(properties).flatMap(([name, schema]) => {
    const field = path === "" ? name : `${path}.${name}`;
    if (docOf(field, registry)?.later === true || (path === "platform.services" && !WORKING.includes(name))) return [];
    const text = schema.description ?? describe(field);
    return [
      ...(text ? [`${inner}/** ${text} */`] : []),
      `${inner}readonly ${name}${required.includes(name) ? "" : "?"}: ${named[name] ?? typeOf(schema, field, inner)};`,
    ];
  });
  return ["{", ...lines, `${indent}}`].join("\n");
}
