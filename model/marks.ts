import { fields, text } from "./data";

/** What kpaas wrote on a resource of a cloud: whose it is. */
export interface Marks {
  /** The machine's key. */
  readonly key?: string;
  readonly volume?: string;
  readonly roles: readonly string[];
}

/** Reads what kpaas wrote on a resource, by its inputs: as metadata, tags or labels, whichever its cloud has. */
export function marksOf(inputs: unknown): Marks {
  const { metadata, tags, labels } = fields(inputs);
  const written = { ...fields(metadata), ...fields(tags), ...fields(labels) };
  const [key, volume] = [text(written["kpaas-key"]), text(written["kpaas-volume"])];
  return {
    ...(key === undefined ? {} : { key }),
    ...(volume === undefined ? {} : { volume }),
    roles: (text(written["kpaas-roles"]) ?? "").split(/[ _]/), // not every cloud takes blanks
  };
}

/** What people call a volume: by its own name, and whose it is. */
export function volumeTitle(inputs: unknown): string | undefined {
  const { key, volume } = marksOf(inputs);
  return volume === undefined ? undefined : [volume, ...(key === undefined ? [] : [key])].join(" of ");
}
