import type { z } from "zod";
import { kubernetesVersions, nearestKubernetes } from "../cluster/releases";
import { isFields } from "../data";
import { type Findings, nearest } from "../problems";
import { type Registry, standInCloud } from "../registry";
import { secretFields } from "./fields";
import { type EnvironmentFile, environmentFileSchema } from "./schema";
import { fieldsAt } from "./schema-fields";
import type { Remedy } from "./suggestions";

/** A file as far as it could be read: the parts that did not parse are left out and named in `broken`. */
export interface ParsedFile {
  readonly file: EnvironmentFile;
  /** Dotted paths that hold a problem already; what a later check finds below or above them is a consequence. */
  readonly broken: readonly string[];
}

/** `union`: the value, of several possible forms, in whose form the issue is. */
type Issue = z.core.$ZodIssue & { readonly union?: readonly PropertyKey[] };
type Path = readonly (string | number)[];

/** Stand-ins for required fields, so that the other parts are checked even when these are missing. */
const placeholdersFor = (registry: Registry): readonly (readonly [Path, unknown])[] => [
  [["name"], "unnamed"],
  [["infrastructure"], {}],
  [["infrastructure", "provider"], standInCloud(registry)],
];

/**
 * Reads the merged content of an environment file. Every problem lands in `findings`; what parsed is returned.
 * Content that is undefined could not be read at all, and its reader has said why.
 */
export function parseEnvironmentFile(content: unknown, registry: Registry, findings: Findings): ParsedFile {
  if (!isFields(content)) {
    if (content !== undefined)
      findings.error("", "an environment file is a map of fields", "start with `name:` and `infrastructure: { provider: … }`");
    return { file: { name: "unnamed", infrastructure: { provider: standInCloud(registry) } }, broken: [""] };
  }
  const draft = structuredClone(content);
  const placeholders = placeholdersFor(registry);
  const broken = new Set<string>();
  for (let round = 0; ; round += 1) {
    const result = environmentFileSchema(registry).safeParse(draft);
    if (result.success) return { file: result.data, broken: [...broken] };
    const doomed: Path[] = [];
    const issues = result.error.issues.flatMap(flatten);
    // Slips in names first: a required field written under a wrong name is not also missing.
    for (const issue of issues.sort((a, b) => Number(isSlip(b)) - Number(isSlip(a)))) {
      const path = issue.path as Path;
      if (issue.code === "unrecognized_keys") {
        report(issue, draft, registry, findings);
        doomed.push(...issue.keys.map((key) => [...path, key]));
        // The field that was meant stays at its default.
        for (const key of issue.keys) {
          const meant = nearest(key, fieldsAt(path, registry));
          if (meant !== undefined && read(draft, [...path, meant]) === undefined) broken.add([...path, meant].join("."));
        }
      } else {
        const text = path.join(".");
        // One problem a field; what is wrong only because a part of it was taken out is none.
        if (doomed.some((each) => each.join(".") === text)) continue;
        const value = read(draft, path);
        const partial = ["too_small", "custom", "invalid_union"].includes(issue.code) || value === undefined || isFields(value);
        // Of several forms a value may have, the one that was meant is not told any more once a part of it is gone.
        const whole = issue.union === undefined || value !== undefined ? text : issue.union.join(".");
        const emptied = partial && [...broken].some((each) => each.startsWith(`${whole}.`));
        if (!broken.has(text) && !emptied) report(issue, draft, registry, findings);
        doomed.push(path);
      }
    }
    // From the end, so that taking one list item out does not shift the others.
    for (const path of doomed.reverse()) {
      broken.add(path.join("."));
      const placeholder = placeholders.find(([each]) => each.join(".") === path.join("."));
      if (placeholder) put(draft, path, placeholder[1]);
      else remove(draft, path);
    }
    for (const [path, value] of placeholders) if (read(draft, path) === undefined) put(draft, path, value);
    if (round > 20) throw new Error(`the environment schema does not settle at ${[...broken].join(", ")}`);
  }
}

function isSlip(issue: Issue): boolean {
  return issue.code === "unrecognized_keys";
}

