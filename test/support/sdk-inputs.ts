import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import type { Field } from "../../sandbox/cloud/fields";

/** The inputs of a resource class in an installed SDK, which is generated from the schema of the provider of the same version. */
function sdkInputs(module: string): { readonly all: string[]; readonly required: string[] } {
  const source = readFileSync(require.resolve(module), "utf8").split("const args = argsOrState;")[1] ?? "";
  const all = [...source.matchAll(/resourceInputs\["(\w+)"\] = (?!undefined \/\*out)/g)];
  const required = [...source.matchAll(/Missing required property '(\w+)'/g)];
  const sorted = (matches: RegExpExecArray[]): string[] => matches.map(([, name = ""]) => name).sort();
  return { all: sorted(all), required: sorted(required) };
}

/** What a resource always has, whether it was given or not: its type there is not "or undefined". */
function sdkOutputs(module: string): string[] {
  const [, declared = ""] = readFileSync(require.resolve(module).replace(/\.js$/, ".d.ts"), "utf8").split("export declare class");
  const [own = ""] = declared.split("\n}\n");
  return [...own.matchAll(/\n {4}readonly (\w+): (pulumi\.Output<[\s\S]*?);(?=\n {4}(?:\/\*\*|constructor|readonly))/g)].flatMap(
    ([, name = "", type = ""]) => (type.endsWith("| undefined>") ? [] : [name]),
  );
}

/**
 * Holds the inputs of a simulated type against an SDK: their names, which are required, and which the cloud chooses where they are left out (the
 * provider's schema says Computed: whoever reads the resource always gets them).
 * @param unsaid inputs of which the SDK does not say who chooses them
 */
export function holdToSdk(module: string, fields: readonly Field[], unsaid: readonly string[] = []): void {
  const { all, required } = sdkInputs(module);
  const names = (wanted: (field: Field) => boolean): string[] =>
    fields
      .filter(wanted)
      .map(({ name }) => name)
      .sort();
  assert.deepEqual(
    names(() => true),
    all,
  );
  assert.deepEqual(
    names((field) => field.required),
    required,
  );
  const always = new Set(sdkOutputs(module));
  assert.deepEqual(
    names(({ name, chosen }) => chosen && !unsaid.includes(name)),
    all.filter((name) => always.has(name) && !required.includes(name) && !unsaid.includes(name)),
  );
}
