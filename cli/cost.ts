import { resolve } from "node:path";
import { readPriceList } from "../files/price-list";
import { registry } from "../files/registry";
import { type Cost, type CostLine, costOf, type NotCounted, notCounted } from "../model/cost/cost";
import { HOURS, misfits, type PriceList } from "../model/cost/price-list";
import type { EnvironmentPlan } from "../model/plan/types";
import { Findings, InvalidInputError } from "../model/problems";
import { cloudOf } from "../model/registry";
import { type Column, table, wrapWords } from "./table";
import type { ViewStyle } from "./views";

/** What an environment costs, by which prices. */
export interface EnvironmentCost {
  readonly environment: string;
  readonly prices: Pick<PriceList, "provider" | "region" | "currency" | "date" | "source"> & { readonly file: string };
  readonly cost: Cost & { readonly notCounted: readonly NotCounted[] };
}

/**
 * Prices a plan.
 * @param file the price list, as it was named; a relative path goes by `cwd`
 * @throws InvalidInputError with everything that is wrong with the list, with what is wrong with the environment where that could not be planned
 */
export async function priced(planning: Promise<{ readonly plan: EnvironmentPlan }>, file: string, cwd: string): Promise<EnvironmentCost> {
  const reading = Promise.resolve().then(() => readPriceList(resolve(cwd, file), file));
  const [{ plan }, list] = await bothOrProblems(planning, reading);
  const findings = new Findings();
  findings.add(misfits(list, plan));
  if (findings.hasErrors) throw new InvalidInputError(findings.toProblems(file));
  const cloud = cloudOf(plan.provider, registry);
  const { provider, region, currency, date, source } = list;
  return {
    environment: plan.environment,
    prices: { file, provider, ...(region === undefined ? {} : { region }), currency, date, source },
    cost: { ...costOf(cloud.bill.of(plan), list), notCounted: notCounted(plan, cloud) },
  };
}

/** Both, or the problems of both. */
async function bothOrProblems<One, Other>(one: Promise<One>, other: Promise<Other>): Promise<[One, Other]> {
  const [first, second] = await Promise.allSettled([one, other]);
  if (first.status === "fulfilled" && second.status === "fulfilled") return [first.value, second.value];
  const errors: unknown[] = [first, second].flatMap((each) => (each.status === "rejected" ? [each.reason] : []));
  throw errors.find((error) => !(error instanceof InvalidInputError)) ?? new InvalidInputError(errors.flatMap(problemsOf));
}

const problemsOf = (error: unknown) => (error instanceof InvalidInputError ? error.problems : []);

/** For programs. Twelve digits of an amount: the noise of its calculation is behind them. */
export function costJson({ environment, prices, cost }: EnvironmentCost): object {
  const lines = cost.lines.map((line) => ({
    ...line,
    ...(line.price === undefined ? {} : { price: exact(line.price) }),
    ...(line.perMonth === undefined ? {} : { perMonth: exact(line.perMonth) }),
  }));
  return { environment, cost: { ...cost, hoursPerMonth: HOURS, total: exact(cost.total), lines, prices } };
}

function exact(amount: number): number {
  return Number(amount.toPrecision(12));
}

/** For people. */
export function viewCost({ environment, prices, cost }: EnvironmentCost, { width, colors }: ViewStyle): string[] {
  const { currency, lines, total, lowerBound } = cost;
  const amount = amounts(currency);
  const unpriced = lines.filter(({ perMonth }) => perMonth === undefined);
  const add = [...new Set(unpriced.map(({ field }) => field))].join(", ");
  const where = [prices.provider, prices.region].filter((each) => each !== undefined).join(" ");
  const text = (line: string): string[] => wrapWords(line, width, 2).split("\n");
  return [
    colors.bold(`${environment}: what it costs in a month of ${HOURS} hours, in ${currency}`),
    ...text(`prices of ${where} of ${prices.date}: ${prices.source} (${prices.file})`),
    "",
    ...table(columns(lines, amount), lines, width, colors),
    "",
    colors.bold(`total ${lowerBound ? "at least " : ""}${amount(total)} ${currency} a month`),
    ...(lowerBound ? text(`a lower bound: ${things(unpriced)} not priced; ${prices.file} has no ${add}`) : []).map(colors.yellow),
    "",
    colors.cyan("Not counted"),
    ...cost.notCounted.flatMap(({ what, detail }) => text(`${what}: ${detail}`)),
  ];
}

/** How much has no price, in words. */
function things(lines: readonly CostLine[]): string {
  const count = lines.reduce((sum, line) => sum + line.count, 0);
  return count === 1 ? "1 is" : `${count} are`;
}

function columns(lines: readonly CostLine[], amount: (value: number) => string): readonly Column<CostLine>[] {
  const right = (title: string, value: (line: CostLine) => string): Column<CostLine> => {
    const width = Math.max(title.length, ...lines.map((line) => value(line).length));
    return { title: title.padStart(width), value: (line) => value(line).padStart(width) };
  };
  return [
    {
      title: "WHAT",
      value: ({ kind, group }) => (kind === "volume" ? `${group} volumes` : kind === "machine" ? `machines, ${group}` : PLURALS[kind]),
    },
    { title: "NAME", value: ({ name }) => name },
    right("COUNT", ({ count }) => String(count)),
    right("GIB", ({ sizeGiB }) => (sizeGiB === undefined ? "-" : String(sizeGiB))),
    right("PRICE", ({ price, unit, per }) =>
      price === undefined ? "not priced" : `${plain(price)} per ${unit === "GiB" ? "GiB and month" : per}`,
    ),
    right("PER MONTH", ({ perMonth }) => (perMonth === undefined ? "-" : amount(perMonth))),
  ];
}

const PLURALS = { address: "addresses", balancer: "balancers", gateway: "gateways" } as const;

/** A price as it stands in the list. */
function plain(price: number): string {
  return new Intl.NumberFormat("en", { maximumFractionDigits: 12 }).format(price);
}

/** Amounts of a currency, with as many digits behind the point as it has. */
function amounts(currency: string): (value: number) => string {
  const { maximumFractionDigits } = new Intl.NumberFormat("en", { style: "currency", currency }).resolvedOptions();
  const digits = maximumFractionDigits ?? 2;
  const format = new Intl.NumberFormat("en", { minimumFractionDigits: digits, maximumFractionDigits: digits });
  return (value) => format.format(value);
}
