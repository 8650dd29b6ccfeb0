import assert from "node:assert/strict";
import { findable } from "../../../providers/gcp/findable";
import type { Field } from "../../../sandbox/cloud/fields";
import { GCP } from "../../../sandbox/gcp/cloud";
import { sdkInputs } from "../../support/sdk-inputs";

describe("the simulated GCP", () => {
  for (const [token, type] of Object.entries(GCP.types))
    it(`takes the inputs of the SDK: ${token}`, () => {
      // The SDK's files have capitals of another rule than its tokens.
      const { all, required } = sdkInputs(`@pulumi/gcp/${token.split(":")[1]?.replace("/iAMC", "/iamc").replace("/iAMM", "/iamm")}`);
      const names = (fields: readonly Field[]): string[] => fields.map(({ name }) => name).sort();
      assert.deepEqual(names(type.fields), all);
      assert.deepEqual(names(type.fields.filter((field) => field.required)), required);
    });

  it("knows every type that is registered", () => {
    assert.deepEqual(Object.keys(GCP.types).sort(), Object.keys(findable).sort());
  });
});
