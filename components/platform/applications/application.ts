/** Whoever it is that applications call and no public authority vouches for: the platform's own hosts, OpenBao, the database, NATS, and who makes clusters. */
export type Trusted = "platform" | "vault" | "database" | "messages" | "clusters";

/**
 * One of K-PaaS's own applications, as a row of its family's table: portal, pipeline and source control are such tables, and all of their
 * workloads are made from them alike.
 */
export interface Application<Need extends string = string> {
  /** Deployment `NAME-deployment`, Service `NAME-service`, role of its image in the plan. */
  readonly name: string;
  readonly port: number;
  /** Path prefix under the family's host; empty for the root, undefined for an application reached inside only. */
  readonly path?: string;
  /** Whether it answers below its prefix itself, which is left on what it is asked for. @default the prefix is taken off */
  readonly keepsPath?: true;
  /** Keys of the family's ConfigMap it is given as environment variables. */
  readonly config: readonly string[];
  /** Keys of the family's Secret it is given as environment variables. No application sees another one's. */
  readonly secrets: readonly string[];
  /** Environment variables that are the same everywhere. */
  readonly fixed?: Readonly<Record<string, string>>;
  /** Files it finds, by path: keys of the family's ConfigMap. */
  readonly files?: Readonly<Record<string, string>>;
  /** The same of the family's Secret: what its program reads from a file and not from its environment. */
  readonly secretFiles?: Readonly<Record<string, string>>;
  /** What its program calls some of those keys, by key: another program reads something else under that name. @default as the key */
  readonly as?: Readonly<Record<string, string>>;
  /** What of the platform it cannot do without: where one is missing it is left out. */
  readonly needs: readonly Need[];
  /** What it is given besides where something of the platform is there that it can do without. */
  readonly with?: { readonly [need in Need]?: Partial<Pick<Application, "config" | "secrets" | "labels">> };
  /** Labels of its pods, by which a program finds them that knows no others. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Shell that its image runs before it starts, with its settings, in the folders it writes to. */
  readonly prepare?: string;
  /** The role of that name in the namespace of somebody else, by which it acts in the cluster: its pods have a token of their account's. @default none has one */
  readonly acts?: ActsIn;
  /** A folder it keeps. */
  readonly volume?: ApplicationVolume;
  /** Why there is one of it, however many others there are: a clause. @default as many as the plan says */
  readonly single?: string;
  /** Whose certificates its program must trust besides those of the public authorities. @default nobody's */
  readonly trusts?: readonly Trusted[];
  /** What its program is written in, which says where it looks for those. @default java */
  readonly language?: "java" | "go";
  /** The applications of its family that may call it; none, where nobody does. @default all of them */
  readonly callers?: readonly string[];
  /** Whether it calls addresses outside, where its family's others may not. */
  readonly callsOutside?: true;
  /** Whom it calls in the cluster that is no service of the platform. */
  readonly calls?: { readonly namespace: string; readonly port: number };
  /** What it asks a program for that is made to have all rights on its node; its namespace must admit that. @default a plain user's rights */
  readonly privileged?: true;
  /**
   * What says how it is: below a path, by a page that answers, or by its port alone.
   * @default below `/actuator/health`, with `/liveness` and `/readiness`, as Spring has them
   */
  readonly health?: { readonly path: string } | { readonly page: string } | "port";
  /** Arguments of its program. */
  readonly args?: readonly string[];
  /** Folders it writes to and forgets, beside `/tmp`. @default `/home/1000/logs`, where K-PaaS's programs log */
  readonly writes?: readonly string[];
  /** The user its program runs as. @default 1000 */
  readonly user?: number;
  /** The administrator whom its program has from the start, by a password that everybody knows. */
  readonly administrator?: FirstAdministrator;
}

/** What an application may do in the cluster, in one namespace that is not its own. */
export interface ActsIn {
  readonly namespace: string;
  readonly rules: readonly { readonly apiGroups: string[]; readonly resources: string[]; readonly verbs: string[] }[];
}

/** A folder that an application keeps, or several in one volume. */
export interface ApplicationVolume {
  readonly path: string | readonly string[];
  /** Of data only where the plan says no other. */
  readonly sizeGiB: number;
  /** Whether what is in it can be had again from elsewhere; data are protected, and kept where the plan says so. */
  readonly keeps: "cache" | "data";
}

/** An administrator whose known password is exchanged by the program's own API. */
export interface FirstAdministrator {
  readonly user: string;
  /** The password that the program brings. */
  readonly known: string;
  /** What answers once the program can be asked; the text it answers with then, where it answers before too. */
  readonly ready: { readonly path: string; readonly says?: string };
  /** Shell: succeeds where the password in the file `$1` is its. Has `$url`, `$user`, and `call FILE …`, which is curl with that log-in. */
  readonly valid: string;
  /** Shell: gives it the password in `$current` in place of the one in `$1`. */
  readonly change: string;
}

/** A family of applications: what its objects are called. K-PaaS's own manifests have the same names. */
export interface Family {
  /** Prefix of its applications' names, and name of its Ingress. */
  readonly name: string;
  /** Name of the ConfigMap with its settings. */
  readonly config: string;
  /** Name of the Secret with its settings. */
  readonly secret: string;
  /** Name of the ConfigMap with the certificates its applications trust. */
  readonly trust: string;
  /**
   * What of its table K-PaaS's manifests do not say, or say otherwise, and why it is so here: by variable, by application with `.port`, `.volume` or
   * `.health`, and `health` of those that say how they are as Spring does.
   */
  readonly unsaid: Readonly<Record<string, string>>;
}

/** Why single applications of a family have one pod where others have several, by the names of their Deployments. */
export function singles(table: readonly Application[]): Record<string, string> {
  return Object.fromEntries(table.flatMap(({ name, single }) => (single === undefined ? [] : [[`${name}-deployment`, single]])));
}

/** What is spoken at the ports of applications that somebody calls, by port: a definition's `speaks`. */
export function openPorts(table: readonly Application[]): Record<string, string> {
  const reason =
    "openly: K-PaaS starts its programs without a certificate, and they call each other by http; those in Go have no setting for one, and Spring's for those in Java was not tried with its images";
  return Object.fromEntries(table.flatMap(({ port, callers }) => (callers?.length === 0 ? [] : [[port, reason] as const])));
}

/** The applications whose needs are met and whose image the plan has, each with what it is given because of what is there. */
export function applicationsFor<Need extends string>(
  table: readonly Application<Need>[],
  images: Readonly<Record<string, string>>,
  available: readonly Need[],
): Application<Need>[] {
  return table.flatMap((app) => {
    if (images[app.name] === undefined || !app.needs.every((need) => available.includes(need))) return [];
    return [available.reduce((row, need) => besides(row, row.with?.[need]), app)];
  });
}

function besides<Need extends string>(app: Application<Need>, { config = [], secrets = [], labels = {} }: Partial<Application> = {}) {
  const merged = { ...app.labels, ...labels };
  return {
    ...app,
    config: [...app.config, ...config],
    secrets: [...app.secrets, ...secrets],
    ...(Object.keys(merged).length > 0 ? { labels: merged } : {}),
  };
}

/** What an application is called among its family's children. */
export function roleOf({ name: family }: Family, { name }: Application): string {
  return name.replace(`${family}-`, "");
}
