import assert from "node:assert/strict";
import { findable } from "../../../providers/aws/findable";
import { AWS } from "../../../sandbox/aws/cloud";
import { holdToSdk } from "../../support/sdk-inputs";

describe("the simulated AWS", () => {
  for (const [token, type] of Object.entries(AWS.types))
    it(`takes the inputs of the SDK: ${token}`, () => {
      // A security group that is not described is "Managed by Pulumi".
      holdToSdk(`@pulumi/aws/${token.split(":")[1]}`, type.fields, token.endsWith(":SecurityGroup") ? ["description"] : []);
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
