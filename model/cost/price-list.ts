import { z } from "zod";
import { fields, isFields } from "../data";
import { text } from "../environment/fields";
import { type IssuePath, issuesOf, reportIssue, valueAt } from "../issues";
import type { EnvironmentPlan } from "../plan/types";
import { type Finding, Findings, nearest } from "../problems";
import type { Registry } from "../registry";
import type { BilledKind } from "./bill";

/** The hours that a month is counted with. */
export const HOURS = 730;

/** By kind, the section of a price list with its prices. */
export const SECTIONS = {
  machine: "machines",
  volume: "volumes",
  address: "addresses",
  balancer: "balancers",
  gateway: "gateways",
} as const satisfies Record<BilledKind, string>;

/** More would not be told exactly any more. */
const MOST = 1e12;

const price = z.number().min(0).max(MOST);
const capacity = z.strictObject({
  processors: z.number().min(0.001).max(1024).meta({ description: "how many processors (vCPU) the size has" }),
  memoryGiB: z.number().min(0.001).max(65_536).meta({ description: "how much memory it has in GiB" }),
});

/** The file with a cloud's prices. */
function priceListSchema({ clouds }: Registry) {
  const named = (kind: "address" | "balancer" | "gateway", means: string) => {
    const names = Object.values(clouds).flatMap(({ name, bill }) =>
      Object.entries(bill.names[kind] ?? {}).map(([each, what]) => `${each} on ${name} (${what})`),
    );
    return z
      .record(text, price)
      .optional()
      .meta({ description: `the price of each ${means}, for the unit: ${names.join("; ")}` });
  };
  return z.strictObject({
    provider: z.enum(Object.keys(clouds)).meta({ description: "the provider whose prices these are" }),
    region: text.optional().meta({ description: "the one region that they are of; all of the provider's where it is left out" }),
    currency: z
      .string()
      .refine((code) => currencies().has(code), {
        message: "must be the code of a currency, in capitals: KRW, USD …",
        params: {
          remedy: (code: string) => (currencies().has(code.toUpperCase()) ? `write ${code.toUpperCase()}` : "write its ISO 4217 code"),
        },
      })
      .meta({ description: "the currency of all prices, by its ISO 4217 code" }),
    date: z.iso.date("must be a day such as 2026-03-01").meta({ description: "the day of which the prices are" }),
    source: text.meta({ description: "where they are from: a page, an offer, a contract" }),
    unit: z.enum(["hour", "month"]).meta({
      description: `what a price of a machine, address, balancer or gateway is for; a month has ${HOURS} hours. Volumes are always by the month`,
    }),
    machines: z
      .record(text, z.union([price, capacity]))
      .optional()
      .meta({ description: "by size, as the cloud calls it: its price for the unit, or what it has, by which `capacity` prices it" }),
    capacity: z
      .strictObject({
        processor: price.meta({ description: "the price of one processor (vCPU), for the unit" }),
        memoryGiB: price.meta({ description: "the price of one GiB of memory, for the unit" }),
      })
      .optional()
      .meta({ description: "prices of what machines have, in place of prices of sizes" }),
    volumes: z.record(text, price).optional().meta({
      description: "by type, as the cloud calls it: the price of one GiB for a month. `default` is the cloud's own where no type is named",
    }),
    addresses: named("address", "address outside"),
    balancers: named("balancer", "balancer"),
    gateways: named("gateway", "way out of the network"),
  });
}

/** A cloud's prices. */
export type PriceList = z.infer<ReturnType<typeof priceListSchema>>;

/** The JSON Schema of price lists, for editors. */
export function pricesJsonSchema(registry: Registry): object {
  return { title: "kpaas prices", ...z.toJSONSchema(priceListSchema(registry), { io: "input" }) };
}

/** Reads the content of a price list; undefined, with everything that is wrong in `findings`, where it is none. */
export function parsePriceList(content: unknown, registry: Registry, findings: Findings): PriceList | undefined {
  if (!isFields(content)) {
    if (content !== undefined)
      findings.error(
        "",
        "a price list is a map of fields",
        "`kpaas schema prices` prints its form; begin with `provider:` and `currency:`",
      );
    return undefined;
  }
  const schema = priceListSchema(registry);
  const parsed = schema.safeParse(content);
  for (const issue of issuesOf(schema, content)) {
    const path = issue.path as IssuePath;
    reportIssue(issue, { value: valueAt(content, path), fields: () => fieldsOf(schema, path), union: () => WRONG_PRICE }, findings);
  }
  const named = new Findings();
  named.add(strayNames(content, registry));
  findings.addNew(named);
  // A slip in the field's name is told already.
  if (!Object.keys(content).some((field) => nearest(field, ["capacity"])))
    for (const [size, given] of Object.entries(fields(content.machines)))
      if (isFields(given))
        findings.error(
          `machines.${size}`,
          "says what the size has, and nothing says what that costs",
          "give `capacity`, or the size's price",
        );
  return findings.hasErrors ? undefined : parsed.data;
}

const WRONG_PRICE = ["must be a price, or what the size has", "write a number, or { processors: 4, memoryGiB: 8 }"] as const;

/** The fields that a map at this path may have. */
function fieldsOf(schema: ReturnType<typeof priceListSchema>, [section]: IssuePath): string[] {
  if (section === undefined) return Object.keys(schema.shape).sort();
  return Object.keys(section === "capacity" ? schema.shape.capacity.unwrap().shape : capacity.shape);
}

/** Names that no plan of the provider will ever ask the price of: what was meant would stay without one. */
function strayNames(content: Readonly<Record<string, unknown>>, { clouds }: Registry): Finding[] {
  const cloud = Object.values(clouds).find(({ name }) => name === content.provider);
  if (cloud === undefined) return [];
  return (["address", "balancer", "gateway"] as const).flatMap((kind) => {
    const section = SECTIONS[kind];
    const known = Object.keys(cloud.bill.names[kind] ?? {});
    const strays = Object.keys(fields(content[section])).filter((name) => !known.includes(name));
    return strays.map((name) => {
      const near = nearest(name, known);
      return {
        path: `${section}.${name}`,
        reason: `is nothing that a plan for ${cloud.title} has${near === undefined ? "" : `; did you mean "${near}"?`}`,
        remedy: known.length === 0 ? "take it out" : `the names here are: ${known.join(", ")}`,
      };
    });
  });
}

/** Why a list is not one of this plan's cloud. */
export function misfits({ provider, region }: PriceList, { provider: own, cloud }: Pick<EnvironmentPlan, "provider" | "cloud">): Finding[] {
  if (provider !== own)
    return [{ path: "provider", value: provider, reason: `the environment is on ${own}`, remedy: `give a list of the prices of ${own}` }];
  if (region === undefined || region === cloud.region) return [];
  const where = cloud.region === undefined ? "the environment's file names no region" : `the environment is in ${cloud.region}`;
  return [
    {
      path: "region",
      value: region,
      reason: where,
      remedy: "give the list of that region, or take `region` out where it makes no difference",
    },
  ];
}

let known: ReadonlySet<string> | undefined;

function currencies(): ReadonlySet<string> {
  known ??= new Set(Intl.supportedValuesOf("currency"));
  return known;
}
