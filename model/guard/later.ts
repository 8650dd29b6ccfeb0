import type { EnvironmentPlan } from "../plan/types";
import { userDataDigest } from "../plan/user-data";
import { type Applied, type AppliedMachine, appliedState } from "./applied";
import { groupField } from "./danger";
import { LATER } from "./first-boot";

/** Changes that show in no resource, since they take effect at a machine's first boot: one sentence each, with the field. */
export function laterChanges(applied: Applied | undefined, plan: EnvironmentPlan): string[] {
  const [was, becomes] = [applied?.built, appliedState(plan).built];
  if (!applied || !was || !becomes) return [];
  const fields: readonly (readonly [path: string, was: string, becomes: string, more?: string])[] = [
    ["infrastructure.image", was.image, becomes.image],
    ...ownOptions(was, becomes).map((name) => {
      const said = (of: typeof was): string => `${of[name] ?? "the cloud's"}`;
      return [`infrastructure.${plan.provider}.${name}`, said(was), said(becomes)] as const;
    }),
    ["infrastructure.zones", was.zones.join(", ") || "none", becomes.zones.join(", ") || "none"],
    [
      "infrastructure.access.ssh",
      shortKey(was.key),
      shortKey(becomes.key),
      "; put the new key on those that stand by hand, or nothing logs in there any more",
    ],
    ...spreadChanges(applied, plan),
  ];
  const older = withOlderUserData(applied, plan);
  return [
    ...fields
      .filter(([, before, after]) => before !== after)
      .map(([path, before, after, more = ""]) => `${path} (${before} → ${after}) ${LATER}${more}`),
    ...(older.length === 0 ? [] : [`user data (other than that of ${few(older)}) ${LATER}`]),
  ];
}

/** Machines that stand and would be prepared otherwise by now. */
function withOlderUserData({ machines }: Applied, plan: EnvironmentPlan): string[] {
  return plan.machines.flatMap((machine) => {
    const was = machines[machine.key];
    const stands = was?.userData !== undefined && was.generation === machine.generation;
    return stands && was.userData !== userDataDigest(plan, machine) ? [machine.name] : [];
  });
}

/** How many names are read at a glance. */
const NAMED = 9;

function few(names: readonly string[]): string {
  const more = names.length - NAMED;
  return [...names.slice(0, NAMED), ...(more > 0 ? [`${more} more`] : [])].join(", ");
}

/** The end of a public key, or the name of a pair that the cloud has. */
function shortKey(key: string | undefined): string {
  const [name = "a pair of its own", encoded] = key?.trim().split(/\s+/) ?? [];
  return encoded === undefined ? name : `…${encoded.slice(-12)}`;
}

/** Where machines of a group may stand is decided when they are made. */
function spreadChanges(applied: Applied, plan: EnvironmentPlan): [string, string, string][] {
  const groups = new Map<string, [string, string, string]>();
  for (const { key, group, spread } of plan.machines) {
    const was: AppliedMachine | undefined = applied.machines[key];
    if (was?.spread !== undefined && was.spread !== spread) groups.set(group, [groupField(was, "spread"), `${was.spread}`, `${spread}`]);
  }
  return [...groups.values()];
}

/** Names of the cloud's own options that a machine takes at its first boot. */
function ownOptions(...built: readonly NonNullable<Applied["built"]>[]): string[] {
  return [...new Set(built.flatMap(({ image: _image, zones: _zones, key: _key, ...own }) => Object.keys(own)))];
}
