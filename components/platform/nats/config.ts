export const WORKLOAD = "nats";

/** Where the server listens: clients, its other members, and whoever asks how it is. */
export const PORTS = { client: 4222, cluster: 6222, monitor: 8222 } as const;

/** Names of the objects the pods refer to. */
export const NAMES = { service: WORKLOAD, headless: "nats-headless", config: "nats-config", tls: "nats-tls" } as const;

/** The file of settings, and where things are in the pods. */
export const CONFIG_FILE = "nats.json";
export const FOLDERS = { config: "/etc/nats", tls: "/etc/nats-tls", data: "/data" } as const;

/** The name that the members know each other by. */
const ROUTE_USER = "member";

/** What a server's settings are made from. The passwords are secret. */
export interface ServerSpec {
  /** `HOST:PORT` of every member, where there are several. */
  readonly members: readonly string[];
  readonly sizeGiB: number;
  /** By account, which has one user of the same name. */
  readonly passwords: Readonly<Record<string, string>>;
  readonly memberPassword: string;
  readonly folders?: Readonly<Record<keyof typeof FOLDERS, string>>;
  readonly ports?: Readonly<Record<keyof typeof PORTS, number>>;
}

/** The server's settings. Whoever connects speaks TLS and logs in; an account sees its own subjects, streams and buckets only. */
export function serverConfig({ members, sizeGiB, passwords, memberPassword, folders = FOLDERS, ports = PORTS }: ServerSpec): string {
  const tls = { cert_file: `${folders.tls}/tls.crt`, key_file: `${folders.tls}/tls.key`, min_version: "1.2" };
  const accounts = Object.entries(passwords).map(([user, password]) => [user, { jetstream: "enabled", users: [{ user, password }] }]);
  const cluster = {
    name: WORKLOAD,
    port: ports.cluster,
    // Members show each other their certificates, too.
    tls: { ...tls, ca_file: `${folders.tls}/ca.crt` },
    authorization: { user: ROUTE_USER, password: memberPassword },
    routes: members.map((member) => `nats-route://${ROUTE_USER}:${memberPassword}@${member}`),
    // Clients come by the Service; the members' own addresses are nothing to them.
    no_advertise: true,
  };
  return JSON.stringify({
    port: ports.client,
    https_port: ports.monitor,
    tls,
    // A tenth is left: a full volume would stop the server, a full store only refuses to take more.
    jetstream: { store_dir: folders.data, max_mem: 64 * 2 ** 20, max_file: Math.floor(sizeGiB * 0.9 * 2 ** 30) },
    accounts: Object.fromEntries(accounts),
    ...(members.length > 1 ? { cluster } : {}),
    lame_duck_grace_period: "5s",
    lame_duck_duration: "30s",
  });
}
