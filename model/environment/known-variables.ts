import catalogue from "../../catalog/kubespray-variables.json";
import { kubesprayTags } from "../cluster/releases";
import { isFields } from "../data";
import { type Findings, nearest } from "../problems";
import { isReference } from "./variable-values";

const names: Readonly<Record<string, string>> = catalogue;

/** What kubespray's default of a variable is; `any` where a template gives it, or nothing does. */
export type VariableKind = "boolean" | "number" | "text" | "list" | "map" | "any";

/** A variable that some catalogued tag knows. */
export interface KnownVariable {
  readonly kind: VariableKind;
  /** The oldest and the newest tag that know it. */
  readonly first: string;
  readonly last: string;
}

/** What the catalogue has of a variable; undefined where no tag knows it. */
export function knownVariable(name: string): KnownVariable | undefined {
  const entry = Object.hasOwn(names, name) ? names[name] : undefined;
  if (entry === undefined) return undefined;
  const [kind = "any", range = ".."] = entry.split(" ");
  const [first, last] = range.split("..");
  return { kind: kind as VariableKind, first: first || (kubesprayTags[0] ?? ""), last: last || (kubesprayTags.at(-1) ?? "") };
}

/** Every name that some catalogued tag knows. */
export const knownNames: readonly string[] = Object.keys(names);

/** Warns of variables that the tag does not know, and refuses values of another kind than the variable's default has. */
export function checkKnown(variables: Readonly<Record<string, unknown>>, tag: string, findings: Findings): void {
  const at = kubesprayTags.indexOf(tag);
  if (at < 0) return;
  const knows = ({ first, last }: KnownVariable): boolean => at >= kubesprayTags.indexOf(first) && at <= kubesprayTags.indexOf(last);
  for (const [name, value] of Object.entries(variables)) {
    const path = `cluster.variables.${name}`;
    const known = knownVariable(name);
    if (known === undefined || !knows(known)) {
      const near = nearest(
        name,
        knownNames.filter((each) => {
          const other = knownVariable(each);
          return other !== undefined && knows(other);
        }),
      );
      const elsewhere = known && `; ${known.first === known.last ? known.last : `${known.first} to ${known.last}`} did`;
      findings.warn(
        path,
        `kubespray ${tag} does not know it, and takes no notice of it${elsewhere ?? (near === undefined ? "" : `; did you mean "${near}"?`)}`,
        "correct the name, or take it out",
      );
      continue;
    }
    checkKind(path, known.kind, value, findings);
  }
}

const words: Readonly<Record<VariableKind, string>> = {
  boolean: "true or false",
  number: "a number",
  text: "a text",
  list: "a list",
  map: "a map",
  any: "anything",
};

function checkKind(path: string, kind: VariableKind, value: unknown, findings: Findings): void {
  if (kind === "any" || fits(kind, value)) return;
  // A version such as 1.10 would become 1.1.
  if (kind === "text" && typeof value === "number") {
    if (!Number.isInteger(value)) findings.warn(path, "is a number where kubespray has a text", "put it in quotes", value);
    return;
  }
  const written = typeof value === "string" && ((kind === "boolean" && /^(true|false)$/i.test(value)) || kind === "number");
  findings.error(
    path,
    `must be ${words[kind]}, as kubespray's own default is`,
    written ? "write it without quotes" : `write ${words[kind]}`,
    // No text is shown: it may be meant to be secret.
    written || typeof value === "number" || typeof value === "boolean" ? value : undefined,
  );
}

function fits(kind: VariableKind, value: unknown): boolean {
  switch (kind) {
    case "list":
      return Array.isArray(value);
    case "map":
      return isFields(value) && !isReference(value);
    case "text":
      return typeof value === "string" || typeof value === "boolean" || isReference(value);
    case "number":
      return typeof value === "number" || (typeof value === "string" && /^\d+$/.test(value)) || isReference(value);
    default:
      return typeof value === kind;
  }
}
