import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { findable } from "../../../providers/aws/findable";
import { AWS } from "../../../sandbox/aws/cloud";
import type { Field } from "../../../sandbox/cloud/fields";

/** The inputs of a resource class in the installed SDK, which is generated from the schema of the provider of the same version. */
function sdkInputs(token: string): { all: string[]; required: string[] } {
  const [, path = ""] = token.split(":");
  const source = readFileSync(require.resolve(`@pulumi/aws/${path}`), "utf8").split("const args = argsOrState;")[1] ?? "";
  const all = [...source.matchAll(/resourceInputs\["(\w+)"\] = (?!undefined \/\*out)/g)];
  const required = [...source.matchAll(/Missing required property '(\w+)'/g)];
  const sorted = (matches: RegExpExecArray[]): string[] => matches.map(([, name = ""]) => name).sort();
  return { all: sorted(all), required: sorted(required) };
}

describe("the simulated AWS", () => {
  for (const [token, type] of Object.entries(AWS.types))
    it(`takes the inputs of the SDK: ${token}`, () => {
      const { all, required } = sdkInputs(token);
      const names = (fields: readonly Field[]): string[] => fields.map(({ name }) => name).sort();
      assert.deepEqual(names(type.fields), all);
      assert.deepEqual(names(type.fields.filter((field) => field.required)), required);
    });

  it("knows every type that is registered, and every lookup that finds one again", () => {
    assert.deepEqual(Object.keys(AWS.types).sort(), Object.keys(findable).sort());
    const tokens = Object.values(findable).flatMap((each) =>
      each.how === "lookup" ? each.ways.flatMap(({ ask }) => ask.flatMap((question) => ("token" in question ? [question.token] : []))) : [],
    );
    assert.deepEqual(
      [...new Set(tokens)].filter((token) => !(token in AWS.invokes)),
      [],
    );
  });
});
