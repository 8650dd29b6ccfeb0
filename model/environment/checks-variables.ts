import { sameValue } from "../cluster/variables";
import { parseAddress } from "../ipv4";
import { type Findings, nearest } from "../problems";
import { fieldOf, type Registry, servicesOn } from "../registry";
import { secretReferenceSchema } from "./fields";
import { knownVariable } from "./known-variables";
import type { Environment } from "./types";
import { isReference, isTemplate, type Leaf, membersOf, referenceKinds, serversIn } from "./variable-values";
import { dangerousMembers, isSecretName, ownerOfVariable, partOf, rowOfVariable } from "./variables";

const giveReference = "give a reference: { env: NAME }, { config: key }, { vault: path#field } or { file: path }";

/** Holds the variables that the file passes to kubespray against the table, and looks into their values. */
export function checkVariables(environment: Environment, registry: Registry, findings: Findings): void {
  const { variables } = environment.cluster;
  for (const [name, value] of Object.entries(variables)) {
    checkBeside(name, value, environment, registry, findings);
    const owner = ownerOfVariable(name, registry);
    if (owner !== undefined) findings.error(`cluster.variables.${name}`, `is set by ${owner}`, `take it out here and use ${owner}`);
    if (owner !== undefined || !checkRow(name, value, variables, findings)) continue;
    checkMembers(name, value, findings);
    checkPart(name, environment, findings);
  }
}

/** Whether the variable may be passed at all. */
function checkRow(name: string, value: unknown, variables: Readonly<Record<string, unknown>>, findings: Findings): boolean {
  const path = `cluster.variables.${name}`;
  const row = rowOfVariable(name);
  switch (row?.kind) {
    case "field":
      findings.error(path, `is set by ${row.field}`, `take it out here${row.field.includes(" ") ? "" : ` and use ${row.field}`}`);
      return false;
    case "refused":
      if (row.unless?.some((each) => sameValue(each, value))) return true;
      findings.error(path, row.reason, row.remedy, shown(name, value));
      return false;
    case "needs": {
      if (value !== true || row.values.some((each) => sameValue(each, variables[row.variable]))) return true;
      findings.error(path, row.reason, `take it out, or set ${row.variable} to ${String(row.values[0])} as well`, value);
      return false;
    }
    case "port":
      if (/^\d{1,5}$/.test(String(value)) && Number(value) > 0 && Number(value) < 65_536) return true;
      findings.error(path, "must be the number of a port", `give the port that ${row.of} opens`, shown(name, value));
      return false;
    case "servers":
      if (typeof value === "string" && value !== "" && knownVariable(name)?.kind !== "list" && serversIn(value, name).length === 0) {
        findings.error(path, "names no server, to which the plan could open the way", "write it as http://HOST:PORT", shown(name, value));
        return false;
      }
      if (!isReference(value)) return true;
      findings.error(
        path,
        "names a server, and the plan must know which one to open the way to it",
        "write it here, without user and password",
      );
      return false;
    case "resolvers":
      if (namesResolvers(value)) return true;
      findings.error(path, "must be a list of zones with IPv4 addresses as nameservers: the plan opens DNS to them", "correct the list");
      return false;
    case "closed":
      findings.warn(
        path,
        "listens on each machine, and the plan opens no way there from elsewhere",
        "use it on the machine itself",
        shown(name, value),
      );
      return true;
    default:
      return true;
  }
}

/** What the platform has by itself is not to be brought a second time. */
function checkBeside(name: string, value: unknown, environment: Environment, registry: Registry, findings: Findings): void {
  if (value !== true) return;
  const path = `cluster.variables.${name}`;
  const row = rowOfVariable(name);
  const other = row?.kind === "flows" ? row.notBeside : undefined;
  if (other !== undefined && environment.platform.storage.kind === other.storage)
    findings.error(path, other.reason, `take it out, or use another kind of platform.storage than ${other.storage}`, value);
  const twin = servicesOn(environment, registry).find(({ notBeside = [] }) => notBeside.includes(name));
  if (twin === undefined) return;
  const field = fieldOf(twin);
  findings.error(path, `brings what ${field} brings, and each would undo the other's`, `take it out, or switch ${field} off`, value);
}

/** What belongs to a network plugin or runtime that is not the environment's does nothing. */
function checkPart(name: string, { cluster }: Environment, findings: Findings): void {
  const owner = partOf(name);
  if (owner === undefined) return;
  const chosen = owner.field === "cluster.runtime" ? cluster.runtime : cluster.plugin;
  if (owner.part !== chosen)
    findings.warn(`cluster.variables.${name}`, `has no effect: ${owner.field} is ${chosen}`, `take it out, or use ${owner.part}`);
}

