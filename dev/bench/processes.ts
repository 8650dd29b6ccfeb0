import { readdirSync, readFileSync } from "node:fs";

/** What a process and all that it starts have used, as far as the system tells (/proc); else nothing. */
export interface Usage {
  /** User and system time of all of them, in seconds. */
  readonly processorSeconds: number;
  /** The high-water mark of each process's memory in MiB, the largest of a name. */
  readonly peaksMiB: Readonly<Record<string, number>>;
  /** The most memory that all of them had at once, in MiB: of pages that several share each has its part. */
  readonly togetherMiB: number;
}

interface Seen {
  readonly parent: number;
  readonly seconds: number;
}

/** How often it is looked, in milliseconds: what a process uses after the last look at it is not seen. */
const EVERY = 50;

/** At how many looks one is taken at all memory together: the system goes through every page for it. */
const TOGETHER_EVERY = 10;

/** The length of a tick of the process table's clock, in seconds: the same on every Linux. */
const TICK = 0.01;

/** Looks at a process and its descendants until it is stopped, which gives what they used. */
export function watchTree(root: number): { readonly stop: () => Usage } {
  const seconds = new Map<number, number>();
  const peaks = new Map<string, number>();
  let [most, looks] = [0, 0];
  const look = (): void => {
    const all = descendants(root);
    for (const [pid, seen] of all) {
      seconds.set(pid, seen.seconds);
      const name = nameOf(pid);
      peaks.set(name, Math.max(peaks.get(name) ?? 0, mebibytes("status", pid, "VmHWM")));
    }
    if (looks++ % TOGETHER_EVERY > 0) return;
    most = Math.max(
      most,
      [...all.keys()].reduce((sum, pid) => sum + mebibytes("smaps_rollup", pid, "Pss"), 0),
    );
  };
  const timer = setInterval(look, EVERY);
  return {
    stop: () => {
      clearInterval(timer);
      const processorSeconds = [...seconds.values()].reduce((sum, one) => sum + one, 0);
      return { processorSeconds, peaksMiB: Object.fromEntries(peaks), togetherMiB: most };
    },
  };
}

function descendants(root: number): Map<number, Seen> {
  const all = new Map<number, Seen>();
  for (const name of namesInProc()) {
    // The second field is the program's name, in brackets, and may hold anything.
    const fields = (read(`/proc/${name}/stat`) ?? "").split(") ").at(-1)?.split(" ") ?? [];
    if (fields.length > 12) all.set(Number(name), { parent: Number(fields[1]), seconds: (Number(fields[11]) + Number(fields[12])) * TICK });
  }
  const isBelow = (pid: number): boolean => pid === root || (pid > 1 && isBelow(all.get(pid)?.parent ?? 0));
  return new Map([...all].filter(([pid]) => isBelow(pid)));
}

/** `engine`, the package of a provider, or `program` for all else. */
function nameOf(pid: number): string {
  const words = read(`/proc/${pid}/cmdline`)?.split("\0") ?? [];
  if (words[0]?.endsWith("pulumi")) return "engine";
  const script = words.find((word) => word.endsWith("/main.js")) ?? "";
  if (script.endsWith("sandbox/main.js")) return words[words.indexOf(script) + 1] ?? "";
  return script.endsWith("plugin/main.js") ? "kpaas" : "program";
}

/** A figure of a process's memory, in MiB. */
function mebibytes(file: string, pid: number, what: string): number {
  const line = (read(`/proc/${pid}/${file}`) ?? "").split("\n").find((each) => each.startsWith(`${what}:`));
  return Number(/\d+/.exec(line ?? "")?.[0] ?? 0) / 1024;
}

function namesInProc(): string[] {
  try {
    return readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  } catch (error) {
    if (error instanceof Error && "code" in error) return []; // not Linux
    throw error;
  }
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error) return undefined; // it has just ended
    throw error;
  }
}
