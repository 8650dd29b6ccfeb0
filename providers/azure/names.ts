import { createHash } from "node:crypto";
import { physicalName, shortHash } from "../../model/names";
import type { MachinePlan } from "../../model/plan/infrastructure-types";
import type { EnvironmentPlan } from "../../model/plan/types";

/**
 * What Azure takes, by type of resource, from "Naming rules and restrictions for Azure resources". One table for the checks, for what is made and
 * for the sandbox, which refuses the same. Every name begins with the environment's, and so with a letter, as most types want.
 */
export const azureLimits = {
  resourceGroup: { max: 90, charset: "A-Za-z0-9_.()-" },
  virtualNetwork: { max: 64, charset: "A-Za-z0-9_.-" },
  subnet: { max: 80, charset: "A-Za-z0-9_.-" },
  securityGroup: { max: 80, charset: "A-Za-z0-9_.-" },
  /** Of a security group, and of a group of interfaces. */
  rule: { max: 80, charset: "A-Za-z0-9_.-" },
  applicationGroup: { max: 80, charset: "A-Za-z0-9_.-" },
  natGateway: { max: 80, charset: "A-Za-z0-9_.-" },
  publicAddress: { max: 80, charset: "A-Za-z0-9_.-" },
  balancer: { max: 80, charset: "A-Za-z0-9_.-" },
  interface: { max: 80, charset: "A-Za-z0-9_.-" },
  /** Of Linux; the guest's own name is the same. */
  machine: { max: 64, charset: "A-Za-z0-9-" },
  disk: { max: 80, charset: "A-Za-z0-9_-" },
  identity: { max: 128, charset: "A-Za-z0-9_-" },
  role: { max: 512, charset: "A-Za-z0-9 _.()-" },
  /** Of a rule. */
  description: 140,
  tag: { key: 512, value: 256, items: 50, refused: "<>%&\\?/" },
  /** Of custom data, before it is encoded. */
  customData: 65_535,
  /** Rules of one security group in both directions, as long as nobody has the quota raised. */
  rules: 1000,
  /** Prefixes, or ports, that a security group's rules name together. */
  rulePrefixes: 4000,
  priority: { first: 100, last: 4096 },
  /** The prefixes that a subnet may have. */
  prefix: { shortest: 2, longest: 29 },
  /** Places that a machine has for data disks; how many of them its size may use, Azure says. */
  luns: 64,
} as const;

/** The type of a data disk for which the file names none. */
export const DATA_DISK = "Premium_LRS";

/** What no user of a machine is called: "disallowed values" of `adminUsername`. */
export const refusedUsers: readonly string[] = [
  ...["1", "123", "a", "actuser", "adm", "admin", "admin1", "admin2", "administrator", "aspnet", "backup", "console", "david", "guest"],
  ...["john", "owner", "root", "server", "sql", "support", "support_388945a0", "sys", "test", "test1", "test2", "test3"],
  ...["user", "user1", "user2", "user3", "user4", "user5"],
];

/** The keys of the tags that kpaas puts beside the labels. */
export const ownTags: readonly string[] = ["kpaas-environment", "kpaas-key", "kpaas-roles", "kpaas-volume"];

/** The name the cloud shows: the environment's and what the thing is. */
export function azureName(
  plan: Pick<EnvironmentPlan, "environment">,
  limit: { readonly max: number; readonly charset: string },
  ...parts: string[]
): string {
  return physicalName([plan.environment, ...parts], limit);
}

/** The resource group that is made where the file names none. */
export function groupName(plan: Pick<EnvironmentPlan, "environment">): string {
  return azureName(plan, azureLimits.resourceGroup);
}

export function securityGroupName(plan: Pick<EnvironmentPlan, "environment">): string {
  return azureName(plan, azureLimits.securityGroup, "machines");
}

export function machineName(plan: Pick<EnvironmentPlan, "environment">, machine: Pick<MachinePlan, "name">): string {
  return azureName(plan, azureLimits.machine, machine.name);
}

/** A data disk's, of the machine's key: two whose words run together are told apart. */
export function diskName({ environment }: Pick<EnvironmentPlan, "environment">, { key }: Pick<MachinePlan, "key">, volume: string): string {
  return physicalName([environment, key, volume, shortHash([key, volume])], azureLimits.disk);
}

/** A GUID that follows from what it is for: roles and their assignments have one as their name. */
export function guidOf(...parts: string[]): string {
  const hash = createHash("sha256").update(JSON.stringify(parts)).digest("hex");
  return [hash.slice(0, 8), hash.slice(8, 12), `5${hash.slice(13, 16)}`, `8${hash.slice(17, 20)}`, hash.slice(20, 32)].join("-");
}

/** A description as short as Azure takes one. */
export function described(text: string): string {
  return text.length <= azureLimits.description ? text : `${text.slice(0, azureLimits.description - 1)}…`;
}

/** An image as Azure is told it. */
export type ImageReference =
  | { readonly id: string }
  | { readonly publisher: string; readonly offer: string; readonly sku: string; readonly version: string };

const IMAGE_ID =
  /^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+\/providers\/Microsoft\.Compute\/(images\/[^/]+|galleries\/[^/]+\/images\/[^/]+\/versions\/[\d.]+)$/i;

/** An image by resource id, of a gallery with its version, or by the marketplace's four names; undefined for what is not pinned so. */
export function imageReference(image: string): ImageReference | undefined {
  if (IMAGE_ID.test(image)) return { id: image };
  const [, publisher, offer, sku, version] = /^([^:/]+):([^:/]+):([^:/]+):(\d+\.\d+\.\d+)$/.exec(image) ?? [];
  return publisher === undefined || offer === undefined || sku === undefined || version === undefined
    ? undefined
    : { publisher, offer, sku, version };
}
