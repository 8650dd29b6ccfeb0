import { findable } from "../../engine/state/findable";
import { STACK, type StateResource } from "../../engine/state/state";
import { secretsOf } from "../../engine/state/summary";
import type { StoredStack } from "../../engine/states";
import { fingerprintOf } from "../../model/canonical";
import { parseApproval, STATE_FORGET } from "../../model/guard/approvals";
import type { Verdict } from "../../model/guard/verdict";
import type { Problem } from "../../model/problems";
import type { StateBackup } from "./folder";

/** What putting a backup in place of an environment's states would do. */
export interface StateRestorePlan {
  readonly folder: string;
  /** When the backup was made (ISO 8601). */
  readonly made: string;
  /** By stack: how many resources the backup has, and the state that it replaces; null where there is no such stack now. */
  readonly stacks: Readonly<Record<string, { readonly resources: number; readonly replaces: number | null }>>;
  /** Resources that the state knows now and the backup does not: what they stand for is there, and nobody would know of it. */
  readonly lost: readonly string[];
  /** Resources that only the backup knows, of stacks that there are: what they stood for may be gone. */
  readonly recalled: readonly string[];
  /** Stacks whose secrets are encrypted otherwise in the backup. */
  readonly secrets: readonly string[];
}

/** Compares a backup with what there is. Pure. */
export function planRestore(
  { folder, manifest }: StateBackup,
  wanted: readonly StoredStack[],
  present: readonly StoredStack[],
): StateRestorePlan {
  const here = new Map(present.map((one) => [one.stack, one]));
  const counts = wanted.map((one) => {
    const now = here.get(one.stack);
    return [one.stack, { resources: resourcesOf(one).length, replaces: now === undefined ? null : resourcesOf(now).length }];
  });
  return {
    folder,
    made: manifest.made,
    stacks: Object.fromEntries(counts),
    lost: beyond(present, wanted),
    recalled: beyond(
      wanted.filter(({ stack }) => here.has(stack)),
      present,
    ),
    secrets: wanted.flatMap(({ stack, state }) => {
      const [then, now] = [secretsOf(state)?.provider, secretsOf(here.get(stack)?.state ?? state)?.provider];
      return then === now ? [] : [`${stack}: ${then ?? "none"} in the backup, ${now ?? "none"} now`];
    }),
  };
}

/** Why a backup cannot take the place of what there is, whoever agrees to it. Pure. */
export function refusals(
  environment: string,
  project: string,
  { manifest }: Pick<StateBackup, "manifest">,
  present: readonly StoredStack[],
): Problem[] {
  const refuse = (reason: string, remedy: string): Problem => ({ environment, path: "", reason, remedy, severity: "error" });
  const otherProject =
    manifest.project === project
      ? []
      : [
          refuse(
            `the backup is of the Pulumi project ${manifest.project}, and this one is ${project}`,
            "go to the folder of that project, or give Pulumi.yaml its name",
          ),
        ];
  const known = manifest.stacks.map(({ stack }) => stack);
  const beside = present.filter((one) => !known.includes(one.stack) && resourcesOf(one).length > 0).map(({ stack }) => stack);
  const otherLayers =
    beside.length === 0
      ? []
      : [
          refuse(
            `the backup is of ${known.join(", ")}, and what there is now is in ${beside.join(", ")} too: two stacks would know the same resources`,
            "take a backup that was made since the environment was moved into its layers",
          ),
        ];
  return [...otherProject, ...otherLayers];
}

/**
 * Counts the approvals against what a restore would have forgotten: what is there would be nobody's, and what is generated would be another one.
 * Every resource is refused by its name, until just these are approved. Pure.
 */
export function judgeForgetting(
  environment: string,
  wanted: readonly StoredStack[],
  present: readonly StoredStack[],
  approvals: readonly string[],
): Pick<Verdict, "refused" | "unused"> {
  const forgotten = unknownTo(present, wanted);
  const approval = forgotten.length === 0 ? undefined : forgetApproval(forgotten);
  const refused =
    approval === undefined || approvals.includes(approval)
      ? []
      : forgotten.map((one) => forgets(environment, one, forgotten.length, approval, vainBy(approvals)));
  const reason = "lets nothing through: nothing here is waiting for it";
  const unused = approvals
    .filter((text) => text !== approval)
    .map((text): Problem => ({ environment, path: `approval ${text}`, reason, remedy: "leave it out", severity: "warning" }));
  return { refused, unused };
}

function forgets(environment: string, one: StateResource, count: number, approval: string, vain: string): Problem {
  const generated = isGenerated(one);
  const loss = generated ? "it was generated since, and its value would be lost" : "it would stay there, and no state would know of it";
  const safe = generated ? "name a backup that knows it" : "name a backup that knows it, or delete it by an `up` first";
  return {
    environment,
    path: nameIn(one),
    reason: `the state knows this ${kindIn(one)}${one.id && !generated ? ` (${one.id})` : ""} and the backup does not: ${loss}${vain}`,
    remedy: `${safe}; to forget ${count === 1 ? "it" : `all ${count} of them`} all the same: --approve ${approval}`,
    severity: "error",
  };
}

/** Why an approval of the right kind does not count. */
function vainBy(approvals: readonly string[]): string {
  const given = approvals.map(parseApproval).find((one) => one?.action === "forget");
  if (given === undefined) return "";
  return given.bound === undefined
    ? "; an approval to forget needs what is behind the @, so that it is of these resources alone"
    : `; ${given.bound} was of other resources`;
}

/** The approval that is of these resources and of no others. */
function forgetApproval(forgotten: readonly StateResource[]): string {
  return `${STATE_FORGET}@${fingerprintOf(forgotten.map(identity).sort())}`;
}

/** What some states know and others do not, as type and name. */
function beyond(some: readonly StoredStack[], others: readonly StoredStack[]): string[] {
  return unknownTo(some, others).map((one) => `${kindIn(one)} ${nameIn(one)}${one.id ? ` (${one.id})` : ""}`);
}

/** What some states know and others do not, but for what is no thing of its own. */
function unknownTo(some: readonly StoredStack[], others: readonly StoredStack[]): StateResource[] {
  const known = new Set(others.flatMap(resourcesOf).map(identity));
  return some
    .flatMap(resourcesOf)
    .filter((one) => one.custom === true && !one.type.startsWith("pulumi:providers:") && !known.has(identity(one)));
}

/** What tells a resource from every other: what is in the state alone has no id that is its own, and is another one when it was made anew. */
function identity(one: StateResource): string {
  return `${one.urn} ${one.id ?? ""}${isGenerated(one) ? ` ${one.created ?? ""}` : ""}`;
}

const isGenerated = (one: StateResource): boolean => findable(one).how === "nowhere";
const kindIn = ({ type }: StateResource): string => type.split(":").at(-1) ?? type;
const nameIn = ({ urn }: StateResource): string => urn.split("::").at(-1) ?? urn;

function resourcesOf({ state }: StoredStack): StateResource[] {
  return (state.deployment.resources ?? []).filter(({ type }) => type !== STACK);
}
