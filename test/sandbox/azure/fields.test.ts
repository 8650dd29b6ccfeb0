import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { findable } from "../../../providers/azure/findable";
import { AZURE } from "../../../sandbox/azure/cloud";
import type { Field } from "../../../sandbox/cloud/fields";

/** The inputs of a resource class in the installed SDK, which is generated from the REST definitions of the provider's version. */
function sdkInputs(token: string): { all: string[]; required: string[] } {
  const [, module = "", name = ""] = token.split(":");
  const file = require.resolve(`@pulumi/azure-native/${module}/${name[0]?.toLowerCase()}${name.slice(1)}`);
  const source = (readFileSync(file, "utf8").split("constructor(name, args, opts) {")[1] ?? "").split("else {")[0] ?? "";
  const all = [...source.matchAll(/resourceInputs\["(\w+)"\] = (?!undefined \/\*out)/g)];
  const required = [...source.matchAll(/Missing required property '(\w+)'/g)];
  const sorted = (matches: RegExpExecArray[]): string[] => matches.map(([, each = ""]) => each).sort();
  return { all: sorted(all), required: sorted(required) };
}

describe("the simulated Azure", () => {
  for (const [token, type] of Object.entries(AZURE.types))
    it(`takes the inputs of the SDK: ${token}`, () => {
      const { all, required } = sdkInputs(token);
      const names = (fields: readonly Field[]): string[] => fields.map(({ name }) => name).sort();
      assert.deepEqual(names(type.fields), all);
      assert.deepEqual(names(type.fields.filter((field) => field.required)), required);
    });

  it("knows every type that is registered, and every lookup that finds one again", () => {
    assert.deepEqual(Object.keys(AZURE.types).sort(), Object.keys(findable).sort());
    const tokens = Object.values(findable).flatMap((each) =>
      each.how === "lookup" ? each.ways.flatMap(({ ask }) => ask.flatMap((question) => ("token" in question ? [question.token] : []))) : [],
    );
    assert.deepEqual(
      [...new Set(tokens)].filter((token) => !(token in AZURE.invokes)),
      [],
    );
  });
});
