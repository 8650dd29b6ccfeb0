import { join } from "node:path";
import { Blobs } from "../../host/blobs";
import { keepFile, parseFile, readIfThere, writeWhole } from "../../host/files";
import { withMutex } from "../../host/mutex";
import { type Artefact, type Bundle, digestOfBundle, parseBundle } from "../../model/airgap/bundle";
import { refuseNewer } from "../../model/formats";
import { InvalidInputError } from "../../model/problems";

/** The file that says what a bundle holds. */
const MANIFEST = "bundle.json";

const EMPTY: Bundle = { artefacts: [], environments: {} };

/** How often what was fetched is written down at the most, in milliseconds. */
const WRITE_MS = 1_000;

/**
 * A bundle's folder: an OCI layout (so that skopeo and oras can read it too) of images and charts, with files among its blobs, and
 * `bundle.json`, which says what they are.
 */
export class BundleFolder {
  readonly blobs: Blobs;
  private readonly held: Map<string, readonly Artefact[]>;
  private readonly environments: Map<string, readonly string[]>;
  private written = 0;

  private constructor(
    readonly path: string,
    bundle: Bundle,
  ) {
    this.blobs = new Blobs(path);
    const byKey = new Map<string, Artefact[]>();
    for (const each of bundle.artefacts) byKey.set(each.key, [...(byKey.get(each.key) ?? []), each]);
    this.held = byKey;
    this.environments = new Map(Object.entries(bundle.environments));
  }

  /** @throws InvalidInputError where there is no bundle or a torn one, RefusedError where a later version made it */
  static open(path: string): BundleFolder {
    const bundle = readManifest(path);
    if (bundle !== undefined) return new BundleFolder(path, bundle);
    const remedy = "make one with `kpaas airgap bundle ENV --to FOLDER`, or name the folder that holds one";
    throw wrongFolder(path, `holds no ${MANIFEST}`, remedy);
  }

  /** Works on the folder, which is made where there is none, with nobody beside. */
  static async alone<T>(path: string, signal: AbortSignal | undefined, work: (folder: BundleFolder) => Promise<T>): Promise<T> {
    return await withMutex(join(path, "bundle.mutex"), signal ? { signal } : {}, async () => {
      const folder = new BundleFolder(path, readManifest(path) ?? EMPTY);
      folder.blobs.prepare();
      try {
        return await work(folder);
      } finally {
        folder.blobs.close();
      }
    });
  }

  /** What it holds. */
  get bundle(): Bundle {
    const artefacts = [...this.held.values()].flat();
    return {
      artefacts: artefacts.sort((a, b) => (`${a.key} ${a.path}` < `${b.key} ${b.path}` ? -1 : 1)),
      environments: Object.fromEntries([...this.environments].sort(([a], [b]) => (a < b ? -1 : 1))),
    };
  }

  /** What is there for an entry, as far as nothing of it is missing. */
  whole(key: string): readonly Artefact[] {
    const there = this.held.get(key) ?? [];
    return there.every(({ blobs }) => blobs.every(({ digest, size }) => this.blobs.sizeOf(digest) === size)) ? there : [];
  }

  /** Takes down what was fetched for an entry. It is on the disk within a second of the next one, or with {@link write}. */
  add(key: string, artefacts: readonly Artefact[]): void {
    this.held.set(key, artefacts);
    if (Date.now() - this.written > WRITE_MS) this.write();
  }

  /** Takes down what an environment pulls. */
  belongs(environment: string, keys: readonly string[]): void {
    this.environments.set(environment, [...keys].sort());
  }

  /** Writes down what it holds; gives the digest over all of it. */
  write(): string {
    const { bundle } = this;
    const digest = digestOfBundle(bundle);
    const manifests = bundle.artefacts.flatMap(({ mediaType, digest, blobs, path, goes }) =>
      goes === "registry"
        ? [
            {
              ...{ mediaType, digest, size: blobs.find((blob) => blob.digest === digest)?.size },
              annotations: { "org.opencontainers.image.ref.name": path },
            },
          ]
        : [],
    );
    keepFile(join(this.path, "oci-layout"), `${JSON.stringify({ imageLayoutVersion: "1.0.0" })}\n`);
    writeWhole(join(this.path, "index.json"), `${JSON.stringify({ schemaVersion: 2, manifests })}\n`);
    writeWhole(join(this.path, MANIFEST), `${JSON.stringify({ version: 1, digest, ...bundle }, undefined, 1)}\n`);
    this.written = Date.now();
    return digest;
  }
}

function readManifest(path: string): Bundle | undefined {
  const file = join(path, MANIFEST);
  const content = readIfThere(file);
  if (content === undefined) return undefined;
  const remedy = "bring the folder over anew, or fetch what it lacks with `kpaas airgap bundle`: what is whole in it is not fetched again";
  const data = parseFile(file, content, remedy);
  refuseNewer("bundle", data, path);
  const { bundle, wrong } = parseBundle(data);
  if (wrong.length > 0) throw wrongFolder(path, `has a ${MANIFEST} in which ${wrong.join(", ")} is no artefact`, remedy);
  const said = typeof data === "object" && data !== null && "digest" in data ? data.digest : undefined;
  if (said !== digestOfBundle(bundle)) throw wrongFolder(path, `has a ${MANIFEST} that was changed: its digest is another`, remedy);
  return bundle;
}

function wrongFolder(path: string, reason: string, remedy: string): InvalidInputError {
  return new InvalidInputError([{ environment: path, path: "", reason, remedy, severity: "error" }]);
}
