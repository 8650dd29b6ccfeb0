import { Agent, request } from "node:https";
import { ApiError } from "../api";
import { type Fields, fields, text as textOf } from "../values";

/** How to reach an API server. */
export interface Connection {
  /** `https://host:port`. */
  readonly server: string;
  /** The certificates it is trusted by, PEM. */
  readonly ca: string;
  /** A bearer token. */
  readonly token: string;
}

/** JSON over HTTPS; refusals become {@link ApiError}s with the server's own message. */
export class HttpClient {
  private readonly agent: Agent;

  constructor(private readonly connection: Connection) {
    this.agent = new Agent({ ca: connection.ca, keepAlive: true, maxSockets: 8 });
  }

  /** @throws ApiError for what the server refuses, Error where it cannot be reached. */
  request(method: string, path: string, body?: Fields, type = "application/json"): Promise<Fields> {
    const { server, token } = this.connection;
    const text = body === undefined ? undefined : JSON.stringify(body);
    // Node names no length for the body of a DELETE by itself.
    const length = text === undefined ? {} : { "content-type": type, "content-length": Buffer.byteLength(text) };
    const headers = { authorization: `Bearer ${token}`, accept: "application/json", ...length };
    return new Promise((resolve, reject) => {
      const call = request(`${server}${path}`, { method, headers, agent: this.agent, timeout: 60_000 }, (response) => {
        let answer = "";
        response.setEncoding("utf8").on("data", (part: string) => {
          answer += part;
        });
        response.on("error", reject);
        response.on("end", () => {
          const value = parsed(answer);
          const code = response.statusCode ?? 0;
          if (code >= 200 && code < 300) resolve(value);
          else reject(new ApiError(reasonOf(code, value), textOf(value.message) ?? `${method} ${path}: ${code} ${answer.trim()}`));
        });
      });
      call.on("timeout", () => call.destroy(new Error(`${method} ${server}${path}: no answer in time`)));
      call.on("error", reject);
      call.end(text);
    });
  }
}

function parsed(answer: string): Fields {
  try {
    return fields(JSON.parse(answer));
  } catch {
    return {};
  }
}

function reasonOf(code: number, status: Fields): ApiError["reason"] {
  if (code === 404) return "NotFound";
  if (code === 422) return "Invalid";
  if (code === 403) return "Forbidden";
  return status.reason === "AlreadyExists" ? "AlreadyExists" : "Other";
}
