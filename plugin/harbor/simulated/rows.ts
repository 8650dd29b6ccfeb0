import { createHash } from "node:crypto";

/** A project of a simulated Harbor. */
export interface ProjectRow {
  readonly id: number;
  public: string;
  quota: number;
  /** Names, with the project's in front. Nobody pushes here: write some to play that. */
  repositories: string[];
}

/** A robot account of one. */
export interface RobotRow {
  readonly id: number;
  readonly projectId: number;
  /** `PROJECT+NAME`. */
  readonly name: string;
  description: string;
  disable: boolean;
  duration: number;
  /** Of its secret. */
  hash: string;
  permissions: readonly PermissionRow[];
}

/** What an account may do, and where. */
export interface PermissionRow {
  readonly kind: string;
  readonly namespace: string;
  readonly access: readonly { readonly resource: string; readonly action: string }[];
}

/** What a simulated Harbor's database holds. */
export interface HarborRows {
  /** Of the administrator's password, which the first start has read. */
  admin?: string;
  next: number;
  projects: Record<string, ProjectRow>;
  robots: Record<string, RobotRow>;
}

/** What its first start makes. */
export const FIRST_ROWS: HarborRows = {
  next: 2,
  projects: { library: { id: 1, public: "true", quota: -1, repositories: [] } },
  robots: {},
};

/** A call as the server has it. */
export interface ServedCall {
  readonly rows: HarborRows;
  /** What stands in the path, decoded. */
  readonly named: readonly string[];
  readonly query: URLSearchParams;
  readonly body: Readonly<Record<string, unknown>>;
}

/** A method, a path and who answers it. */
export type Route = readonly [
  method: string,
  path: RegExp,
  answer: (call: ServedCall) => { readonly status?: number; readonly body?: unknown },
];

/** Raised as what Harbor answers. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

export const bad = (message: string): Refusal => new Refusal(400, "BAD_REQUEST", message);
export const gone = (what: string): Refusal => new Refusal(404, "NOT_FOUND", `${what} not found`);
export const hashOf = (text: string): string => createHash("sha256").update(`harbor\0${text}`).digest("hex");

/** @throws Refusal where there is none */
export function projectOf(rows: HarborRows, name: string): ProjectRow {
  const project = rows.projects[name];
  if (project === undefined) throw gone(`project ${name}`);
  return project;
}
