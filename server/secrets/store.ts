import type { z } from "zod";

/**
 * Where secrets are kept, by K-PaaS's paths: `secret/AWS/3`, `secret/ssh-key/7`, `secret/cluster/UUID`. They go in, and come out for the operation
 * that needs them; no answer of the API holds one.
 */
export interface SecretStore {
  write(path: string, secret: Readonly<Record<string, string>>): Promise<void>;
  /** Undefined where there is none. */
  read(path: string): Promise<Readonly<Record<string, string>> | undefined>;
  remove(path: string): Promise<void>;
  /** Why a text cannot be what is kept in the database for a path; undefined where it can. Left out where nothing is kept there. */
  wrong?(path: string, sealed: string): string | undefined;
}

/** Of an account's credentials. */
export function accountPath(provider: string, id: number): string {
  return `secret/${provider}/${id}`;
}

/** Of an SSH key's private half. */
export function keyPath(id: number): string {
  return `secret/ssh-key/${id}`;
}

/** Of the log-in to a cluster's API. */
export function clusterPath(id: string): string {
  return `secret/cluster/${id}`;
}

/** Says of a schema's fields that they are secret: documents mark them, and they come back in no answer. */
export function secretFields<T extends z.ZodType>(schema: T, description: string): T {
  return schema.meta({ description, writeOnly: true, format: "password" });
}
