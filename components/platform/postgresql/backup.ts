import type { PodBackup } from "../../../model/backup";
import { FOLDERS, SUPERUSER, SUPERUSER_FILE } from "./config";

/** How the superuser logs in on one server: by its password, at the server's socket. */
const ON_ONE = `PGPASSWORD=$(cat ${FOLDERS.superuser}/${SUPERUSER_FILE}) PGHOST=${FOLDERS.run}; export PGPASSWORD PGHOST`;

/** What every command begins with. In an operator's member the socket is named by the variables and lets its user in. */
const begin = (several: boolean): string[] => [
  ...(several ? [] : [ON_ONE]),
  `export PGUSER=${SUPERUSER} PGDATABASE=postgres`,
  'sql() { psql --no-psqlrc --quiet --no-password --set=ON_ERROR_STOP=1 --no-align --tuples-only "$@"; }',
];

/** The databases that are not the server's own, also those of services that are off by now. */
const DATABASES = `databases=$(sql --command="SELECT datname FROM pg_database WHERE NOT datistemplate AND datname <> 'postgres' ORDER BY 1")`;

/** Runs commands for each of them. */
const forEach = (...commands: readonly string[]): string[] => [
  "printf '%s\\n' \"$databases\" | while IFS= read -r database; do",
  '  [ -n "$database" ] || continue',
  ...commands.map((command) => `  ${command}`),
  "done",
];

/**
 * The names of the accounts, so that whatever is theirs has an owner: those that are not there come back without log-in. Passwords are not
 * in it: the server makes its accounts from what the platform wants, and those of another time would lock its clients out.
 */
const ACCOUNTS = `sql --command="SELECT format('SELECT %L WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = %L) \\gexec', format('CREATE ROLE %I NOLOGIN', rolname), rolname) FROM pg_roles WHERE rolname !~ '^(pg_|cnpg_)' AND rolname NOT IN ('${SUPERUSER}', 'streaming_replica') ORDER BY 1"`;

/** Makes a database anew, whoever is still connected to it. */
const DROP = `printf '%s\\n' "$database" | sed "s/\\"/\\"\\"/g; s/.*/DROP DATABASE IF EXISTS \\"&\\" WITH (FORCE);/"`;

/** Waits for another restore, of which the connection broke off, to end its last statement: whoever runs statements holds the lock. */
const ALONE = [
  `exec 9> "\${TMPDIR:-/tmp}/kpaas-restore.lock"`,
  "flock -w 120 9 || { echo 'another restore is still at work' >&2; exit 1; }",
];

/**
 * A logical dump of each database as of one moment of its own: it goes into a newer server too, and from one server to several and back.
 * @param several whether an operator runs it on several members: the one that leads is asked
 */
export function postgresqlBackup(several: boolean): PodBackup {
  const started = begin(several);
  return {
    kind: "pod",
    workload: "postgresql",
    ...(several ? { labels: { "cnpg.io/instanceRole": "primary" } } : {}),
    container: several ? "postgres" : "postgresql",
    file: "postgresql.sql",
    holds: "every database, each as of one moment, with its owner and rights",
    without: "log-ins, passwords and settings of accounts made by hand",
    dump: [
      ...started,
      DATABASES,
      ACCOUNTS,
      ...forEach(DROP, "PGDATABASE=$database pg_dump --no-password --create < /dev/null", "echo '\\connect postgres'"),
    ].join("\n"),
    restore: [...started, ...ALONE, 'head -c "$1" | sql --file=- > /dev/null'].join("\n"),
    // Every row is read.
    verify: [...started, DATABASES, ...forEach("PGDATABASE=$database pg_dump --no-password < /dev/null > /dev/null")].join("\n"),
  };
}
