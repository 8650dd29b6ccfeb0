import { setTimeout as pause } from "node:timers/promises";
import { z } from "zod";
import type { Database } from "../data/database";
import type { Catalog } from "../environments/catalog";
import type { Metrics } from "./metrics";
import { HttpProblem } from "./problem";
import { defineRoute, type Route } from "./route";

const Health = z.strictObject({ status: z.literal("ok") }).meta({ id: "Health", description: "That it is well." });

/** For so long, in milliseconds, whoever asks waits for the environments' files to be read: probes end after a second. */
const READ_MS = 700;

/** What tells of the service itself. */
export function ownRoutes(
  { database, catalog }: { readonly database: Pick<Database, "answers">; readonly catalog: Pick<Catalog, "all"> },
  metrics: Metrics,
  stopping: () => boolean,
): Route[] {
  metrics.gauge("process_resident_memory_bytes", "Memory of the process.", () => [[{}, process.memoryUsage.rss()]]);
  metrics.gauge("kpaas_database_up", "Whether the database answers.", async () => [[{}, (await database.answers()) ? 1 : 0]]);
  let isRead = false;
  const read = async () => {
    await catalog.all();
    isRead = true;
  };
  const well = { method: "GET", needs: "everybody", reply: Health, unlimited: true } as const;
  return [
    defineRoute({
      ...{ ...well, id: "isAlive", path: "/healthz", summary: "Whether the process lives" },
      handle: async () => ({ status: "ok" }),
    }),
    defineRoute({
      ...{
        ...well,
        id: "isReady",
        path: "/readyz",
        summary:
          "Whether the service can do its work: its database answers, it has read the environments' files once, and it is not about to end",
      },
      handle: async () => {
        if (stopping()) throw new HttpProblem("not-ready", "the service is ending");
        if (!(await database.answers())) throw new HttpProblem("not-ready", "the database does not answer");
        // Thousands of them take seconds, for which lists would wait.
        if (!isRead) await Promise.race([read(), pause(READ_MS)]);
        if (!isRead) throw new HttpProblem("not-ready", "the environments' files are being read");
        return { status: "ok" };
      },
    }),
    defineRoute({
      ...{ id: "readMetrics", method: "GET", path: "/metrics", needs: "viewer" },
      ...{ summary: "What the service does, in Prometheus' format", text: "text/plain; version=0.0.4; charset=utf-8" },
      handle: () => metrics.text(),
    }),
  ];
}
