import type { Grant } from "./roles";

/** Who asks. */
export interface Principal {
  /** Unique and for ever: issuer's subject, or the account of the compatible log-in. Written into commits and the audit trail. */
  readonly id: string;
  /** As people know them. */
  readonly name: string;
  readonly grants: readonly Grant[];
  /** How they have logged in. */
  readonly login: "token" | "compatible" | "none";
  /** When what they have logged in by ends, in milliseconds since 1970; undefined where it does not end by itself. */
  readonly until?: number;
}

/** Whoever asks what everybody may know. */
export const NOBODY: Principal = { id: "", name: "nobody", grants: [], login: "none" };
