import { EXPORTER_FILES, EXPORTER_FOLDER, type Exporter } from "../exporter";
import type { SchemaSpec } from "./args";

/** Its settings, and how it shows itself, as files of its Secret. */
const FILES = { settings: "my.cnf", shown: "web.json" } as const;

/**
 * Who asks how the server is: an account without a right. Whoever may log in may ask for the server's counters and settings. What takes rights
 * (replication, processes, tables of others) is not asked for.
 */
export const EXPORTER_ACCOUNT: SchemaSpec = { schema: "kpaas_exporter", user: "kpaas_exporter", tableRights: {} };

const NOT_ASKED = ["slave_status", "info_schema.innodb_cmp", "info_schema.innodb_cmpmem", "info_schema.query_response_time"];

/** Prometheus' own exporter of MySQL. */
export const EXPORTER: Exporter = {
  workload: "mariadb-exporter",
  args: exporterArgs(),
  port: 9104,
  page: "/",
};

/** @param folder where its files are */
export function exporterArgs(folder = EXPORTER_FOLDER): string[] {
  return [
    `--config.my-cnf=${folder}/${FILES.settings}`,
    `--web.config.file=${folder}/${FILES.shown}`,
    ...NOT_ASKED.map((each) => `--no-collect.${each}`),
  ];
}

/**
 * Its files. The first is secret.
 * @param folder where the others are
 */
export function exporterSettings(
  { user, password, host, port }: { readonly user: string; readonly password: string; readonly host: string; readonly port: number },
  folder = EXPORTER_FOLDER,
): Readonly<Record<string, string>> {
  const { certificate, key, authority } = EXPORTER_FILES;
  const settings = { host, port, user, password, "ssl-ca": `${folder}/${authority}` };
  const shown = { cert_file: `${folder}/${certificate}`, key_file: `${folder}/${key}`, min_version: "TLS12" };
  return {
    [FILES.settings]: ["[client]", ...Object.entries(settings).map(([name, value]) => `${name} = ${value}`), ""].join("\n"),
    // JSON, which YAML holds.
    [FILES.shown]: JSON.stringify({ tls_server_config: shown }),
  };
}
