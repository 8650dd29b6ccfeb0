import { ILLEGIBLE, matches } from "../glob";
import { type Findings, nearest } from "../problems";
import type { Maintenance } from "./maintenance";
import type { Member } from "./member";
import type { ParsedFleet } from "./parse";
import type { FleetFile, Selector, WaveField } from "./schema";

/** A fleet's waves, in the order in which they come. Plain data: a run keeps it as it was approved. */
export interface FleetPlan {
  readonly fleet: string;
  readonly waves: readonly Wave[];
  readonly health: NonNullable<FleetFile["health"]>;
}

export interface Wave {
  readonly name: string;
  /** In the order in which they are begun: none before those that it comes after. */
  readonly clusters: readonly FleetCluster[];
  /** How many of them go first. */
  readonly canaries: number;
  readonly bakeSeconds: number;
  /** Undefined: as the machine allows. */
  readonly maxConcurrent?: number;
  readonly maxFailures: number;
  readonly approval: boolean;
  readonly maintenance?: Maintenance;
}

export interface FleetCluster {
  readonly name: string;
  readonly after: readonly Dependency[];
}

/** Its clusters by name, in the order of its waves. */
export function clusterNames({ waves }: Pick<FleetPlan, "waves">): string[] {
  return waves.flatMap(({ clusters }) => clusters.map(({ name }) => name));
}

/** What has to be up before. */
export interface Dependency {
  readonly cluster: string;
  readonly reason: string;
}

/** Sections that the contract names and nothing brings up yet: they are never ignored. */
const LATER = {
  mesh: "one mesh over several clusters needs a common authority and gateways between them, which nothing sets up yet",
  federation: "Karmada's control plane and the joining of members are not set up by anything here yet",
  managed: "clusters that a cloud runs itself are not made here yet; one that is there can be `registered`",
  edge: "KubeEdge's part in the cloud and its edge nodes are not set up by anything here yet",
} as const;

const SECONDS = { s: 1, m: 60, h: 3_600 } as const;

/** Which of these names globs choose, in the order of the names; `*` stands for any number of characters. */
export function chosen(globs: readonly string[], names: readonly string[]): string[] {
  return names.filter((name) => globs.some((glob) => matches(glob, name)));
}

/** The environments that the file names. What names none is a finding. */
export function selectEnvironments({ environments }: FleetFile, known: readonly string[], findings: Findings): string[] {
  environments.forEach((glob, index) => {
    if (chosen([glob], known).length === 0) findings.error(`environments.${index}`, ...noSuch(glob, known, "environment"), glob);
  });
  return chosen(environments, known);
}

/**
 * Puts the environments into waves.
 * @param members those that could be planned
 * @param all the names of all that the file chooses: what is wrong with one of them is told elsewhere
 */
