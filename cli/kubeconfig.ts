import { isFields } from "../model/data";
import { InvalidInputError } from "../model/problems";

/** A kubeconfig, parsed, and the environment it is of. */
export interface NamedKubeconfig {
  readonly environment: string;
  readonly kubeconfig: unknown;
}

interface Entry {
  readonly name: string;
  readonly [field: string]: unknown;
}

/** A kubeconfig as kubectl reads it. */
export interface Kubeconfig {
  readonly apiVersion: "v1";
  readonly kind: "Config";
  readonly clusters: readonly Entry[];
  readonly users: readonly Entry[];
  readonly contexts: readonly Entry[];
  readonly "current-context": string;
}

/**
 * One kubeconfig out of many. Each environment's current context, with its cluster and user, takes the environment's name; others it may
 * have are left out. The first environment's context is the current one. Throws {@link InvalidInputError} for a kubeconfig that is none.
 */
export function mergeKubeconfigs(kubeconfigs: readonly NamedKubeconfig[]): Kubeconfig {
  const unique = [...new Map(kubeconfigs.map((each) => [each.environment, each])).values()];
  const parts = unique.map(pickCurrent);
  return {
    apiVersion: "v1",
    kind: "Config",
    clusters: parts.map((part) => part.cluster),
    users: parts.map((part) => part.user),
    contexts: parts.map((part) => part.context),
    "current-context": unique[0]?.environment ?? "",
  };
}

function pickCurrent({ environment, kubeconfig }: NamedKubeconfig): { cluster: Entry; user: Entry; context: Entry } {
  const config = isFields(kubeconfig) ? kubeconfig : {};
  const current = config["current-context"];
  const context = find(config.contexts, current) ?? list(config.contexts)[0];
  const names = context !== undefined && isFields(context.context) ? context.context : {};
  const cluster = find(config.clusters, names.cluster);
  const user = find(config.users, names.user);
  if (context === undefined || cluster === undefined || user === undefined) {
    throw new InvalidInputError([
      {
        environment,
        path: "kubeconfig",
        reason: "the recorded kubeconfig has no context with a cluster and a user",
        remedy: `run \`kpaas refresh ${environment}\` and \`kpaas up ${environment}\` to have it issued anew`,
        severity: "error",
      },
    ]);
  }
  return {
    cluster: { ...cluster, name: environment },
    user: { ...user, name: environment },
    context: { ...context, name: environment, context: { ...names, cluster: environment, user: environment } },
  };
}

function find(entries: unknown, name: unknown): Entry | undefined {
  return list(entries).find((entry) => entry.name === name);
}

function list(entries: unknown): Entry[] {
  return Array.isArray(entries) ? entries.filter(isEntry) : [];
}

function isEntry(value: unknown): value is Entry {
  return isFields(value) && typeof value.name === "string";
}
