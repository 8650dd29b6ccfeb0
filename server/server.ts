import type { Server } from "node:https";
import { basicLogin, passwordIn } from "./access/basic";
import { Gate, type Login } from "./access/gate";
import { tokenLogin } from "./access/tokens";
import { apiRoutes } from "./api/routes";
import type { Verification } from "./audit/trail";
import { beginBeats } from "./beats";
import { makeApp } from "./http/app";
import { Limits } from "./http/limits";
import { Log, type LogSink, whatFailed } from "./http/log";
import { Metrics } from "./http/metrics";
import { tellMetrics } from "./http/metrics-port";
import { withDocument } from "./http/openapi";
import { ownRoutes } from "./http/own-routes";
import type { Route } from "./http/route";
import { pageRoutes } from "./page/page";
import { openParts, type Parts, requireStanding } from "./parts";
import type { Settings } from "./settings";
import { kpaasRoutes } from "./terraman/routes";
import { followTls, readTls } from "./tls";
import { tracesOf } from "./trace/traces";
import type { Runner } from "./work/types";

export { backupService, restoreService } from "./restore";
export { type Flags, settingsOf } from "./settings";

/** Requests of one address: so many a second in the long run, and at once. */
const RATE = 50;
const BURST = 200;
/** A service that runs. */
export interface Running extends Pick<Parts, "work" | "leadership"> {
  readonly url: string;
  /** Answers what was asked, takes nothing new, and ends. Operations under way go on without it. */
  stop(): Promise<void>;
}

/**
 * Starts the service.
 * @param runner in place of commands, for tests
 * @param capacity how many operations run at once, in place of what the machine has room for
 * @throws Error where its folder, its database or its address cannot be had
 */
export async function startServer(settings: Settings, sink: LogSink, runner?: Runner, capacity?: number): Promise<Running> {
  const log = new Log(sink);
  const { tls } = settings;
  const traces = await tracesOf(process.env);
  const parts = await openParts(settings, log, runner, traces, capacity);
  const ends: (() => unknown)[] = [() => traces.stop(), () => parts.close()];
  const stop = async () => {
    for (const end of ends.splice(0).reverse()) await end();
  };
  try {
    const metrics = new Metrics();
    let stopping = false;
    const app = makeApp({
      routes: [...routesOf(parts, metrics, () => stopping), ...pageRoutes(settings.page)],
      gate: new Gate(loginsOf(settings, log, metrics)),
      limits: new Limits(RATE, BURST),
      ...{ metrics, log, traces },
      refused: ({ principal, action, target, problem }) => {
        const detail = { outcome: "refused", status: problem.status, problem: problem.kind };
        return parts.trail.append({ actor: principal.id, action, target, detail });
      },
      ...(tls === undefined ? {} : { tls: readTls(tls) }),
    });
    ends.push(() => app.close());
    ends.push(await beginBeats(parts, settings, log));
    const url = await app.listen({ host: settings.host, port: settings.port });
    if (tls !== undefined) ends.push(followTls(app.server as Server, tls, (error) => log.failure("tls", whatFailed(error))));
    if (settings.metrics !== undefined) ends.push(await tellMetrics(settings.metrics, metrics));
    ends.push(() => {
      stopping = true;
      log.event("stopping");
    });
    log.event("listening", { url, database: settings.databaseUrl === undefined ? "embedded" : "server" });
    return { url, stop, work: parts.work, leadership: parts.leadership };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** All calls, and the document of them. */
function routesOf(parts: Parts, metrics: Metrics, stopping: () => boolean): Route[] {
  const { leadership } = parts;
  metrics.gauge("kpaas_server_leads", "Whether this service carries operations out.", () => [[{}, leadership.term === undefined ? 0 : 1]]);
  const own = [...ownRoutes(parts, metrics, stopping), ...apiRoutes(parts)];
  return withDocument([...own, ...kpaasRoutes(parts)]);
}

/**
 * Looks at the whole audit trail. The service does not run meanwhile, where its database is the embedded one.
 * @throws InvalidInputError where no service has worked with it
 */
export async function verifyAudit(settings: Settings, sink: LogSink): Promise<Verification> {
  await requireStanding(settings);
  const parts = await openParts(settings, new Log(sink));
  try {
    return await parts.trail.verify();
  } finally {
    await parts.close();
  }
}

function loginsOf({ tokens, basicAuth }: Settings, log: Log, metrics: Metrics): Login[] {
  const refused = (login: string) => (reason: string) => {
    metrics.count("kpaas_logins_refused_total", "Log-ins that were refused.", { login });
    log.warn("login refused", { login, reason });
  };
  if (tokens === undefined && basicAuth === undefined) log.warn("nobody can log in", { remedy: "give --issuer and --audience" });
  return [
    ...(tokens === undefined ? [] : [tokenLogin(tokens, refused("token"))]),
    ...(basicAuth === undefined ? [] : [basicLogin(passwordIn(basicAuth), refused("compatible"))]),
  ];
}
