import { Agent, request } from "node:https";
import { ApiError } from "../api";
import { type Fields, fields, isFields, text as textOf } from "../values";

/** How to reach an API server. */
export interface Connection {
  /** `https://host:port`. */
  readonly server: string;
  /** The certificates it is trusted by, PEM. */
  readonly ca: string;
  /** A bearer token. */
  readonly token: string;
}

/** How a client behaves. */
export interface ClientOptions {
  /**
   * How long, in milliseconds, the server may say nothing.
   * @default 60000
   */
  readonly silenceMs?: number;
  /** Settles when requests may be sent; asked before each. */
  readonly ready?: () => Promise<void>;
}

/** JSON over HTTPS; refusals become {@link ApiError}s with the server's own message. */
export class HttpClient {
  private readonly agent: Agent;

  constructor(
    private readonly connection: Connection,
    private readonly options: ClientOptions = {},
  ) {
    this.agent = new Agent({ ca: connection.ca, keepAlive: true, maxSockets: 8 });
  }

  /** @throws ApiError for what the server refuses, Error where it cannot be reached, falls silent or says what is no JSON. */
  async request(method: string, path: string, body?: Fields, type = "application/json"): Promise<Fields> {
    await this.options.ready?.();
    const { server, token } = this.connection;
    const text = body === undefined ? undefined : JSON.stringify(body);
    // Node names no length for the body of a DELETE by itself.
    const length = text === undefined ? {} : { "content-type": type, "content-length": Buffer.byteLength(text) };
    const headers = { authorization: `Bearer ${token}`, accept: "application/json", ...length };
    const { agent, options } = this;
    const timeout = options.silenceMs ?? 60_000;
    return await new Promise((resolve, reject) => {
      const fail = (why: string): void => reject(new Error(`${method} ${server}${path}: ${why}`));
      const call = request(`${server}${path}`, { method, headers, agent, timeout }, (response) => {
        let answer = "";
        response.setEncoding("utf8").on("data", (part: string) => {
          answer += part;
        });
        response.on("error", ({ message }) => fail(message));
        response.on("end", () => {
          const value = parsed(answer);
          const code = response.statusCode ?? 0;
          if (code < 200 || code >= 300)
            reject(
              new ApiError(reasonOf(code, fields(value)), textOf(fields(value).message) ?? `${method} ${path}: ${code} ${answer.trim()}`),
            );
          else if (isFields(value)) resolve(value);
          else fail(`the answer is no JSON object: ${answer.slice(0, 80)}`);
        });
      });
      call.on("timeout", () => call.destroy(new Error("no answer in time")));
      call.on("error", ({ message }) => fail(message));
      call.end(text);
    });
  }
}

/** The answer as JSON; undefined where it is none, as a proxy's own refusals are. */
function parsed(answer: string): unknown {
  try {
    return JSON.parse(answer);
  } catch {
    return undefined;
  }
}

function reasonOf(code: number, status: Fields): ApiError["reason"] {
  if (code === 404) return "NotFound";
  if (code === 422) return "Invalid";
  if (code === 403) return "Forbidden";
  return status.reason === "AlreadyExists" ? "AlreadyExists" : "Other";
}
