// What the service's calls answer (server/api/), as far as the page shows it.

/** Who is logged in, by `GET /api/v1/me`. */
export interface Me {
  readonly id: string;
  readonly name: string;
  readonly roles: readonly Grant[];
}

export type Role = "viewer" | "operator" | "approver" | "administrator";

export interface Grant {
  readonly role: Role;
  readonly label?: { readonly name: string; readonly value: string };
}

/** A cluster in the list. */
export interface Environment {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly provider?: string;
  readonly release?: string;
  readonly kubernetes?: string;
  readonly machines?: number;
  readonly lock?: "current" | "missing" | "outdated";
  /** `new`, `up`, `failed`, `gone`, `planned`, `working` */
  readonly state: string;
  /** The operation that is open. */
  readonly operation?: string;
  readonly last?: { readonly id: string; readonly kind: string; readonly state: string; readonly ended?: string };
  readonly drift?: { readonly drifted: boolean; readonly at: string };
  /** When the first of its certificates ends. */
  readonly certificatesUntil?: string;
}

/** A cluster with all that is known of it. */
export interface WholeEnvironment extends Environment {
  readonly problems: readonly Fault[];
  readonly history: readonly Commit[];
  readonly text: string;
  readonly commit: string;
  readonly fourEyes: boolean;
  readonly topology?: Topology;
}

export interface Topology {
  readonly pools: readonly { readonly name: string; readonly machines: number }[];
  readonly machines: readonly Machine[];
  readonly services: readonly { readonly name: string; readonly version: string; readonly host?: string }[];
  readonly apiEndpoint?: string;
}

export interface Machine {
  readonly key: string;
  readonly pool: string;
  readonly roles: readonly string[];
  readonly zone?: string;
  readonly address: string;
  readonly size: string;
}

export interface Commit {
  readonly id: string;
  readonly at: string;
  readonly author: string;
  readonly subject: string;
}

/** One thing that is wrong. */
export interface Fault {
  readonly path: string;
  readonly reason: string;
  readonly remedy?: string;
  readonly severity?: "error" | "warning";
}

export interface Operation {
  readonly id: string;
  readonly environment: string;
  readonly kind: string;
  /** `waiting`, `running`, `planned` (for an approval), `done`, `failed`, `cancelled`, `rejected` */
  readonly state: string;
  readonly title?: string;
  readonly step?: string;
  readonly askedBy: string;
  readonly approvedBy?: string;
  readonly rejectedBy?: string;
  readonly cancelledBy?: string;
  readonly reason?: string;
  readonly created: string;
  readonly started?: string;
  readonly ended?: string;
}

/** What an operation would do, and what an approval of it is bound to. */
export interface Plan {
  readonly digest: string;
  readonly commit: string;
  readonly counts?: Readonly<Record<"create" | "update" | "replace" | "delete" | "same", number>>;
  readonly changes: readonly Effect[];
  readonly risks: readonly Effect[];
  readonly steps: readonly PlannedStep[];
  readonly approvals: readonly Danger[];
  /** Of a destroy. */
  readonly lost: readonly string[];
  readonly kept: readonly string[];
  /** All that an approval has to name. */
  readonly needs: readonly string[];
  readonly fourEyes: boolean;
}

export interface Effect {
  readonly effect: string;
  readonly what: string;
  readonly detail: string;
}

export interface PlannedStep {
  readonly playbook: string;
  readonly command: string;
  readonly minutes: number;
  readonly workloads: string;
  readonly reason: string;
}

/** A dangerous change. */
export interface Danger {
  readonly name: string;
  readonly path: string;
  readonly reason: string;
}

/** What a step has said. */
export interface Line {
  readonly number: number;
  readonly at: string;
  readonly step: string;
  readonly text: string;
}

/** A turn of an operation. */
export interface Turn {
  readonly operation: string;
  readonly environment: string;
  readonly kind: string;
  readonly state: string;
  readonly step?: string;
}

export interface AuditEntry {
  readonly number: number;
  readonly at: string;
  readonly actor: string;
  readonly action: string;
  readonly target: string;
  readonly detail: unknown;
}

export interface Verification {
  readonly entries: number;
  readonly heads: number;
  readonly faults: readonly string[];
}

export interface Page<T> {
  readonly items: readonly T[];
  readonly next?: string;
}
