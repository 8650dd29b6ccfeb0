import type { ServerNames } from "../certificates";

/** What Harbor is made of, by the label `component` of the chart's pods. */
export type Part = "core" | "portal" | "jobservice" | "registry" | "trivy" | "database" | "redis" | "exporter";

/** The parts that speak TLS among each other. Database and cache cannot, in the images that Harbor brings of them. */
export const TLS_PARTS = ["core", "portal", "jobservice", "registry", "trivy"] as const;

/** The parts of which there can be several: those that keep nothing of their own. */
export const REPLICATED = ["core", "portal", "jobservice"] as const;

/** The parts that call addresses outside: replication, log-in and webhooks, and the databases of vulnerabilities. */
export const CALL_OUTSIDE: readonly Part[] = ["core", "jobservice", "trivy"];

/** What the ingress leads to. The registry is reached through the core, which asks who it is. */
export const SERVED: readonly Part[] = ["core", "portal"];

/** Where TLS is spoken, but for the registry's own port. */
export const TLS_PORT = 8443;

/** By part: its ports, and the parts that speak to it. Harbor's exporter comes with values of the user's own only. */
export const REACHED: Readonly<Partial<Record<Part, { readonly ports: readonly number[]; readonly from: readonly Part[] }>>> = {
  core: { ports: [TLS_PORT], from: ["jobservice", "registry", "trivy", "exporter"] },
  // The core asks all of them how they are.
  portal: { ports: [TLS_PORT], from: ["core"] },
  jobservice: { ports: [TLS_PORT], from: ["core"] },
  registry: { ports: [5443, TLS_PORT], from: ["core", "jobservice"] },
  trivy: { ports: [TLS_PORT], from: ["core", "jobservice"] },
  database: { ports: [5432], from: ["core", "jobservice", "exporter"] },
  redis: { ports: [6379], from: ["core", "jobservice", "registry", "trivy", "exporter"] },
};

/** Labels the chart gives a part's pods. */
export const podsOf = (part: Part) => ({ app: "harbor", release: "harbor", component: part });

/** A volume of Harbor's. */
export interface Volume {
  readonly name: "registry" | "database" | "redis" | "trivy";
  readonly sizeGiB: number;
  /** False: what is on it can be had again. */
  readonly data: boolean;
}

/** Its volumes. The jobs' logs are in the database, so that the jobs need none. */
export const volumes = (registryGiB: number): readonly Volume[] => [
  { name: "registry", sizeGiB: registryGiB, data: true },
  { name: "database", sizeGiB: 5, data: true },
  { name: "redis", sizeGiB: 1, data: false },
  { name: "trivy", sizeGiB: 5, data: false },
];

/** Names of the objects that the chart's own refer to. */
export const NAMES = {
  admin: "harbor-admin",
  keys: "harbor-keys",
  registry: "harbor-registry-login",
  database: "harbor-database-login",
  /** What signs the parts' certificates. */
  authority: "harbor-internal-ca",
  /** What signs the platform's. */
  trust: "harbor-platform-ca",
  claim: (volume: Volume["name"]) => `harbor-data-${volume}`,
  tls: (part: Part) => `harbor-tls-${part}`,
  /** How an account of programs logs in: no name of one has a dot in it. */
  robot: (project: string, robot: string) => `robot.${project}.${robot}`,
} as const;

/** A name in the certificates of what the ingress leads to, by which it knows both. */
export const INGRESS_NAME = "harbor.internal";

/** What a part is met at by the others. */
export function serverNames(part: Part, namespace: string): ServerNames {
  const name = `harbor-${part}`;
  const dnsNames = [name, `${name}.${namespace}`, `${name}.${namespace}.svc`, ...(SERVED.includes(part) ? [INGRESS_NAME] : [])] as const;
  // The core calls itself, too.
  return part === "core" ? { dnsNames: [...dnsNames, "localhost"], ipAddresses: ["127.0.0.1"] } : { dnsNames };
}
