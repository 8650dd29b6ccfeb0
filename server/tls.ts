import { readFileSync } from "node:fs";
import type { Server } from "node:https";

const MINUTE = 60_000;

/** Files of a certificate and its key. */
export interface TlsFiles {
  readonly cert: string;
  readonly key: string;
}

/** Reads them. @throws Error that names the file */
export function readTls({ cert, key }: TlsFiles): { readonly cert: string; readonly key: string } {
  return { cert: readFileSync(cert, "utf8"), key: readFileSync(key, "utf8") };
}

/**
 * Has a server go over to a certificate that was renewed, looked at every minute. Gives what ends that.
 * @param failed told of files that are no pair: the server keeps the one it has
 */
export function followTls(
  server: Pick<Server, "setSecureContext">,
  files: TlsFiles,
  failed: (error: unknown) => void,
  every = MINUTE,
): () => void {
  let last = JSON.stringify(readTls(files));
  const timer = setInterval(() => {
    try {
      const now = readTls(files);
      if (JSON.stringify(now) === last) return;
      server.setSecureContext({ ...now, minVersion: "TLSv1.2" });
      last = JSON.stringify(now);
    } catch (error) {
      failed(error);
    }
  }, every);
  timer.unref();
  return () => clearInterval(timer);
}
