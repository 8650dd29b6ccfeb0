import type { Seal } from "./args";
import { readsAtStandbys } from "./versions";

/** The port of its clients, and the one of its members among themselves. */
export const PORTS = { api: 8200, cluster: 8201 } as const;

/**
 * Where Prometheus asks what is counted, which shows no token there. That is an address of its own, since at the clients' own whoever reaches it
 * would read the numbers too; all else takes a token here as well.
 */
export const METRICS_PORT = 8202;

/** Names of the objects that the pods and their clients refer to. */
export const NAMES = {
  service: "openbao",
  headless: "openbao-internal",
  config: "openbao",
  first: "openbao-first-start",
  tls: "openbao-tls",
  authority: "openbao-ca",
  seal: "openbao-seal",
  /** Whoever logs in as this account of its namespace manages mounts, log-ins, policies and snapshots. */
  manager: "openbao-kpaas",
} as const;

/** Where the pods find what they read and write. */
export const FOLDERS = {
  data: "/openbao/data",
  config: "/openbao/config",
  first: "/openbao/first",
  tls: "/openbao/tls",
  seal: "/openbao/seal",
} as const;

/** The file of the static seal's key, and its name for ever: a key that is exchanged takes another name. */
export const SEAL_KEY = { file: "key", id: "kpaas-1" } as const;
/** The file of a log-in that is no variable. */
const CREDENTIALS_FILE = "credentials.json";

/** What the configuration is made from. */
export interface ServerSettings {
  readonly version: string;
  readonly seal: Seal;
  /** How many members there are. */
  readonly members: number;
  /** Whether its pages are served. */
  readonly pages: boolean;
  /** Whether somebody measures it. @default nobody does */
  readonly measured?: boolean;
}

/** Where a member is reached by the others. */
export const memberUrl = (member: number | string): string => `https://${NAMES.service}-${member}.${NAMES.headless}:${PORTS.api}`;

/** The configuration of every member, as JSON. Nothing in it is secret. */
export function serverConfig(settings: ServerSettings): string {
  const others = settings.members > 1 ? Array.from({ length: settings.members }, (_, member) => member) : [];
  const config = configOf(settings, "0.0.0.0", "store", {
    ...(others.length === 0
      ? {}
      : { retry_join: others.map((member) => ({ leader_api_addr: memberUrl(member), leader_ca_cert_file: `${FOLDERS.tls}/ca.crt` })) }),
  });
  // Clients reach any member by its Service, and so does the provider: each reads what it has written before.
  return JSON.stringify({ ...config, ...(readsAtStandbys(settings) ? { disable_standby_reads: true } : {}) });
}

/**
 * The configuration of the first start: the same server on another folder, which nobody but its own pod reaches, and what it does to itself
 * before it answers anybody.
 */
export function firstStartConfig(settings: ServerSettings, requests: Readonly<Record<string, SelfRequest>>): string {
  const request = Object.entries(requests).map(([name, { path, data }]) => ({ [name]: { operation: "update", path, data } }));
  return JSON.stringify({ ...configOf({ ...settings, measured: false }, "127.0.0.1", "new", {}), initialize: [{ kpaas: { request } }] });
}

/** A request that the server makes of itself. */
export interface SelfRequest {
  readonly path: string;
  readonly data: Readonly<Record<string, unknown>>;
}

function configOf({ seal, pages, measured = false }: ServerSettings, host: string, folder: string, storage: object): object {
  const tls = { tls_cert_file: `${FOLDERS.tls}/tls.crt`, tls_key_file: `${FOLDERS.tls}/tls.key` };
  const metrics = { address: `${host}:${METRICS_PORT}`, ...tls, telemetry: { unauthenticated_metrics_access: true } };
  return {
    ui: pages,
    storage: { raft: { path: `${FOLDERS.data}/${folder}`, ...storage } },
    listener: [
      {
        tcp: {
          address: `${host}:${PORTS.api}`,
          cluster_address: `${host}:${PORTS.cluster}`,
          ...tls,
        },
      },
      ...(measured ? [{ tcp: metrics }] : []),
    ],
    ...(measured ? { telemetry: [{ disable_hostname: true }] } : {}),
    seal: [{ [seal.kind]: sealSettings(seal) }],
    // To where the cluster's logs go: a volume of its own that is full would stop every request. The server refuses another device under the
    // same name: one that is to differ needs another.
    audit: [{ file: { stdout: { description: "every request and answer, with secrets hashed", options: { file_path: "stdout" } } } }],
  };
}

function sealSettings(seal: Seal): object {
  switch (seal.kind) {
    case "static":
      return { current_key_id: SEAL_KEY.id, current_key: `file://${FOLDERS.seal}/${SEAL_KEY.file}` };
    case "transit":
      return { address: seal.address, mount_path: `${seal.mount.replace(/\/*$/, "")}/`, key_name: seal.key };
    case "awskms":
      return { region: seal.region, kms_key_id: seal.key };
    case "gcpckms":
      return {
        credentials: `${FOLDERS.seal}/${CREDENTIALS_FILE}`,
        project: seal.project,
        region: seal.region,
        key_ring: seal.keyRing,
        crypto_key: seal.key,
      };
    case "azurekeyvault":
      return { tenant_id: seal.tenant, vault_name: seal.vault, key_name: seal.key };
  }
}
