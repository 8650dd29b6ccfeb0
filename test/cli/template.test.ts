import assert from "node:assert/strict";
import { parse } from "yaml";
import { environmentTemplate } from "../../cli/template";
import type { CloudDefinition } from "../../model/cloud";
import { clouds } from "../../providers/clouds";
import { planFile } from "../support/environment";

describe("a new environment file", () => {
  it("has the name it was given, also where YAML would read a number or a word of its own", () => {
    for (const name of ["seoul", "2024", "1e3", "0x1f", "true", "null", "no"]) {
      const text = environmentTemplate({
        name,
        provider: "openstack",
        profile: "minimal",
        options: "  # region: R\n",
        sizes: { controlPlane: "m1.large", worker: "m1.xlarge" },
        schema: "./schema.json",
      });
      assert.equal(parse(text).name, name);
      assert.equal(parse(text, { version: "1.1" }).name, name);
    }
  });

  for (const cloud of Object.values<CloudDefinition>(clouds).filter(({ can }) => can.machines))
    it(`has no errors as it is: ${cloud.name}`, () => {
      for (const profile of ["minimal", "standard", "highAvailability"] as const) {
        const { sizes } = cloud.defaults;
        const text = environmentTemplate({
          name: "seoul",
          provider: cloud.name,
          profile,
          options: cloud.template,
          sizes,
          schema: "./s.json",
        });
        assert.deepEqual(
          planFile(parse(text)).problems.filter(({ severity }) => severity === "error"),
          [],
        );
      }
    });
});
