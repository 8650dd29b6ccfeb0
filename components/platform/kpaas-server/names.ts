/** The workload, and what its objects begin with. */
export const WORKLOAD = "kpaas-server";

/** Its own port is Terraman's. */
export const PORTS = { https: 8091, metrics: 9091 } as const;

/** What its tokens are meant for. */
export const AUDIENCE = "kpaas";

/** The client of its page in the realm. */
export const PAGE_CLIENT = "kpaas-page";

/** The realm's roles that it knows (server/access/roles.ts). */
export const ROLES = ["viewer", "operator", "approver", "administrator"].map((role) => `kpaas-${role}`);

/** What it keeps in its database, and there its states too: in a table of their own. */
export const DATABASE = "kpaas_server";

/** What it keeps of each cloud by the paths of K-PaaS's programs, and beside them whom it tells by webhooks. */
export const SECRETS = ["AWS", "OPENSTACK", "NAVER", "NHN", "KT", "GCP", "AZURE", "VSPHERE", "ssh-key", "cluster", "webhook"];

/** Names of the objects its pods refer to. */
export const NAMES = {
  secret: WORKLOAD,
  files: `${WORKLOAD}-files`,
  tls: `${WORKLOAD}-tls`,
  authority: `${WORKLOAD}-ca`,
  trust: `${WORKLOAD}-trust`,
} as const;

/** Where its pods have these. */
export const FOLDERS = {
  files: "/etc/kpaas/files",
  tls: "/etc/kpaas/tls",
  trust: "/etc/kpaas/trust",
  tokens: "/etc/kpaas/tokens",
  data: "/data",
} as const;

/** Files there, by what they are. */
export const FILES = {
  password: "password",
  gitLogin: "git-login",
  gitKey: "git-key",
  gitHosts: "git-hosts",
  gitTrust: "git.crt",
  trust: "ca.crt",
  database: "postgresql.crt",
} as const;
