import { randomUUID } from "node:crypto";
import { dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { appendLine, readIfThere } from "../../../host/files";
import type { ClusterSpec } from "../../../model/cluster/types";
import { begunOf, entriesOf, type Fence, FenceLost, type Journal, type JournalEntry, type JournalPlace } from "../journal";
import { isDeadHolder, readHolder, thisHolder } from "./holder";
import { isMajority, Lease, type LeasePorts, LeaseRefused } from "./lease";
import type { LeaseRequest } from "./lease-rule";
import { appendScript, hostFolder, leaseScript, readAnswer, readScript } from "./lease-script";
import { knownMachines, type OpenHosts, openHosts } from "./open-hosts";
import { askAll, printed, type RemoteHosts, shellWord } from "./remote-hosts";

/** How long a lease lasts that is not renewed any more: longer than a control plane takes to reboot. */
export const LEASE_SECONDS = 600;
const RENEWED_EVERY_MS = 60_000;
const ANSWER_MS = 30_000;
/** A host that was silent the last time is not waited for that long again. */
const SILENT_MS = 10_000;
const AGAIN_MS = 5_000;

/** What the journal of a cluster needs. */
export interface JournalPorts {
  /** The cluster's name. */
  readonly cluster: string;
  /** Names of the control planes that hold lease and journal when a run begins, of a new cluster those it is to have. */
  readonly controlPlanes: readonly string[];
  /** All hosts of the change: they are marked as this cluster's. */
  readonly nodes: readonly string[];
  /** Hosts that are gone for good. */
  readonly lost: readonly string[];
  /** The copy of the journal on this machine. */
  readonly mirror: string;
  open(): Promise<OpenHosts>;
  /** Where hosts keep what is ours; tests have their own. */
  readonly folder?: string;
  /** How often the lease is renewed while a step runs; tests shorten it. */
  readonly renewedEveryMs?: number;
}

/** The journal of a change's cluster. @param root the project's folder */
export function hostsJournal(root: string, { recorded, wanted, machines, ssh, lostNodes }: JournalPlace): HostsJournal {
  const known = knownMachines(machines);
  const target = { root, environment: wanted.name, ssh, machines: known };
  return new HostsJournal({
    cluster: wanted.name,
    controlPlanes: (recorded ?? wanted).controlPlane,
    nodes: Object.keys(known),
    lost: lostNodes,
    mirror: join(root, ".kpaas", "clusters", wanted.name, "journal.jsonl"),
    open: () => openHosts(target),
  });
}

/** The control planes as lease and journal ask them. */
class JournalHosts {
  private readonly silent = new Set<string>();

  constructor(private readonly hosts: RemoteHosts) {}

  /** Runs a script as root, and gives what it prints. @throws HostUnreachable, CommandFailed */
  async ask(host: string, script: string, input = ""): Promise<string> {
    const timeoutMs = this.silent.has(host) ? SILENT_MS : ANSWER_MS;
    this.silent.add(host);
    const said = await printed(this.hosts, host, script, { become: true, timeoutMs, input });
    this.silent.delete(host);
    return said;
  }
}

type NumberedEntry = JournalEntry & { readonly number?: number };

/** The journal and the fence that live on the control planes. Every line is on a majority of them before the run goes on. */
export class HostsJournal implements Journal {
  private opened: OpenHosts | undefined;
  private hosts: JournalHosts | undefined;
  private lease: Lease | undefined;
  private run = "";
  private number = 0;

  constructor(private readonly ports: JournalPorts) {}

  async acquire(): Promise<Fence> {
    const { controlPlanes, lost } = this.ports;
    this.opened = await this.ports.open();
    this.hosts = new JournalHosts(this.opened.hosts);
    const owner = thisHolder();
    this.run = randomUUID();
    const lease = new Lease(leasePorts(this.hosts, this.folder), this.run, JSON.stringify(owner), LEASE_SECONDS, lost);
    try {
      await lease.acquire(controlPlanes);
    } catch (error) {
      await this.close();
      throw error instanceof LeaseRefused ? new Error(refusedText(error, this.ports.cluster)) : error;
    }
    this.lease = lease;
    await this.mark();
    const gone = new AbortController();
    let beating = Promise.resolve();
    const heart = setInterval(() => {
      beating = beating.then(() => this.beat(lease, gone));
    }, this.ports.renewedEveryMs ?? RENEWED_EVERY_MS);
    return {
      run: this.run,
      owner,
      lost: gone.signal,
      renew: (inventory) => this.renew(lease, inventory),
      release: async (left = []) => {
        clearInterval(heart);
        // What is on its way would take the lease again once it is given back.
        await beating;
        try {
          await this.forget(left);
          // Where the folder is gone, the lease is: to give it back would make the folder anew.
          if (!lease.hosts.every((host) => left.includes(host))) await lease.release();
        } finally {
          await this.close();
        }
      },
    };
  }

  async append(entry: JournalEntry): Promise<void> {
    const line = `${JSON.stringify({ ...entry, number: ++this.number } satisfies NumberedEntry)}\n`;
    appendLine(this.ports.mirror, line.trimEnd());
    const { hosts, lease } = this.held;
    const script = appendScript(this.folder, this.run);
    const { answers, failures } = await askAll(lease.hosts, (host) => hosts.ask(host, script, line));
    const written = [...answers].filter(([, said]) => said.trim() === "written").map(([host]) => host);
    if (isMajority(written, [lease.hosts])) return;
    if (answers.size > written.length) throw new FenceLost("another run has taken over the lease on the control planes: this one stops");
    throw new Error(`the journal is not on a majority of the control planes: ${reasons(failures)}`);
  }

  async begun(): Promise<ReadonlyMap<string, "started" | "finished">> {
    const { hosts, lease } = this.held;
    const { answers, failures } = await askAll(lease.hosts, (host) => hosts.ask(host, readScript(this.folder)));
    if (!isMajority([...answers.keys()], [lease.hosts])) throw new Error(`the journal cannot be read: ${reasons(failures)}`);
    const onHosts = [...answers].flatMap(([host, text]) => entriesOf(text, `${host}:${this.folder}/journal.jsonl`));
    // Lines of a cluster that was there before under this name are not this one's.
    const runs = new Set(onHosts.map(({ run }) => run));
    const here = entriesOf(readIfThere(this.ports.mirror) ?? "", this.ports.mirror).filter(({ run }) => runs.has(run));
    const entries = unionOf([...onHosts, ...here]);
    this.number = Math.max(this.number, ...entries.map(({ number = 0 }) => number));
    return begunOf(entries);
  }

  private get folder(): string {
    return this.ports.folder ?? hostFolder(this.ports.cluster);
  }

  private get held(): { readonly hosts: JournalHosts; readonly lease: Lease } {
    if (!this.hosts || !this.lease) throw new Error("the journal is used without its fence");
    return { hosts: this.hosts, lease: this.lease };
  }

  /** So that what a broken run leaves on a host is known to be this cluster's. */
  private async mark(): Promise<void> {
    const nodes = this.ports.nodes.filter((node) => !this.ports.lost.includes(node));
    // One that is silent is none that a step of this run needs.
    await askAll(nodes, async (node) => {
      await this.opened?.hosts.run(node, `mkdir -p ${shellWord(this.folder)}`, { become: true, timeoutMs: SILENT_MS });
    });
  }

  private async forget(left: readonly string[]): Promise<void> {
    const { hosts } = this.held;
    const known = this.ports.nodes.filter((node) => left.includes(node));
    const all = shellWord(dirname(this.folder));
    await askAll(known, (node) => hosts.ask(node, `rm -rf ${shellWord(this.folder)} && rmdir --ignore-fail-on-non-empty ${all}`));
  }

  private async renew(lease: Lease, inventory: ClusterSpec): Promise<void> {
    try {
      while (!(await lease.renew())) {
        if (!lease.isHeld)
          throw new FenceLost("a majority of the control planes has not answered for so long that another run may have begun");
        await pause(AGAIN_MS);
      }
      await lease.move(inventory.controlPlane);
    } catch (error) {
      if (error instanceof LeaseRefused) throw new FenceLost(refusedText(error, this.ports.cluster));
      throw error;
    }
  }

  /** Keeps the lease while a step runs; where it is lost, the step is stopped. */
  private async beat(lease: Lease, gone: AbortController): Promise<void> {
    if (gone.signal.aborted) return;
    try {
      const renewed = await lease.renew();
      if (renewed || lease.remaining > 0) return;
      gone.abort(new FenceLost("the lease on the control planes could not be renewed in time: another run may have begun"));
    } catch (error) {
      const reason = error instanceof LeaseRefused ? refusedText(error, this.ports.cluster) : String(error);
      gone.abort(new FenceLost(reason));
    }
  }

  async breakFence(run: string): Promise<boolean> {
    const { controlPlanes, cluster } = this.ports;
    const opened = await this.ports.open();
    try {
      return await breakLease(opened.hosts, controlPlanes, cluster, run, this.folder);
    } finally {
      await opened.close();
    }
  }

  private async close(): Promise<void> {
    await this.opened?.close();
    this.opened = undefined;
    this.hosts = undefined;
    this.lease = undefined;
  }
}

/**
 * Takes the lease away from a run that is known to be over, on every host that answers; false where no host had it from that run.
 * @param controlPlanes those that are recorded: whoever else counts is asked as they tell it
 */
export async function breakLease(
  hosts: RemoteHosts,
  controlPlanes: readonly string[],
  cluster: string,
  run: string,
  folder = hostFolder(cluster),
): Promise<boolean> {
  const ask = async (host: string, request: LeaseRequest) =>
    readAnswer(await printed(hosts, host, leaseScript(folder, request), { become: true, timeoutMs: ANSWER_MS }));
  const asked = new Set<string>();
  let granted = false;
  for (let waiting = [...controlPlanes]; waiting.length > 0; ) {
    for (const host of waiting) asked.add(host);
    const { answers } = await askAll(waiting, async (host) => {
      // Renewed for no time at all, and only where it is that run's.
      const answer = await ask(host, { op: "hold", run, holder: "{}", seconds: 0, again: true });
      await ask(host, { op: "release", run });
      return answer;
    });
    granted ||= [...answers.values()].some((answer) => answer.granted);
    waiting = [...new Set([...answers.values()].flatMap(({ members }) => members?.hosts ?? []))].filter((host) => !asked.has(host));
  }
  return granted;
}

function leasePorts(hosts: JournalHosts, folder: string): LeasePorts {
  const now = sleeplessClock();
  return {
    ask: async (host, request) => readAnswer(await hosts.ask(host, leaseScript(folder, request))),
    now,
    pause: (ms) => pause(ms),
    isDead: isDeadHolder,
  };
}

/**
 * Milliseconds that only ever grow. Of this machine's two clocks one stands still while it sleeps, and the other may be set: from one look to
 * the next, the one that went further counts.
 */
export function sleeplessClock(wall: () => number = Date.now, steady: () => number = () => performance.now()): () => number {
  let [lastWall, lastSteady, elapsed] = [wall(), steady(), 0];
  return () => {
    const [nowWall, nowSteady] = [wall(), steady()];
    elapsed += Math.max(nowWall - lastWall, nowSteady - lastSteady);
    [lastWall, lastSteady] = [nowWall, nowSteady];
    return elapsed;
  };
}

/** Every line once, in the order they were written. */
function unionOf(entries: readonly NumberedEntry[]): NumberedEntry[] {
  const once = new Map(entries.map((entry) => [`${entry.run} ${entry.number}`, entry]));
  return [...once.values()].sort((one, other) => (one.number ?? 0) - (other.number ?? 0) || one.at.localeCompare(other.at));
}

function refusedText({ holder, silent }: LeaseRefused, cluster: string): string {
  if (holder) {
    const who = readHolder(holder.holder);
    const name = who ? `process ${who.pid} on ${who.host}` : "an unknown process";
    return (
      `another run is working on this cluster (${name}). Wait for it to end; if it has died, its lease ends in ` +
      `${Math.max(1, Math.ceil(holder.seconds / 60))} min, or at once by \`kpaas cluster unlock ${cluster} --run ${holder.run}\`.`
    );
  }
  const names = Object.entries(silent).map(([, reason]) => reason);
  return `the lease needs a majority of the control planes: ${names.join("; ") || "none of them is known"}`;
}

function reasons(failures: ReadonlyMap<string, Error>): string {
  return [...failures.values()].map(({ message }) => message).join("; ");
}
