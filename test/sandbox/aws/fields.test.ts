import assert from "node:assert/strict";
import { findable } from "../../../providers/aws/findable";
import { AWS } from "../../../sandbox/aws/cloud";
import type { Field } from "../../../sandbox/cloud/fields";
import { sdkInputs } from "../../support/sdk-inputs";

describe("the simulated AWS", () => {
  for (const [token, type] of Object.entries(AWS.types))
    it(`takes the inputs of the SDK: ${token}`, () => {
      const { all, required } = sdkInputs(`@pulumi/aws/${token.split(":")[1]}`);
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
