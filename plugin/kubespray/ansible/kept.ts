import { rmSync, statSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { makeFolder, namesIn, PRIVATE_FOLDER, parseFile, readIfThere } from "../../../host/files";
import { wroteAndRuns } from "../../../host/processes";
import type { Making } from "./cached";

/** How often it is looked whether what an earlier command left running has ended, in milliseconds. */
const LEFT_RUNNING_CHECK = 1_000;

/** What runs leave in a folder of the project: logs, facts of hosts, and who runs. */
export class Kept {
  readonly facts: string;
  /** Who runs is written there. */
  readonly record: string;
  private readonly logs: string;

  /** @param logsKept how many logs are kept */
  constructor(
    readonly folder: string,
    private readonly logsKept: number,
  ) {
    this.facts = join(folder, "facts");
    this.logs = join(folder, "logs");
    this.record = join(folder, "running.json");
  }

  make(): void {
    for (const folder of [this.logs, this.facts]) makeFolder(folder, PRIVATE_FOLDER);
  }

  /** A log for each run; its name tells when and what. */
  newLog(what: string): string {
    for (const old of namesIn(this.logs).slice(0, -(this.logsKept - 1))) rmSync(join(this.logs, old), { force: true });
    return join(this.logs, `${new Date().toISOString().replace(/:/g, "-").slice(0, 19)}Z-${what}.log`);
  }

  /** Waits for a playbook that an earlier command was killed over: it ends by itself, or is brought to its end. */
  async waitForLeftRunning({ tell, signal }: Making): Promise<void> {
    for (let told = false; ; told = true) {
      const content = readIfThere(this.record);
      if (content === undefined) return;
      const { pid, host, step } = parseFile(this.record, content, "remove it") as { pid: number; host: string; step: string };
      const written = statSync(this.record, { throwIfNoEntry: false })?.mtimeMs;
      if (host !== hostname() || written === undefined || !wroteAndRuns(pid, written)) break;
      if (!told) tell(`waiting for ${step}, which an earlier command left running (process ${pid})`);
      await wait(LEFT_RUNNING_CHECK, undefined, signal ? { signal } : {});
    }
    rmSync(this.record, { force: true });
  }
}
