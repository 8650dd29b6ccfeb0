import { request } from "node:https";
import { AnswerLostError, type CallHarbor, NotReachedError } from "./call";

/** Where a Harbor is and who configures it. */
export interface HarborLogin {
  /** Base URL of its core. */
  readonly url: string;
  readonly user: string;
  /** Secret. */
  readonly password: string;
  /** What signed the certificate that it shows there. PEM. */
  readonly ca: string;
}

/** How long an answer may take, in milliseconds. */
const PATIENCE = 30_000;

/** Words of TLS for a server that is another one. No repetition mends that. */
const UNTRUSTED = /^(UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|CERT_|ERR_TLS_CERT_)/;

/** Calls a Harbor over HTTPS, and no server that its authority has not signed. */
export function overHttps({ url, user, password, ca }: HarborLogin): CallHarbor {
  return ({ method, path, body, as }, signal) =>
    new Promise((resolve, reject) => {
      const text = body === undefined ? undefined : JSON.stringify(body);
      // Names of digits alone would be ids to it.
      const headers = { "x-is-resource-name": "true", ...(text === undefined ? {} : { "content-type": "application/json" }) };
      const auth = `${as?.user ?? user}:${as?.password ?? password}`;
      let isSent = false;
      const reasonOf = (error: NodeJS.ErrnoException): unknown => {
        if (signal.aborted) return signal.reason;
        if (UNTRUSTED.test(error.code ?? ""))
          return new Error(
            `what answers at ${url} is not this Harbor: its certificate is not of the authority that is given (${error.code})`,
          );
        const Kind = isSent ? AnswerLostError : NotReachedError;
        return new Kind(`${method} ${path.replace(/\?.*/, "")} at ${url}: ${error.message}`);
      };
      const failed = (error: Error): void => reject(reasonOf(error));
      // A connection for each call: a way that was closed in between tells nobody.
      const call = request(new URL(path, url), { method, headers, auth, ca, agent: false, signal, timeout: PATIENCE }, (response) => {
        let said = "";
        response.setEncoding("utf8");
        response.on("data", (piece: string) => {
          said += piece;
        });
        response.on("error", failed);
        response.on("end", () => resolve({ status: response.statusCode ?? 0, body: parsed(said) }));
      });
      call.on("socket", (socket) => socket.once("secureConnect", () => (isSent = true)));
      call.on("timeout", () => call.destroy(new Error("it took too long")));
      call.on("error", failed);
      call.end(text);
    });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
