import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { FastifyInstance } from "fastify";
import type { Operation } from "../../model/fleet/decide";
import type { Ended } from "../../model/fleet/records";
import { apiRoutes } from "../../server/api/routes";
import { Log } from "../../server/http/log";
import { openParts, type Parts } from "../../server/parts";
import { settingsOf } from "../../server/settings";
import { tracesOf } from "../../server/trace/traces";
import { PlayedRunner } from "./played-work";
import { as, playApp } from "./service";

/** The service's own calls, over all that they go by, with steps that a test plays. */
export interface OwnService {
  readonly parts: Parts;
  readonly app: FastifyInstance;
  /** Asks as somebody who has roles of the realm. */
  ask(roles: string, method: string, url: string, body?: unknown, headers?: Record<string, string>): Promise<OwnAnswer>;
  close(): Promise<void>;
}

export interface OwnAnswer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: an answer is whatever was sent, and each test reads its own fields
  readonly body: any;
  readonly text: string;
  readonly headers: Readonly<Record<string, unknown>>;
}

/** An environment file of a team's. */
export function fileOf(name: string, team = "platform", more = ""): string {
  return `name: ${name}\nlabels: { team: ${team} }\ninfrastructure: { provider: openstack, image: ubuntu-22.04 }\n${more}`;
}

/** What `kpaas preview --json` prints of an environment of which nothing stands. */
export function previewPrinted(create: number, more: object = {}): string {
  const changes = { create, update: 0, replace: 0, delete: 0, same: 0 };
  const nothing = { impacts: [], versions: [], moves: [], steps: [], ports: {}, groups: [], later: [], approved: [], notes: [] };
  return JSON.stringify({ changes, resources: [], ...nothing, ...more });
}

/** A runner of steps that end well at once, as the real ones print. */
export function wellRunner(how: (operation: Operation) => Ended | undefined = () => undefined): PlayedRunner {
  const runner = new PlayedRunner(
    (operation) => how(operation) ?? { outcome: "done", ...(operation.step === "preview" ? { fingerprint: "f1" } : {}) },
  );
  const look = runner.look.bind(runner);
  // As it is with commands: of an attempt that was never begun nobody knows the end.
  runner.look = async (operation) =>
    runner.launched.includes(`${operation.step}.${operation.attempt}`) ? await look(operation) : { outcome: "unknown" };
  runner.prints = ({ step, cluster }) =>
    step === "loss"
      ? JSON.stringify({ environment: cluster, lost: ["a volume"], kept: [] })
      : previewPrinted(3, step === "drift" ? { drifted: true } : {});
  return runner;
}

/** Starts one in a folder, with environments committed by somebody else. @param runner `commands`: those that the service itself has, in the sandbox */
export async function playOwn(
  data: string,
  files: Readonly<Record<string, string>> = {},
  runner: PlayedRunner | "commands" = wellRunner(),
  flags = {},
): Promise<OwnService> {
  const log = new Log({ write: () => undefined });
  const settings = settingsOf({ listen: "127.0.0.1:0", data, sandbox: true, ...flags }, {});
  const traces = await tracesOf(process.env);
  const parts = await openParts(settings, log, runner === "commands" ? undefined : runner, traces);
  await parts.leadership.beat();
  const beats = setInterval(() => void parts.leadership.beat().catch(() => undefined), 5_000);
  if (Object.keys(files).length > 0)
    await parts.repository.change({ name: "lee", id: "lee" }, async () => {
      mkdirSync(join(parts.repository.root, "environments"), { recursive: true });
      for (const [name, text] of Object.entries(files)) writeFileSync(join(parts.repository.root, "environments", `${name}.yaml`), text);
      return "Add environments";
    });
  const refused = async ({
    principal,
    action,
    target,
    problem,
  }: {
    principal: { id: string };
    action: string;
    target: string;
    problem: { status: number };
  }) => await parts.trail.append({ actor: principal.id, action, target, detail: { outcome: "refused", status: problem.status } });
  const { app } = playApp(apiRoutes(parts), { refused, traces });
  return {
    ...{ parts, app },
    ask: async (roles, method, url, body, headers = {}) => {
      const sent = body === undefined ? {} : { payload: JSON.stringify(body) };
      const type: Record<string, string> = body === undefined ? {} : { "content-type": "application/json" };
      const answer = await app.inject({ method: method as "GET", url, headers: { ...as(roles), ...type, ...headers }, ...sent });
      const json = String(answer.headers["content-type"] ?? "").includes("json");
      return { status: answer.statusCode, text: answer.body, body: json ? answer.json() : undefined, headers: answer.headers };
    },
    close: async () => {
      await app.close();
      await parts.work.idle();
      clearInterval(beats);
      await parts.close();
      await traces.stop();
    },
  };
}

/** What git tells of a repository's branch. */
export function gitLog(data: string, ...words: readonly string[]): string {
  return execFileSync("git", ["-C", join(data, "environments.git"), "log", "main", ...words], { encoding: "utf8" });
}
