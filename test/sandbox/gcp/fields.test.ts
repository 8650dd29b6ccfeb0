import assert from "node:assert/strict";
import { findable } from "../../../providers/gcp/findable";
import { GCP } from "../../../sandbox/gcp/cloud";
import { holdToSdk } from "../../support/sdk-inputs";

describe("the simulated GCP", () => {
  for (const [token, type] of Object.entries(GCP.types))
    it(`takes the inputs of the SDK: ${token}`, () => {
      // The SDK's files have capitals of another rule than its tokens.
      const module = `@pulumi/gcp/${token.split(":")[1]?.replace("/iAMC", "/iamc").replace("/iAMM", "/iamm")}`;
      // Pulumi names what is given no name; the policy of deletion is the provider's own, and said by some types only.
      holdToSdk(module, type.fields, ["name", "accountId", "roleId", "deletionPolicy"]);
    });

  it("knows every type that is registered", () => {
    assert.deepEqual(Object.keys(GCP.types).sort(), Object.keys(findable).sort());
  });
});
