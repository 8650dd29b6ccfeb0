import { getQuotasetV3 } from "@pulumi/openstack/blockstorage/getQuotasetV3";
import { getLimitsV2 } from "@pulumi/openstack/compute/getLimitsV2";
import { getAuthScope } from "@pulumi/openstack/identity/getAuthScope";
import { getQuotaV2 } from "@pulumi/openstack/networking/getQuotaV2";
import type { InvokeOptions } from "@pulumi/pulumi";
import type { Answer } from "../asking/ask";
import type { Limit } from "../asking/quotas";
import { ask } from "./ask";
import type { Quota } from "./quotas";

/** What a project's quotas are, as far as the cloud tells. */
export interface Limits {
  readonly quotas: Readonly<Partial<Record<Quota, Limit>>>;
  /** Names of the volume types that there are; undefined where the cloud does not tell. */
  readonly volumeTypes?: readonly string[];
  readonly answers: readonly Answer<unknown>[];
}

/**
 * Asks for the quotas of the provider's own project. Nova tells what is used of its own too; neutron's and cinder's use cannot be asked for,
 * nor anything of Octavia's.
 */
export async function askLimits(options: InvokeOptions): Promise<Limits> {
  const question = <T>(what: string, lookup: () => Promise<T>) => ask<T>({ path: "infrastructure", what, ask: lookup, optional: true });
  const scope = question("the project", () => getAuthScope({ name: "kpaas" }, options));
  const ofProject = <T>(what: string, lookup: (projectId: string) => Promise<T>) =>
    question(what, async () => {
      const found = await scope;
      // Whose quota is meant is not known: its own answer has said so.
      return found.kind === "found" && found.found.projectId ? await lookup(found.found.projectId) : undefined;
    });
  const [project, compute, network, volume] = await Promise.all([
    scope,
    // Without a project nova answers for the caller's own; naming even that one is for administrators on some clouds.
    question("nova's quota", () => getLimitsV2({ projectId: "" }, options)),
    ofProject("neutron's quota", (projectId) => getQuotaV2({ projectId }, options)),
    ofProject("cinder's quota", (projectId) => getQuotasetV3({ projectId }, options)),
  ]);
  const nova = compute.kind === "found" ? compute.found : undefined;
  const neutron = network.kind === "found" ? network.found : undefined;
  const cinder = volume.kind === "found" ? volume.found : undefined;
  const types = Object.keys(cinder?.volumeTypeQuota ?? {}).flatMap((key) =>
    key.startsWith("volumes_") ? [key.slice("volumes_".length)] : [],
  );
  const told: Readonly<Record<Quota, readonly [limit: number | undefined, used?: number | undefined]>> = {
    instances: [nova?.maxTotalInstances, nova?.totalInstancesUsed],
    cores: [nova?.maxTotalCores, nova?.totalCoresUsed],
    ram: [nova?.maxTotalRamSize, nova?.totalRamUsed],
    serverGroups: [nova?.maxServerGroups, nova?.totalServerGroupsUsed],
    volumes: [cinder?.volumes],
    gigabytes: [cinder?.gigabytes],
    networks: [neutron?.network],
    subnets: [neutron?.subnet],
    routers: [neutron?.router],
    ports: [neutron?.port],
    floatingIps: [neutron?.floatingip],
    securityGroups: [neutron?.securityGroup],
    securityGroupRules: [neutron?.securityGroupRule],
  };
  return {
    quotas: Object.fromEntries(
      Object.entries(told).flatMap(([quota, [limit, used]]) =>
        limit === undefined ? [] : [[quota, { limit, ...(used === undefined ? {} : { used }) }]],
      ),
    ),
    ...(types.length > 0 && { volumeTypes: types }),
    answers: [project, compute, network, volume],
  };
}
