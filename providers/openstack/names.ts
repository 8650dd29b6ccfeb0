import { physicalName } from "../../model/names";
import type { Labels } from "../../model/plan/infrastructure-types";

/**
 * What OpenStack's services take, the narrowest of the releases in use. One table for the checks, for what is made and for the sandbox,
 * which refuses the same.
 */
export const openstackLimits = {
  /** Characters of a name, a description, a value of metadata. */
  text: 255,
  /** Nova's metadata of a server: characters of a key, and how many there are by quota. */
  serverMetadata: { key: "A-Za-z0-9_:. -", items: 128 },
  /** Cinder's metadata of a volume. */
  volumeMetadata: { key: "A-Za-z0-9_:. /-" },
  /** Tags of neutron and Octavia: characters (60 before Xena, 255 since), and how many on one object. */
  tag: { oldest: 60, newest: 255, items: 50 },
  /** Resolvers of one subnet. */
  resolvers: 5,
  /** Address pairs of one port. */
  addressPairs: 10,
} as const;

/** The keys of the metadata that kpaas puts beside the labels. */
export const ownMetadata: readonly string[] = ["kpaas-environment", "kpaas-key", "kpaas-roles", "kpaas-volume"];

/**
 * Labels as metadata of servers and volumes. Nova takes no slash in a key: it becomes a colon, which no label key has, so that two never
 * become one. A key that is too long is shortened, with a hash.
 */
export function openstackMetadata(labels: Labels): Record<string, string> {
  const limit = { max: openstackLimits.text, charset: openstackLimits.serverMetadata.key };
  return Object.fromEntries(Object.entries(labels).map(([key, value]) => [physicalName([key.replaceAll("/", ":")], limit), value]));
}

/** Labels as tags, `KEY=VALUE`, sorted. One that is too long for the oldest clouds is shortened, with a hash. */
export function openstackTags(labels: Labels): string[] {
  const limit = { max: openstackLimits.tag.oldest, charset: "A-Za-z0-9_.:/=-" };
  return Object.entries(labels)
    .map(([key, value]) => physicalName([`${key}=${value}`], limit))
    .sort();
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Whether a text of the file is an id. What looks like one is never taken for a name, which anybody could have given to something. */
export function isId(text: string): boolean {
  return UUID.test(text);
}

/** A zone's name as designate has it. */
export function zoneName(zone: string): string {
  return zone.endsWith(".") ? zone : `${zone}.`;
}
