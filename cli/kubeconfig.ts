import { isFields } from "../model/data";
import { InvalidInputError, type Problem } from "../model/problems";

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

/** What a kubeconfig's file calls those that put entries into it. */
const MARK = "kpaas.io/fleet";

/**
 * Puts entries into a kubeconfig that is there. Those that were put in for the same owner before are replaced, others stay as they are; what is
 * current stays so, where it is still there.
 * @param there parsed; undefined: there is no file
 * @throws InvalidInputError for a file that is no kubeconfig, and for each entry of somebody else that has the name of one of these
 */
export function mergeInto(there: unknown, own: Kubeconfig, owner: string): Kubeconfig & Readonly<Record<string, unknown>> {
  const problem = (path: string, reason: string, remedy: string): Problem => ({
    environment: owner,
    path,
    reason,
    remedy,
    severity: "error",
  });
  const isNothing = there === undefined || there === null;
  if (!isNothing && (!isFields(there) || there.kind !== "Config"))
    throw new InvalidInputError([problem("--output", "the file is no kubeconfig", "write to another one")]);
  const before: Readonly<Record<string, unknown>> = isFields(there) ? there : {};
  const problems: Problem[] = [];
  const put = (section: (typeof SECTIONS)[number]): Entry[] => {
    const inner = section.slice(0, -1);
    const others = list(before[section]).filter((entry) => ownerOf(entry[inner]) !== owner);
    for (const { name } of others.filter((other) => own[section].some((each) => each.name === other.name)))
      problems.push(
        problem(
          `--output.${section}.${name}`,
          "is in the file already, and not of this fleet",
          "rename it there, or write to another file",
        ),
      );
    return [...others, ...own[section].map((entry) => ({ ...entry, [inner]: marked(entry[inner], owner) }))];
  };
  const [clusters, users, contexts] = [put("clusters"), put("users"), put("contexts")];
  if (problems.length > 0) throw new InvalidInputError(problems);
  const current = before["current-context"];
  const stays = typeof current === "string" && contexts.some(({ name }) => name === current);
  return { ...before, ...own, clusters, users, contexts, "current-context": stays ? current : own["current-context"] };
}

const SECTIONS = ["clusters", "users", "contexts"] as const;

function marked(inner: unknown, owner: string): unknown {
  const known = isFields(inner) ? inner : {};
  return { ...known, extensions: [...list(known.extensions).filter(({ name }) => name !== MARK), { name: MARK, extension: { owner } }] };
}

/** For whom an entry was put in; undefined where we did not. */
function ownerOf(inner: unknown): unknown {
  const extension = find(isFields(inner) ? inner.extensions : undefined, MARK)?.extension;
  return isFields(extension) ? extension.owner : undefined;
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
