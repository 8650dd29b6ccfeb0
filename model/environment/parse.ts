import { kubernetesVersions, nearestKubernetes } from "../cluster/releases";
import { isFields } from "../data";
import { type Issue, type IssueSite, issuesOf, type IssuePath as Path, reportIssue, valueAt } from "../issues";
import { type Findings, nearest } from "../problems";
import { type Registry, standInCloud } from "../registry";
import { type EnvironmentFile, environmentFileSchema } from "./schema";
import { fieldsAt } from "./schema-fields";
import { secretFieldsOf } from "./secret-fields";

/** A file as far as it could be read: the parts that did not parse are left out and named in `broken`. */
export interface ParsedFile {
  readonly file: EnvironmentFile;
  /** Dotted paths that hold a problem already; what a later check finds below or above them is a consequence. */
  readonly broken: readonly string[];
}

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
  const secrets = secretPaths(registry);
  const broken = new Set<string>();
  /** Where a map's key is refused: what stands there is looked at before it goes. */
  const refused = new Map<string, Path>();
  for (let round = 0; ; round += 1) {
    const schema = environmentFileSchema(registry);
    const result = schema.safeParse(draft);
    if (result.success) return { file: result.data, broken: [...new Set([...broken, ...refused.keys()])] };
    const doomed: Path[] = [];
    const issues = issuesOf(schema, draft, secrets).filter(({ code, path }) => code !== "invalid_key" || !refused.has(path.join(".")));
    if (issues.length === 0) doomed.push(...refused.values());
    // Slips in names first: a required field written under a wrong name is not also missing.
    for (const issue of issues.sort((a, b) => Number(b.code === "unrecognized_keys") - Number(a.code === "unrecognized_keys"))) {
      const path = issue.path as Path;
      if (issue.code === "invalid_key") {
        report(issue, draft, registry, findings);
        refused.set(path.join("."), path);
      } else if (issue.code === "unrecognized_keys") {
        report(issue, draft, registry, findings);
        doomed.push(...issue.keys.map((key) => [...path, key]));
        // The field that was meant stays at its default.
        for (const key of issue.keys) {
          const meant = nearest(key, fieldsAt(path, registry, draft));
          if (meant !== undefined && valueAt(draft, [...path, meant]) === undefined) broken.add([...path, meant].join("."));
        }
      } else {
        const text = path.join(".");
        // One problem a field; what is wrong only because a part of it was taken out is none.
        if (doomed.some((each) => each.join(".") === text)) continue;
        const value = valueAt(draft, path);
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
    for (const [path, value] of placeholders) if (valueAt(draft, path) === undefined) put(draft, path, value);
    if (round > 20) throw new Error(`the environment schema does not settle at ${[...broken].join(", ")}`);
  }
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

function report(issue: Issue, draft: unknown, registry: Registry, findings: Findings): void {
  const path = issue.path as Path;
  const hidden = secretPaths(registry)(path);
  const value = hidden ? undefined : valueAt(draft, path);
  if (path.join(".") === "cluster.kubernetes" && ["string", "number"].includes(typeof value)) {
    findings.error("cluster.kubernetes", ...kubernetesText(String(value)), value);
    return;
  }
  const union: IssueSite["union"] = (each) => (hidden ? SECRET : unionText(path, each));
  reportIssue(issue, { value, fields: () => fieldsAt(path, registry, draft), union, hidden }, findings);
}

const SECRET = [
  "must be a reference to a secret, never the secret itself",
  "use one of { env: NAME }, { config: key }, { vault: path#field }, { file: path }",
] as const;

/** What a union at this path takes, in words. */
function unionText(
  path: Path,
  issue: {
    readonly note?: string | undefined;
    readonly discriminator?: string | undefined;
    readonly options?: readonly unknown[] | undefined;
  },
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
  if (issue.discriminator === "kind")
    return [
      "is not one of the allowed kinds",
      `use one of: ${issue.options?.map(String).join(", ") ?? "the kinds the documentation lists"}`,
    ];
  if (path[0] === "platform" && path[1] === "services")
    return ["must be true, false or a map of options", "write true, false or { replicas: 2 }"];
  return ["has no form that is known here", "see `kpaas schema environment` for its forms"];
}

/** Tells where the value may be a secret, so that it must never be shown. */
function secretPaths(registry: Registry): (path: Path) => boolean {
  // Who takes one half of a key for the other writes the private one at publicKey.
  const fields = [...secretFieldsOf(registry), "infrastructure.access.ssh.publicKey"];
  return (path) => {
    const text = path.join(".");
    return fields.some((field) => text === field || text.startsWith(`${field}.`));
  };
}

function put(root: Record<string, unknown>, path: Path, value: unknown): void {
  const parent = valueAt(root, path.slice(0, -1));
  if (isFields(parent)) parent[String(path.at(-1))] = value;
}

function remove(root: Record<string, unknown>, path: Path): void {
  const parent = valueAt(root, path.slice(0, -1));
  const last = path.at(-1);
  if (last === undefined) return;
  if (Array.isArray(parent)) parent.splice(Number(last), 1);
  else if (isFields(parent)) {
    // A field that is required inside its map takes the map with it: the map's default then applies.
    if (!(last in parent) && path.length > 1) remove(root, path.slice(0, -1));
    else delete parent[String(last)];
  }
}
