import { isFields, parsedJson } from "../data";
import type { Impact } from "../preview/impacts";
import { propertyText } from "../preview/lines";
import type { StepReport } from "../preview/steps";
import type { Counts, PreviewReport, ResourceChange } from "../preview/types";
import type { Problem } from "../problems";
import type { RotationRow } from "../rotation";
import type { OutlineChange } from "./member";

/** What a cluster's own preview found, as far as a fleet's preview shows it. */
export interface Found {
  readonly counts: Counts;
  /** In a word, all that would be changed. */
  readonly fingerprint: string;
  /** How long it took. */
  readonly seconds: number;
  /** By machine, service and what else resources belong to. */
  readonly changes: readonly OutlineChange[];
  readonly risks: readonly Risk[];
  readonly steps: readonly FoundStep[];
}

/** A cluster's preview that was refused, or failed. */
export interface Refused {
  readonly problems: readonly Pick<Problem, "path" | "reason" | "remedy">[];
}

/** What is lost, moved or restarted, what the way to another release does to services, and what somebody let through. */
export interface Risk {
  readonly effect: Impact["effect"] | "on the way" | "exchanged" | "approved";
  readonly what: string;
  readonly detail: string;
}

/** A kubespray run. */
export type FoundStep = Pick<StepReport, "playbook" | "command" | "minutes" | "workloads" | "reason">;

/** What `kpaas preview --json` prints, as far as it is read here. */
interface Printed extends Pick<PreviewReport, "impacts" | "versions" | "moves" | "steps" | "later" | "approved"> {
  readonly changes: Counts;
  readonly resources: readonly ResourceChange[];
  /** Of a preview of another version. */
  readonly notes?: readonly string[];
  /** Of a preview of an exchange of secrets. */
  readonly rotation?: { readonly exchanged: readonly RotationRow[] };
  readonly groups: readonly { readonly name: string; readonly about?: string; readonly resources: readonly string[] }[];
}

/** Characters of a value, and properties of a group. */
const MOST = { value: 60, properties: 6 } as const;

/** What a preview has printed of changes, by machine and service, of an environment that is all new too. */
export function outlineIn(printed: string): OutlineChange[] {
  return changesIn(JSON.parse(printed) as Printed);
}

/** Reads what a cluster's preview has printed. */
export function foundIn(printed: string, fingerprint: string, seconds: number): Found {
  const { changes: counts, impacts, moves, steps, approved, notes = [], rotation, ...rest }: Printed = JSON.parse(printed);
  return {
    ...{ counts, fingerprint, seconds },
    changes: isAllNew(counts) ? [] : changesIn(rest),
    risks: [
      ...impacts.map(({ effect, kind, name, detail }) => ({ effect, what: kind === "url" ? `URL of ${name}` : `${kind} ${name}`, detail })),
      ...moves.map(({ when, service, what }) => ({ effect: "on the way" as const, what: service, detail: `${when}: ${what}` })),
      ...(rotation?.exchanged ?? []).map(exchanged),
      ...notes.map((detail) => ({ effect: "on the way" as const, what: "file", detail })),
      ...approved.map(({ approval, reason }) => ({ effect: "approved" as const, what: approval, detail: reason })),
    ],
    steps: steps.map(({ playbook, command, minutes, workloads, reason }) => ({ playbook, command, minutes, workloads, reason })),
  };
}

/**
 * What a preview that did not end well has printed.
 * @param reason where it has printed nothing of use
 */
export function refusedIn(printed: string, cluster: string, reason: string): Refused {
  const data = parsedJson(printed);
  const told: readonly Problem[] = isFields(data) && Array.isArray(data.problems) ? data.problems : [];
  const errors = told.filter(({ severity }) => severity !== "warning");
  if (errors.length === 0) return { problems: [{ path: "", reason, remedy: `\`kpaas preview ${cluster}\` shows it whole` }] };
  // What lets one cluster's change through is given to the fleet with the cluster's name.
  const named = (remedy: string) =>
    remedy
      .replace(/(--approve )(?=[^\s:@/]+:[a-z-]+@)/g, `$1${cluster}/`)
      .replace(/`kpaas cluster upgrade ENV --to (\S+)`/g, `\`kpaas fleet upgrade --to $1 --only ${cluster}\``);
  return { problems: errors.map(({ path, reason: why, remedy }) => ({ path, reason: why, remedy: named(remedy) })) };
}

function exchanged({ service, secret, how, restarts, seconds }: RotationRow): Risk {
  const valid = how === "overlap" ? "the new one is valid before the old one ends" : `not valid for ~${seconds} s`;
  const pods = restarts.map((each) => (each.seconds === 0 ? each.service : `${each.service} (away ~${each.seconds} s)`)).join(", ");
  return { effect: "exchanged", what: `${secret} of ${service}`, detail: `${valid}; restarts ${pods === "" ? "nothing" : pods}` };
}

/** Nothing of it stands. */
export function isAllNew({ create, update, replace, delete: gone, same }: Counts): boolean {
  return create > 0 && update + replace + gone + same === 0;
}

function changesIn({ resources, groups, versions, later }: Pick<Printed, "resources" | "groups" | "versions" | "later">): OutlineChange[] {
  return [
    ...versions.map(({ name, was, becomes }): OutlineChange => ({ effect: "changed", what: name, detail: `${was} → ${becomes}` })),
    ...groups.flatMap(({ name, about, resources: urns }): OutlineChange[] => {
      const names = new Set(urns);
      const own = resources.filter(({ urn }) => names.has(urn));
      const of = (...ops: readonly string[]) => own.filter(({ op }) => ops.includes(op));
      const made = of("create", "import");
      const rows: readonly (readonly [OutlineChange["effect"], readonly ResourceChange[], string])[] = [
        ["deleted", of("delete", "discard"), counted(of("delete", "discard"))],
        ["rebuilt", of("replace"), [counted(of("replace")), ...properties(of("replace"))].join("; ")],
        ["changed", of("update"), properties(of("update")).join("; ") || counted(of("update"))],
        ["created", made, about !== undefined && made.length === own.length ? withoutAddresses(about) : counted(made)],
      ];
      return rows.flatMap(([effect, some, detail]) => (some.length === 0 ? [] : [{ effect, what: name, detail }]));
    }),
    ...later.map((detail): OutlineChange => ({ effect: "changed", what: "machines built later", detail })),
  ];
}

/** Each cluster has its own, and what is else the same is shown once. */
function withoutAddresses(about: string): string {
  return about
    .split(", ")
    .filter((part) => !/^\d+(\.\d+){3}$/.test(part))
    .join(", ");
}

function counted(resources: readonly ResourceChange[]): string {
  const kinds = resources.map(kindOf);
  const count = (kind: string) => kinds.filter((each) => each === kind).length;
  return [...new Set(kinds)].map((kind) => (count(kind) === 1 ? kind : `${count(kind)} ${kind}`)).join(", ");
}

function properties(resources: readonly ResourceChange[]): string[] {
  const texts = resources.flatMap((resource) =>
    resource.properties.map((property) => `${kindOf(resource)} ${propertyText(property, MOST.value).text}`),
  );
  const all = [...new Set(texts)];
  return all.length <= MOST.properties + 1 ? all : [...all.slice(0, MOST.properties), `${all.length - MOST.properties} more properties`];
}

function kindOf({ type }: ResourceChange): string {
  return type.split(/[:/]/).at(-1) ?? type;
}
