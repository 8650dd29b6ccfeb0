import { safeParse, type z } from "zod";
import { isFields } from "./data";
import { elementOf } from "./environment/schema-kinds";
import type { Remedy } from "./environment/suggestions";
import { type Findings, nearest } from "./problems";

/* What zod finds wrong in a file, said for those who write it. */

/** `union`: the value, of several possible forms, in whose form the issue is. */
export type Issue = z.core.$ZodIssue & { readonly union?: readonly PropertyKey[] };
type UnionIssue = Extract<Issue, { readonly code: "invalid_union" }>;
export type IssuePath = readonly (string | number)[];

/** What the words for an issue are made of, beside itself. */
export interface IssueSite {
  /** What stands there; undefined for a secret. */
  readonly value: unknown;
  /** The fields that a map there may have; none where any are allowed. */
  fields(): readonly string[];
  /** Why a value has none of several possible forms, and what to do. */
  union(issue: UnionIssue): readonly [reason: string, remedy: string];
  /** Nobody can tell whether something is there. */
  readonly hidden?: boolean;
}

/**
 * Everything that is wrong with a value. Zod passes by what stands at a map's key that it refuses: that is looked at too.
 * @param whole says of a path that what is wrong with it is not told by branch
 */
export function issuesOf(schema: z.core.$ZodType, value: unknown, whole: (path: IssuePath) => boolean = () => false): Issue[] {
  // What zod hands on of a refused key names no map; the list of what is wrong with the key is the same one.
  const elements = new Map<unknown, unknown>();
  const { error } = safeParse(schema, value, {
    error: (raw) => {
      if (raw.code === "invalid_key") elements.set(raw.issues, elementOf(raw.inst));
      return undefined;
    },
  });
  const below = ({ path }: Issue, element: unknown): Issue[] =>
    issuesOf(element as z.core.$ZodType, valueAt(value, path as IssuePath), (each) => whole([...(path as IssuePath), ...each])).map(
      (each) => ({ ...each, path: [...path, ...each.path] }),
    );
  return (error?.issues ?? [])
    .flatMap((issue) => flattenIssue(issue, whole))
    .flatMap((issue) => (issue.code === "invalid_key" ? [issue, ...below(issue, elements.get(issue.issues))] : [issue]));
}

/** Unions report one list of issues per branch: take the branch the value was meant for. */
function flattenIssue(issue: Issue, whole: (path: IssuePath) => boolean): Issue[] {
  if (issue.code !== "invalid_union" || issue.errors.length === 0) {
    return issue.code === "invalid_key" ? [{ ...issue, message: issue.issues[0]?.message ?? issue.message } as Issue] : [issue];
  }
  if (whole(issue.path as IssuePath)) return [issue];
  const meant = issue.errors
    .filter((branch) => branch.every((each) => each.path.length > 0 || each.code !== "invalid_type"))
    .sort((a, b) => weight(a) - weight(b))[0];
  if (!meant || (meant.length > 0 && meant.every((each) => each.code === "unrecognized_keys") && issue.errors.length > 2)) return [issue];
  return meant.flatMap((each) => flattenIssue({ ...each, path: [...issue.path, ...each.path], union: issue.path } as Issue, whole));
}

function weight(branch: readonly Issue[]): number {
  // A word that could stand in place of the map was not meant by who wrote a map.
  const isWord = (issue: Issue): boolean => issue.code === "invalid_value" && issue.path.length === 0;
  return branch.reduce((sum, issue) => sum + (issue.code === "unrecognized_keys" ? 10 : isWord(issue) ? 5 : 1), 0);
}

/** Says what is wrong, at its path. */
export function reportIssue(issue: Issue, site: IssueSite, findings: Findings): void {
  const path = (issue.path as IssuePath).join(".");
  if (issue.code !== "unrecognized_keys") {
    findings.error(path, ...wordsFor(issue, site), shown(site.value));
    return;
  }
  const known = site.fields();
  for (const key of issue.keys) {
    const near = nearest(key, known);
    findings.error(
      path === "" ? key : `${path}.${key}`,
      near ? `is no known field; did you mean "${near}"?` : "is no known field here",
      known.length > 0 ? `the fields here are: ${known.join(", ")}` : "take it out",
    );
  }
}

function wordsFor(issue: Issue, { value, union, hidden = false }: IssueSite): readonly [reason: string, remedy: string] {
  switch (issue.code) {
    case "invalid_type": {
      const expected = article(issue.expected);
      if (value === undefined && !hidden) return ["is required", `give ${expected}`];
      const unquoted = issue.expected === "string" && ["number", "boolean"].includes(typeof value);
      return [`must be ${expected}`, unquoted ? "put it in quotes" : `write ${expected}`];
    }
    case "invalid_value": {
      const allowed = issue.values.map(String);
      const remedy = `use one of: ${allowed.join(", ")}`;
      if (value === undefined) return ["is required", remedy];
      const near = typeof value === "string" ? nearest(value, allowed) : undefined;
      return [near ? `is not one of the allowed values; did you mean "${near}"?` : "is not one of the allowed values", remedy];
    }
    case "invalid_union": {
      const [reason, remedy] = union(issue);
      return [value === undefined && !hidden ? "is required" : reason, remedy];
    }
    case "too_small":
      if (issue.origin === "string" || issue.origin === "array") return ["must not be empty", "give it a value, or leave the field out"];
      return [`must be at least ${issue.minimum}`, `write ${issue.minimum} or more`];
    case "too_big":
      return [
        issue.message.startsWith("Too big") ? `must be at most ${issue.maximum}` : issue.message,
        issue.origin === "string" ? "shorten it" : `write ${issue.maximum} or less`,
      ];
    default:
      return [issue.message, remedyOf(issue, value)];
  }
}

/** What the schema's rule says to do. */
function remedyOf(issue: Issue, value: unknown): string {
  const remedy: Remedy | undefined = issue.code === "custom" ? issue.params?.remedy : undefined;
  if (typeof remedy === "function") return remedy(String(value));
  return remedy ?? "correct the value";
}

function article(expected: string): string {
  const words: Record<string, string> = {
    string: "a text",
    number: "a number",
    int: "a whole number",
    boolean: "true or false",
    object: "a map of fields",
    record: "a map",
    array: "a list",
  };
  return words[expected] ?? `a value of type ${expected}`;
}

/** What of a value may be shown: no map or list, and no private key at whatever field it was put. */
function shown(value: unknown): unknown {
  // A key, or an address with a log-in.
  const secret = typeof value === "string" ? /PRIVATE KEY|:\/\/[^/]*@/.test(value) : typeof value === "object" && value !== null;
  return secret ? undefined : value;
}

/** What stands at a path; undefined where it leads nowhere. */
export function valueAt(root: unknown, path: IssuePath): unknown {
  return path.reduce<unknown>(
    (value, step) => (Array.isArray(value) || isFields(value) ? (value as Record<string | number, unknown>)[step] : undefined),
    root,
  );
}