/** Unions report one list of issues per branch: take the branch the value was meant for. */
function flatten(issue: Issue): Issue[] {
  if (issue.code !== "invalid_union" || issue.errors.length === 0) {
    return issue.code === "invalid_key" ? [{ ...issue, message: issue.issues[0]?.message ?? issue.message } as Issue] : [issue];
  }
  if (secretPath(issue.path as Path)) return [issue];
  const meant = issue.errors
    .filter((branch) => branch.every((each) => each.path.length > 0 || each.code !== "invalid_type"))
    .sort((a, b) => weight(a) - weight(b))[0];
  if (!meant || (meant.length > 0 && meant.every((each) => each.code === "unrecognized_keys") && issue.errors.length > 2)) return [issue];
  return meant.flatMap((each) => flatten({ ...each, path: [...issue.path, ...each.path], union: issue.path } as Issue));
}

function weight(branch: readonly Issue[]): number {
  // A word that could stand in place of the map was not meant by who wrote a map.
  const isWord = (issue: Issue): boolean => issue.code === "invalid_value" && issue.path.length === 0;
  return branch.reduce((sum, issue) => sum + (issue.code === "unrecognized_keys" ? 10 : isWord(issue) ? 5 : 1), 0);
}

function report(issue: Issue, draft: unknown, registry: Registry, findings: Findings): void {
  const path = issue.path as Path;
  const value = secretPath(path) ? undefined : read(draft, path);
  if (path.join(".") === "cluster.kubernetes" && ["string", "number"].includes(typeof value)) {
    findings.error("cluster.kubernetes", ...kubernetesText(String(value)), value);
    return;
  }
  switch (issue.code) {
    case "unrecognized_keys":
      for (const key of issue.keys) {
        const known = fieldsAt(path, registry);
        const near = nearest(key, known);
        findings.error(
          [...path, key].join("."),
          near ? `is no known field; did you mean "${near}"?` : "is no known field here",
          known.length > 0 ? `the fields here are: ${known.join(", ")}` : "take it out",
        );
      }
      return;
    case "invalid_type":
      if (value === undefined && !secretPath(path)) {
        findings.error(path.join("."), "is required", `give ${article(issue.expected)}`);
        return;
      }
      findings.error(
        path.join("."),
        `must be ${article(issue.expected)}`,
        issue.expected === "string" && ["number", "boolean"].includes(typeof value)
          ? "put it in quotes"
          : `write ${article(issue.expected)}`,
        scalar(value),
      );
      return;
    case "invalid_value": {
      const allowed = issue.values.map(String);
      const near = typeof value === "string" ? nearest(value, allowed) : undefined;
      if (value === undefined) {
        findings.error(path.join("."), "is required", `use one of: ${allowed.join(", ")}`);
        return;
      }
      findings.error(
        path.join("."),
        near ? `is not one of the allowed values; did you mean "${near}"?` : "is not one of the allowed values",
        `use one of: ${allowed.join(", ")}`,
        scalar(value),
      );
      return;
    }
    case "invalid_union":
      if (secretPath(path)) {
        findings.error(
          path.join("."),
          "must be a reference to a secret, never the secret itself",
          "use one of { env: NAME }, { config: key }, { vault: path#field }, { file: path }",
        );
        return;
      }
      findings.error(path.join("."), ...unionText(path, issue), scalar(value));
      return;
    case "too_small":
      if (issue.origin === "string" || issue.origin === "array")
        findings.error(path.join("."), "must not be empty", "give it a value, or leave the field out", scalar(value));
      else findings.error(path.join("."), `must be at least ${issue.minimum}`, `write ${issue.minimum} or more`, scalar(value));
      return;
    case "too_big":
      findings.error(
        path.join("."),
        issue.message.startsWith("Too big") ? `must be at most ${issue.maximum}` : issue.message,
        issue.origin === "string" ? "shorten it" : `write ${issue.maximum} or less`,
        scalar(value),
      );
      return;
    default:
      findings.error(path.join("."), issue.message, remedyOf(issue, value), scalar(value));
  }
}

