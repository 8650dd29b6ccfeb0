import { physicalName } from "../../model/names";
import type { Labels, Role } from "../../model/plan/infrastructure-types";
import type { EnvironmentPlan } from "../../model/plan/types";

/** What vCenter takes. One table for the checks, for what is made and for the sandbox, which refuses the same. */
export const vsphereLimits = {
  /** Characters of the name of a machine, folder, resource pool or rule. */
  name: 80,
  /** Characters of the name of a tag, and of a category. */
  tag: 255,
  /** Disks on a machine's first controller beside the one it boots from: its places are 1 to 14. */
  volumes: 14,
  /** The oldest virtual hardware whose disks the storage driver of vSphere for Kubernetes takes. */
  hardwareVersion: 15,
} as const;

/** The keys of tags that kpaas puts beside the labels. */
export const ownTags: readonly string[] = ["kpaas-role", "kpaas-zone"];

/** A label, or what is known of a machine, as a tag: `KEY=VALUE`. One that is too long is shortened, with a hash. */
export function tagName(key: string, value: string): string {
  return physicalName([`${key}=${value}`], { max: vsphereLimits.tag, charset: "A-Za-z0-9_.:/=-" });
}

/** Every tag of an environment, by what its resource is called: labels, roles and zones. */
export function tagsOf({ labels, machines }: Pick<EnvironmentPlan, "labels" | "machines">): Readonly<Record<string, string>> {
  const roles = new Set(machines.flatMap((machine) => machine.roles));
  const zones = new Set(machines.flatMap(({ zone }) => zone ?? []));
  return {
    ...Object.fromEntries(Object.keys(labels).map((key) => [labelTag(key), tagName(key, labels[key] ?? "")])),
    ...Object.fromEntries([...roles].map((role) => [roleTag(role), tagName("kpaas-role", role)])),
    ...Object.fromEntries([...zones].map((zone) => [zoneTag(zone), tagName("kpaas-zone", zone)])),
  };
}

/** The tags that everything of an environment has which can have some. */
export function commonTags(labels: Labels): string[] {
  return Object.keys(labels).map(labelTag);
}

/** Those of a machine. */
export function machineTags(labels: Labels, { roles, zone }: { readonly roles: readonly Role[]; readonly zone?: string }): string[] {
  return [...commonTags(labels), ...roles.map(roleTag), ...(zone === undefined ? [] : [zoneTag(zone)])];
}

const labelTag = (key: string): string => `label-${key.replaceAll("/", ":")}`;
const roleTag = (role: string): string => `role-${role}`;
const zoneTag = (zone: string): string => `zone-${part(zone)}`;

/** A name of the file's own as a part of a resource's. */
export function part(text: string): string {
  return physicalName([text], { max: 60, charset: "A-Za-z0-9_.-" });
}
