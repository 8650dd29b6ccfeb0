import { request as plainRequest } from "node:http";
import { request as safeRequest } from "node:https";
import { isIP } from "node:net";

/** What is sent to somebody else. */
export interface Outgoing {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string | number>>;
  readonly body?: string;
  readonly timeoutMs: number;
}

/** What came back. */
export interface Incoming {
  readonly status: number;
  /** By lower-case names. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** Empty where it was not asked for. */
  readonly body: string;
}

/**
 * Sends to an address that was looked at, and to no other, whatever its name means a moment later; no redirection is followed.
 * @param address that of the URL's host
 * @param most characters of the answer's body that are read; 0: none of it
 */
export async function sendTo(address: string, { method, url, headers, body = "", timeoutMs }: Outgoing, most = 0): Promise<Incoming> {
  const family = isIP(address);
  const request = new URL(url).protocol === "https:" ? safeRequest : plainRequest;
  return await new Promise<Incoming>((resolve, reject) => {
    const sent = request(
      url,
      {
        ...{
          method,
          headers: { "content-length": Buffer.byteLength(body), ...headers },
          agent: false,
          signal: AbortSignal.timeout(timeoutMs),
        },
        lookup: (_name, options, done) =>
          options.all
            ? done(null, [{ address, family }])
            : (done as unknown as (e: null, a: string, f: number) => void)(null, address, family),
      },
      (answer) => {
        const told = (text: string) => {
          answer.destroy();
          const { statusCode = 0, headers: given } = answer;
          resolve({ status: statusCode, headers: given as Record<string, string | undefined>, body: text });
        };
        if (most === 0) return told("");
        let text = "";
        answer.setEncoding("utf8");
        answer.on("data", (piece: string) => {
          text += piece;
          if (text.length > most) told(text.slice(0, most));
        });
        answer.once("end", () => told(text)).once("error", reject);
      },
    );
    sent.once("error", reject);
    sent.end(body);
  });
}
