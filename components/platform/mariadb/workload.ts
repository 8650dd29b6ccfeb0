import type { core } from "@pulumi/kubernetes/types/input";
import type { ServicePlan } from "../../../model/plan/types";
import { runStatements, type StatementsJob } from "../database/statements";
import { containerSecurityContext, imageOf, placed, podSecurityContext, resourceRequirements } from "../objects";

export const PORT = 3306;

/** The user `mysql` of the official image. */
export const MYSQL_USER = 999;

/** Size of a server's volume where its plan says none. */
export const DEFAULT_GIB = 10;

/** Names of the objects the workloads refer to. */
export const NAMES = {
  server: "mariadb",
  headless: "mariadb-headless",
  data: "mariadb-data",
  config: "mariadb-config",
  secret: "mariadb",
  tls: "mariadb-tls",
  init: "mariadb-init",
  schemas: "mariadb-schemas",
  former: "mariadb-former-accounts",
  accounts: "mariadb-accounts",
  primary: "mariadb-primary",
} as const;

/** The statements the server runs at each start, and the folder they are in. */
export const ACCOUNTS_FILE = "accounts.sql";
const ACCOUNTS_FOLDER = "/etc/kpaas-accounts";

/** The file that root's password is read from when the data are made, and its folder. */
export const ROOT_PASSWORD = "root-password";
export const ROOT_FOLDER = "/etc/kpaas-root";

/** What one server shows, and the folder that it reads it from. */
export const CERTIFICATE = { certificate: "tls.crt", key: "tls.key", authority: "ca.crt" } as const;
const CERTIFICATE_FOLDER = "/etc/kpaas-tls";

/** What the server takes of clients: some of their drivers know no later one. */
export const TLS_VERSIONS = "TLSv1.2,TLSv1.3";

/** Where a job finds what signed the server's certificate: beside its statements. */
export const CLIENT_AUTHORITY = `/sql/${CERTIFICATE.authority}`;

/** The server's settings. Names are not resolved: accounts are told apart by name, and a slow DNS must not slow logins. */
export const SERVER_CONFIG = [
  "[mariadbd]",
  "max_connections = 300",
  "character-set-server = utf8mb4",
  "collation-server = utf8mb4_unicode_ci",
  "skip-name-resolve",
  "",
].join("\n");

/**
 * The settings of one server: it offers TLS to whoever comes, since accounts that were made before it did so are let in without too.
 * @param folder where its certificate is
 */
export function singleServerConfig(folder = CERTIFICATE_FOLDER): string {
  const settings = {
    ssl_cert: `${folder}/${CERTIFICATE.certificate}`,
    ssl_key: `${folder}/${CERTIFICATE.key}`,
    tls_version: TLS_VERSIONS,
  };
  return `${SERVER_CONFIG}${Object.entries(settings)
    .map(([name, value]) => `${name} = ${value}\n`)
    .join("")}`;
}

/** The pod of the server. It has no account in the cluster but its own, which gets no token. */
export function serverPod(plan: ServicePlan, serviceAccountName: string): core.v1.PodSpec {
  return {
    serviceAccountName,
    automountServiceAccountToken: false,
    ...placed(plan),
    securityContext: podSecurityContext(MYSQL_USER),
    // The server writes its buffers out before it ends.
    terminationGracePeriodSeconds: 120,
    containers: [
      {
        name: "mariadb",
        image: imageOf(plan, "server"),
        args: [`--init-file=${ACCOUNTS_FOLDER}/${ACCOUNTS_FILE}`],
        env: [
          { name: "MARIADB_ROOT_PASSWORD_FILE", value: `${ROOT_FOLDER}/${ROOT_PASSWORD}` },
          // Root logs in on the server's socket only.
          { name: "MARIADB_ROOT_HOST", value: "localhost" },
          { name: "MARIADB_AUTO_UPGRADE", value: "1" },
        ],
        ports: [{ name: "mariadb", containerPort: PORT }],
        resources: resourceRequirements(plan.resources),
        securityContext: containerSecurityContext(),
        startupProbe: healthcheck(["--connect", "--innodb_initialized"], { periodSeconds: 5, failureThreshold: 60 }),
        readinessProbe: healthcheck(["--connect", "--innodb_initialized"], { periodSeconds: 10, failureThreshold: 3 }),
        livenessProbe: healthcheck(["--connect"], { periodSeconds: 20, failureThreshold: 6 }),
        volumeMounts: [
          { name: "data", mountPath: "/var/lib/mysql" },
          { name: "config", mountPath: "/etc/mysql/conf.d", readOnly: true },
          { name: "init", mountPath: ACCOUNTS_FOLDER, readOnly: true },
          { name: "root", mountPath: ROOT_FOLDER, readOnly: true },
          { name: "tls", mountPath: CERTIFICATE_FOLDER, readOnly: true },
          { name: "run", mountPath: "/run/mysqld" },
          { name: "tmp", mountPath: "/tmp" },
        ],
      },
    ],
    volumes: [
      { name: "data", persistentVolumeClaim: { claimName: NAMES.data } },
      { name: "config", configMap: { name: NAMES.config } },
      { name: "init", secret: { secretName: NAMES.init } },
      { name: "root", secret: { secretName: NAMES.secret } },
      { name: "tls", secret: { secretName: NAMES.tls, defaultMode: 0o440 } },
      { name: "run", emptyDir: {} },
      { name: "tmp", emptyDir: {} },
    ],
  };
}

/** Makes the tables of each schema as its own account. The folder holds pairs of files: an account's settings and its statements. */
export function makeTables(folder: string): string {
  return runStatements(folder, `mariadb --defaults-extra-file="\${sql%.sql}.cnf" < "$sql"`);
}

/** The job that makes the tables that are asked for. */
export const SCHEMAS_JOB: StatementsJob = {
  role: "schemas",
  secretRole: "sql",
  workload: NAMES.schemas,
  secret: NAMES.schemas,
  user: MYSQL_USER,
  script: makeTables,
  deadlineSeconds: 600,
};

/** The job by which accounts end that others have taken the place of. */
export const FORMER_JOB: StatementsJob = { ...SCHEMAS_JOB, workload: NAMES.former, secret: NAMES.former };

function healthcheck(checks: readonly string[], timing: { periodSeconds: number; failureThreshold: number }): core.v1.Probe {
  return { exec: { command: ["healthcheck.sh", ...checks] }, timeoutSeconds: 5, ...timing };
}
