// The service that the benchmark asks, as a process of its own: a folder, and a database that is filled first. Its steps are played: they wait.
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { Database } from "../../server/data/database";
import { settingsOf, startServer } from "../../server/server";
import type { Runner } from "../../server/work/types";

const STEP_MS = 300;

async function main([data = "", clusters = "0", operations = "0"]: readonly string[]): Promise<void> {
  const database = await Database.open({ folder: join(data, "database") });
  const ids = Array.from({ length: Number(clusters) }, () => randomUUID());
  const cluster = { type: "sub", provider: "AWS", description: "", status: "A", sshKey: "", account: null } as const;
  for (const [index, id] of ids.entries()) {
    const environment = index < Number(operations) ? `e${index}` : null;
    const row = { id, name: `cluster-${index}`, environment, apiUrl: `https://c${index}.example.org`, ...cluster };
    await database.query.insertInto("clusters").values(row).execute();
    const lines = Array.from({ length: 9 }, (_, number) => ({ cluster: id, number, message: `line ${number}` }));
    if (index < 200) await database.query.insertInto("clusterLogs").values(lines).execute();
    if (environment === null) continue;
    const operation = { kind: "up", state: "waiting", step: null, reason: null, askedBy: "bench", cluster: id } as const;
    await database.query
      .insertInto("operations")
      .values({ id: randomUUID(), environment, ...operation })
      .execute();
  }
  await database.close();
  const runner: Runner = {
    launch: async () => {
      await pause(STEP_MS);
      return { outcome: "done" };
    },
    look: async () => ({ outcome: "unknown" }),
    printed: () => "",
    said: () => "",
  };
  const settings = settingsOf({ listen: "127.0.0.1:0", data, basicAuth: join(data, "password") }, {});
  const { url, work } = await startServer(settings, { write: () => undefined }, runner);
  process.send?.({ url, ids });
  await work.idle();
  process.send?.({ idle: true });
}

void main(process.argv.slice(2));
