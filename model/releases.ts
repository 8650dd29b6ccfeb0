import { findRelease, knownReleases } from "./catalog";
import { componentsOf, kubesprayRelease } from "./cluster/releases";
import { earlierReleases, isUpgradeSource } from "./earlier";
import { endOfLifeOf } from "./end-of-life";
import { productOf } from "./plan/end-of-life";
import { leaps, stepBetween } from "./release-steps";

/** A release of K-PaaS among all that the catalogue knows. */
export interface ReleaseRow {
  readonly release: string;
  readonly date: string;
  readonly kubernetes: string;
  /** Of its Kubernetes. */
  readonly endOfLife?: string;
  readonly kubespray?: string;
  /** Whether it can be brought up, or is a step between two that can, or upgraded from, or is told of alone. */
  readonly use: "install" | "step" | "source" | "named";
}

/** One part of a release. */
export interface ReleasePart {
  readonly name: string;
  readonly version: string;
  readonly endOfLife?: string;
  readonly licence?: string;
  readonly source?: string;
  /** Why it stands there although it is past its end of life. */
  readonly stays?: string;
}

/** Every release, those that can be brought up first, each newest first. */
export function listReleases(): ReleaseRow[] {
  const known = knownReleases.map((number) => {
    const found = findRelease(number)!;
    return { ...found, use: found.leadsTo === undefined ? ("install" as const) : ("step" as const) };
  });
  const earlier = earlierReleases.map((row) => ({ ...row, use: isUpgradeSource(row) ? ("source" as const) : ("named" as const) }));
  return [...known, ...earlier].map(({ release, date, kubernetes, kubespray, use }) => ({
    ...{ release, date, kubernetes, use },
    ...ended("kubernetes", kubernetes),
    ...(kubespray === undefined ? {} : { kubespray }),
  }));
}

/** What a release consists of; undefined where the catalogue does not know it. */
export function describeRelease(number: string): ReleasePart[] | undefined {
  const row = [...knownReleases.flatMap((each) => findRelease(each) ?? []), ...earlierReleases].find(({ release }) => release === number);
  if (row === undefined) return undefined;
  const { kubernetes, kubespray } = row;
  const cluster = [
    { name: "kubernetes", version: kubernetes, ...ended("kubernetes", kubernetes) },
    ...(kubespray === undefined ? [] : [{ name: "kubespray", version: kubespray }]),
  ];
  if ("components" in row) {
    return [
      ...cluster,
      ...Object.entries(row.components).flatMap(([name, version]) => (version ? [{ name, version, ...ended(name, version) }] : [])),
    ];
  }
  const tag = kubesprayRelease(row.kubespray);
  const { etcd = "", crio = "", calico = "" } = (tag && componentsOf(tag, kubernetes)) ?? {};
  const installed = { etcd, "cri-o": crio, calico };
  return [
    ...cluster,
    ...Object.entries(installed).map(([name, version]) => ({ name, version, ...ended(name, version) })),
    ...Object.entries(row.services).map(([key, { version, licence, source, stays, chart }]) => {
      const name = productOf({ name: key, ...(chart ? { chart } : {}) });
      return { name, version, ...ended(name, version), licence, source, ...(stays === undefined ? {} : { stays }) };
    }),
  ];
}

/** A part that is another one in another release, or there in one of them alone. */
export interface ChangedPart {
  readonly name: string;
  readonly was?: string;
  readonly becomes?: string;
}

/** What differs between two releases, by the names of the parts. */
export function changedParts(before: readonly ReleasePart[], after: readonly ReleasePart[]): ChangedPart[] {
  const versions = (parts: readonly ReleasePart[]) => new Map(parts.map(({ name, version }) => [name, version]));
  const [was, becomes] = [versions(before), versions(after)];
  return [...new Set([...becomes.keys(), ...was.keys()])].flatMap((name) => {
    const [old, wanted] = [was.get(name), becomes.get(name)];
    if (old === wanted) return [];
    return [{ name, ...(old === undefined ? {} : { was: old }), ...(wanted === undefined ? {} : { becomes: wanted }) }];
  });
}

/** A release in between, and what goes on by it alone. */
export interface StepBetween {
  readonly release: string;
  readonly names: readonly string[];
}

/** The releases by which an environment goes from one to another, in order: what goes by them goes to the next minor version only. */
export function stepsBetween(from: string, to: string): StepBetween[] {
  const [before, after] = [findRelease(from)?.services ?? {}, findRelease(to)?.services ?? {}];
  const found = new Map<string, string[]>();
  for (const [name, { version }] of Object.entries(after)) {
    let was = before[name]?.version;
    while (was !== undefined && leaps(was, version)) {
      const step = stepBetween(name, was, to);
      if (step === undefined) break;
      found.set(step, [...(found.get(step) ?? []), name]);
      was = findRelease(step)?.services[name]?.version;
    }
  }
  return knownReleases.flatMap((release) => {
    const names = found.get(release);
    return names === undefined ? [] : [{ release, names }];
  });
}

function ended(product: string, version: string): { endOfLife?: string } {
  const endOfLife = endOfLifeOf(product, version)?.date;
  return endOfLife === undefined ? {} : { endOfLife };
}
