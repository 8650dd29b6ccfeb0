import { text } from "../../model/data";
import type { Values } from "../../model/findable";
import type { Marks } from "../../model/marks";

/*
 * Whose a thing is: tags are lists of ids here, which say nothing by themselves. Of a machine its note says it, of a volume its file.
 */

/** The note on a machine. */
export function noteOf(environment: string, key: string, roles: readonly string[]): string {
  return `kpaas ${environment}: ${key} (${roles.join(", ")})`;
}

/** The file of a volume; neither a key nor a volume's name holds the dot between them. */
export function volumeFile(environment: string, key: string, volume: string): string {
  return `kpaas-${environment}/${key}.${volume}.vmdk`;
}

/** Reads both. */
export function marks({ annotation, vmdkPath }: Values): Marks {
  const [, machine, roles = ""] = /^kpaas \S+: (\S+) \((.*)\)$/.exec(text(annotation) ?? "") ?? [];
  if (machine !== undefined) return { key: machine, roles: roles.split(", ") };
  const [, key, volume] = /\/([^/.]+)\.([^/.]+)\.vmdk$/.exec(text(vmdkPath) ?? "") ?? [];
  return key === undefined || volume === undefined ? { roles: [] } : { key, volume, roles: [] };
}
