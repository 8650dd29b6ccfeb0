import type { Input } from "@pulumi/pulumi";
import type { ServicePlan } from "../../../model/plan/types";
import type { PlannedArgs } from "../args";
import type { StatementsJob } from "../database/statements";
import { containerSecurityContext, placed, podSecurityContext, resourceRequirements, spreadOverNodes } from "../objects";
import type { MariaDbArgs } from "./args";
import { type Connection, rootSettings } from "./sql";
import {
  CLIENT_AUTHORITY,
  DEFAULT_GIB,
  FORMER_JOB,
  MYSQL_USER,
  NAMES,
  PORT,
  ROOT_FOLDER,
  ROOT_PASSWORD,
  SCHEMAS_JOB,
  SERVER_CONFIG,
  TLS_VERSIONS,
} from "./workload";

/** The API of the operator's objects. */
export const API_VERSION = "k8s.mariadb.com/v1alpha1";

/** Labels that the operator gives the members' pods. */
export const MEMBER_LABELS = { "app.kubernetes.io/name": "mariadb", "app.kubernetes.io/instance": NAMES.server } as const;

/** Where members hand each other their data and what is written: state transfers whole, the group, and state transfers of what is lacking. */
export const MEMBER_PORTS = [4444, 4567, 4568];

/** Where each member's agent answers the operator. */
export const AGENT_PORT = 5555;

/** The certificate that the operator makes for who logs in as root, where a job finds it. It begins without, and waits until it is there. */
const CERTIFICATE = { name: "certificate", secret: { secretName: `${NAMES.server}-client-cert`, optional: true } };

/** Where members find the same one, which they show each other. */
const MEMBER_CERTIFICATE = { file: "/etc/pki/client.crt", key: "/etc/pki/client.key" };

/** How accounts reach the member that leads. */
export const PRIMARY: Connection = { host: NAMES.primary, port: PORT, ca: CLIENT_AUTHORITY };

/** How root reaches it. Secret. */
export const rootClient = (password: string): string =>
  rootSettings(password, { ...PRIMARY, certificate: { file: `/${CERTIFICATE.name}/tls.crt`, key: `/${CERTIFICATE.name}/tls.key` } });

const CLIENT = `mariadb --defaults-extra-file="\${sql%.sql}.cnf"`;

/** Runs a folder's statements, once there is who answers. @param then what is done with each file after that */
const script = (folder: string, then = ""): string =>
  `for sql in ${folder}/*.sql; do until ${CLIENT} --execute="SELECT 1" > /dev/null; do sleep 5; done; ${CLIENT} < "$sql"; ${then}done`;

const INTERNAL = `${NAMES.server}-internal`;

/** The name of one member. Their certificate has it; a client takes a `*` for one only where two dots come after it. */
export const memberHost = (index: number, namespace: string): string => `${NAMES.server}-${index}.${INTERNAL}.${namespace}.svc`;

/** The Services whose names a member is met by: by clients, by the operator, and as one of them. Beside these by `localhost`, from its own agent. */
export const MEMBER_SERVICES = [NAMES.primary, NAMES.server, `${NAMES.server}-secondary`, `*.${INTERNAL}`];

/** The job that makes the tables that are asked for. */
export const MEMBERS_SCHEMAS_JOB: StatementsJob = {
  ...SCHEMAS_JOB,
  script: (folder) => script(folder),
  deadlineSeconds: 1800,
};

/**
 * The job that ends accounts which others have taken the place of: for all members at the one that leads, and then at each, since an open
 * connection is ended at its member only. One that does not answer has none.
 */
export function membersFormerJob({ replicas, namespace }: Pick<ServicePlan, "replicas" | "namespace">): StatementsJob {
  const hosts = Array.from({ length: replicas }, (_, index) => memberHost(index, namespace)).join(" ");
  const member = `${CLIENT} --host="$host" --connect-timeout=10`;
  const then = `for host in ${hosts}; do if ${member} --execute="SELECT 1" > /dev/null; then ${member} < "$sql"; fi; done; `;
  return { ...FORMER_JOB, script: (folder) => script(folder, then), deadlineSeconds: 1800 };
}

/** The job that makes the accounts, as root. */
export const ACCOUNTS_JOB: StatementsJob = {
  ...MEMBERS_SCHEMAS_JOB,
  ...{ role: "accounts", secretRole: "accounts-sql", workload: NAMES.accounts, secret: NAMES.accounts },
  beside: [CERTIFICATE],
};

/** What members say of themselves to the kubelet. A member that takes the whole of the data from another one is given half an hour. */
const PROBES = {
  startupProbe: { periodSeconds: 5, failureThreshold: 360, timeoutSeconds: 5 },
  readinessProbe: { periodSeconds: 10, failureThreshold: 3, timeoutSeconds: 5 },
  livenessProbe: { periodSeconds: 20, failureThreshold: 6, timeoutSeconds: 5 },
};

/** What the programs beside a server may use, and the jobs that begin or recover the group. */
const AGENT_RESOURCES = { requests: { cpu: "10m", memory: "32Mi" }, limits: { memory: "128Mi" } };

/** The members' settings, which are read after the operator's own. */
export const MEMBER_CONFIG = `${SERVER_CONFIG}tls_version = ${TLS_VERSIONS}\n`;

/** What the operator says beside its own of how members meet: nobody joins, or sends, without a certificate of its authority's. */
export const MEMBER_OPTIONS = {
  "socket.dynamic": "false",
  // Not by what clients are shown: that is another authority's, which a member that has not started anew since it changed does not trust.
  "socket.ssl_cert": MEMBER_CERTIFICATE.file,
  "socket.ssl_key": MEMBER_CERTIFICATE.key,
} as const;

/**
 * Several members that all have whatever was acknowledged, of which one is led to; more than half of them go on without the others. Members take
 * each other in by their certificates only. What is written goes to one of them: of two that write the same row one is told that it lost.
 */
export function galeraSpec(
  { plan, storageClass }: PlannedArgs<MariaDbArgs>,
  images: { readonly server: string; readonly operator: string },
  labels: Readonly<Record<string, string>>,
  annotations: Readonly<Record<string, Input<string>>>,
): object {
  const resources = resourceRequirements(plan.resources);
  const beside = { image: images.operator, securityContext: containerSecurityContext(), resources: AGENT_RESOURCES };
  return {
    image: images.server,
    replicas: plan.replicas,
    inheritMetadata: { labels },
    podMetadata: { annotations },
    rootPasswordSecretKeyRef: { name: NAMES.secret, key: ROOT_PASSWORD },
    myCnf: MEMBER_CONFIG,
    env: [{ name: "MARIADB_AUTO_UPGRADE", value: "1" }],
    storage: { size: `${plan.sizeGiB ?? DEFAULT_GIB}Gi`, storageClassName: storageClass },
    galera: {
      enabled: true,
      primary: { autoFailover: true },
      sst: "mariabackup",
      config: { reuseStorageVolume: true },
      providerOptions: MEMBER_OPTIONS,
      // By a password: the operator's own token would be shown to every member.
      agent: { ...beside, basicAuth: { enabled: true }, kubernetesAuth: { enabled: false } },
      initContainer: beside,
      initJob: { resources },
      recovery: { enabled: true, job: { resources } },
    },
    // What clients are shown, and what signed it, which the operator has everybody trust beside its own authority. That one signs what it and the
    // members show. An account that was made before clients were told what to trust is let in without.
    tls: {
      ...{ enabled: true, required: false, galeraSSTEnabled: true },
      serverCASecretRef: { name: NAMES.tls },
      serverCertSecretRef: { name: NAMES.tls },
    },
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