function namesResolvers(zones: unknown): boolean {
  return (
    Array.isArray(zones) &&
    zones.every((zone: { readonly nameservers?: unknown } | null) => {
      const servers = zone?.nameservers;
      return Array.isArray(servers) && servers.every((each) => typeof each === "string" && parseAddress(each) !== undefined);
    })
  );
}

/** Secrets, templates, names and dangerous flags inside a value; one problem for each place. */
function checkMembers(name: string, value: unknown, findings: Findings): void {
  for (const { path, value: member } of membersOf(name, value)) {
    const at = `cluster.variables.${path}`;
    const key = keyOf(path);
    if (isReference(member)) {
      const wrong = secretReferenceSchema.safeParse(member).error?.issues[0];
      if (wrong) findings.error(at, "is no reference to a secret that could be resolved", giveReference);
      continue;
    }
    const secret = secretIn(key, member);
    const followed = rowOfVariable(name)?.kind === "servers" && path === name;
    if (secret !== undefined) findings.error(at, secret, followed ? "write it without user and password" : giveReference);
    else if (isTemplate(key) || (typeof member === "string" && isTemplate(member)))
      findings.error(at, "is a template, which would be evaluated where the playbooks run", "write the value itself");
    else checkFlag(path, member, findings);
  }
  if ((name === "dns_domain" || name === "cluster_name") && !isDomain(value))
    findings.error(`cluster.variables.${name}`, "must be a domain name such as cluster.local", "correct the value", shown(name, value));
}

/** The name that a value stands under; an item of a list under the list's. */
function keyOf(path: string): string {
  const steps = path.split(".");
  return steps.findLast((step) => !/^\d+$/.test(step)) ?? path;
}

/** Whether a secret stands in a variable in clear, by its name or by the look of what is in it. */
export function holdsSecret(name: string, value: unknown): boolean {
  const isClear = ({ path, value: member }: Leaf): boolean => !isReference(member) && secretIn(keyOf(path), member) !== undefined;
  return isSecretName(name) || membersOf(name, value).some(isClear);
}

/** Why a value is a secret that stands in the file in clear; undefined where it is none. */
function secretIn(key: string, value: unknown): string | undefined {
  if (typeof value === "string" && /-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(value)) return "holds a private key in clear";
  if (typeof value === "string" && /[a-z]:\/\/[^/\s:@]+:[^/\s@]+@/i.test(value)) return "holds a password in clear, in a URL";
  if (!isSecretName(key)) return undefined;
  if ((typeof value === "string" && value !== "") || typeof value === "number") return "holds a secret in clear, as its name says";
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  const [[kind, place] = [], ...more] = Object.entries(value);
  if (more.length > 0 || typeof place !== "string") return undefined;
  const near = nearest(String(kind), referenceKinds);
  return near === undefined ? undefined : `must be a reference to a secret; did you mean { ${near}: … }?`;
}

/** A flag is a member of a map, or a text such as `--name=value`. */
function checkFlag(path: string, value: unknown, findings: Findings): void {
  if (typeof value === "object") return;
  const text = String(value);
  const flags = [...text.matchAll(/--([a-z][a-z0-9-]*)[= ]("[^"]*"|\S+)/gi)].map(([, flag = "", setting = ""]) => [flag, setting] as const);
  for (const [flag, setting] of [[path, text] as const, ...flags]) {
    const danger = dangerousMembers.find((each) => each.path.test(flag) && each.value.test(setting.replaceAll('"', "")));
    if (danger === undefined) continue;
    const reason = `${danger.reason}${flag === path ? "" : ` (--${flag})`}`;
    if (danger.passed) findings.warn(`cluster.variables.${path}`, reason, "take it out, or accept it", shown(path, value));
    else findings.error(`cluster.variables.${path}`, reason, danger.remedy ?? "take it out", shown(path, value));
    return;
  }
}

function isDomain(value: unknown): boolean {
  return (
    typeof value === "string" &&
    /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?(\.[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?)*$/.test(value) &&
    value.length <= 200
  );
}

/** The value as a problem may show it: no secret, and nothing large. */
function shown(path: string, value: unknown): unknown {
  const hidden = secretIn(keyOf(path), value) !== undefined || typeof value === "object";
  return hidden || (typeof value === "string" && value.length > 80) ? undefined : value;
}
