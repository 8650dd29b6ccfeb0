import { findRelease, type ReleaseMove } from "../catalog";
import { compareVersions } from "../cluster/releases";
import type { EnvironmentPlan, ServicePlan } from "../plan/types";
import { leaps, stepBetween } from "../release-steps";
import { type Applied, KUBERNETES, plannedVersions } from "./applied";
import { type Danger, never } from "./danger";

/** The kinds of claims under which a service keeps its data in another one. */
const DATABASES = ["mysql", "postgres"];
/** What has everybody's volumes, and no backup of its own. */
const CEPH = "rookCeph";

/** What becomes of the version of Kubernetes or of a service. */
export interface VersionChange {
  readonly name: string;
  readonly was: string;
  readonly becomes: string;
}

/** The versions that change, in the order in which an `up` changes them. */
export function versionChanges(applied: Applied, plan: EnvironmentPlan): VersionChange[] {
  const versions = applied.versions ?? cataloguedVersions(applied.release);
  return Object.entries(plannedVersions(plan)).flatMap(([name, becomes]) => {
    const was = versions[name];
    return was === undefined || was === becomes ? [] : [{ name, was, becomes }];
  });
}

/** What the way to another release does to the services of the plan beside their versions, in the order in which it comes. */
export function releaseMoves({ release }: Pick<Applied, "release">, plan: EnvironmentPlan): readonly ReleaseMove[] {
  if (release === undefined || release === plan.release) return [];
  const moves = findRelease(plan.release)?.moves?.[release] ?? [];
  return moves.filter(({ service }) => plan.services.some(({ name }) => name === service));
}

/**
 * What another release costs: its data is taken over by newer versions, which no older one reads again. So it asks for an approval, and does
 * not go back. Kubernetes' own way there is the cluster's to tell.
 */
export function releaseDangers(applied: Applied, plan: EnvironmentPlan): Danger[] {
  const { release } = applied;
  if (release === undefined) return [];
  const refused = leapsOf(applied, plan);
  if (refused.length > 0) {
    const reason = `the project of ${listed(refused)} goes from one minor version to the next only`;
    return [never("release", reason, aroundLeaps(refused, release, plan), plan.release)];
  }
  if (release === plan.release) return [];
  const lasting = new Set([KUBERNETES, ...plan.services.filter(holdsData).map(({ name }) => name)]);
  const moves = versionChanges(applied, plan).filter(({ name }) => lasting.has(name));
  const back = moves.filter(({ was, becomes }) => compareVersions(becomes, was) < 0);
  const remedy = `set the release back to ${release}`;
  if (back.length > 0) {
    const reason = `what ${listed(back)} has written, the older version does not read`;
    return [never("release", reason, `${remedy}, or restore a backup from before into a new environment`, plan.release)];
  }
  const data = moves.filter(({ name }) => name !== KUBERNETES);
  const saved = data.map(({ name }) => (name === CEPH ? "what is on Ceph's volumes" : name));
  const takes = data.length === 0 ? "" : `; the new versions of ${listed(data)} take their data over, and no older one reads it again`;
  const reason = `Kubernetes and the services go to those of another release (${release} → ${plan.release})${takes}`;
  return [
    {
      key: "environment",
      action: "move-release",
      path: "release",
      reason,
      remedy: data.length === 0 ? remedy : `back up ${saved.join(", ")} first; or ${remedy}`,
      value: plan.release,
    },
  ];
}

/** The services that leave minor versions out, and may not. */
function leapsOf(applied: Applied, plan: EnvironmentPlan): VersionChange[] {
  const careful = new Set(plan.services.flatMap(({ name, oneMinorAtATime }) => (oneMinorAtATime ? [name] : [])));
  return versionChanges(applied, plan).filter(({ name, was, becomes }) => careful.has(name) && leaps(was, becomes));
}

/** The way to where services may not leap: by the step that leads there, or without those that hold nothing. */
function aroundLeaps(refused: readonly VersionChange[], release: string, plan: EnvironmentPlan): string {
  // Within one release the lock would not say what is between.
  const steps = refused.map(({ name, was }) => (release === plan.release ? undefined : stepBetween(name, was, plan.release)));
  const [first] = steps.flatMap((step) => step ?? []);
  const without = refused.filter((_leap, index) => steps[index] === undefined).map(({ name }) => name);
  const off = without.length === 0 ? [] : [`switch ${without.join(", ")} off before it and on again after it`];
  if (first !== undefined)
    return [
      `go to release: "${first}" first (\`kpaas cluster upgrade ${plan.environment} --to ${first}\`), and from there to ${plan.release} once it is up`,
      ...off,
    ].join("; and ");
  const stay = release === plan.release ? "go on with the version of kpaas that brought it up" : `set the release back to ${release}`;
  return [stay, ...off].join(", or ");
}

/** Whether it has data that a version writes for itself: on volumes, in a database, or everybody's on disks. */
function holdsData({ name, keeps, needs = {} }: ServicePlan): boolean {
  return keeps === "data" || DATABASES.some((kind) => kind in needs) || name === CEPH;
}

/** The services' versions in a release, where earlier versions of kpaas did not record them. Kubernetes may have been another one than its own. */
function cataloguedVersions(release: string | undefined): Readonly<Record<string, string | undefined>> {
  const found = release === undefined ? undefined : findRelease(release);
  if (found === undefined) return {};
  return Object.fromEntries(Object.entries(found.services).map(([name, { version }]) => [name, version]));
}

function listed(moves: readonly VersionChange[]): string {
  return moves.map(({ name, was, becomes }) => `${name} (${was} → ${becomes})`).join(", ");
}
