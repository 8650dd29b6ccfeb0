import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { Agent, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { Row } from "./measure";
import { watchTree } from "./processes";

const [CLUSTERS, FOLLOWERS, READERS, OPERATIONS] = [1_000, 200, 20, 50];
const MEASURED_MS = 10_000;

/** A service with its embedded database: so many that follow a cluster's log, so many that read lists, while operations are carried out. */
export async function serverRow(): Promise<Row> {
  const data = mkdtempSync(join(tmpdir(), "kpaas-bench-server-"));
  const child = fork(join(__dirname, "server-child.js"), [data, String(CLUSTERS), String(OPERATIONS)], { stdio: "inherit" });
  try {
    const [{ url, ids }] = (await once(child, "message")) as [{ readonly url: string; readonly ids: readonly string[] }];
    const watched = watchTree(child.pid ?? 0);
    const password = readFileSync(join(data, "password"), "utf8").trim();
    const headers = { authorization: `Basic ${Buffer.from(`admin:${password}`).toString("base64")}` };
    const times: number[] = [];
    let wrong = 0;
    const until = performance.now() + MEASURED_MS;
    // Each from an address of its own, as limits count them.
    const client = async (number: number, path: string, everyMs: number) => {
      const agent = new Agent({ keepAlive: true, localAddress: `127.0.${1 + Math.floor(number / 200)}.${1 + (number % 200)}` });
      await pause((everyMs * number) / FOLLOWERS);
      while (performance.now() < until) {
        const started = performance.now();
        const status = await new Promise<number>((resolve, reject) => {
          const asked = request(`${url}${path}`, { headers, agent }, (answer) =>
            answer.resume().once("end", () => resolve(answer.statusCode ?? 0)),
          );
          asked.once("error", reject).end();
        });
        times.push(performance.now() - started);
        if (status !== 200) wrong += 1;
        await pause(Math.max(0, everyMs - (performance.now() - started)));
      }
      agent.destroy();
    };
    const started = performance.now();
    await Promise.all([
      ...Array.from({ length: FOLLOWERS }, (_, number) => client(number, `/clusters/logs/${ids[number] ?? ""}`, 1_000)),
      ...Array.from({ length: READERS }, (_, number) => client(FOLLOWERS + number, "/clusters?limit=20&orderBy=name&order=asc", 100)),
    ]);
    const seconds = (performance.now() - started) / 1_000;
    const { togetherMiB, processorSeconds } = watched.stop();
    times.sort((a, b) => a - b);
    const p99 = times[Math.floor(times.length * 0.99)] ?? Number.NaN;
    const measured = `${Math.round(times.length / seconds)}/s, p99 ${Math.round(p99)} ms, ${Math.round(togetherMiB)} MiB, ${processorSeconds.toFixed(1)} s of processor time`;
    return {
      what: `service: ${CLUSTERS} clusters, ${FOLLOWERS} that follow a log, ${READERS} that read lists, ${OPERATIONS} operations`,
      budget: "p99 ≤ 500 ms, ≤ 600 MiB, none refused",
      measured: wrong === 0 ? measured : `${measured}; ${wrong} refused`,
      held: p99 <= 500 && togetherMiB <= 600 && wrong === 0,
    };
  } finally {
    child.kill("SIGKILL");
    rmSync(data, { recursive: true, force: true });
  }
}
