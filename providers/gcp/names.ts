import { physicalName, shortHash } from "../../model/names";
import type { Labels } from "../../model/plan/infrastructure-types";
import type { EnvironmentPlan } from "../../model/plan/types";
import { balancesServices } from "./plan";

/**
 * What GCP's services take. One table for the checks, for what is made and for the sandbox, which refuses the same. Patterns are those of the
 * discovery documents (compute v1, iam v1); numbers of items stand in the reference only.
 */
export const gcpLimits = {
  /** Of every object of Compute Engine: `[a-z](?:[-a-z0-9]{0,61}[a-z0-9])?`. */
  name: { max: 63, charset: "a-z0-9-" },
  /** Of a service account, in its address. */
  account: { min: 6, max: 30, charset: "a-z0-9-" },
  label: { key: 63, value: 63, items: 64, charset: "a-z0-9_-" },
  /** Of a firewall rule, an address and others. */
  description: 2048,
  /** Accounts that one rule may name on a side, and prefixes. */
  rule: { accounts: 10, ranges: 5000 },
  /** The prefixes that a subnet may have. */
  prefix: { shortest: 8, longest: 29 },
  /** Bytes of one value of a machine's metadata. */
  metadata: 262_144,
  /** Resolvers of one DNS policy. */
  resolvers: 10,
} as const;

/** The types of disks, and the GiB that one of each may have: https://cloud.google.com/compute/docs/disks. */
export const DISKS: Readonly<Record<string, readonly [least: number, most: number]>> = {
  ...{ "pd-balanced": [10, 65_536], "pd-ssd": [10, 65_536], "pd-standard": [10, 65_536], "pd-extreme": [500, 65_536] },
  ...{ "hyperdisk-balanced": [4, 65_536], "hyperdisk-balanced-high-availability": [4, 65_536], "hyperdisk-extreme": [64, 65_536] },
  ...{ "hyperdisk-ml": [4, 65_536], "hyperdisk-throughput": [2048, 32_768] },
};

/** The type of data disks and of volumes in the cluster, where the file names none. */
export const DATA_DISK = "pd-balanced";

/** The keys of the labels that kpaas puts beside the file's. */
export const ownLabels: readonly string[] = ["kpaas-environment", "kpaas-key", "kpaas-roles", "kpaas-volume"];

/** The name the cloud shows: the environment's and what the thing is. */
export function gcpName({ environment }: { readonly environment: string }, ...parts: string[]): string {
  return physicalName([environment, ...parts], gcpLimits.name);
}

/** What a machine is called: as its node is, where the cloud's controller takes a node for the instance of its name; else after its environment. */
export function instanceName(plan: Pick<EnvironmentPlan, "environment" | "platform">, name: string): string {
  return balancesServices(plan) ? name : gcpName(plan, name);
}

/** The network tag of the machines that the cloud's controller leads to, by which alone its firewall rules know them. */
export function nodeTag(plan: { readonly environment: string }): string {
  return gcpName(plan, "services");
}

/** How disks of volumes in the cluster begin, before `-` and a UUID of 36 characters: by it the driver may change these and no others. */
export function volumePrefix({ environment }: { readonly environment: string }): string {
  return physicalName([environment, "pvc"], { ...gcpLimits.name, max: gcpLimits.name.max - 37 });
}

/** The first part of a service account's address, which has six characters at least. */
export function accountId({ environment }: { readonly environment: string }, role: string): string {
  const name = physicalName([environment, role], gcpLimits.account);
  return name.length < gcpLimits.account.min ? `${name}-${shortHash([environment, role])}` : name;
}

/** A role's id in the project, which takes no hyphens; an environment's name has nothing else that it does not take. */
export function roleId({ environment }: { readonly environment: string }, what: string): string {
  return `${environment.replaceAll("-", "_")}.${what}`;
}

/**
 * Labels as GCP takes them: small letters, digits, `_` and `-`, a letter first. What has anything else, or is too long, ends in a hash of what it
 * was, so that two never become one.
 */
export function gcpLabels(labels: Labels): Record<string, string> {
  return Object.fromEntries(
    Object.entries(labels).map(([key, value]) => {
      const fitting = physicalName([key], { max: gcpLimits.label.key, charset: gcpLimits.label.charset });
      // A key begins with a letter.
      const own = /^[a-z]/.test(fitting)
        ? fitting
        : physicalName([`x-${key}`, "key"], { max: gcpLimits.label.key, charset: gcpLimits.label.charset });
      return [own, value === "" ? "" : physicalName([value], { max: gcpLimits.label.value, charset: gcpLimits.label.charset })];
    }),
  );
}
