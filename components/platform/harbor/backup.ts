import { HOLD_SECONDS, type PodsBackup } from "../../../model/backup";

/** What every command in the database's pod begins with: the way in that its own health check takes. */
const DATABASE = 'export PGPASSWORD="$POSTGRES_PASSWORD" PGHOST=localhost PGUSER=postgres PGDATABASE=registry';

/** Where the registry keeps images. A volume's own folder (`lost+found`) is beside it. */
const IMAGES = "/storage/docker";

/** Fails where images are kept elsewhere, by values of the user's own: a backup without them would be none. */
const ON_ITS_VOLUME = [
  "if ! grep -q '^ *filesystem:' /etc/registry/config.yml; then",
  '  echo "its images are in an object store, not on its volume: back that up, and the database by hand" >&2; exit 1',
  "fi",
].join("\n");

/**
 * Harbor's own read-only mode: who pulls is served, whoever pushes or deletes is refused, and its jobs collect no garbage (each asks at most five
 * seconds later). Harbor's shell is bash, whose `read` knows patience.
 */
const READ_ONLY = [
  "call() {",
  `  printf 'user = "admin:%s"\\n' "$HARBOR_ADMIN_PASSWORD" | curl --silent --show-error --fail --max-time 30 --config - \\`,
  '    --cacert /etc/harbor/ssl/core/ca.crt "$@" https://localhost:8443/api/v2.0/configurations',
  "}",
  `set_to() { call --request PUT --header 'content-type: application/json' --data "{\\"read_only\\":$1}" >&2; }`,
  "writable() {",
  "  for try in 1 2 3 4 5; do if set_to false; then return 0; fi; sleep 3; done",
  '  echo "Harbor is still read-only: switch that off in its administration, at Configuration, System Settings" >&2; return 1',
  "}",
  "known=$(call)",
  // Whoever had made it read-only finds it so.
  `if ! [[ $known =~ \\"read_only\\":[[:space:]]*\\{[^}]*\\"value\\":[[:space:]]*true ]]; then`,
  "  trap 'code=$?; writable || code=1; exit $code' EXIT",
  "  set_to true",
  "fi",
  "sleep 6",
  "echo held",
  `while IFS= read -r -t ${HOLD_SECONDS.patience} line; do`,
  '  if [ "$line" = end ]; then exit 0; fi',
  "done",
  'echo "nobody said any more that the backup goes on" >&2',
  "exit 1",
].join("\n");

/** Of the caches, not of the jobs' queue, which is the Redis of number 1. */
const CACHES = "for number in 0 2 5 6 7; do redis-cli -n $number flushdb >&2; done";

const at = (component: string) => ({ workload: "harbor", labels: { "app.kubernetes.io/component": component }, container: component });

/**
 * Database first, then images, while nothing is written: whatever the database names is among the images then. What a push left half done is
 * garbage for its next collection.
 */
export const harborBackup: PodsBackup = {
  kind: "pods",
  holds: "its database (projects, robot accounts, users, settings) and every image and chart, as of one moment",
  without: "what is in Redis (sessions, jobs that wait) and what Trivy has fetched",
  key: { secret: "harbor-keys", field: "secretKey" },
  hold: { ...at("core"), command: READ_ONLY },
  parts: [
    {
      ...at("database"),
      file: "harbor.sql",
      dump: [DATABASE, "pg_dump --no-owner --no-privileges"].join("\n"),
      // One transaction, with all tables that came later gone. It was dumped read-only, and is not to stay so.
      restore: [
        DATABASE,
        "file=/tmp/kpaas-dump; trap 'rm -f $file' EXIT",
        'head -c "$1" > "$file"',
        '[ "$(wc -c < "$file")" -eq "$1" ] || { echo "the dump did not arrive whole" >&2; exit 1; }',
        "psql --quiet --set ON_ERROR_STOP=1 --single-transaction \\",
        '  --command "DROP SCHEMA public CASCADE; CREATE SCHEMA public" --file "$file" \\',
        "  --command \"UPDATE public.properties SET v = 'false' WHERE k = 'read_only'\" >&2",
      ].join("\n"),
      verify: [DATABASE, "psql --quiet --set ON_ERROR_STOP=1 --command 'SELECT 1 / count(*) FROM public.schema_migrations' >&2"].join("\n"),
    },
    {
      ...at("registry"),
      file: "harbor-images.tar",
      dump: [ON_ITS_VOLUME, `if [ -d ${IMAGES} ]; then tar -cf - -C /storage docker; fi`].join("\n"),
      restore: [ON_ITS_VOLUME, `rm -rf ${IMAGES}`, 'if [ "$1" -gt 0 ]; then head -c "$1" | tar -xf - -C /storage; fi'].join("\n"),
      verify: [
        `cd ${IMAGES}/registry/v2/blobs 2>/dev/null || exit 0`,
        "for blob in */*/*; do",
        '  [ -f "$blob/data" ] || [ ! -d "$blob" ] || { echo "$blob is not whole" >&2; exit 1; }',
        "done",
      ].join("\n"),
    },
  ],
  stops: ["harbor-core", "harbor-jobservice"],
  after: [{ ...at("redis"), command: CACHES }],
  // Who pulls waits, as in any restart of Harbor.
  clientsGoOn: true,
};
