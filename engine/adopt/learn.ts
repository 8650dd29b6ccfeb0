import { fields } from "../../model/data";
import type { Values } from "../../model/findable";

/*
 * A generated value that is known no more is read back from where it is used: what was generated in its place shows where it is meant to be in
 * an object, and the object that is there has the real one at that very place.
 */

/** A value that was generated in place of one that is not known. */
export interface StandIn {
  readonly urn: string;
  readonly output: string;
  readonly value: string;
}

/** The real value of a stand-in. */
export interface Learned extends StandIn {
  /** The path in the object. */
  readonly path: string;
}

/** Shorter ones could be in a text by chance. */
const LEAST = 12;

/** The real values in an object that is there, of stand-ins in the object as it would be made. Pure. */
export function learned(wanted: Values, there: Values, standIns: readonly StandIn[]): Learned[] {
  const real = textsOf(there);
  return [...textsOf(wanted)].flatMap(([path, text]) => {
    const is = real.get(path);
    const inside = standIns.filter(({ value }) => value.length >= LEAST && text.includes(value));
    return is === undefined || inside.length === 0 ? [] : valuesIn(text, is, inside).map((one) => ({ ...one, path }));
  });
}

/** What stands in one text where another has stand-ins. */
function valuesIn(text: string, is: string, inside: readonly StandIn[]): StandIn[] {
  const longest = [...inside].sort((a, b) => b.value.length - a.value.length);
  const pattern = new RegExp(`(${longest.map(({ value }) => escaped(value)).join("|")})`);
  const parts = text.split(pattern);
  const matcher = new RegExp(`^${parts.map((part, index) => (index % 2 === 1 ? "(.+?)" : escaped(part))).join("")}$`, "s");
  const found = matcher.exec(is);
  if (found === null) return [];
  const places = parts.filter((_part, index) => index % 2 === 1);
  return places.flatMap((value, index) => {
    const standIn = longest.find((one) => one.value === value);
    const known = found[index + 1];
    return standIn === undefined || known === undefined ? [] : [{ ...standIn, value: known }];
  });
}

/** All texts in an object by their paths. What is encoded in a Secret is read as it is meant. */
function textsOf(object: Values): Map<string, string> {
  const { data, stringData, kind, ...rest } = object;
  const texts = new Map<string, string>();
  const walk = (value: unknown, path: string): void => {
    if (typeof value === "string") texts.set(path, value);
    else if (typeof value === "object" && value !== null)
      for (const [key, one] of Object.entries(value)) walk(one, path === "" ? key : `${path}.${key}`);
  };
  if (kind !== "Secret") {
    walk(object, "");
    return texts;
  }
  walk(rest, "");
  for (const [key, value] of Object.entries(fields(data))) texts.set(`data.${key}`, Buffer.from(String(value), "base64").toString("utf8"));
  for (const [key, value] of Object.entries(fields(stringData))) texts.set(`data.${key}`, String(value));
  return texts;
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
