import { EXPORTER_FILES, EXPORTER_FOLDER, type Exporter } from "../exporter";
import type { DatabaseSpec } from "./args";

/** Its settings, and how it shows itself, as files of its Secret. */
const FILES = { address: "address", user: "user", password: "password", shown: "web.json" } as const;

/**
 * Who asks how the server is: an account with an empty database of its own, and no right beyond it. Whoever may log in may ask for the server's
 * counters and settings. What takes rights (sizes of others' databases, who runs what, the log) is not asked for.
 */
export const EXPORTER_ACCOUNT: DatabaseSpec = { database: "kpaas_exporter", user: "kpaas_exporter" };

/** Of what it asks by itself: what takes rights, or says nothing of others' databases without them. */
const NOT_ASKED = [
  ...["database", "locks", "replication", "replication_slots", "roles", "stat_activity", "stat_progress_vacuum", "stat_replication"],
  ...["stat_user_tables", "statio_user_tables", "wal"],
];

/** The exporter of the Prometheus community, beside one server: several members say themselves what they count. */
export const EXPORTER: Exporter = {
  workload: "postgresql-exporter",
  args: exporterArgs(),
  env: exporterEnvironment(),
  port: 9187,
  page: "/",
};

/** @param folder where its files are */
export function exporterArgs(folder = EXPORTER_FOLDER): string[] {
  return [`--web.config.file=${folder}/${FILES.shown}`, "--disable-default-metrics", ...NOT_ASKED.map((each) => `--no-collector.${each}`)];
}

/** @param folder where its files are */
export function exporterEnvironment(folder = EXPORTER_FOLDER): Readonly<Record<string, string>> {
  return {
    DATA_SOURCE_URI_FILE: `${folder}/${FILES.address}`,
    DATA_SOURCE_USER_FILE: `${folder}/${FILES.user}`,
    DATA_SOURCE_PASS_FILE: `${folder}/${FILES.password}`,
  };
}

/**
 * Its files. That of the password is secret.
 * @param folder where the others are
 */
export function exporterSettings(
  { user, password, host, port }: { readonly user: string; readonly password: string; readonly host: string; readonly port: number },
  folder = EXPORTER_FOLDER,
): Readonly<Record<string, string>> {
  const { certificate, key, authority } = EXPORTER_FILES;
  const shown = { cert_file: `${folder}/${certificate}`, key_file: `${folder}/${key}`, min_version: "TLS12" };
  return {
    [FILES.address]: `${host}:${port}/${EXPORTER_ACCOUNT.database}?sslmode=verify-full&sslrootcert=${folder}/${authority}`,
    [FILES.user]: user,
    [FILES.password]: password,
    // JSON, which YAML holds.
    [FILES.shown]: JSON.stringify({ tls_server_config: shown }),
  };
}
