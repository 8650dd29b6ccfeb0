import type { PlannedArgs } from "../args";
import type { StatementsJob } from "../database/statements";
import { containerSecurityContext, placed, podSecurityContext, resourceRequirements, spreadOverNodes } from "../objects";
import type { MariaDbArgs } from "./args";
import { type Connection, rootSettings } from "./sql";
import { DEFAULT_GIB, FORMER_JOB, MYSQL_USER, NAMES, PORT, ROOT_FOLDER, ROOT_PASSWORD, SCHEMAS_JOB, SERVER_CONFIG } from "./workload";

/** The API of the operator's objects. */
export const API_VERSION = "k8s.mariadb.com/v1alpha1";

/** Labels that the operator gives the members' pods. */
export const MEMBER_LABELS = { "app.kubernetes.io/name": "mariadb", "app.kubernetes.io/instance": NAMES.server } as const;

/** Where members hand each other their data and what is written: state transfers whole, the group, and state transfers of what is lacking. */
export const MEMBER_PORTS = [4444, 4567, 4568];

/** Where each member's agent answers the operator. */
export const AGENT_PORT = 5555;

/** What the operator makes for the members: their certificates' authority, and a certificate for who logs in as root. */
const CA_SECRET = `${NAMES.server}-ca-bundle`;
const CLIENT_SECRET = `${NAMES.server}-client-cert`;

/** Where a job finds them. It begins without, and waits until they are there. */
const AUTHORITY = { name: "authority", secret: { secretName: CA_SECRET, optional: true } };
const CERTIFICATE = { name: "certificate", secret: { secretName: CLIENT_SECRET, optional: true } };

/** How accounts reach the member that leads. */
export const PRIMARY: Connection = { host: NAMES.primary, port: PORT, ca: `/${AUTHORITY.name}/ca.crt` };

/** How root reaches it. Secret. */
export const rootClient = (password: string): string =>
  rootSettings(password, { ...PRIMARY, certificate: { file: `/${CERTIFICATE.name}/tls.crt`, key: `/${CERTIFICATE.name}/tls.key` } });

const CLIENT = `mariadb --defaults-extra-file="\${sql%.sql}.cnf"`;

/** Runs a folder's statements, once there is who answers. @param then what is done with each file after that */
const script = (folder: string, then = ""): string =>
  `for sql in ${folder}/*.sql; do until ${CLIENT} --execute="SELECT 1" > /dev/null; do sleep 5; done; ${CLIENT} < "$sql"; ${then}done`;

/** The name of one member in their namespace; their certificate has it. */
export const memberHost = (index: number): string => `${NAMES.server}-${index}.${NAMES.server}-internal`;

/** The job that makes the tables that are asked for. */
export const MEMBERS_SCHEMAS_JOB: StatementsJob = {
  ...SCHEMAS_JOB,
  script: (folder) => script(folder),
  deadlineSeconds: 1800,
  beside: [AUTHORITY],
};

/**
 * The job that ends accounts which others have taken the place of: for all members at the one that leads, and then at each, since an open
 * connection is ended at its member only. One that does not answer has none.
 */
export function membersFormerJob(members: number): StatementsJob {
  const hosts = Array.from({ length: members }, (_, index) => memberHost(index)).join(" ");
  const member = `${CLIENT} --host="$host" --connect-timeout=10`;
  const then = `for host in ${hosts}; do if ${member} --execute="SELECT 1" > /dev/null; then ${member} < "$sql"; fi; done; `;
  return { ...FORMER_JOB, script: (folder) => script(folder, then), deadlineSeconds: 1800, beside: [AUTHORITY] };
}

/** The job that makes the accounts, as root. */
export const ACCOUNTS_JOB: StatementsJob = {
  ...MEMBERS_SCHEMAS_JOB,
  ...{ role: "accounts", secretRole: "accounts-sql", workload: NAMES.accounts, secret: NAMES.accounts },
  beside: [AUTHORITY, CERTIFICATE],
};

/** What members say of themselves to the kubelet. A member that takes the whole of the data from another one is given half an hour. */
const PROBES = {
  startupProbe: { periodSeconds: 5, failureThreshold: 360, timeoutSeconds: 5 },
  readinessProbe: { periodSeconds: 10, failureThreshold: 3, timeoutSeconds: 5 },
  livenessProbe: { periodSeconds: 20, failureThreshold: 6, timeoutSeconds: 5 },
};

/** What the programs beside a server may use, and the jobs that begin or recover the group. */
const AGENT_RESOURCES = { requests: { cpu: "10m", memory: "32Mi" }, limits: { memory: "128Mi" } };

/**
 * Several members that all have whatever was acknowledged, of which one is led to; more than half of them go on without the others. Members take
 * each other in by their certificates only. What is written goes to one of them: of two that write the same row one is told that it lost.
 */
export function galeraSpec(
  { plan, storageClass }: PlannedArgs<MariaDbArgs>,
  images: { readonly server: string; readonly operator: string },
  labels: Readonly<Record<string, string>>,
): object {
  const resources = resourceRequirements(plan.resources);
  const beside = { image: images.operator, securityContext: containerSecurityContext(), resources: AGENT_RESOURCES };
  return {
    image: images.server,
    replicas: plan.replicas,
    inheritMetadata: { labels },
    rootPasswordSecretKeyRef: { name: NAMES.secret, key: ROOT_PASSWORD },
    myCnf: SERVER_CONFIG,
    env: [{ name: "MARIADB_AUTO_UPGRADE", value: "1" }],
    storage: { size: `${plan.sizeGiB ?? DEFAULT_GIB}Gi`, storageClassName: storageClass },
    galera: {
      enabled: true,
      primary: { autoFailover: true },
      sst: "mariabackup",
      config: { reuseStorageVolume: true },
      // Nobody joins, or sends, without a certificate.
      providerOptions: { "socket.dynamic": "false" },
      // By a password: the operator's own token would be shown to every member.
      agent: { ...beside, basicAuth: { enabled: true }, kubernetesAuth: { enabled: false } },
      initContainer: beside,
      initJob: { resources },
      recovery: { enabled: true, job: { resources } },
    },
    // Who claims a schema is not told what to trust, as with one server.
    tls: { enabled: true, required: false, galeraSSTEnabled: true },
    updateStrategy: { type: "ReplicasFirstPrimaryLast" },
    podDisruptionBudget: { maxUnavailable: 1 },
    topologySpreadConstraints: spreadOverNodes(MEMBER_LABELS),
    affinity: {
      podAntiAffinity: {
        preferredDuringSchedulingIgnoredDuringExecution: [
          { weight: 100, podAffinityTerm: { topologyKey: "kubernetes.io/hostname", labelSelector: { matchLabels: { ...MEMBER_LABELS } } } },
        ],
      },
    },
    ...placed(plan),
    podSecurityContext: podSecurityContext(MYSQL_USER),
    securityContext: containerSecurityContext(),
    resources,
    ...PROBES,
    // The server writes its buffers out before it ends.
    terminationGracePeriodSeconds: 120,
    volumes: [
      { name: "root", secret: { secretName: NAMES.secret } },
      { name: "run", emptyDir: {} },
      { name: "tmp", emptyDir: {} },
    ],
    volumeMounts: [
      // Where one server has it too: what backs it up reads it there.
      { name: "root", mountPath: ROOT_FOLDER, readOnly: true },
      { name: "run", mountPath: "/run/mysqld" },
      { name: "tmp", mountPath: "/tmp" },
    ],
  };
}
