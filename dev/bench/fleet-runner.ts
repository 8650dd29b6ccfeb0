// What the fleet's runner itself costs: everything but the steps, with a real journal on a real disk.
import { appendFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type World, workOn } from "../../fleet/runner";
import { FleetStore } from "../../fleet/store";
import type { FleetPlan } from "../../model/fleet/plan";
import { type Begun, encodeRecord, type FleetRecord } from "../../model/fleet/records";
import { median, type Row } from "./measure";

const CLUSTERS = 1_000;
/** Of each cluster: its preview, its up, the look at its health. */
const STEPS = 3;
const JOURNAL_STEPS = 10_000;
const WAVES = 20;

/** A run of so many clusters in waves, whose previews show what was approved. */
function begunOf(clusters: number): Begun {
  const names = Array.from({ length: clusters }, (_, index) => `cluster-${index}`);
  const size = clusters / WAVES;
  const plan: FleetPlan = {
    fleet: "bench",
    health: { apiServer: true },
    waves: Array.from({ length: WAVES }, (_, index) => ({
      ...{ name: `wave-${index}`, canaries: 2, bakeSeconds: 0, maxConcurrent: 50, maxFailures: 2, approval: false },
      clusters: names.slice(index * size, (index + 1) * size).map((name) => ({ name, after: [] })),
    })),
  };
  const approved = Object.fromEntries(names.map((name) => [name, fingerprintOf(name)]));
  return { run: "bench", operation: "up", sandbox: true, plan, approved };
}

const fingerprintOf = (name: string): string => name.padEnd(16, "0").slice(0, 16);

async function inStore<T>(work: (store: FleetStore) => Promise<T>): Promise<T> {
  const root = mkdtempSync(join(tmpdir(), "kpaas-bench-fleet-"));
  try {
    const store = new FleetStore(root, "bench", true);
    return await store.asOnlyRunner(() => work(store));
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

/** What a step costs beside its own work, at a thousand clusters. */
export async function runnerStepRow(): Promise<Row> {
  const [milliseconds, records] = await inStore(async (store) => {
    let records = 0;
    // One ends after the other, as steps do: what is written for each is not written for several at once.
    const under: (() => void)[] = [];
    const world: World = {
      moment: () => new Date(),
      uptime: () => performance.now(),
      capacity: () => 50,
      sleep: (_ms, signal) =>
        new Promise((resolve) => {
          signal.addEventListener("abort", () => resolve(), { once: true });
          under.shift()?.();
        }),
      launch: ({ step, cluster }) =>
        new Promise((resolve) =>
          under.push(() => resolve({ outcome: "done", ...(step === "preview" ? { fingerprint: fingerprintOf(cluster) } : {}) })),
        ),
      look: async () => ({ outcome: "unknown" }),
      silence: () => undefined,
      end: () => undefined,
      append: (some) => {
        records += some.length;
        store.append(...some);
      },
      cancelled: () => store.isCancelled,
      tell: () => undefined,
    };
    const run = store.begin(begunOf(CLUSTERS));
    const started = performance.now();
    const { outcome } = await workOn(run, world);
    if (outcome !== "done") throw new Error(`the run of the bench ended ${outcome}`);
    return [performance.now() - started, records];
  });
  const each = milliseconds / (CLUSTERS * STEPS);
  return {
    what: `the fleet runner's own cost of a step at ${CLUSTERS} clusters, ${records} records on the disk`,
    budget: "≤ 5 ms",
    measured: `${each.toFixed(2)} ms`,
    held: each <= 5,
  };
}

/** How long it takes until a runner that goes on knows what comes next. */
export async function resumeRow(): Promise<Row> {
  const milliseconds = await inStore(async (store) => {
    store.begin(begunOf(CLUSTERS));
    const at = new Date().toISOString();
    const lines: FleetRecord[] = [];
    for (let step = 0; step < JOURNAL_STEPS; step += 1) {
      const operation = { cluster: `cluster-${step % CLUSTERS}`, step: "up", attempt: 1 + Math.floor(step / CLUSTERS) } as const;
      lines.push({ event: "started", at, ...operation });
      lines.push({ event: "ended", at, ...operation, outcome: "failed", reason: "throttled", transient: true });
    }
    appendFileSync(join(store.folder, "journal"), lines.map((record, index) => `${encodeRecord(record, index + 1, 1)}\n`).join(""));
    const times = Array.from({ length: 5 }, () => {
      const started = performance.now();
      if (store.open() === undefined) throw new Error("the bench has no run");
      return performance.now() - started;
    });
    return median(times);
  });
  return {
    what: `going on with a run whose journal has ${JOURNAL_STEPS} steps (median of 5)`,
    budget: "≤ 1 s",
    measured: `${milliseconds.toFixed(0)} ms`,
    held: milliseconds <= 1_000,
  };
}
