import { join } from "node:path";
import { readIfThere, writeWhole } from "../../../host/files";
import type { Playbook } from "../../../model/cluster/playbooks";
import type { ClusterStep } from "../../../model/cluster/types";
import type { PlaybookEvent } from "../runner";

/** How long a playbook took. */
export interface Duration {
  readonly tasks: number;
  readonly seconds: number;
}

/** Which runs are alike: a playbook with tags is another than the whole of it. */
type RunKind = Pick<ClusterStep, "playbook" | "tags">;

/** What kubespray v2.29 and ours took on a small cluster, before there is an earlier run to go by. */
const ROUGHLY: Readonly<Partial<Record<Playbook, Duration>>> = {
  facts: { tasks: 60, seconds: 20 },
  cluster: { tasks: 1_450, seconds: 720 },
  scale: { tasks: 1_000, seconds: 300 },
  "remove-node": { tasks: 115, seconds: 120 },
  "upgrade-cluster": { tasks: 1_500, seconds: 1_500 },
  "recover-control-plane": { tasks: 1_300, seconds: 1_000 },
  reset: { tasks: 200, seconds: 180 },
};

/** How often a person is shown where a run is, in milliseconds. */
const SHOWN_EVERY = 500;

/** What earlier runs of a cluster's playbooks took. */
export class Durations {
  private readonly file: string;

  /** @param folder what is kept of the cluster */
  constructor(folder: string) {
    this.file = join(folder, "durations.json");
  }

  of(run: RunKind): Duration | undefined {
    return this.all()[nameOf(run)] ?? (run.tags.length === 0 ? ROUGHLY[run.playbook] : undefined);
  }

  record(run: RunKind, duration: Duration): void {
    writeWhole(this.file, `${JSON.stringify({ ...this.all(), [nameOf(run)]: duration }, undefined, 2)}\n`, { durable: false });
  }

  private all(): Readonly<Record<string, Duration>> {
    try {
      return JSON.parse(readIfThere(this.file) ?? "{}");
    } catch {
      return {}; // an estimate, made anew by the next run
    }
  }
}

function nameOf({ playbook, tags }: RunKind): string {
  return [playbook, ...tags].join(" ");
}

/** What the callback tells besides the events of a run: a task begins on a host. */
export type CallbackEvent = PlaybookEvent | { readonly event: "start"; readonly host: string };

/** Counts what a run does, and says where it is. */
export class Progress {
  private tasks = 0;
  private task = "";
  private readonly working = new Set<string>();
  private readonly started: number;
  private shown = 0;
  /** Something came too soon after what was shown. */
  private isLate = false;

  constructor(
    private readonly expected: Duration | undefined,
    private readonly now: () => number = Date.now,
  ) {
    this.started = now();
  }

  get duration(): Duration {
    return { tasks: this.tasks, seconds: Math.round((this.now() - this.started) / 1000) };
  }

  /** Takes an event; gives what a person is to be shown, where it is time for that. */
  take(event: CallbackEvent): string | undefined {
    if (event.event === "task") {
      this.tasks++;
      this.task = event.name;
      this.working.clear();
    } else if (event.event === "start") this.working.add(event.host);
    else if (event.event === "result") this.working.delete(event.host);
    else return undefined;
    this.isLate = true;
    return this.due();
  }

  /**
   * Runs work, and shows what came too soon after the last time once it is time: of many tasks in a row, the last one may be the one that takes
   * minutes.
   */
  async during<T>(show: (text: string) => void, work: () => Promise<T>): Promise<T> {
    const timer = setInterval(() => {
      const text = this.due();
      if (text !== undefined) show(text);
    }, SHOWN_EVERY);
    try {
      return await work();
    } finally {
      clearInterval(timer);
    }
  }

  private due(): string | undefined {
    if (!this.isLate || this.working.size === 0 || this.now() - this.shown < SHOWN_EVERY) return undefined;
    this.shown = this.now();
    this.isLate = false;
    return this.line();
  }

  /** `41 of ~180 tasks, worker-4: download kubelet, about 3 min left`. */
  private line(): string {
    const [first = ""] = this.working;
    const where = this.working.size === 1 ? first : `${this.working.size} hosts`;
    const all = this.expected === undefined || this.expected.tasks < this.tasks ? "" : ` of ~${this.expected.tasks}`;
    // A task of a role is named with it.
    const task = this.task.replace(/^.* : /, "");
    return `${this.tasks}${all} tasks, ${where}: ${task}${this.left()}`;
  }

  private left(): string {
    if (this.expected === undefined || this.tasks > this.expected.tasks) return "";
    const { tasks, seconds } = this.expected;
    const part = this.tasks / tasks;
    // Its first tasks are not like the rest; after a tenth, this run's own pace counts.
    const pace = part < 0.1 ? 1 : (this.now() - this.started) / 1000 / (seconds * part);
    const left = Math.round((seconds * (1 - part) * pace) / 60);
    return left < 1 ? "" : `, about ${left} min left`;
  }
}
