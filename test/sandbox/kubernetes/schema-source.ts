import { readFileSync } from "node:fs";
import { join } from "node:path";

/** What sandbox/kubernetes/schema.json holds: see sandbox/kubernetes/schema.ts. */
export interface SchemaFile {
  readonly types: Record<string, Record<string, string>>;
}

/** Reads the API's types, as the SDK declares its inputs, for some kinds and all they hold. */
export function deriveSchema(packageFolder: string, kinds: readonly string[]): SchemaFile {
  const all = readInterfaces(readFileSync(join(packageFolder, "types", "input.d.ts"), "utf8"));
  const types: Record<string, Record<string, string>> = {};
  const queue = [...kinds];
  for (let name = queue.shift(); name !== undefined; name = queue.shift()) {
    if (name in types) continue;
    const fields = all.get(name);
    if (fields === undefined) throw new Error(`no interface ${name} in the SDK's input types`);
    types[name] = fields;
    for (const type of Object.values(fields)) {
      const element = type.replace(/^(\[\]|\{\})+/, "");
      if (element.includes(".")) queue.push(element);
    }
  }
  return { types: Object.fromEntries(Object.entries(types).sort(([a], [b]) => (a < b ? -1 : 1))) };
}

function readInterfaces(text: string): Map<string, Record<string, string>> {
  const all = new Map<string, Record<string, string>>();
  let group = "";
  let version = "";
  let fields: Record<string, string> | undefined;
  // A map's name stands on one line, the type of its values on a later one.
  let open: { readonly fields: Record<string, string>; readonly name: string } | undefined;
  for (const line of text.split("\n")) {
    const outer = /^export declare namespace (\w+) \{/.exec(line);
    const inner = /^ {4}namespace (\w+) \{/.exec(line);
    const opened = /^ {8}interface (\w+) \{/.exec(line);
    const field = /^ {12}([\w$]+)(\??): (.*);$/.exec(line);
    const map = /^ {12}([\w$]+)(\??): pulumi\.Input<\{$/.exec(line);
    if (outer !== null) group = outer[1] as string;
    else if (inner !== null) version = inner[1] as string;
    else if (opened !== null) {
      fields = {};
      all.set(`${group}.${version}.${opened[1]}`, fields);
    } else if (fields !== undefined && map !== null) open = { fields, name: `${map[1]}${map[2] === "" ? "!" : ""}` };
    else if (open !== undefined && line.includes("[key: string]")) {
      open.fields[open.name] = `{}${typeOf(line.replace(/^.*\[key: string\]: /, "").replace(/;$/, ""))}`;
      open = undefined;
    } else if (fields !== undefined && field !== null) fields[`${field[1]}${field[2] === "" ? "!" : ""}`] = typeOf(field[3] as string);
    else if (line.startsWith("        }")) fields = undefined;
  }
  return all;
}

/** `s` string, `n` number, `b` boolean, `i` number or string, `*` anything, `[]T`, `{}T`, or the name of a type. */
function typeOf(text: string): string {
  let type = text
    .replaceAll("pulumi.Input<", "<")
    .replace(/ \| undefined/g, "")
    .trim();
  while (type.startsWith("<") && type.endsWith(">")) type = type.slice(1, -1).trim();
  if (type.endsWith("[]")) return `[]${typeOf(type.slice(0, -2))}`;
  if (type.startsWith("inputs.")) {
    const name = type.slice("inputs.".length);
    // A schema inside a definition, and JSON of any form, are not looked into.
    return /JSONSchemaProps|\.JSON$/.test(name) ? "*" : name;
  }
  if (type === "number | string" || type === "string | number") return "i";
  if (type === "string" || type.startsWith("string | enums.") || type.startsWith("enums.")) return "s";
  if (type === "number") return "n";
  if (type === "boolean") return "b";
  return "*";
}
