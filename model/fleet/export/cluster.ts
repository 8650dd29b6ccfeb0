import type { JobLogin } from "../../cloud";
import type { Layer } from "../../layers";
import type { SecretReference } from "../../plan/infrastructure-types";

/** What whoever else brings a cluster up has to know of it beside its place in the fleet. */
export interface ExportedCluster {
  readonly name: string;
  readonly provider: string;
  readonly region?: string;
  /** How jobs log in at its cloud; undefined where its file says where the credentials are, or nobody is asked. */
  readonly login?: JobLogin;
  /** Its stacks, in the order in which they are brought up. */
  readonly stacks: readonly ExportedStack[];
  /** Whether its lock is there and says what the plan does. */
  readonly isLocked: boolean;
  /** Where its file refers to secrets. */
  readonly secrets: readonly ReferredSecret[];
  /** Whether it goes by keys of an SSH agent. */
  readonly usesAgent: boolean;
  /** A folder or tarball outside the project's folder that kubespray is taken from. */
  readonly kubesprayFrom?: string;
}

export interface ExportedStack {
  readonly layer?: Layer;
  /** As the engine calls it. */
  readonly name: string;
  /** How its secrets are encrypted, by its configuration; undefined where that says nothing. */
  readonly secretsProvider?: string;
}

export interface ReferredSecret {
  readonly path: string;
  readonly reference: SecretReference;
}

/** The environment variables that its file names, and those by which it reads from a secret store. */
export function variablesOf({ secrets, stacks }: Pick<ExportedCluster, "secrets" | "stacks">): string[] {
  const named = secrets.flatMap(({ reference }) => ("env" in reference ? [reference.env] : []));
  const asksStore =
    secrets.some(({ reference }) => "vault" in reference) ||
    stacks.some(({ secretsProvider }) => secretsProvider?.startsWith("hashivault:") === true);
  return [...new Set([...named, ...(asksStore ? ["VAULT_ADDR", "VAULT_TOKEN"] : [])])].sort();
}
