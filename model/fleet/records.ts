import { createHash } from "node:crypto";
import type { SecretReference } from "../plan/infrastructure-types";
import type { ExportedStack } from "./export/cluster";
import type { Workspaces } from "./export/operator-stack";
import type { FleetPlan } from "./plan";
import type { Step, Work } from "./work";

/* What a run of a fleet writes down, and how it is read back after whatever happened. */

/** How a step of a cluster ended. */
export interface Ended {
  /** `unknown`: whoever ran it is gone, and left no result. */
  readonly outcome: "done" | "failed" | "unknown";
  /** Why it failed. */
  readonly reason?: string;
  /** Trying again may help. */
  readonly transient?: boolean;
  /** Of a preview: of what it would change. */
  readonly fingerprint?: string;
}

/** How a run ended, or why it waits for somebody. */
export type Outcome = "done" | "failed" | "stopped" | "cancelled" | "paused";

/** What was agreed to: what is done with which clusters, and by cluster what its preview has shown. */
export type Begun = Work & {
  readonly run: string;
  readonly sandbox: boolean;
  readonly plan: FleetPlan;
  /** By cluster, the fingerprint of its preview; none of a destroy. */
  readonly approved: Readonly<Record<string, string>>;
  readonly approvals?: Approvals;
  /** Who brings the clusters up. @default processes of the runner's machine */
  readonly operator?: OperatorRun;
};

/** What a run by the operator goes by, whatever the files say later. */
export interface OperatorRun {
  readonly workspaces: Workspaces;
  /** By cluster, in the order in which they are brought up. */
  readonly stacks: Readonly<Record<string, readonly ExportedStack[]>>;
  readonly kubeconfig: SecretReference;
  /** What its relative paths go by. */
  readonly folder: string;
}

/** By cluster, the dangerous changes that are let through, each bound to what it was given for. */
export type Approvals = Readonly<Record<string, readonly string[]>>;

/** One line of the journal. */
export type FleetRecord = { readonly at: string } & (
  | ({ readonly event: "begun" } & Begun)
  /** A runner begins, or goes on. What has failed is tried again, and what was cancelled goes on. */
  | { readonly event: "opened" }
  | { readonly event: "approved"; readonly wave: string }
  | { readonly event: "started"; readonly cluster: string; readonly step: Step; readonly attempt: number }
  | ({ readonly event: "ended"; readonly cluster: string; readonly step: Step; readonly attempt: number } & Ended)
  | { readonly event: "baked"; readonly part: string }
  | { readonly event: "cancelled" }
  | { readonly event: "finished"; readonly outcome: Outcome }
);

/** A journal as it was read. */
export interface ReadJournal {
  readonly records: readonly FleetRecord[];
  /** The number of the next record. */
  readonly next: number;
  /** The highest fencing token that has written. */
  readonly token: number;
}

/** Raised where records are missing or altered that were written whole. */
export class JournalDamagedError extends Error {
  override readonly name = "JournalDamagedError";
}

/** A record as a line: its number, the token of its runner, a checksum over all of it, itself. */
export function encodeRecord(record: FleetRecord, number: number, token: number): string {
  const text = JSON.stringify(record);
  return `${number} ${token} ${checksum(number, token, text)} ${text}`;
}

/**
 * Reads a journal to its last whole record, wherever it was cut off: what is torn, filled with zeros or there twice at an end that a lost power has
 * left is passed over. So is what a runner wrote that another had taken over from.
 * @throws JournalDamagedError where a record in the middle is missing or altered
 */
export function decodeJournal(content: string): ReadJournal {
  const records: FleetRecord[] = [];
  const whole: string[] = [];
  let token = 0;
  let unreadable: number | undefined;
  content.split("\n").forEach((line, index) => {
    const [, number = "", own = "", sum = "", text = ""] = /^(\d+) (\d+) ([0-9a-f]{16}) (\{.*\})$/.exec(line) ?? [];
    // Half a line is what a killed runner leaves; what it would have said had not been done.
    if (text === "" || checksum(Number(number), Number(own), text) !== sum) {
      if (line !== "") unreadable = index + 1;
      return;
    }
    // One that was paused for so long that another took over.
    if (Number(own) < token) return;
    // It took over when this was still on its way.
    if (Number(own) > token && Number(number) < records.length) records.length = Number(number);
    if (Number(number) < records.length && whole[Number(number)] === line) return;
    if (Number(number) !== records.length) {
      const damage = unreadable === undefined ? "" : `, and line ${unreadable} cannot be read`;
      throw new JournalDamagedError(`line ${index + 1} holds record ${number} where record ${records.length} is due${damage}`);
    }
    token = Number(own);
    whole[records.length] = line;
    records.push(JSON.parse(text));
  });
  return { records, next: records.length, token };
}

function checksum(number: number, token: number, text: string): string {
  return createHash("sha256").update(`${number} ${token} ${text}`).digest("hex").slice(0, 16);
}
