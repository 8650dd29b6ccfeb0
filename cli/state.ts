import type { ListedState } from "../operate/state/list";
import type { RecoveredResource, StateRecoveryPlan } from "../operate/state/recover-plan";
import type { StateRestorePlan } from "../operate/state/restore-plan";
import type { SecretsChange } from "../operate/state/secrets-plan";
import type { Colors } from "./context";
import { table } from "./table";

/** How many resources are named one by one. */
const NAMED = 20;

/** The stacks of a backend as a table. */
export function describeStates(states: readonly ListedState[], width: number, colors: Colors): string[] {
  if (states.length === 0) return ["no environment has a stack in this backend"];
  const readable = states.filter(({ unreadable }) => unreadable === undefined);
  const rows = table<ListedState>(
    [
      { title: "ENVIRONMENT", value: ({ environment, hasFile }) => `${environment}${hasFile ? "" : " (no file here)"}` },
      { title: "LAYER", value: ({ layer }) => layer ?? "all" },
      { title: "UPDATED", value: ({ updated }) => (updated === undefined ? "never" : `${updated.slice(0, 19)}Z`) },
      { title: "RESOURCES", value: ({ resources }) => String(resources) },
      { title: "OPEN", value: ({ open }) => String(open) },
      { title: "LOCK", value: ({ lock }) => (lock === undefined ? "not told" : (lock ?? "free")) },
      { title: "SECRETS", value: ({ secrets }) => secrets ?? "none" },
      { title: "RELEASE", value: ({ release }) => release ?? "" },
      { title: "ENGINE", value: ({ engine }) => engine ?? "" },
    ],
    readable,
    width,
    colors,
  );
  const projects = [...new Set(states.map(({ project }) => project))];
  return [
    ...(readable.length === 0 ? [] : rows),
    ...(projects.length > 1 ? [`of the Pulumi projects ${projects.join(", ")}`] : []),
    ...states.flatMap(({ stack, unreadable }) => (unreadable === undefined ? [] : [`${stack} cannot be read: ${unreadable}`])),
  ];
}

/** What a restore of a state takes and gives, before it is asked for. */
export function describeStateRestore(environment: string, { folder, made, stacks, lost, recalled, secrets }: StateRestorePlan): string[] {
  return [
    `the states of ${environment} go back to ${folder}, made at ${made}; nothing is done in the cloud:`,
    ...Object.entries(stacks).map(([stack, { resources, replaces }]) => {
      const now = replaces === null ? "there is no such stack now" : `now ${replaces}`;
      return `  ${stack}: ${resources} resources (${now})`;
    }),
    ...named("known now and not to the backup: what they stand for stays, and no state would know of it", lost),
    ...named("known to the backup and not now: what they stood for may be gone, which `kpaas refresh` finds out", recalled),
    ...named("encrypted otherwise", secrets),
  ];
}

/** What was found of an environment whose state is lost. */
export function describeRecovery(environment: string, { resources, changes }: StateRecoveryPlan, width: number, colors: Colors): string[] {
  const counts = [...new Set(resources.map(({ outcome }) => outcome))].map(
    (outcome) => `${resources.filter((one) => one.outcome === outcome).length} ${OUTCOMES[outcome]}`,
  );
  return [
    ...table<RecoveredResource>(
      [
        { title: "RESOURCE", value: ({ name }) => name },
        { title: "TYPE", value: ({ type }) => type.split(":").at(-1) ?? type },
        { title: "IS", value: ({ outcome }) => OUTCOMES[outcome] },
        { title: "ID", value: ({ id = "" }) => id },
        { title: "WHY", value: ({ reason = "" }) => reason },
      ],
      resources,
      width,
      colors,
    ),
    `of ${environment}: ${counts.join(", ")}`,
    ...named("the next `up` would change", changes),
  ];
}

const OUTCOMES: Readonly<Record<RecoveredResource["outcome"], string>> = {
  found: "found",
  known: "read back",
  left: "left to the next up",
  lost: "lost",
  missing: "not found",
  several: "ambiguous",
  foreign: "another environment's",
  unasked: "cannot be asked",
};

/** What a change of the secrets provider does, before it is asked for. */
export function describeSecretsChange({ to, stacks, goesOn }: SecretsChange): string[] {
  return [
    ...(goesOn ? ["a change that was broken off goes on:"] : []),
    ...Object.entries(stacks).map(([stack, from]) => `  ${stack}: ${from} → ${to}`),
    "whoever brings the environment up needs the new provider from then on; the stacks' configurations change, to be committed",
  ];
}

function named(title: string, each: readonly string[]): string[] {
  if (each.length === 0) return [];
  const rest = each.length > NAMED ? [`  and ${each.length - NAMED} more`] : [];
  return [`${title}:`, ...each.slice(0, NAMED).map((one) => `  ${one}`), ...rest];
}
