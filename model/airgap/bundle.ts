import { contentDigest } from "../canonical";
import { at, fields, isFields, list, text } from "../data";
import type { AirGapEntry, AirGapKind } from "./entries";
import { KINDS, keyOf } from "./entries";

/** One thing that a bundle holds. */
export interface Artefact {
  /** That of the entry it is there for; several wheels may be there for one. */
  readonly key: string;
  readonly kind: AirGapKind;
  readonly name: string;
  readonly version: string;
  readonly source: string;
  readonly goes: "registry" | "files";
  readonly path: string;
  readonly licence?: string;
  /** Of a file its SHA-256, of an image or a chart that of the manifest which its tag names. */
  readonly digest: string;
  /** Of all that belongs to it, in bytes. */
  readonly size: number;
  /** Of an image or a chart: what kind of manifest it is. */
  readonly mediaType?: string;
  /** Of an image that was copied for one platform: what its tag names at home. */
  readonly home?: string;
  /** Everything that belongs to it, the digest itself among them. */
  readonly blobs: readonly { readonly digest: string; readonly size: number }[];
}

/** What a bundle holds, and for whom. */
export interface Bundle {
  readonly artefacts: readonly Artefact[];
  /** By environment, the keys of what it pulls. */
  readonly environments: Readonly<Record<string, readonly string[]>>;
}

/** What of an environment a bundle lacks: never bundled, or with none of the digests that it must have. */
export function missingIn({ artefacts }: Pick<Bundle, "artefacts">, entries: readonly AirGapEntry[]): AirGapEntry[] {
  const held = new Map<string, Artefact[]>();
  for (const each of artefacts) held.set(each.key, [...(held.get(each.key) ?? []), each]);
  return entries.filter((entry) => {
    if (entry.goes === "folder") return false;
    const there = held.get(keyOf(entry)) ?? [];
    return !there.some(({ digest, home }) => isOneOf(entry, home ?? digest));
  });
}

/** Whether something may be what an entry asks for. */
export function isOneOf({ digests }: Pick<AirGapEntry, "digests">, digest: string): boolean {
  return digests === undefined || digests.includes(digest);
}

/** The digest over all that a bundle holds: whoever knows it knows every byte. */
export function digestOfBundle({ artefacts, environments }: Bundle): string {
  return `sha256:${contentDigest({ artefacts, environments })}`;
}

const DIGEST = /^sha256:[0-9a-f]{64}$/;

/** Reads a bundle's manifest; what of it is no artefact is told by its place. */
export function parseBundle(data: unknown): { readonly bundle: Bundle; readonly wrong: readonly string[] } {
  const wrong: string[] = [];
  const artefacts = list(at(data, "artefacts")).flatMap((each, index) => {
    if (isArtefact(each)) return [each];
    wrong.push(`artefacts.${index}`);
    return [];
  });
  const environments = Object.entries(fields(at(data, "environments"))).map(([name, keys]) => [name, list(keys).map(String)] as const);
  return { bundle: { artefacts, environments: Object.fromEntries(environments) }, wrong };
}

function isArtefact(value: unknown): value is Artefact {
  if (!isFields(value)) return false;
  const { kind, key, name, version, source, goes, path, digest, size, blobs } = value;
  // A path that leads out of its folder would write elsewhere.
  const inside = text(path)
    ?.split("/")
    .every((part) => part !== "" && part !== "." && part !== "..");
  const known = KINDS.some((each) => each === kind) && (goes === "registry" || goes === "files");
  const whole = [key, name, version, source].every((each) => typeof each === "string") && typeof size === "number";
  return (
    known &&
    whole &&
    inside === true &&
    DIGEST.test(String(digest)) &&
    list(blobs).length > 0 &&
    list(blobs).every((blob) => DIGEST.test(String(at(blob, "digest"))) && typeof at(blob, "size") === "number")
  );
}
