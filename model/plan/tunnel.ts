import { createHash } from "node:crypto";
import type { EnvironmentPlan, ManagedAt } from "./types";

/** Below the ports systems hand out by themselves (from 32768 on Linux), above the well-known ones. */
const FIRST_PORT = 18_000;
const PORTS = 12_000;

/** The port on 127.0.0.1 where an environment's tunnel listens: always the same, because it is recorded in the provider's kubeconfig. */
export function tunnelPort(environment: string): number {
  return portOf(environment);
}

/** The port on 127.0.0.1 that leads to where one of its services is administered: always the same, because it is recorded in a provider's URL. */
export function forwardPort(environment: string, service: string): number {
  return portOf(`${environment}/${service}`);
}

/** A port on 127.0.0.1, and the pods that it leads to. */
export interface Door extends ManagedAt {
  /** The environment that it is of, or the name of what stands for one. */
  readonly of: string;
  readonly namespace: string;
}

/** Where the services of an environment are administered. */
export function doorsOf({ environment, services }: Pick<EnvironmentPlan, "environment" | "services">): Door[] {
  return services.flatMap(({ namespace, managedAt }) => (managedAt === undefined ? [] : [{ of: environment, namespace, ...managedAt }]));
}

function portOf(what: string): number {
  return FIRST_PORT + (createHash("sha256").update(what).digest().readUInt32BE() % PORTS);
}

/** What clients of a private cluster take as their HTTP proxy; undefined where the API is reached directly. */
export function tunnelUrl({ environment, access }: Pick<EnvironmentPlan, "environment" | "access">): string | undefined {
  return access.api === "bastion" ? `http://127.0.0.1:${tunnelPort(environment)}` : undefined;
}

/** What may be reached through the tunnel, as `host:port`: the API and the platform's services, nothing else of the network. */
export function tunnelTargets({ cluster, services }: Pick<EnvironmentPlan, "cluster" | "services">): string[] {
  const { host, port } = cluster.apiEndpoint;
  return [`${host}:${port}`, ...services.flatMap((service) => (service.host === undefined ? [] : [`${service.host}:443`]))];
}
