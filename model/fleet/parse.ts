import { isFields } from "../data";
import { type IssuePath, issuesOf, reportIssue, valueAt } from "../issues";
import { type Findings, nearest } from "../problems";
import { isWhole, legibleEnvironments, legibleWaves } from "./legible";
import { type FleetFile, fleetSchema } from "./schema";

/** A fleet file as far as it could be read. */
export interface ParsedFleet {
  /** Sections that hold a problem are left out, but for environments and waves: of these what can be read is there. */
  readonly file: FleetFile;
  /** The sections that hold a problem. */
  readonly broken: ReadonlySet<string>;
  /** Whether all names and globs of environments could be read. */
  readonly whole: boolean;
}

const SECRET = [
  "must be a reference to a secret, never the secret itself",
  "use one of { env: NAME }, { file: path }, { vault: path#field }",
] as const;
const FORMS: Readonly<Record<string, readonly [reason: string, remedy: string]>> = {
  select: ["must be a name, a glob or labels", "write seoul, edge-* or { labels: { team: platform } }"],
  blackout: ["must be a day, or the first and the last of several", "write 2026-12-24 or { from: 2026-12-24, to: 2027-01-02 }"],
};

/** Reads the content of a fleet file. Every problem lands in `findings`; the sections that parsed are returned. */
export function parseFleet(content: unknown, findings: Findings): ParsedFleet {
  if (!isFields(content)) {
    if (content !== undefined) findings.error("", "a fleet file is a map of fields", "start with `name:` and `environments:`");
    return { file: { name: "fleet", environments: [] }, broken: new Set(["name"]), whole: false };
  }
  const { schema, fieldsAt } = fleetSchema;
  const isSecret = ([section, , field]: IssuePath) => (section === "registered" || section === "via") && field === "kubeconfig";
  const broken = new Set<string>();
  const slips = new Set<string>();
  // Slips in names first: a required field written under a wrong name is not also missing.
  const issues = issuesOf(schema, content, isSecret).sort(
    (a, b) => Number(b.code === "unrecognized_keys") - Number(a.code === "unrecognized_keys"),
  );
  for (const issue of issues) {
    const path = issue.path as IssuePath;
    const hidden = isSecret(path);
    const fields = () => fieldsAt(path, content);
    if (issue.code === "unrecognized_keys") for (const key of issue.keys) slips.add([...path, nearest(key, fields())].join("."));
    else if (valueAt(content, path) === undefined && slips.has(path.join("."))) continue;
    const union = () => (hidden ? SECRET : (FORMS[String(path.at(-2))] ?? ["has no form that is known here", "see `kpaas schema fleet`"]));
    const value = hidden ? undefined : valueAt(content, path);
    reportIssue(issue, { value, fields, union, hidden }, findings);
    broken.add(String(path[0] ?? (issue.code === "unrecognized_keys" ? issue.keys[0] : "")));
  }
  const { name, environments, waves, ...optional } = content;
  const kept = Object.fromEntries(Object.entries(optional).filter(([section]) => !broken.has(section)));
  const file = schema.parse({ name: broken.has("name") ? "fleet" : name, environments: ["*"], ...kept });
  const legible = legibleWaves(waves);
  return {
    file: { ...file, environments: legibleEnvironments(environments), ...(legible === undefined ? {} : { waves: legible }) },
    ...{ broken, whole: isWhole(environments) },
  };
}
