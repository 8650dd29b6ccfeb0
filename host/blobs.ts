import { createHash, randomUUID } from "node:crypto";
import { createReadStream, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { hasCode, makeFolder, removeFolder, removeUnfinished, saveWhole } from "./files";

/** A file that is called by its content. */
export interface Blob {
  /** `sha256:…`. */
  readonly digest: string;
  /** In bytes. */
  readonly size: number;
}

/** Raised where something is not what its digest says. */
export class WrongDigestError extends Error {
  constructor(
    readonly what: string,
    readonly actual: string,
    readonly expected: readonly string[],
  ) {
    super(`${what} has the digest ${actual}, and must have ${expected.length === 1 ? expected[0] : `one of ${expected.length} others`}`);
    this.name = "WrongDigestError";
  }
}

/** A folder of files that are called by their content, as an OCI layout has them: each is there whole, or not at all. */
export class Blobs {
  private readonly place: string;
  private readonly incoming: string;

  constructor(readonly folder: string) {
    this.place = join(folder, "blobs", "sha256");
    this.incoming = join(folder, "incoming");
  }

  /** Makes the folder, and takes away what killed processes have left. Only whoever has the folder for themselves may call it. */
  prepare(): void {
    makeFolder(this.place);
    removeUnfinished(this.place);
    removeFolder(this.incoming);
    makeFolder(this.incoming);
  }

  /** Ends what {@link prepare} began. */
  close(): void {
    removeFolder(this.incoming);
  }

  /** Where one is, or would be. */
  pathOf(digest: string): string {
    return join(this.place, digest.slice("sha256:".length));
  }

  /** Its size; undefined where it is not there. */
  sizeOf(digest: string): number | undefined {
    return statSync(this.pathOf(digest), { throwIfNoEntry: false })?.size;
  }

  /**
   * Keeps what arrives.
   * @param what as messages name it
   * @param expected the digests of which it must have one; none where nobody knows
   * @throws WrongDigestError where it has another: then nothing is kept
   */
  async save(content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>, what: string, expected: readonly string[] = []): Promise<Blob> {
    const hash = createHash("sha256");
    let size = 0;
    let digest = "";
    async function* counted(): AsyncGenerator<Uint8Array> {
      for await (const piece of content) {
        hash.update(piece);
        size += piece.length;
        yield piece;
      }
      digest = `sha256:${hash.digest("hex")}`;
      if (expected.length > 0 && !expected.includes(digest)) throw new WrongDigestError(what, digest, expected);
    }
    const arrived = join(this.incoming, randomUUID());
    await saveWhole(arrived, counted());
    renameSync(arrived, this.pathOf(digest));
    return { digest, size };
  }

  /** Takes away one that is not what it is called, as far as this user may. */
  drop(digest: string): void {
    try {
      rmSync(this.pathOf(digest), { force: true });
    } catch (error) {
      if (!hasCode(error, "EROFS", "EACCES", "EPERM")) throw error;
    }
  }

  /** What one really is, read anew. */
  async read(digest: string): Promise<Blob> {
    const hash = createHash("sha256");
    let size = 0;
    for await (const piece of createReadStream(this.pathOf(digest), { highWaterMark: 2 ** 20 }) as AsyncIterable<Buffer>) {
      hash.update(piece);
      size += piece.length;
    }
    return { digest: `sha256:${hash.digest("hex")}`, size };
  }
}
