import { readFileSync } from "node:fs";
import { type Blob, type Blobs, WrongDigestError } from "../../host/blobs";
import type { Artefact } from "../../model/airgap/bundle";
import { isOneOf } from "../../model/airgap/bundle";
import type { AirGapEntry } from "../../model/airgap/entries";
import { imageName } from "../../model/airgap/image";
import { at, list, text } from "../../model/data";
import { HttpError } from "../../reach/registry/http";
import { type Descriptor, type FoundManifest, MANIFESTS, type Registry } from "../../reach/registry/registry";

/** What kubespray's nodes run. */
const PLATFORM = { os: "linux", architecture: "amd64" } as const;

/** What an image or a chart consists of, as a bundle's artefact has it. */
export type Copied = Pick<Artefact, "digest" | "size" | "mediaType" | "blobs">;

/** A registry, and the blobs that are being fetched from anywhere: what two images share comes once. */
export interface Source {
  readonly registry: Registry;
  readonly blobs: Blobs;
  readonly arriving: Map<string, Promise<Blob>>;
}

/**
 * Copies an image. One whose digest is known beforehand is copied for all platforms, for only so its digest holds; of others those parts that
 * the nodes run.
 */
export async function copyImage(entry: AirGapEntry, source: Source): Promise<Copied & Pick<Artefact, "home">> {
  const { path, tag, digest } = imageName(entry.source);
  const found = await source.registry.manifest(path, digest ?? tag);
  if (!isOneOf(entry, found.digest)) throw new WrongDigestError(entry.source, found.digest, entry.digests ?? []);
  if (entry.digests !== undefined || !isIndex(found.mediaType)) return await copyTree(path, found, source);
  const child = list(at(JSON.parse(found.content.toString()), "manifests")).find(isOurs);
  const wanted = text(at(child, "digest"));
  if (wanted === undefined) throw new Error(`${entry.source} is not for ${PLATFORM.os}/${PLATFORM.architecture}`);
  return { ...(await copyTree(path, await named(path, wanted, source), source)), home: found.digest };
}

function isOurs(manifest: unknown): boolean {
  return at(manifest, "platform.os") === PLATFORM.os && at(manifest, "platform.architecture") === PLATFORM.architecture;
}

/** Copies a manifest and all that it names, the manifest last. */
export async function copyTree(path: string, found: FoundManifest, source: Source): Promise<Copied> {
  const parts = new Map<string, number>();
  for (const { digest, size, mediaType } of partsOf(found.mediaType, found.content)) {
    if (isManifest(mediaType)) {
      for (const part of (await copyTree(path, await named(path, digest, source), source)).blobs) parts.set(part.digest, part.size);
      continue;
    }
    if (source.blobs.sizeOf(digest) !== size) {
      const arriving = source.arriving.get(digest) ?? source.blobs.save(source.registry.blob(path, digest), `${path}@${digest}`, [digest]);
      source.arriving.set(digest, arriving);
      const arrived = await arriving.finally(() => source.arriving.delete(digest));
      if (arrived.size !== size) throw new Error(`${path}@${digest} has ${arrived.size} bytes, and its manifest says ${size}`);
    }
    parts.set(digest, size);
  }
  await source.blobs.save([found.content], path, [found.digest]);
  parts.set(found.digest, found.size);
  const blobs = [...parts].map(([digest, size]) => ({ digest, size }));
  return { digest: found.digest, mediaType: found.mediaType, size: blobs.reduce((sum, { size }) => sum + size, 0), blobs };
}

async function named(path: string, digest: string, { registry }: Source): Promise<FoundManifest> {
  const found = await registry.manifest(path, digest);
  if (found.digest !== digest) throw new WrongDigestError(`${path}@${digest}`, found.digest, [digest]);
  return found;
}

/** What a manifest names, in the order it is put into a registry: manifests of an index, or config and layers. */
export function partsOf(mediaType: string, content: Buffer): Descriptor[] {
  const manifest: unknown = JSON.parse(content.toString());
  const parts = isIndex(mediaType) ? list(at(manifest, "manifests")) : [at(manifest, "config"), ...list(at(manifest, "layers"))];
  return parts.flatMap((part) => {
    const [digest, type] = [text(at(part, "digest")), text(at(part, "mediaType"))];
    const size = at(part, "size");
    if (digest === undefined || type === undefined || typeof size !== "number" || !/^sha256:[0-9a-f]{64}$/.test(digest)) return [];
    return [{ digest, mediaType: type, size }];
  });
}

/** Puts an image or a chart into a registry, unless it is there: first what it names. Tells whether anything was put. */
export async function pushTree(
  root: Pick<Descriptor, "digest" | "mediaType">,
  { path, tag }: { readonly path: string; readonly tag: string },
  { registry, blobs }: Omit<Source, "arriving">,
): Promise<boolean> {
  if ((await registry.digestAt(path, tag)) === root.digest) return false;
  const upload = async (digest: string): Promise<void> => {
    try {
      await registry.upload(path, { digest, file: blobs.pathOf(digest) });
    } catch (error) {
      // A registry looks at what it is given; whose fault it is, only we can tell.
      const real = error instanceof HttpError && error.status === 400 ? (await blobs.read(digest)).digest : digest;
      throw real === digest ? error : new WrongDigestError(`a layer of ${path}:${tag}`, real, [digest]);
    }
  };
  const put = async ({ digest, mediaType }: Pick<Descriptor, "digest" | "mediaType">, reference: string): Promise<void> => {
    const content = readFileSync(blobs.pathOf(digest));
    const { digest: real } = await blobs.read(digest);
    if (real !== digest) throw new WrongDigestError(`${path}:${tag}`, real, [digest]);
    for (const part of partsOf(mediaType, content)) {
      if (isManifest(part.mediaType)) await put(part, part.digest);
      else await upload(part.digest);
    }
    await registry.putManifest(path, reference, { mediaType, content });
  };
  await put(root, tag);
  return true;
}

function isIndex(mediaType: string): boolean {
  return MANIFESTS.index.some((each) => each === mediaType);
}

function isManifest(mediaType: string): boolean {
  return isIndex(mediaType) || MANIFESTS.single.some((each) => each === mediaType);
}