export function planFleet({ file, whole }: ParsedFleet, members: readonly Member[], all: readonly string[], findings: Findings): FleetPlan {
  for (const [section, what] of Object.entries(LATER))
    if (file[section as keyof typeof LATER] !== undefined)
      findings.error(section, `comes in a later version: ${what}`, "take the section out; the clusters are brought up without it");
  checkRegistered(file, all, findings);
  const waves: readonly WaveField[] = file.waves ?? [{ name: "all", select: ["*"] }];
  // Where nobody knows which clusters there are, nothing is said of names.
  const known = whole ? all : [];
  const placed = known.length === 0 ? new Map<string, number>() : placeClusters(waves, members, known, file, findings);
  const after = dependencies(file, members, known, findings);
  const order = inOrder(all, after, findings);
  for (const [cluster, before] of after)
    for (const { cluster: other, reason } of before) {
      const [own, its] = [placed.get(cluster), placed.get(other)];
      if (own === undefined || its === undefined || its <= own) continue;
      const [early, late] = [waves[own]?.name, waves[its]?.name];
      findings.error(
        `waves.${own}.select`,
        `${cluster} comes after ${other} (${reason}), which is in the later wave ${late}`,
        `put ${other} into wave ${early} or an earlier one, or ${cluster} into ${late}`,
      );
    }
  return {
    fleet: file.name,
    health: file.health ?? {},
    waves: waves.map((wave, index) => {
      const { name, canary = 0, bake = "0s", maxConcurrent, maxFailures = 0, approval = false } = wave;
      const maintenance = wave.maintenance ?? file.maintenance;
      const clusters = order.filter((each) => placed.get(each) === index).map((each) => ({ name: each, after: after.get(each) ?? [] }));
      if (canary > 0 && clusters.length > 0 && canary >= clusters.length && !wave.select.includes(ILLEGIBLE))
        findings.error(
          `waves.${index}.canary`,
          `must be fewer than the wave's clusters, of which there are ${clusters.length}`,
          "write a smaller number, or leave it out",
          canary,
        );
      return {
        ...{ name, clusters, canaries: canary, bakeSeconds: secondsOf(bake), maxFailures, approval },
        ...(maxConcurrent === undefined ? {} : { maxConcurrent }),
        ...(maintenance === undefined ? {} : { maintenance }),
      };
    }),
  };
}

function checkRegistered({ registered = {} }: FleetFile, all: readonly string[], findings: Findings): void {
  for (const [name, { kubeconfig }] of Object.entries(registered)) {
    if (all.includes(name)) findings.error(`registered.${name}`, "an environment of the fleet has the same name", "give it another name");
    if ("config" in kubeconfig)
      findings.error(
        `registered.${name}.kubeconfig`,
        "a fleet has no Pulumi configuration of its own",
        "use one of { env: NAME }, { file: path }, { vault: path#field }",
      );
  }
}

/** By cluster, the wave that it is in. */
function placeClusters(
  waves: readonly WaveField[],
  members: readonly Member[],
  all: readonly string[],
  { registered = {} }: FleetFile,
  findings: Findings,
): Map<string, number> {
  const placed = new Map<string, number>();
  const labels = new Map(members.map((member) => [member.name, member.labels]));
  const names = new Map<string, number>();
  waves.forEach(({ name }, index) => {
    const first = names.get(name);
    if (first !== undefined)
      findings.error(`waves.${index}.name`, `wave ${first + 1} has the same name`, "give one of the two another name", name);
    else names.set(name, index);
  });
  waves.forEach(({ name, select }, index) => {
    select.forEach((each, position) => {
      if (each === "*" || each === ILLEGIBLE) return;
      const path = `waves.${index}.select.${position}`;
      const found = all.filter((cluster) => selects(each, cluster, labels.get(cluster)));
      // Labels of one that could not be planned are not known.
      if (found.length === 0 && (typeof each === "string" || members.length === all.length)) {
        if (typeof each !== "string")
          findings.error(path, "no cluster of the fleet has these labels", "see `labels` of the environments' files");
        else if (Object.hasOwn(registered, each))
          findings.error(path, "is a registered cluster: nothing is brought up there", "take it out of the wave", each);
        else findings.error(path, ...noSuch(each, all, "cluster of the fleet"), each);
      }
      for (const cluster of found) {
        const other = placed.get(cluster);
        if (other !== undefined && other !== index)
          findings.error(
            path,
            `${cluster} is in wave ${waves[other]?.name} too`,
            `let one of the waves ${waves[other]?.name} and ${name} select it`,
            typeof each === "string" ? each : undefined,
          );
        else placed.set(cluster, index);
      }
    });
  });
  const rest = waves.flatMap(({ select }, index) => (select.includes("*") ? [index] : []));
  const [first, ...others] = rest;
  for (const index of others)
    findings.error(`waves.${index}.select`, `wave ${waves[first ?? 0]?.name} has all that no other selects`, "write `*` once", "*");
  const left = all.filter((cluster) => !placed.has(cluster));
  if (first !== undefined) for (const cluster of left) placed.set(cluster, first);
  else if (members.length === all.length && !waves.some(({ select }) => select.includes(ILLEGIBLE)))
    for (const cluster of left)
      findings.error(
        "waves",
        `${cluster} is in no wave`,
        'select it in one, or let the last wave select "*": all that no other has',
        cluster,
      );
  waves.forEach(({ select }, index) => {
    if (select.includes("*") && index === first && ![...placed.values()].includes(index))
      findings.error(`waves.${index}.select`, "nothing is left for it: other waves have all clusters", "take the wave out");
  });
  return placed;
}

