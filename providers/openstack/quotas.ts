import { groupKeys } from "../../model/plan/rules";
import type { EnvironmentPlan } from "../../model/plan/types";
import type { Finding } from "../../model/problems";
import { type Demand, type Limit, type QuotaWords, shortagesOf } from "../asking/quotas";
import { bill } from "./bill";
import { groupsApart, keepsIngress, openstackOf } from "./plan";
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

/** How much a flavor gives. */
export interface Flavor {
  readonly vcpus: number;
  readonly ram: number;
}

/** Everything that an environment's resources take of quotas. `flavors` by size; machines of an unknown one count for no processors. */
export function demandOf(plan: EnvironmentPlan, name: string, flavors: Readonly<Record<string, Flavor | undefined>>): Demand<Quota>[] {
  const demands: Demand<Quota>[] = [];
  const take = (quota: Quota, resource: string, amount = 1) => demands.push({ quota, resource: `${name}-${resource}`, amount });
  for (const { kind, name: what, resource, sizeGiB } of bill.of(plan)) {
    const flavor = kind === "machine" ? flavors[what] : undefined;
    if (kind === "machine") take("instances", resource);
    if (flavor) take("cores", resource, flavor.vcpus);
    if (flavor) take("ram", resource, flavor.ram);
    if (kind === "volume") take("volumes", resource);
    if (kind === "volume") take("gigabytes", resource, sizeGiB);
    if (kind === "address") take("floatingIps", resource);
    if (kind === "gateway") take("routers", resource);
  }
  for (const machine of plan.machines) take("ports", `port-${machine.name}`);
  for (const group of groupsApart(plan)) take("serverGroups", `group-${group}`);
  if (plan.network.existing === undefined) {
    take("networks", "network");
    take("subnets", "subnet");
    take("ports", "router-interface");
  }
  if (plan.apiEndpoint.kind === "loadBalancer") {
    take("ports", "api");
    // OVN's balancer asks its members from a port of its own in the subnet.
    if (openstackOf(plan).loadBalancerProvider === "ovn") take("ports", "api-monitor");
  }
  if (plan.apiEndpoint.kind === "virtualIp") take("ports", "address-api");
  if (keepsIngress(plan)) take("ports", "address-ingress");
  for (const key of groupKeys(plan.machines)) take("securityGroups", `sg-${key}`);
  for (const { key } of compileRules(plan)) take("securityGroupRules", `rule-${key}`);
  return demands;
}

/** The field that has a say in how much is wanted, and the words for it. */
const wordsFor = (provider: string): QuotaWords<Quota> => ({
  instances: ["cluster.pools", "machines"],
  cores: ["cluster.pools", "processors"],
  ram: ["cluster.pools", "MiB of memory"],
  serverGroups: ["cluster.pools", "server groups"],
  volumes: [`infrastructure.${provider}.bootVolumeGiB`, "volumes, boot volumes among them"],
  gigabytes: [`infrastructure.${provider}.bootVolumeGiB`, "GiB of volumes, boot volumes among them"],
  networks: ["infrastructure.network", "networks"],
  subnets: ["infrastructure.network", "subnets"],
  routers: ["infrastructure.network", "routers"],
  ports: ["infrastructure.network", "ports"],
  floatingIps: ["infrastructure.network.floating", "floating addresses"],
  securityGroups: ["infrastructure.network", "security groups"],
  securityGroupRules: ["infrastructure.network", "security group rules"],
});

/** The quotas that do not suffice, of what is made already and of what is to be. */
export function findShortages(
  demands: readonly Demand<Quota>[],
  limits: Readonly<Partial<Record<Quota, Limit>>>,
  standing: (() => Promise<ReadonlySet<string>>) | undefined,
  provider = "openstack",
): Promise<Finding[]> {
  const remedy = "have the cloud's operator raise the quota, take away what is not needed there, or plan less";
  return shortagesOf(demands, limits, standing, wordsFor(provider), { whose: "project", remedy });
}
