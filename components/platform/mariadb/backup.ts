import type { AfterRestore, PodBackup, PodPlace } from "../../../model/backup";

/** What every command begins with: root logs in on the server's socket, by a password that no command line shows. */
const AS_ROOT = "MYSQL_PWD=$(cat /etc/kpaas-root/root-password); export MYSQL_PWD";

/** The schemas that are neither the server's own nor what root makes at each start (`kpaas`), also those of services that are off by now. */
const SCHEMAS = `schemas=$(mariadb --user=root --batch --skip-column-names --execute "SELECT SCHEMA_NAME FROM information_schema.SCHEMATA WHERE SCHEMA_NAME NOT IN ('information_schema', 'kpaas', 'mysql', 'performance_schema', 'sys') ORDER BY 1")`;

/** Fails where another restore, of which the connection broke off, is still at its last statement after two minutes. */
const ALONE = "SELECT IF(GET_LOCK('kpaas_restore', 120), 1, (SELECT 1 UNION SELECT 2));";

const PLACE: PodPlace = { workload: "mariadb", container: "mariadb" };

/**
 * Statements that root runs once schemas are restored.
 * @param ends whom they let in no more
 */
export function afterRestore(statements: readonly string[], ends: string): AfterRestore {
  const sql = statements.map((each) => `${each};`).join("\n");
  return { ...PLACE, ends, command: [AS_ROOT, "mariadb --user=root --default-character-set=utf8mb4 <<'EOF'", sql, "EOF"].join("\n") };
}

/**
 * A logical dump of one moment: it goes into a newer server too, which a physical one (mariadb-backup) does not, and takes no second volume.
 * Accounts are not in it: the server makes them anew at each start from what the platform wants, and those of another time, with root's and
 * the probes' passwords among them, would lock a server out of itself.
 */
export const mariadbBackup: PodBackup = {
  kind: "pod",
  ...PLACE,
  file: "mariadb.sql",
  holds: "every schema, with its routines, events and triggers, as of one moment",
  without: "accounts made by hand, and tables that are not InnoDB may be of a moment later",
  dump: [
    AS_ROOT,
    SCHEMAS,
    'if [ -z "$schemas" ]; then echo "-- no schemas"; exit 0; fi',
    "mariadb-dump --user=root --single-transaction --quick --hex-blob --routines --events --triggers --default-character-set=utf8mb4 --add-drop-database --databases $schemas",
  ].join("\n"),
  restore: [AS_ROOT, `{ echo "${ALONE}"; head -c "$1"; } | mariadb --user=root --default-character-set=utf8mb4`].join("\n"),
  verify: [
    AS_ROOT,
    SCHEMAS,
    'if [ -z "$schemas" ]; then exit 0; fi',
    "said=$(mariadb-check --user=root --check --quick --silent --databases $schemas 2>&1)",
    'if [ -n "$said" ]; then echo "$said" >&2; exit 1; fi',
  ].join("\n"),
};
