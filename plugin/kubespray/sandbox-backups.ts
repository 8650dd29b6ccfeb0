import { existsSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { isAbsolute, join, relative } from "node:path";
import { namesIn, PRIVATE, readIfThere, writeWhole } from "../../host/files";
import { PlaybookFailure } from "../../model/cluster/simulate/state";
import { readJson, type SandboxCluster } from "./sandbox-cluster";

/** What a backup of a simulated cluster holds: the objects that are in its etcd, and its keys. */
interface Snapshot {
  readonly at: string;
  /** The cluster's UID is an object of its etcd too. */
  readonly uid: string;
  /** Sealed. */
  readonly pki: string;
  /** Content by path. */
  readonly objects: Readonly<Record<string, string>>;
}

/** The files that the small simulation keeps objects in. */
const OBJECTS = "kubernetes";
const CLUSTER = "cluster.json";
const KEYS = "cluster-pki.json";
const RESTORING = "restoring";

/** Backups of a simulated cluster: files in its world's folder, which outlive its machines. */
export class SandboxBackups {
  constructor(private readonly cluster: SandboxCluster) {}

  /** Their names, the oldest first. */
  names(): string[] {
    return namesIn(this.folder)
      .filter((name) => name.endsWith(".json"))
      .map((name) => name.slice(0, -".json".length))
      .sort();
  }

  /** When the newest one was made. */
  lastAt(): string | undefined {
    const newest = this.names().at(-1);
    return newest === undefined ? undefined : readJson<Snapshot>(this.pathOf(newest))?.at;
  }

  /** Makes one, and forgets the oldest beyond `keep`. @throws PlaybookFailure */
  make(keep: number): void {
    const file = this.cluster.read();
    if (!file) throw new PlaybookFailure("there is no cluster to make a backup of");
    this.requireSimulation();
    const at = this.cluster.now().toISOString();
    const snapshot: Snapshot = { at, uid: file.uid, pki: readIfThere(this.cluster.path(KEYS)) ?? "", objects: this.objects() };
    writeWhole(this.pathOf(`etcd-${at.replace(/[-:]|\.\d+/g, "")}`), JSON.stringify(snapshot), { mode: PRIVATE });
    for (const name of this.names().slice(0, -keep)) rmSync(this.pathOf(name));
  }

  /** A real API server has an etcd of its own, which is not touched. */
  get arePlayed(): boolean {
    return readIfThere(this.cluster.path("api.json")) === undefined;
  }

  /** What a restore onto bare hosts was begun with, as long as it has not ended. */
  restoring(): string | undefined {
    return readIfThere(this.cluster.path(RESTORING));
  }

  /** Puts back the keys or, in a cluster that runs, what was in its etcd. @throws PlaybookFailure */
  restore(name: string, phase: "keys" | "data" | "end", secretVariables: readonly string[]): void {
    this.requireSimulation();
    if (phase === "end") {
      rmSync(this.cluster.path(RESTORING), { force: true });
      return;
    }
    const { pki, objects, uid } = this.read(name);
    if (phase === "keys") {
      writeWhole(this.cluster.path(RESTORING), name);
      // Its control planes are bare: of the cluster that was there nothing is left.
      for (const path of [CLUSTER, OBJECTS]) rmSync(this.cluster.path(path), { recursive: true, force: true });
      writeWhole(this.cluster.path(KEYS), pki, { mode: PRIVATE });
      return;
    }
    const file = this.cluster.read();
    if (!file) throw new PlaybookFailure("there is no cluster to put the snapshot into");
    rmSync(this.cluster.path(OBJECTS), { recursive: true, force: true });
    for (const [path, content] of Object.entries(objects)) writeWhole(join(this.cluster.path(OBJECTS), path), content, { mode: PRIVATE });
    this.cluster.write({ ...file, uid }, secretVariables);
  }

  private read(name: string): Snapshot {
    const names = this.names();
    const found = name === "latest" ? names.at(-1) : name;
    const snapshot = found === undefined ? undefined : readJson<Snapshot>(isAbsolute(found) ? found : this.pathOf(found));
    if (!snapshot) throw new PlaybookFailure(`there is no backup ${name}; there are: ${names.join(", ") || "none"}`);
    return snapshot;
  }

  private objects(): Record<string, string> {
    const folder = this.cluster.path(OBJECTS);
    if (!existsSync(folder)) return {}; // nothing is in the cluster yet
    const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).map((name) => join(folder, name));
    return Object.fromEntries(
      files.filter((file) => statSync(file).isFile()).map((file) => [relative(folder, file), readFileSync(file, "utf8")]),
    );
  }

  private requireSimulation(): void {
    if (this.arePlayed) return;
    throw new PlaybookFailure(
      "this sandbox has a real API server, and only the small simulation plays backups: begin the sandbox with KPAAS_SANDBOX_SERVER=simulated",
    );
  }

  private get folder(): string {
    return this.cluster.path("snapshots");
  }

  private pathOf(name: string): string {
    return join(this.folder, `${name}.json`);
  }
}
