import { readFileSync } from "node:fs";

/** The inputs of a resource class in an installed SDK, which is generated from the schema of the provider of the same version. */
export function sdkInputs(module: string): { readonly all: string[]; readonly required: string[] } {
  const source = readFileSync(require.resolve(module), "utf8").split("const args = argsOrState;")[1] ?? "";
  const all = [...source.matchAll(/resourceInputs\["(\w+)"\] = (?!undefined \/\*out)/g)];
  const required = [...source.matchAll(/Missing required property '(\w+)'/g)];
  const sorted = (matches: RegExpExecArray[]): string[] => matches.map(([, name = ""]) => name).sort();
  return { all: sorted(all), required: sorted(required) };
}