function selects(selector: Selector, cluster: string, labels: Readonly<Record<string, string>> | undefined): boolean {
  if (typeof selector === "string") return matches(selector, cluster);
  return Object.entries(selector.labels).every(([key, value]) => labels?.[key] === value);
}

/** By cluster what it comes after: what the file says, and what its own fields say of another's services. */
function dependencies(
  { after = {} }: FleetFile,
  members: readonly Member[],
  all: readonly string[],
  findings: Findings,
): Map<string, Dependency[]> {
  const found = new Map<string, Dependency[]>();
  const add = (cluster: string, other: string, reason: string) => {
    const before = found.get(cluster) ?? [];
    if (!before.some((each) => each.cluster === other)) found.set(cluster, [...before, { cluster: other, reason }]);
  };
  for (const [cluster, globs] of all.length === 0 ? [] : Object.entries(after)) {
    if (!all.includes(cluster)) {
      findings.error(`after.${cluster}`, ...noSuch(cluster, all, "cluster of the fleet"));
      continue;
    }
    globs.forEach((glob, index) => {
      const others = chosen([glob], all).filter((other) => other !== cluster || !glob.includes("*"));
      if (others.length === 0) findings.error(`after.${cluster}.${index}`, ...noSuch(glob, all, "other cluster of the fleet"), glob);
      for (const other of others) add(cluster, other, "the fleet's file says so");
    });
  }
  const servers = new Map(members.flatMap(({ name, serves }) => serves.map((host) => [host, name] as const)));
  for (const { name, names } of members)
    for (const host of names) {
      const server = servers.get(host);
      if (server !== undefined && server !== name) add(name, server, `it names ${host}, which ${server} serves`);
    }
  return found;
}

/** Each after all that it comes after, else as they were; circles are named. */
function inOrder(all: readonly string[], after: ReadonlyMap<string, readonly Dependency[]>, findings: Findings): string[] {
  const order: string[] = [];
  const done = new Set<string>();
  const visit = (cluster: string, way: readonly string[]): void => {
    const start = way.indexOf(cluster);
    if (start >= 0) {
      const circle = [...way.slice(start), cluster];
      const reasons = circle.slice(1).map((other, index) => {
        const reason = after.get(circle[index] ?? "")?.find((each) => each.cluster === other)?.reason;
        return `${circle[index]} after ${other}: ${reason}`;
      });
      findings.error("after", `goes in a circle: ${circle.join(" → ")} (${reasons.join("; ")})`, "take one of these out");
      return;
    }
    if (done.has(cluster)) return;
    for (const { cluster: other } of after.get(cluster) ?? []) visit(other, [...way, cluster]);
    if (done.has(cluster)) return;
    done.add(cluster);
    order.push(cluster);
  };
  for (const cluster of all) visit(cluster, []);
  return order;
}

function noSuch(name: string, known: readonly string[], what: string): [reason: string, remedy: string] {
  const near = nearest(name, known);
  const reason = `${name.includes("*") ? "matches" : "is"} no ${what}`;
  if (near !== undefined) return [`${reason}; did you mean "${near}"?`, `write ${near}`];
  return [reason, known.length === 0 ? "write the environment's file first" : `there are: ${known.join(", ")}`];
}

function secondsOf(duration: string): number {
  return Number(duration.slice(0, -1)) * SECONDS[duration.slice(-1) as keyof typeof SECONDS];
}
