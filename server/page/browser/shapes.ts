import type { components, operations } from "../../../library/client-calls";

/* What the service's calls answer, by its OpenAPI document, under the names that the page has for it. */

type Schemas = components["schemas"];

export type Me = Schemas["Me"];
export type Grant = Me["roles"][number];
export type Role = Grant["role"];
export type Environment = Schemas["Environment"];
export type WholeEnvironment = Schemas["WholeEnvironment"];
export type Topology = NonNullable<WholeEnvironment["topology"]>;
export type Machine = Topology["machines"][number];
export type Commit = WholeEnvironment["history"][number];
export type Operation = Schemas["Operation"];
export type Plan = Schemas["Plan"];
export type Effect = Plan["changes"][number];
export type PlannedStep = Plan["steps"][number];
export type Danger = Plan["approvals"][number];
export type Line = Schemas["Line"];
export type Turn = Schemas["Event"];
export type AuditEntry = Schemas["AuditEntry"];
export type Verification = Schemas["AuditVerification"];
export type Webhook = Schemas["Webhook"];
export type Account = Schemas["Account"];
export type AccountForm = Schemas["AccountForm"];
export type Tried = Schemas["TriedAccount"];
export type Delivery = Schemas["Delivery"];
export type Asked = operations["askForOperation"]["requestBody"]["content"]["application/json"];

/** One thing that is wrong, with a request or with an environment. */
export interface Fault {
  readonly path: string;
  readonly reason: string;
  readonly remedy?: string;
  readonly severity?: "error" | "warning";
}
