import { groupKeys } from "../../model/plan/rules";
import type { EnvironmentPlan } from "../../model/plan/types";
import type { Finding } from "../../model/problems";
import { openstackOf } from "./plan";
import { compileRules } from "./security-groups";

/** What a project's quota can be set on, as far as the provider can be asked for it. */
export type Quota =
  | "instances"
  | "cores"
  | "ram"
  | "serverGroups"
  | "volumes"
  | "gigabytes"
  | "networks"
  | "subnets"
  | "routers"
  | "ports"
  | "floatingIps"
  | "securityGroups"
  | "securityGroupRules";

/** What one resource takes of a quota. */
export interface Demand {
  readonly quota: Quota;
  /** The resource's logical name. */
  readonly resource: string;
  readonly amount: number;
}

/** A quota and what is used of it already, by whomever; undefined where the cloud does not tell that. -1: no limit. */
export interface Limit {
  readonly limit: number;
  readonly used?: number;
}

/** How much a flavor gives. */
export interface Flavor {
  readonly vcpus: number;
  readonly ram: number;
}

/** Everything that an environment's resources take of quotas. `flavors` by size; machines of an unknown one count for no processors. */
export function demandOf(plan: EnvironmentPlan, name: string, flavors: Readonly<Record<string, Flavor | undefined>>): Demand[] {
  const demands: Demand[] = [];
  const take = (quota: Quota, resource: string, amount = 1) => demands.push({ quota, resource: `${name}-${resource}`, amount });
  for (const machine of plan.machines) {
    const own = `machine-${machine.name}`;
    const flavor = flavors[machine.size];
    take("instances", own);
    if (flavor) take("cores", own, flavor.vcpus);
    if (flavor) take("ram", own, flavor.ram);
    take("volumes", own);
    take("gigabytes", own, openstackOf(plan).bootVolumeGiB);
    take("ports", `port-${machine.name}`);
    for (const volume of machine.volumes) {
      take("volumes", `volume-${machine.key}.${volume.name}`);
      take("gigabytes", `volume-${machine.key}.${volume.name}`, volume.sizeGiB);
    }
  }
  for (const group of new Set(plan.machines.filter(({ spread }) => spread).map(({ group }) => group)))
    take("serverGroups", `group-${group}`);
  if (plan.network.existing === undefined) {
    take("networks", "network");
    take("subnets", "subnet");
    take("routers", "router");
    take("ports", "router-interface");
  }
  if (plan.apiEndpoint.kind === "loadBalancer") take("ports", "api");
  if (plan.apiEndpoint.kind === "virtualIp") take("ports", "address-api");
  if (plan.platform.loadBalancer.kind === "metallb") take("ports", "address-ingress");
  for (const [what, { address }] of Object.entries(plan.network.floating))
    if (address === undefined) take("floatingIps", `floating-ip-${what}`);
  for (const key of groupKeys(plan.machines)) take("securityGroups", `sg-${key}`);
  for (const { key } of compileRules(plan)) take("securityGroupRules", `rule-${key}`);
  return demands;
}

/** The field that has a say in how much is wanted, and the words for it. */
const WORDS: Readonly<Record<Quota, readonly [path: string, unit: string]>> = {
  instances: ["cluster.pools", "machines"],
  cores: ["cluster.pools", "processors"],
  ram: ["cluster.pools", "MiB of memory"],
  serverGroups: ["cluster.pools", "server groups"],
  volumes: ["infrastructure.openstack.bootVolumeGiB", "volumes, boot volumes among them"],
  gigabytes: ["infrastructure.openstack.bootVolumeGiB", "GiB of volumes, boot volumes among them"],
  networks: ["infrastructure.network", "networks"],
  subnets: ["infrastructure.network", "subnets"],
  routers: ["infrastructure.network", "routers"],
  ports: ["infrastructure.network", "ports"],
  floatingIps: ["infrastructure.network.floating", "floating addresses"],
  securityGroups: ["infrastructure.network", "security groups"],
  securityGroupRules: ["infrastructure.network", "security group rules"],
};

/**
 * The quotas that do not suffice. What is made already is counted as used; `standing` gives the logical names of it and is asked only where
 * that decides; undefined where nobody knows.
 */
export async function findShortages(
  demands: readonly Demand[],
  limits: Readonly<Partial<Record<Quota, Limit>>>,
  standing: (() => Promise<ReadonlySet<string>>) | undefined,
): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const quota of Object.keys(WORDS) as Quota[]) {
    const { limit, used } = limits[quota] ?? { limit: -1 };
    const own = demands.filter((each) => each.quota === quota);
    const total = sum(own);
    if (limit < 0 || total + (used ?? 0) <= limit) continue;
    const [path, unit] = WORDS[quota];
    const remedy = "have the cloud's operator raise the quota, take away what is not needed there, or plan less";
    if (total > limit) {
      findings.push({ path, reason: `${total} ${unit} are needed, and the project's quota is ${limit}`, remedy });
      continue;
    }
    if (standing === undefined) continue;
    const there = await standing();
    const more = sum(own.filter(({ resource }) => !there.has(resource)));
    if (more > 0 && used !== undefined && more + used > limit)
      findings.push({
        path,
        reason: `${more} ${unit} are to be made, and of the project's ${limit} only ${Math.max(0, limit - used)} are left`,
        remedy,
      });
  }
  return findings;
}

function sum(demands: readonly Demand[]): number {
  return demands.reduce((total, { amount }) => total + amount, 0);
}
