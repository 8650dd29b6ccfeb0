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

/** Asks a question; undefined where there is no answer to go on with. */
export type Put = <T>(question: Question<T>) => Promise<T | undefined>;

/** How a cloud and its provider put what they answer, in the text of a failed lookup. */
export interface AnswerWords {
  readonly missing: RegExp;
  readonly several: RegExp;
  readonly forbidden: RegExp;
  /** Whose credentials they are, as people say it. */
  readonly whose: string;
  /** What is missing, in words, where not both name and id are taken. */
  readonly called: Readonly<Record<string, string>>;
  /** How a person sees what there is. */
  readonly lists: Readonly<Record<string, string>>;
  /** How one of several of a name is named. @default by its id */
  readonly distinct?: string;
}

/**
 * Asks. What is missing, or there several times, is told at its field; what may not be asked is not checked.
 * @throws Error where the cloud could not be asked at all
 */
export async function askCloud<T>(
  { path, value, what, ask: lookup, check, uses, optional }: Question<T>,
  words: AnswerWords,
): Promise<Answer<T>> {
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
    if (value !== undefined && words.several.test(text))
      return missing(`the cloud has several of that name (${what})`, words.distinct ?? "give the id of one");
    if (value !== undefined && words.missing.test(text))
      return missing(
        `the cloud has no ${words.called[what] ?? `${what} of that name or id`}, or none that ${words.whose} may use`,
        `name one that is there: ${words.lists[what] ?? "look at what the cloud has"}`,
      );
    if (optional === true || words.forbidden.test(text))
      return { kind: "notChecked", note: `${what}: not checked, the cloud does not tell (${reasonIn(text)})` };
    throw new Error(`the cloud could not be asked for ${what}${value === undefined ? "" : ` ${value}`}: ${reasonIn(text)}`, {
      cause: error,
    });
  }
}

/** The last line of a failure says what it is; the ones before, through whom it came. */
function reasonIn(text: string): string {
  const lines = text
    .split("\n")
    .map((line) => line.replace(/^\s*\*\s*/, "").trim())
    .filter((line) => line !== "");
  return lines.at(-1) ?? text;
}
