import { accountOf, formerAccounts } from "../database/accounts";
import type { DatabaseSpec } from "./args";

export const PORT = 5432;

/** The user that administers the server, from inside its pod. */
export const SUPERUSER = "postgres";

/** Size of a server's volume where its plan says none. */
export const DEFAULT_GIB = 8;

/** Names of the objects that the pods refer to. */
export const NAMES = {
  server: "postgresql",
  headless: "postgresql-headless",
  data: "postgresql-data",
  config: "postgresql-config",
  accounts: "postgresql-accounts",
  tls: "postgresql-tls",
  schemas: "postgresql-schemas",
  former: "postgresql-former-accounts",
} as const;

/** Where things are in the pods. */
export const FOLDERS = {
  data: "/var/lib/postgresql/data",
  config: "/etc/kpaas-postgresql",
  accounts: "/etc/kpaas-accounts",
  superuser: "/etc/kpaas-superuser",
  tls: "/etc/kpaas-tls",
  run: "/run/postgresql",
} as const;

/** The statements that the server's accounts come from. */
export const ACCOUNTS_FILE = "accounts.sql";

/** What the superuser logs in with, beside them in their Secret: the one thing of it that the server's own container sees. */
export const SUPERUSER_FILE = "superuser-password";

/** The server's own files, by name: its settings, and who may log in to what from where. */
export function serverFiles(
  databases: readonly DatabaseSpec[],
  podCidr: string,
  folders: Readonly<Record<"config" | "tls" | "run", string>> = FOLDERS,
  port = PORT,
): Readonly<Record<string, string>> {
  const settings = {
    listen_addresses: "*",
    port,
    unix_socket_directories: folders.run,
    hba_file: `${folders.config}/pg_hba.conf`,
    ident_file: `${folders.config}/pg_ident.conf`,
    ssl: "on",
    ssl_cert_file: `${folders.tls}/tls.crt`,
    ssl_key_file: `${folders.tls}/tls.key`,
    ...SETTINGS,
  };
  const lines = Object.entries(settings).map(([name, value]) => `${name} = '${value}'\n`);
  return { "postgresql.conf": lines.join(""), "pg_hba.conf": loginRules(databases, podCidr), "pg_ident.conf": "" };
}

/** Settings of every server. */
export const SETTINGS = { ssl_min_protocol_version: "TLSv1.2", password_encryption: "scram-sha-256", max_connections: 200 } as const;

/** Who comes from the pods: each account to its own database, by password and TLS; and nobody else. */
export function accountRules(databases: readonly DatabaseSpec[], podCidr: string): string[] {
  return [
    // Those of before too: as long as they have a password.
    ...databases.flatMap((spec) =>
      [...formerAccounts(spec), accountOf(spec)].map((user) => `hostssl "${spec.database}" "${user}" ${podCidr} scram-sha-256`),
    ),
    "host all all all reject",
    "host replication all all reject",
  ];
}

function loginRules(databases: readonly DatabaseSpec[], podCidr: string): string {
  const administrator = `local all "${SUPERUSER}" scram-sha-256`;
  return [administrator, "local all all reject", ...accountRules(databases, podCidr), ""].join("\n");
}
