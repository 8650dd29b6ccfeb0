import type { ClusterSpec } from "../cluster/types";
import type { EnvironmentPlan } from "../plan/types";
import { type Applied, appliedState } from "./applied";
import { clusterDangers, endpointDanger } from "./cluster-dangers";
import { type Danger, never } from "./danger";
import { machineDangers } from "./machines";
import { claimDangers, platformDangers } from "./platform-dangers";

/**
 * Finds the dangerous changes between what is there and what is wanted.
 * `never` marks what no approval lets through, since it cannot end well.
 * @param applied what the environment was last brought to as a whole; undefined where it never was
 * @param standing the cluster as it is recorded, also after a run that broke off; undefined where there is none
 */
export function findDangers(applied: Applied | undefined, plan: EnvironmentPlan, standing?: ClusterSpec): Danger[] {
  const own = applied ? appliedDangers(applied, plan) : [];
  const moves = applied?.release !== undefined && applied.release !== plan.release;
  const refused = standing ? clusterDangers(standing, plan, moves) : [];
  return [...own, ...refused.filter((danger) => !own.some((told) => tells(told, danger)))];
}

/** Whether a danger is told by another one: at the same field, above or below it, or about the same machine. */
function tells(told: Danger, danger: Danger): boolean {
  if (danger.key !== "environment" && told.key === danger.key) return true;
  // Every address follows from the network.
  if (told.path === "infrastructure.network.cidr" && (danger.key !== "environment" || danger.path === "cluster.apiEndpoint")) return true;
  // What a release that is refused brings with it.
  if (told.path === "release" && told.action === "never" && ["cluster.kubernetes", "cluster.kubespray"].includes(danger.path)) return true;
  return [told.path, danger.path].some((path, index, both) => `${both[1 - index]}.`.startsWith(`${path}.`));
}

function appliedDangers(applied: Applied, plan: EnvironmentPlan): Danger[] {
  const wanted = appliedState(plan);
  const moved = [...placeDangers(applied, wanted), ...networkDangers(applied, wanted)];
  // Every address follows from the network: what else differs then is a consequence.
  if (applied.network.cidr !== wanted.network.cidr) return moved;
  const platform = [...platformDangers(applied, wanted, plan), ...claimDangers(applied, wanted, plan.platform.storage.kind)];
  const placed = etcdDangers(applied, wanted);
  const hosts = `infrastructure.${plan.provider}.hosts`;
  // Which machines there are, and with which roles, follows from where etcd runs.
  if (placed.length > 0) return [...moved, ...placed, ...platform];
  return [
    ...moved,
    ...rotationDangers(applied, plan),
    ...Object.entries(applied.machines).flatMap(([key, was]) =>
      machineDangers(key, was, wanted.machines[key], plan.counted, hosts, plan.cloud),
    ),
    ...memberDangers(applied, wanted),
    ...platform,
  ];
}

/** Where etcd runs is decided once. */
function etcdDangers(applied: Applied, wanted: Applied): Danger[] {
  const [was, becomes] = [applied, wanted].map(({ machines }) =>
    Object.values(machines).some(({ roles }) => roles.includes("etcd") && !roles.includes("control-plane")) ? "external" : "stacked",
  );
  if (was === becomes) return [];
  const remedy = `set it back to ${was}, or restore a backup into a new environment that has it so from the start`;
  return [never("cluster.etcd.placement", `etcd of a running cluster does not move (${was} → ${becomes})`, remedy, becomes)];
}

/** Another cloud, region or network holds none of what is there. */
function placeDangers(applied: Applied, wanted: Applied): Danger[] {
  return Object.entries(wanted.place).flatMap(([path, becomes]) => {
    const was = applied.place[path];
    if (was === undefined || was === becomes) return [];
    const [from, to] = [was, becomes].map((each) => each || "none");
    return [
      never(
        path,
        `what is running stays where it is (${from} → ${to})`,
        `set it back to ${from}, or create a new environment beside this one`,
        becomes || undefined,
      ),
    ];
  });
}

function networkDangers(applied: Applied, wanted: Applied): Danger[] {
  const renumbered = applied.network.cidr !== wanted.network.cidr;
  const gateway = renumbered ? undefined : applied.network.gateway;
  const networks = [
    ["infrastructure.network.cidr", applied.network.cidr, wanted.network.cidr],
    ["infrastructure.network.gateway", gateway ?? wanted.network.gateway, wanted.network.gateway],
    ["cluster.network.podCidr", applied.network.podCidr, wanted.network.podCidr],
    ["cluster.network.serviceCidr", applied.network.serviceCidr, wanted.network.serviceCidr],
    ...subnetChanges(applied, wanted),
  ] as const;
  return networks
    .filter(([, was, becomes]) => was !== becomes)
    .map(([path, was = "", becomes]) =>
      never(
        path,
        `a running cluster's network cannot change (${was} → ${becomes})`,
        `set it back to ${was}, or create a new environment beside this one`,
        becomes,
      ),
    );
}

/** A zone's subnet stays what it was as long as the network does: it follows from the lock. */
function subnetChanges({ network }: Applied, wanted: Applied): [path: string, was: string, becomes: string][] {
  const said = (of: Applied["network"], name: string): string => Object.values(of.subnets?.[name] ?? { none: "none" }).join(" ");
  if (network.cidr !== wanted.network.cidr) return [];
  return Object.keys(network.subnets ?? {}).map((name) => ["lock.network.subnets", said(network, name), said(wanted.network, name)]);
}

function memberDangers(applied: Applied, wanted: Applied): Danger[] {
  const dangers: Danger[] = [];
  const [before, after] = [applied.controlPlane, wanted.controlPlane];
  if (!same(before, after) && same([...before].sort(), [...after].sort())) {
    dangers.push(
      never(
        "lock.machines",
        `the order of the control planes changed (${before.join(", ")} → ${after.join(", ")})`,
        "restore the lock file from version control",
      ),
    );
  }
  if (!same(applied.apiEndpoint, wanted.apiEndpoint)) {
    const [was, becomes] = [applied.apiEndpoint, wanted.apiEndpoint].map((each) => `${each.kind} ${each.domain ?? each.address}`);
    dangers.push(endpointDanger(was ?? "", becomes ?? ""));
  }
  return dangers;
}

/** Secrets are never set back: accounts that others have taken the place of have ended, and nobody would be let in. */
function rotationDangers({ rotations = {} }: Applied, { services }: EnvironmentPlan): Danger[] {
  return services.flatMap(({ name, rotation = 1 }) => {
    const was = rotations[name] ?? 1;
    if (rotation >= was) return [];
    const reason = `the secrets of ${name} were exchanged since (${was} → ${rotation}), and those of before are not valid any more`;
    return [never(`lock.rotations.${name}`, reason, `take the lock file of whoever exchanged them, or set it to ${was}`, rotation)];
  });
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
