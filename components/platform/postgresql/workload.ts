import type { core } from "@pulumi/kubernetes/types/input";
import type { ServicePlan } from "../../../model/plan/types";
import { runStatements, type StatementsJob } from "../database/statements";
import { containerSecurityContext, imageOf, placed, podSecurityContext, resourceRequirements } from "../objects";
import { ACCOUNTS_FILE, FOLDERS, NAMES, PORT, SUPERUSER, SUPERUSER_FILE } from "./config";

/** The user `postgres` of the official image. */
export const POSTGRES_USER = 999;

/** Where the data are in their volume, whose own folder may hold more (`lost+found`). */
const DATA = `${FOLDERS.data}/pgdata`;

/**
 * Makes the data where there are none, and brings the accounts to what is wanted by a server that nobody but this script reaches. Data are
 * there as a whole or not at all, and statements bear repetition, so it may end anywhere and be started anew.
 */
export const FIRST_START = `set -eu
umask 077
work="$(mktemp -d)"
if [ ! -e "$PGDATA" ]; then
  rm -rf "$PGDATA.new"
  initdb --pgdata="$PGDATA.new" --username=${SUPERUSER} --auth=reject --data-checksums --encoding=UTF8 --locale=C.UTF-8
  mv "$PGDATA.new" "$PGDATA"
fi
echo "local all ${SUPERUSER} trust" > "$work/hba"
pg_ctl start --silent --wait --timeout=3600 \\
  --options="-c config_file=$CONFIG/postgresql.conf -c hba_file=$work/hba -c ssl=off -c port=${PORT} -c listen_addresses= -c unix_socket_directories=$work"
failed=0
psql --no-psqlrc --quiet --set=ON_ERROR_STOP=1 --host="$work" --port=${PORT} --username=${SUPERUSER} --dbname=postgres --file="$ACCOUNTS" || failed=1
pg_ctl stop --silent --wait --timeout=3600 --mode=fast
rm -rf "$work"
exit "$failed"
`;

/** The pod of the server. It has no account in the cluster but its own, which gets no token. */
export function serverPod(plan: ServicePlan, serviceAccountName: string): core.v1.PodSpec {
  const common = {
    image: imageOf(plan, "server"),
    resources: resourceRequirements(plan.resources),
    securityContext: containerSecurityContext(),
  };
  const env = [{ name: "PGDATA", value: DATA }];
  const volumeMounts: core.v1.VolumeMount[] = [
    { name: "data", mountPath: FOLDERS.data },
    { name: "config", mountPath: FOLDERS.config, readOnly: true },
    { name: "tmp", mountPath: "/tmp" },
    { name: "shm", mountPath: "/dev/shm" },
  ];
  return {
    serviceAccountName,
    automountServiceAccountToken: false,
    ...placed(plan),
    securityContext: podSecurityContext(POSTGRES_USER),
    // The server writes its buffers out before it ends.
    terminationGracePeriodSeconds: 120,
    initContainers: [
      {
        ...common,
        name: "accounts",
        command: ["sh", "-c", FIRST_START],
        env: [...env, { name: "CONFIG", value: FOLDERS.config }, { name: "ACCOUNTS", value: `${FOLDERS.accounts}/${ACCOUNTS_FILE}` }],
        volumeMounts: [...volumeMounts, { name: "accounts", mountPath: FOLDERS.accounts, readOnly: true }],
      },
    ],
    containers: [
      {
        ...common,
        name: "postgresql",
        command: ["postgres", "-c", `config_file=${FOLDERS.config}/postgresql.conf`],
        env,
        ports: [{ name: "postgresql", containerPort: PORT }],
        startupProbe: answers({ periodSeconds: 5, failureThreshold: 360 }),
        readinessProbe: answers({ periodSeconds: 10, failureThreshold: 3 }),
        livenessProbe: answers({ periodSeconds: 20, failureThreshold: 6 }),
        volumeMounts: [
          ...volumeMounts,
          { name: "tls", mountPath: FOLDERS.tls, readOnly: true },
          { name: "superuser", mountPath: FOLDERS.superuser, readOnly: true },
          { name: "run", mountPath: FOLDERS.run },
        ],
      },
    ],
    volumes: [
      { name: "data", persistentVolumeClaim: { claimName: NAMES.data } },
      { name: "config", configMap: { name: NAMES.config } },
      { name: "accounts", secret: { secretName: NAMES.accounts } },
      // For whoever makes a backup in the pod.
      { name: "superuser", secret: { secretName: NAMES.accounts, items: [{ key: SUPERUSER_FILE, path: SUPERUSER_FILE }] } },
      // The server takes no key that others than its own group may read.
      { name: "tls", secret: { secretName: NAMES.tls, defaultMode: 0o440 } },
      { name: "run", emptyDir: {} },
      { name: "tmp", emptyDir: {} },
      // What queries that run in parallel share: the runtime's own 64 MiB are too few.
      { name: "shm", emptyDir: { medium: "Memory" } },
    ],
  };
}

/** Makes the tables of each database as its owner. The folder holds pairs of files: an account's settings and its statements. */
export function makeTables(folder: string): string {
  const client = "psql --no-psqlrc --quiet --set=ON_ERROR_STOP=1 service=owner";
  // Accounts are made after the members, where those are several.
  return runStatements(
    folder,
    `export PGSERVICEFILE="\${sql%.sql}.cnf"; until ${client} --command="SELECT 1" > /dev/null; do sleep 5; done; ${client} --file="$sql"`,
  );
}

/** The job that makes the tables that are asked for. */
export const SCHEMAS_JOB: StatementsJob = {
  role: "schemas",
  secretRole: "sql",
  workload: NAMES.schemas,
  secret: NAMES.schemas,
  user: POSTGRES_USER,
  script: makeTables,
  deadlineSeconds: 1800,
};

/** The job by which accounts end that others have taken the place of. */
export const FORMER_JOB: StatementsJob = { ...SCHEMAS_JOB, workload: NAMES.former, secret: NAMES.former };

function answers(timing: { periodSeconds: number; failureThreshold: number }): core.v1.Probe {
  return { exec: { command: ["pg_isready", `--host=${FOLDERS.run}`, `--username=${SUPERUSER}`] }, timeoutSeconds: 5, ...timing };
}
