import { renameSync } from "node:fs";
import { join, relative } from "node:path";
import { appendLine, keepFile, makeFolder, PRIVATE, PRIVATE_FOLDER, readIfThere, removeFolder } from "../host/files";
import { makeOwnFolder } from "../host/own-folder";
import { fields } from "../model/data";
import { type Begun, decodeJournal, encodeRecord, type FleetRecord, JournalDamagedError, type ReadJournal } from "../model/fleet/records";
import { FleetRun } from "../model/fleet/run";
import { refuseNewer } from "../model/formats";
import { RefusedError } from "../model/problems";
import { Lease } from "./lease";

/** What is kept of a fleet in `.kpaas/fleet/NAME/`: the journal of its run, and what the steps have said. */
export class FleetStore {
  readonly folder: string;
  private readonly path: string;
  private readonly timesPath: string;
  private lease: Lease | undefined;
  private next = 0;
  private token = 0;

  constructor(
    private readonly root: string,
    readonly fleet: string,
    sandbox: boolean,
  ) {
    this.folder = join(root, ".kpaas", "fleet", `${sandbox ? "sandbox-" : ""}${fleet}`);
    this.path = join(this.folder, "journal");
    this.timesPath = join(this.folder, "preview-times.json");
  }

  /** Where steps leave what they say. */
  get results(): string {
    return join(this.folder, "results");
  }

  /** Where leaves what it says who only looks. */
  get looks(): string {
    return join(this.folder, "looks");
  }

  /** The run as far as it is written down; undefined where there is none. @throws RefusedError where it is damaged, or a later version's */
  read(): FleetRun | undefined {
    const { records, next, token } = this.journal();
    refuseNewer("fleet", records[0], this.fleet);
    this.next = next;
    this.token = token;
    return FleetRun.of(records);
  }

  private journal(): ReadJournal {
    try {
      return decodeJournal(readIfThere(this.path) ?? "");
    } catch (error) {
      if (!(error instanceof JournalDamagedError)) throw error;
      const reason = `the record of its run is damaged: ${error.message}`;
      const remedy =
        "wait until no step of it runs any more, move that file away, and begin anew: what is up already is found so, and changed no second time";
      throw new RefusedError([{ environment: this.fleet, path: relative(this.root, this.path), reason, remedy, severity: "error" }]);
    }
  }

  /** Works on the fleet as its only runner. @throws FleetBusyError */
  async asOnlyRunner<T>(work: () => Promise<T>): Promise<T> {
    makeOwnFolder(this.root);
    makeFolder(this.folder, PRIVATE_FOLDER);
    this.lease = await Lease.take(this.leasePath);
    try {
      return await work();
    } finally {
      this.lease.release();
      this.lease = undefined;
    }
  }

  /** Whether a runner works on the fleet, as far as that can be told from here. */
  get isWorkedOn(): boolean {
    return Lease.isHeld(this.leasePath);
  }

  private get leasePath(): string {
    return join(this.folder, "lease.json");
  }

  /** Begins a run; the journal of the one before is kept beside it. */
  begin(begun: Begun): FleetRun {
    if (readIfThere(this.path) !== undefined) renameSync(this.path, join(this.folder, "journal.before"));
    this.next = 0;
    this.cancel(false);
    this.append({ event: "begun", at: new Date().toISOString(), ...begun });
    return new FleetRun(begun);
  }

  /** Goes on with the run that is written down; undefined where there is none. */
  open(): FleetRun | undefined {
    const run = this.read();
    if (run === undefined) return undefined;
    this.token += 1;
    this.cancel(false);
    const record = { event: "opened", at: new Date().toISOString() } as const;
    this.append(record);
    run.apply(record);
    return run;
  }

  /** Writes records to the disk, all of them or, where it is full, none. @throws LeaseLostError where another runner has taken over */
  append(...records: readonly FleetRecord[]): void {
    this.requireLease();
    const token = Math.max(this.token, 1);
    appendLine(this.path, records.map((record, index) => encodeRecord(record, this.next + index, token)).join("\n"));
    this.next += records.length;
  }

  /** @throws LeaseLostError where another runner has taken over */
  requireLease(): void {
    this.lease?.require();
  }

  /** A folder for whoever only looks, beside a run that may be under way. */
  async withFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
    makeOwnFolder(this.root);
    const folder = join(this.folder, `status-${process.pid}`);
    this.clear(folder);
    try {
      return await work(folder);
    } finally {
      removeFolder(folder);
    }
  }

  /** Forgets what earlier steps have said there. */
  clear(folder: string): void {
    removeFolder(folder);
    makeFolder(folder, PRIVATE_FOLDER);
  }

  /** By cluster, how many seconds its last preview took. */
  previewTimes(): Readonly<Record<string, number>> {
    try {
      const times: unknown = JSON.parse(readIfThere(this.timesPath) ?? "{}");
      return Object.fromEntries(Object.entries(fields(times)).filter((each): each is [string, number] => typeof each[1] === "number"));
    } catch {
      // They are a guess's better half, and no more.
      return {};
    }
  }

  keepPreviewTimes(times: Readonly<Record<string, number>>): void {
    keepFile(this.timesPath, JSON.stringify(times), { mode: PRIVATE });
  }

  /** Asks the run to end where it safely can, or takes that back. */
  cancel(wanted = true): void {
    keepFile(join(this.folder, "cancel"), wanted ? "yes" : "no", { mode: PRIVATE });
  }

  get isCancelled(): boolean {
    return readIfThere(join(this.folder, "cancel")) === "yes";
  }
}
