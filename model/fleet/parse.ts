import { isFields } from "../data";
import { type IssuePath, issuesOf, reportIssue, valueAt } from "../issues";
import type { Findings } from "../problems";
import { type FleetFile, fleetSchema } from "./schema";

/** A fleet file as far as it could be read. */
export interface ParsedFleet {
  readonly file: FleetFile;
  /** The sections that hold a problem and are left out. */
  readonly broken: ReadonlySet<string>;
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
    return { file: { name: "fleet", environments: [] }, broken: new Set(["name", "environments", "waves", "registered", "after"]) };
  }
  const { schema, fieldsAt } = fleetSchema;
  const isSecret = ([section, , field]: IssuePath) => (section === "registered" || section === "via") && field === "kubeconfig";
  const broken = new Set<string>();
  // Slips in names first: a required field written under a wrong name is not also missing.
  const issues = issuesOf(schema, content, isSecret).sort(
    (a, b) => Number(b.code === "unrecognized_keys") - Number(a.code === "unrecognized_keys"),
  );
  for (const issue of issues) {
    const path = issue.path as IssuePath;
    const hidden = isSecret(path);
    const union = () => (hidden ? SECRET : (FORMS[String(path.at(-2))] ?? ["has no form that is known here", "see `kpaas schema fleet`"]));
    const value = hidden ? undefined : valueAt(content, path);
    reportIssue(issue, { value, fields: () => fieldsAt(path, content), union, hidden }, findings);
    broken.add(String(path[0] ?? (issue.code === "unrecognized_keys" ? issue.keys[0] : "")));
  }
  const { name, environments, ...optional } = content;
  const kept = Object.fromEntries(Object.entries(optional).filter(([section]) => !broken.has(section)));
  const standIn = ["*"];
  const file = schema.parse({
    name: broken.has("name") ? "fleet" : name,
    environments: broken.has("environments") ? standIn : environments,
    ...kept,
  });
  return { file: broken.has("environments") ? { ...file, environments: [] } : file, broken };
}
