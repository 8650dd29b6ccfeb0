import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Running, startServer } from "../../server/server";
import { settingsOf } from "../../server/settings";
import type { Runner } from "../../server/work/types";
import { pathIn, replyCheck } from "./replies";

/** A service that K-PaaS's portal has been pointed at. */
export interface KPaasService extends Running {
  /** Sends what the portal's programs send, by their own account. */
  send(method: string, path: string, body?: unknown): Promise<Answer>;
  /** All that it has logged. */
  logged(): string;
}

export interface Answer {
  readonly status: number;
  readonly text: string;
  /** The body as JSON; undefined where there is none. */
  readonly body: Record<string, unknown>;
}

/** Starts one in a folder, with steps that a test plays. */
export async function startKPaasService(data: string, runner?: Runner, flags = {}): Promise<KPaasService> {
  let logged = "";
  const basicAuth = join(data, "password");
  const settings = settingsOf({ listen: "127.0.0.1:0", data, basicAuth, sandbox: true, ...flags }, {});
  const service = await startServer(settings, { write: (text) => (logged += text) }, runner);
  return { ...service, send: senderTo(service.url, basicAuth), logged: () => logged };
}

/** What sends to a service by the account whose password is in a file. */
export function senderTo(url: string, passwordFile: string): KPaasService["send"] {
  const authorization = `Basic ${Buffer.from(`admin:${readFileSync(passwordFile, "utf8").trim()}`).toString("base64")}`;
  let document: unknown;
  let check: ReturnType<typeof replyCheck> | undefined;
  return async (method, path, body) => {
    document ??= await (await fetch(`${url}/openapi.json`)).json();
    check ??= replyCheck(document);
    const sent = body === undefined ? {} : { body: JSON.stringify(body) };
    const headers = { authorization, accept: "application/json", ...(body === undefined ? {} : { "content-type": "application/json" }) };
    const answer = await fetch(`${url}${path}`, { method, headers, ...sent });
    const text = await answer.text();
    const known = pathIn(document, method, path.split("?")[0] ?? path);
    const type = (answer.headers.get("content-type") ?? "").replace(/; charset=utf-8$/, "");
    if (known !== undefined) check({ method, path: known, status: answer.status, type, text });
    return { status: answer.status, text, body: text === "" ? {} : JSON.parse(text) };
  };
}
