import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { createReadStream } from "node:fs";
import { PassThrough, pipeline, type Readable, type Writable } from "node:stream";
import { OperationFailedError } from "../../engine/errors";
import { PRIVATE, saveWhole, writeWhole } from "../../host/files";
import { withTemporaryFolder } from "../../host/temporary";

/** A file as it was written. */
export interface SealedFile {
  /** Bytes of what is in it. */
  readonly bytes: number;
  /** Bytes of the file itself. */
  readonly size: number;
  /** SHA-256 of the file itself, hexadecimal. */
  readonly sha256: string;
}

/** How long is what openssl says of a failure that is kept. */
const SAID = 400;

/**
 * Writes what `fill` prints into a file, encrypted to a certificate as the backups of etcd are (`openssl cms`); readable by its owner only, and
 * there whole or not at all. Nothing is in clear on this machine's disk.
 * @param onBytes told how many bytes have come so far
 */
export async function writeSealed(
  path: string,
  certificate: string,
  fill: (to: Writable) => Promise<void>,
  onBytes?: (bytes: number) => void,
): Promise<SealedFile> {
  return await withTemporaryFolder("seal", async (folder) => {
    const to = `${folder}/certificate.pem`;
    writeWhole(to, certificate, { durable: false });
    const openssl = startOpenssl(["-encrypt", "-stream", "-aes-256-cbc", to]);
    let bytes = 0;
    const counted = new PassThrough();
    counted.on("data", (piece: Buffer) => {
      bytes += piece.length;
      onBytes?.(bytes);
    });
    counted.pipe(openssl.input);
    openssl.input.once("error", (error) => counted.destroy(error));
    const hash = createHash("sha256");
    let size = 0;
    const written = async function* () {
      for await (const piece of openssl.output as AsyncIterable<Buffer>) {
        hash.update(piece);
        size += piece.length;
        yield piece;
      }
      // What stops short must not be put in place: it is the whole text or nothing.
      await openssl.ended;
      await filled;
    };
    const filled = fill(counted).then(
      () => undefined,
      (error: unknown) => {
        counted.destroy();
        openssl.input.destroy();
        throw error;
      },
    );
    filled.catch(() => undefined);
    openssl.ended.catch(() => undefined);
    await saveWhole(path, written(), PRIVATE);
    return { bytes, size, sha256: hash.digest("hex") };
  });
}

/** What is in a file that was written so. @param key path of the private key that belongs to the certificate */
export async function* readSealed(path: string, key: string): AsyncGenerator<Buffer> {
  const openssl = startOpenssl(["-decrypt", "-inkey", key, "-in", path]);
  openssl.input.end();
  openssl.ended.catch(() => undefined);
  for await (const piece of openssl.output as AsyncIterable<Buffer>) yield piece;
  await openssl.ended;
}

/** SHA-256 of a file, hexadecimal. */
export async function checksumOf(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const piece of createReadStream(path)) hash.update(piece as Buffer);
  return hash.digest("hex");
}

function startOpenssl(args: readonly string[]): { input: Writable; output: Readable; ended: Promise<void> } {
  const form = args[0] === "-encrypt" ? ["-outform", "DER"] : ["-inform", "DER"];
  const [mode = "", ...rest] = args;
  const child = spawn("openssl", ["cms", mode, "-binary", ...form, ...rest], { stdio: ["pipe", "pipe", "pipe"] });
  child.stdin.on("error", () => undefined);
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    said = `${said}${text}`.slice(0, SAID);
  });
  const ended = once(child, "close").then(
    ([code]) => {
      if (code === 0) return;
      const doing = mode === "-encrypt" ? "encrypt" : "decrypt, or the key is not the one that it was encrypted to";
      throw new OperationFailedError(`openssl could not ${doing}: ${said.trim()}`);
    },
    (error: unknown) => {
      throw new OperationFailedError("openssl cannot be started: install it, backups are encrypted by it", { cause: error });
    },
  );
  // What nobody reads yet when a process ends is thrown away: here it waits for whoever does.
  const output = new PassThrough();
  pipeline(child.stdout, output, () => undefined);
  return { input: child.stdin, output, ended };
}
