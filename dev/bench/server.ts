import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { Agent, type IncomingMessage, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { EventReader } from "../../server/page/browser/sse";
import { type Row, runProcess } from "./measure";

const [CLUSTERS, FOLLOWERS, READERS, OPERATIONS, REAL] = [1_000, 200, 20, 50, 4];
const LISTS = ["/clusters?limit=20&orderBy=name&order=asc", "/api/v1/environments?limit=50", "/api/v1/environments?state=up&limit=50"];
const EVERY_MS = 200;
const CHILD = join(__dirname, "server-child.js");

interface Asked {
  readonly url: string;
  readonly tokens: readonly string[];
  readonly operations: readonly string[];
}

/** What the service's own process has used. */
interface Used {
  readonly processorSeconds: number;
  readonly peakMiB: number;
}

/**
 * A service with its embedded database: so many that follow an operation's log by server-sent events up to its end, so many that read lists, while
 * operations are carried out, of which some are the real engine's, in the sandbox. Memory and processor time are of the service's process alone.
 */
export async function serverRow(): Promise<Row> {
  const data = mkdtempSync(join(tmpdir(), "kpaas-bench-server-"));
  const sizes = [data, CLUSTERS, OPERATIONS, REAL].map(String);
  await runProcess(process.execPath, [CHILD, "fill", ...sizes]);
  const child = fork(CHILD, ["serve", ...sizes], { stdio: "inherit" });
  try {
    const [{ url, tokens, operations }] = (await once(child, "message")) as [Asked];
    const begun = performance.now();
    while ((await answered(ask(url, "/readyz", 0, tokens, "application/json"))).statusCode !== 200) await pause(50);
    const ready = ((performance.now() - begun) / 1_000).toFixed(1);
    const before = await usedBy(child);
    const [times, lags]: [number[], number[]] = [[], []];
    let [wrong, lost, lines] = [0, 0, 0];
    const played = operations.slice(REAL);
    let following = FOLLOWERS;
    const follow = async (number: number) => {
      const id = played[number % played.length] ?? "";
      const reader = new EventReader();
      const answer = await ask(url, `/api/v1/operations/${id}/log`, number, tokens, "text/event-stream");
      if (answer.statusCode !== 200) wrong += 1;
      let [last, ended] = [-1, false];
      answer.setEncoding("utf8");
      for await (const piece of answer as AsyncIterable<string>)
        for (const { event, data: text } of reader.take(piece)) {
          if (event === "end") ended = JSON.parse(text).reason === "complete";
          if (event !== "line") continue;
          const line = JSON.parse(text) as { readonly number: number; readonly at: string };
          lags.push(Date.now() - Date.parse(line.at));
          // Numbers of an attempt's lines follow on each other: none is left out, and none comes twice.
          if (line.number !== last + 1 && line.number % 1_000_000 !== 0) lost += 1;
          last = line.number;
          lines += 1;
        }
      if (!ended) lost += 1;
      following -= 1;
    };
    const read = async (number: number) => {
      await pause((EVERY_MS * number) / READERS);
      while (following > 0) {
        const started = performance.now();
        const answer = await answered(ask(url, LISTS[number % LISTS.length] ?? "", FOLLOWERS + number, tokens, "application/json"));
        times.push(performance.now() - started);
        if (answer.statusCode !== 200) wrong += 1;
        await pause(Math.max(0, EVERY_MS - (performance.now() - started)));
      }
    };
    const started = performance.now();
    await Promise.all([
      ...Array.from({ length: FOLLOWERS }, (_, number) => follow(number)),
      ...Array.from({ length: READERS }, (_, number) => read(number)),
    ]);
    const seconds = (performance.now() - started) / 1_000;
    const used = await usedBy(child);
    const p99 = highest(times);
    const cost = ((used.processorSeconds - before.processorSeconds) / seconds).toFixed(2);
    const measured = [
      `ready ${ready} s after it listened; ${Math.round(times.length / seconds)} lists/s, p99 ${Math.round(p99)} ms`,
      `${lines} lines sent, p99 ${Math.round(highest(lags))} ms after they were written down`,
      `${Math.round(used.peakMiB)} MiB, ${cost} of a core`,
      ...(wrong === 0 ? [] : [`${wrong} refused`]),
      ...(lost === 0 ? [] : [`${lost} lines or ends lost`]),
    ].join("; ");
    return {
      what: `service: ${CLUSTERS} clusters, ${FOLLOWERS} streams of logs, ${READERS} that read lists, ${OPERATIONS} operations, ${REAL} of the engine's`,
      budget: "p99 ≤ 500 ms, ≤ 600 MiB, none refused or lost",
      measured,
      held: p99 <= 500 && used.peakMiB <= 600 && wrong === 0 && lost === 0 && lines > 0,
    };
  } finally {
    child.kill("SIGKILL");
    rmSync(data, { recursive: true, force: true, maxRetries: 20, retryDelay: 500 });
  }
}

/** Asks from an address of one's own, as limits count them, and as one of some callers. */
async function ask(url: string, path: string, number: number, tokens: readonly string[], accept: string): Promise<IncomingMessage> {
  const agent = new Agent({ localAddress: `127.0.${1 + Math.floor(number / 200)}.${1 + (number % 200)}` });
  const headers = { authorization: `Bearer ${tokens[number % tokens.length]}`, accept };
  return await new Promise((resolve, reject) => {
    request(`${url}${path}`, { headers, agent }, resolve).once("error", reject).end();
  });
}

/** The same, once all of it has come. */
async function answered(asked: Promise<IncomingMessage>): Promise<IncomingMessage> {
  const answer = await asked;
  await once(answer.resume(), "end");
  return answer;
}

async function usedBy(child: ChildProcess): Promise<Used> {
  const told = once(child, "message");
  child.send("used");
  return (await told)[0] as Used;
}

/** What all but one of a hundred stay below. */
function highest(values: number[]): number {
  values.sort((a, b) => a - b);
  return values[Math.floor(values.length * 0.99)] ?? Number.NaN;
}