/** What the schema's rule says to do. */
function remedyOf(issue: Issue, value: unknown): string {
  const remedy: Remedy | undefined = issue.code === "custom" ? issue.params?.remedy : undefined;
  if (typeof remedy === "function") return remedy(String(value));
  return remedy ?? "correct the value";
}

/** What is wrong with a version of Kubernetes, and the one that is meant. */
function kubernetesText(value: string): [reason: string, remedy: string] {
  // YAML reads 1.30 as 1.3.
  const version = value.replace(/^v/, "").replace(/^(\d+\.\d)$/, "$10");
  const full = /^\d+\.\d+\.\d+$/.test(version);
  const meant = full && kubernetesVersions.includes(version) ? version : nearestKubernetes(version);
  if (full) return ["is written without a leading v", `write "${meant}"`];
  if (/^\d+\.\d+$/.test(version))
    return ["is a minor version: the plan needs a full one, in quotes", `write "${meant}", or another one of it`];
  return ["must be a full version of Kubernetes, in quotes", `write it as "${kubernetesVersions[0]}"`];
}

/** What a union at this path takes, in words. */
function unionText(
  path: Path,
  issue: { readonly note?: string | undefined; readonly discriminator?: string | undefined },
): [string, string] {
  const last = path.at(-1);
  if (last === "bastion") return ["must be true, false or a map with its size", "write true, false or { size: m1.small }"];
  if (last === "floating")
    return [
      "must be none or a map of addresses made beforehand",
      "write `floating: none` or `floating: { api: 203.0.113.10, ingress: 203.0.113.11 }`",
    ];
  if (last === "nodes")
    return ["must be a number of machines or a map of machine keys", "write `nodes: 3` or `nodes: { cp-a: {}, cp-b: {} }`"];
  if (last === "cpu" || last === "memory")
    return ["must be a Kubernetes quantity", last === "cpu" ? "write it as 500m or 2" : "write it as 512Mi or 2Gi"];
  if (path[0] === "platform" && path[1] === "services")
    return ["must be true, false or a map of options", "write true, false or { replicas: 2 }"];
  if (issue.discriminator === "kind" || last === "kind") {
    const parent = (last === "kind" ? path.slice(0, -1) : path).join(".");
    const kinds: Record<string, string> = {
      "platform.tls": "selfSigned, provided, acme",
      "platform.storage": "nfs, rookCeph, existing",
      "platform.loadBalancer": "metallb, cloud",
    };
    return ["is not one of the allowed kinds", `use one of: ${kinds[parent] ?? "the kinds the documentation lists"}`];
  }
  return ["has no form that is known here", "see `kpaas schema environment` for its forms"];
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

/** True where the value may be a secret, so that it must never be shown. */
function secretPath(path: Path): boolean {
  const text = path.join(".");
  // Who takes one half of a key for the other writes the private one at publicKey.
  return [...secretFields, "infrastructure.access.ssh.publicKey"].some((field) => text === field || text.startsWith(`${field}.`));
}

/** What of a value may be shown: no map or list, and no private key at whatever field it was put. */
function scalar(value: unknown): unknown {
  const hidden = typeof value === "string" ? value.includes("PRIVATE KEY") : typeof value === "object" && value !== null;
  return hidden ? undefined : value;
}

function read(root: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (value, step) => (typeof value === "object" && value !== null ? (value as Record<string | number, unknown>)[step] : undefined),
    root,
  );
}

function put(root: Record<string, unknown>, path: Path, value: unknown): void {
  const parent = read(root, path.slice(0, -1));
  if (isFields(parent)) parent[String(path.at(-1))] = value;
}

function remove(root: Record<string, unknown>, path: Path): void {
  const parent = read(root, path.slice(0, -1));
  const last = path.at(-1);
  if (last === undefined) return;
  if (Array.isArray(parent)) parent.splice(Number(last), 1);
  else if (isFields(parent)) {
    // A field that is required inside its map takes the map with it: the map's default then applies.
    if (!(last in parent) && path.length > 1) remove(root, path.slice(0, -1));
    else delete parent[String(last)];
  }
}
