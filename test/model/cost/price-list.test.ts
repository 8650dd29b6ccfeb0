import assert from "node:assert/strict";
import { join } from "node:path";
import { readPriceList } from "../../../files/price-list";
import { registry } from "../../../files/registry";
import { misfits, type PriceList, parsePriceList } from "../../../model/cost/price-list";
import { Findings } from "../../../model/problems";
import { awsPlan } from "../../support/aws";
import { samplePlan } from "../../support/plan";

const WHOLE = { provider: "openstack", currency: "KRW", unit: "hour", date: "2026-01-01", source: "invented" };

/** What is wrong with a list that has these fields too; undefined takes one out. */
function wrong(fields: Readonly<Record<string, unknown>>): string[] {
  const content = Object.fromEntries(Object.entries({ ...WHOLE, ...fields }).filter(([, value]) => value !== undefined));
  const findings = new Findings();
  const list = parsePriceList(content, registry, findings);
  assert.equal(list === undefined, findings.hasErrors);
  return findings.toProblems("list").map(({ path, reason, remedy }) => `${path}: ${reason}; ${remedy}`);
}

const NUMBER = "must be a number; write a number";
const WRONG: readonly (readonly [fields: Readonly<Record<string, unknown>>, expected: readonly RegExp[]])[] = [
  [
    { provider: undefined, currency: undefined, unit: undefined, date: undefined, source: undefined },
    [
      /^currency: is required/,
      /^date: is required/,
      /^provider: is required; use one of: openstack/,
      /^source/,
      /^unit: is required; use one of: hour, month/,
    ],
  ],
  [{ provider: "openstak" }, [/^provider: .* did you mean "openstack"/]],
  [{ currency: "krw" }, [/^currency: must be the code .*; write KRW$/]],
  [{ currency: "won" }, [/^currency: .*; write its ISO 4217 code$/]],
  [{ unit: "day" }, [/^unit: .*; use one of: hour, month$/]],
  [{ date: "2026-02-30" }, [/^date: must be a day such as/]],
  [{ date: "01.02.2026" }, [/^date: must be a day such as/]],
  [{ machine: { a: 1 } }, [/^machine: is no known field; did you mean "machines"\?; the fields here are: addresses, /]],
  [{ machines: { a: "0.12" } }, [/^machines\.a: must be a price, or what the size has; write a number, or \{ processors: 4/]],
  [{ machines: { a: -1 } }, [/^machines\.a: must be at least 0/]],
  [{ machines: { a: null } }, [/^machines\.a: must be a price/]],
  [{ machines: { a: { processors: 2, memoryGiB: 4 } } }, [/^machines\.a: .*nothing says what that costs; give `capacity`/]],
  [{ machines: { a: { processors: 2, memoryGiB: 4 } }, capcity: { processor: 1, memoryGiB: 1 } }, [/^capcity: .*did you mean "capacity"/]],
  [
    { machines: { a: { processors: 0, memoryGiB: 4 } }, capacity: { processor: 1, memoryGiB: 1 } },
    [/^machines\.a\.processors: must be at least/],
  ],
  [
    { machines: { a: { cpus: 2, processors: 2, memoryGiB: 4 } }, capacity: { processor: 1, memoryGiB: 1 } },
    [/^machines\.a\.cpus: .*: processors, memoryGiB$/],
  ],
  [{ capacity: { processor: 1 } }, [/^capacity\.memoryGiB: is required/]],
  [{ volumes: { ssd: Number.POSITIVE_INFINITY } }, [new RegExp(`^volumes\\.ssd: ${NUMBER}`)]],
  [{ volumes: { ssd: 1e13 } }, [/^volumes\.ssd: must be at most/]],
  [{ volumes: [1] }, [/^volumes: must be a map/]],
  [
    { addresses: { floatng: 1 } },
    [/^addresses\.floatng: is nothing that a plan for OpenStack has; did you mean "floating"\?; the names here are: floating$/],
  ],
  [{ provider: "existing", gateways: { nat: 1 } }, [/^gateways\.nat: is nothing .*; take it out$/]],
  [{ unit: "day", gateways: { nat: "1" }, volumes: { ssd: "1" } }, [/^gateways\.nat: must be/, /^unit/, /^volumes\.ssd/]],
];

describe("a price list", () => {
  for (const [fields, expected] of WRONG)
    it(`has every problem told at once: ${JSON.stringify(fields)}`, () => {
      const found = wrong(fields);
      assert.equal(found.length, expected.length, found.join("\n"));
      for (const [index, pattern] of expected.entries()) assert.match(found[index] ?? "", pattern);
    });

  it("is a map", () => {
    for (const content of [[], "prices", 3, null]) {
      const findings = new Findings();
      assert.equal(parsePriceList(content, registry, findings), undefined);
      assert.deepEqual(findings.errorPaths, [""]);
    }
  });

  it("is one of the plan's provider, and region where it names one", () => {
    const fitting = (fields: Partial<PriceList>, plan = samplePlan("minimal")) =>
      misfits({ ...WHOLE, unit: "hour", ...fields } as PriceList, plan).map(({ path, reason }) => `${path}: ${reason}`);
    assert.deepEqual(fitting({}), []);
    assert.deepEqual(fitting({ region: "RegionOne" }), []);
    assert.deepEqual(fitting({ region: "RegionTwo" }), ["region: the environment is in RegionOne"]);
    assert.deepEqual(fitting({}, awsPlan("minimal")), ["provider: the environment is on aws"]);
  });

  it("is shown by an example that nobody can take for the truth", () => {
    const file = join(__dirname, "..", "..", "..", "..", "docs", "prices-example.yaml");
    assert.match(readPriceList(file, "example").source, /invented/);
  });
});
