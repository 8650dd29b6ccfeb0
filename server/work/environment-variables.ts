import type { StateBackend } from "../settings";

/** What the service itself logs in by: no command that it starts, and no file that one reads, is given that. */
const OWN =
  /^(KPAAS_(DATABASE_URL|STATE_BACKEND|VAULT_.*)|PG[A-Z]+|VAULT_(TOKEN|ROLE_ID|SECRET_ID)|NODE_OPTIONS|OTEL_EXPORTER_OTLP_(TRACES_)?HEADERS)$/;

/** What leads commands to the backend of states. */
export function stateVariables(backend: StateBackend | undefined): Record<string, string> {
  if (backend === undefined) return {};
  return { PULUMI_BACKEND_URL: backend.url, ...(backend.password === undefined ? {} : { PGPASSWORD: backend.password }) };
}

/** The environment of a command: the service's without its own secrets, and with what this one needs. */
export function environmentOf(own: NodeJS.ProcessEnv, given: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  return { ...Object.fromEntries(Object.entries(own).filter(([name]) => !OWN.test(name))), ...given };
}
