/* Kubernetes quantities: an amount of CPU or memory as a number with a suffix. */

const suffixes: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  "": 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

/** How much it is, in cores or bytes; undefined where Kubernetes takes it for no quantity. */
export function parseQuantity(text: unknown): number | undefined {
  const [, amount = "", suffix = "", exponent = "0"] =
    /^([-+]?(?:\d+\.?\d*|\.\d+))(?:([KMGTPE]i|[numkMGTPE])|[eE]([-+]?\d+))?$/.exec(String(text)) ?? [];
  return amount === "" ? undefined : Number(amount) * (suffixes[suffix] ?? 1) * 10 ** Number(exponent);
}

/** What an amount is of. */
export type Amount = "cpu" | "memory";

/** The least a container starts with, in cores or bytes, and the most any machine has. */
const bounds: Readonly<Record<Amount, readonly [least: number, most: number]>> = {
  cpu: [0.001, 1024],
  memory: [4 * 2 ** 20, 64 * 2 ** 40],
};

/** What is wrong with an amount for a container, and what was probably meant; undefined where nothing is. */
export function quantityProblem(what: Amount, written: string | number): { readonly reason: string; readonly remedy: string } | undefined {
  const value = parseQuantity(written);
  const [usual, unit] = what === "cpu" ? ["500m or 2", "cores"] : ["512Mi or 2Gi", "bytes"];
  if (value === undefined) return { reason: `must be a Kubernetes quantity such as ${usual}`, remedy: "correct the value" };
  if (value <= 0) return { reason: "must be more than nothing", remedy: "take it out, or write how much it is" };
  const [least, most] = bounds[what];
  const bare = /^\d+(\.\d+)?m?$/.test(String(written)) ? String(written).replace("m", "") : undefined;
  if (value < least)
    return {
      reason: `is ${Number(value.toPrecision(3))} ${unit}, with which nothing starts`,
      remedy: what === "memory" && bare !== undefined ? `did you mean ${bare}Mi?` : `write at least ${what === "cpu" ? "1m" : "4Mi"}`,
    };
  if (value > most)
    return {
      reason: `is ${value} ${unit}, more than any machine has`,
      remedy: what === "cpu" && bare !== undefined ? `did you mean ${bare}m?` : "write less",
    };
  const smallest = value * (what === "cpu" ? 1000 : 1);
  if (Math.abs(smallest - Math.round(smallest)) > 1e-6)
    return { reason: `must be a whole number of ${what === "cpu" ? "thousandths of a core" : "bytes"}`, remedy: "round it" };
  return undefined;
}
