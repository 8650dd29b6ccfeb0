import { readFileSync, rmSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { createWhole, PRIVATE, readIfThere, removeIfStill, writeWhole } from "../../host/files";
import { thisProcess } from "../../host/processes";
import { RealApi } from "../kubernetes/real/api";
import { playHardware } from "../kubernetes/real/hardware";
import { fields, text } from "../kubernetes/values";
import { PARTS } from "../packages";
import { ControlPlane } from "./control-plane";
import { endOrphans, isKept, type KeeperRecord, namePath, type Programs, readRecord, recordPath, serversFolder, usePath } from "./record";

const EVERY_MS = 200;

/** Nobody's use for so long, in milliseconds, ends the servers; the next operation starts them again. */
const IDLE_MS = 60 * 60 * 1_000;

/** Where the sandbox is deleted meanwhile, nothing of it is made again. */
const WRITTEN = { mode: PRIVATE, durable: false, makeFolder: false };

/**
 * Keeps the servers of one world: starts them, plays its hardware, and ends with them when it is told to (SIGTERM), when one of them ends,
 * when the world is gone, or when nobody has used them for an hour. Of several keepers of one world, one works.
 */
class Keeper {
  private readonly stopping = new AbortController();
  private record: KeeperRecord = { keeper: thisProcess(), servers: [], ready: false };

  private constructor(
    private readonly world: string,
    private readonly plane: ControlPlane,
  ) {}

  static async run(world: string, programs: Programs): Promise<void> {
    if (!takePlace(world)) return;
    const keeper = new Keeper(world, await ControlPlane.in(serversFolder(world), programs));
    await keeper.keep();
  }

  private async keep(): Promise<void> {
    const end = (): void => this.stopping.abort();
    process.once("SIGTERM", end).once("SIGINT", end);
    process.once("exit", () => this.plane.kill());
    try {
      const cluster = readIfThere(this.clusterPath);
      if (cluster !== undefined) this.note({ cluster });
      writeWhole(usePath(this.world), "", WRITTEN);
      writeWhole(namePath(this.world), `${JSON.stringify(this.plane.named, undefined, 2)}\n`, WRITTEN);
      await this.start();
      await Promise.all([this.watch(), this.play()]);
    } finally {
      this.stopping.abort();
      await this.plane.stop();
      rmSync(recordPath(this.world), { force: true });
    }
  }

  private get clusterPath(): string {
    return join(serversFolder(this.world), "cluster");
  }

  private note(change: Partial<KeeperRecord>): void {
    this.record = { ...this.record, ...change };
    writeWhole(recordPath(this.world), JSON.stringify(this.record), WRITTEN);
  }

  private async start(): Promise<void> {
    await this.plane.start(() => this.note({ servers: this.plane.owners }));
    this.note({ ready: true });
  }

  /** Looks after the servers until there is a reason to end. */
  private async watch(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      if (this.isForgotten() || this.isIdle()) this.stopping.abort();
      const { ended } = this.plane;
      if (ended !== undefined) throw new Error(ended);
      await this.followCluster();
      await pause(EVERY_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  private play(): Promise<void> {
    let told = "";
    return playHardware(
      new RealApi(this.plane.named),
      this.world,
      this.stopping.signal,
      (error) => {
        const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
        if (this.record.ready && text !== told) console.error(text);
        told = text;
      },
      PARTS,
    );
  }

  /** Whether the world was taken away, or its record given to another. */
  private isForgotten(): boolean {
    return readRecord(this.world)?.keeper.pid !== process.pid || readIfThere(namePath(this.world)) === undefined;
  }

  private isIdle(): boolean {
    return Date.now() - (statSync(usePath(this.world), { throwIfNoEntry: false })?.mtimeMs ?? 0) > IDLE_MS;
  }

  /** A cluster that was made anew holds nothing of the former one. */
  private async followCluster(): Promise<void> {
    const uid = clusterIn(this.world);
    if (uid === undefined || uid === this.record.cluster) return;
    if (this.record.cluster !== undefined) {
      this.note({ ready: false });
      await this.plane.stop();
      this.plane.empty();
      await this.start();
    }
    writeWhole(this.clusterPath, uid, WRITTEN);
    this.note({ cluster: uid });
  }
}

/** Which cluster a world has; undefined for none, and while a person's change of the file is half done. */
function clusterIn(world: string): string | undefined {
  try {
    return text(fields(JSON.parse(readIfThere(join(world, "cluster.json")) ?? "{}")).uid);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Makes this process the world's keeper; false where one is at work. What a killed one left running is ended. */
function takePlace(world: string): boolean {
  const path = recordPath(world);
  const own: KeeperRecord = { keeper: thisProcess(), servers: [], ready: false };
  while (!createWhole(path, JSON.stringify(own), WRITTEN)) {
    const [content, former] = [readIfThere(path), readRecord(world)];
    if (content === undefined || former === undefined) continue;
    if (isKept(former)) return false;
    endOrphans(former);
    removeIfStill(path, content);
  }
  return true;
}

/** `keeper.js WORLD PROGRAMS`: the second is a JSON file of {@link Programs}. */
const [world = "", programs = ""] = process.argv.slice(2);
Keeper.run(resolve(world), JSON.parse(readFileSync(programs, "utf8"))).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
});
