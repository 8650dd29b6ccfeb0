import { STACK, type StateResource } from "../../engine/state/state";
import { secretsOf } from "../../engine/state/summary";
import type { StoredStack } from "../../engine/states";
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

/** What some states know and others do not, as type and name. */
function beyond(some: readonly StoredStack[], others: readonly StoredStack[]): string[] {
  const key = ({ urn, id = "" }: StateResource) => `${urn} ${id}`;
  const known = new Set(others.flatMap(resourcesOf).map(key));
  return some
    .flatMap(resourcesOf)
    .filter((one) => one.custom === true && !one.type.startsWith("pulumi:providers:") && !known.has(key(one)))
    .map(({ type, urn, id }) => `${type.split(":").at(-1)} ${urn.split("::").at(-1)}${id ? ` (${id})` : ""}`);
}

function resourcesOf({ state }: StoredStack): StateResource[] {
  return (state.deployment.resources ?? []).filter(({ type }) => type !== STACK);
}
