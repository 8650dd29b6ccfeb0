import { groupPath } from "../plan/input-field";
import type { AppliedMachine } from "./applied";

/** The dangerous changes that an approval can let through; what each means is in docs/environment-file.md. */
export const APPROVABLE = [
  "remove",
  "rebuild",
  "resize",
  "discard-volume",
  "unprotect",
  "drop-database",
  "drop-data",
  "drop-tenant",
  "drop-extra",
  "move-ingress",
  "move-domain",
  "change-authority",
  "move-address",
  "move-endpoint",
  "move-release",
] as const;

/** A change that loses something or risks the cluster. */
export interface Danger {
  /** The machine's key, or `environment`. */
  readonly key: string;
  readonly action: (typeof APPROVABLE)[number] | "never";
  /** The field of the environment file that asks for it. */
  readonly path: string;
  readonly reason: string;
  /** The way to get there safely. */
  readonly remedy: string;
  readonly value?: unknown;
}

/** What no approval lets through. */
export function never(path: string, reason: string, remedy: string, value?: unknown, key = "environment"): Danger {
  return { key, action: "never", path, reason, remedy, ...(value === undefined ? {} : { value }) };
}

/** A field of the machine's group beside the one that declares its machines. */
export function groupField(machine: AppliedMachine, field: string): string {
  return `${groupPath(machine.group).replace(/\.nodes$/, "")}.${field}`;
}
