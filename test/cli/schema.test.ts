import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { registry } from "../../files/registry";
import { pricesJsonSchema } from "../../model/cost/price-list";
import { environmentJsonSchema } from "../../model/environment/json-schema";
import { fleetJsonSchema } from "../../model/fleet/schema";

const FOLDER = join(__dirname, "..", "..", "..", "environments", "schema");

describe("the committed JSON Schemas", () => {
  const schemas = { environment: () => environmentJsonSchema(registry), fleet: fleetJsonSchema, prices: () => pricesJsonSchema(registry) };
  for (const [name, schema] of Object.entries(schemas)) {
    it(`hold what \`kpaas schema ${name}\` prints (UPDATE_GOLDEN=1 rewrites them)`, () => {
      const file = join(FOLDER, `${name}.schema.json`);
      const text = `${JSON.stringify(schema(), undefined, 2)}\n`;
      if (process.env.UPDATE_GOLDEN === "1") {
        mkdirSync(dirname(file), { recursive: true });
        writeFileSync(file, text);
      }
      assert.equal(readFileSync(file, "utf8"), text);
    });
  }
});
