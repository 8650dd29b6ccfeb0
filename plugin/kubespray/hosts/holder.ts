import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";
import { bootTime, isAlive, type Owner, thisProcess } from "../../../host/processes";
import { requireOurs } from "../journal";

/** Who holds a lease, as it is written down beside it. */
export interface Holder extends Owner {
  /** Tells the running system from every other: its number means nothing elsewhere, nor after a reboot, and hosts share names. */
  readonly system: string;
}

/** This process as a holder. */
export function thisHolder(): Holder {
  return { ...thisProcess(), system: thisSystem() };
}

/** Whether the process that holds a lease is known to have died: it ran on this very system. */
export function isDeadHolder(text: string): boolean {
  const holder = readHolder(text);
  return holder !== undefined && holder.system === thisSystem() && !isAlive(holder);
}

/** Reads what is written beside a lease. @throws Error where a later version wrote it */
export function readHolder(text: string): Holder | undefined {
  try {
    const holder: Holder = JSON.parse(text);
    requireOurs(holder, "the lease on the control planes");
    return holder;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** A process's number counts within one boot and one namespace. */
function thisSystem(): string {
  try {
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
    return `${boot} ${readlinkSync("/proc/self/ns/pid")}`;
  } catch {
    // Where this is a second off, the lease is waited for instead.
    return `${hostname()} ${Math.round(bootTime() / 1_000)}`;
  }
}
