import { RunError } from "@pulumi/pulumi";
import type { Finding } from "../../model/problems";

/** A question to the cloud about what a field of the environment file names. */
export interface Question<T> {
  /** The field, for problems. */
  readonly path: string;
  /** What the field names, e.g. `ubuntu-22.04`; undefined where the question is about no name. */
  readonly value?: string;
  /** What is asked for, e.g. `image`. */
  readonly what: string;
  readonly ask: () => Promise<T>;
  /** What is wrong with the answer, if anything. */
  readonly check?: (found: T) => Finding | undefined | Promise<Finding | undefined>;
  /** Logical names of what is made with it. Where all of that stands, a missing one stops nothing. */
  readonly uses?: readonly string[];
  /** True: without an answer something is not checked, and nothing else. */
  readonly optional?: boolean;
}

/** What came of a question. */
export type Answer<T> =
  | { readonly kind: "found"; readonly found: T }
  | { readonly kind: "missing"; readonly finding: Finding; readonly uses?: readonly string[] }
  | { readonly kind: "notChecked"; readonly note: string };

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** The words of the provider and of the services, which the text of a failed lookup holds. */
export const MISSING = /returned no (results|openstack)|\bNo \w+ found\b|could not be found|not found|got 404/i;
const SEVERAL = /more than one/i;
const FORBIDDEN = /\b403\b|forbidden|not authorized|policy does not allow/i;

/**
 * Asks. What is missing, or there several times, is told at its field; what may not be asked is not checked.
 * @throws Error where the cloud could not be asked at all
 */
export async function ask<T>({ path, value, what, ask: lookup, check, uses, optional }: Question<T>): Promise<Answer<T>> {
  try {
    const found = await lookup();
    const finding = await check?.(found);
    return finding ? { kind: "missing", finding, ...(uses && { uses }) } : { kind: "found", found };
  } catch (error) {
    // Nothing of the cloud's: what the question waits for was refused, in its own words.
    if (RunError.isInstance(error)) throw error;
    const text = error instanceof Error ? error.message : String(error);
    const missing = (reason: string, remedy: string): Answer<T> => ({
      kind: "missing",
      finding: { path, ...(value === undefined ? {} : { value }), reason, remedy },
      ...(uses && { uses }),
    });
    if (value !== undefined && SEVERAL.test(text)) return missing(`the cloud has several of that name (${what})`, "give the id of one");
    if (value !== undefined && MISSING.test(text))
      return missing(
        `the cloud has no ${CALLED[what] ?? `${what} of that name or id`}, or none that this project may use`,
        `name one that is there: ${LISTS[what] ?? "look at what the cloud has"}`,
      );
    if (optional === true || FORBIDDEN.test(text))
      return { kind: "notChecked", note: `${what}: not checked, the cloud does not tell (${reasonIn(text)})` };
    throw new Error(`the cloud could not be asked for ${what}${value === undefined ? "" : ` ${value}`}: ${reasonIn(text)}`, {
      cause: error,
    });
  }
}

/** What is missing, in words, where not both name and id are taken. */
const CALLED: Readonly<Record<string, string>> = { "key pair": "key pair of that name", "floating address": "such floating address" };

/** How a person sees what there is. */
const LISTS: Readonly<Record<string, string>> = {
  image: "`openstack image list`",
  flavor: "`openstack flavor list`",
  network: "`openstack network list`",
  "external network": "`openstack network list --external`",
  subnet: "`openstack subnet list`",
  router: "`openstack router list`",
  "key pair": "`openstack keypair list`",
  "floating address": "`openstack floating ip list`",
};

/** The last line of a failure says what it is; the ones before, through whom it came. */
function reasonIn(text: string): string {
  const lines = text
    .split("\n")
    .map((line) => line.replace(/^\s*\*\s*/, "").trim())
    .filter((line) => line !== "");
  return lines.at(-1) ?? text;
}

/** Asks a question; undefined where there is no answer to go on with. */
export type Put = <T>(question: Question<T>) => Promise<T | undefined>;

/** Whether a text of the file is an id. What looks like one is never taken for a name, which anybody could have given to something. */
export function isId(text: string): boolean {
  return UUID.test(text);
}

/** The argument of a lookup that a text of the file stands for. */
export function nameOrId<K extends string>(idKey: K, text: string): { name: string } | { [key in K]: string } {
  return isId(text) ? ({ [idKey]: text } as { [key in K]: string }) : { name: text };
}
