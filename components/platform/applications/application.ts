import type { ResourcesPlan } from "../../../model/plan/types";

/** Whoever it is that applications call and no public authority vouches for: the platform's own hosts, OpenBao, and the database. */
export type Trusted = "platform" | "vault" | "database";

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
  /** What its program calls some of those keys, by key: another program reads something else under that name. @default as the key */
  readonly as?: Readonly<Record<string, string>>;
  /** What of the platform it cannot do without: where one is missing it is left out. */
  readonly needs: readonly Need[];
  /** A folder it keeps. */
  readonly volume?: ApplicationVolume;
  /** Whose certificates its program must trust besides those of the public authorities. @default nobody's */
  readonly trusts?: readonly Trusted[];
  /** What its program is written in, which says where it looks for those. @default java */
  readonly language?: "java" | "go";
  /** The file of settings that its image has, where that holds secrets which are everybody's: another one is mounted in its place. */
  readonly file?: SettingsFile;
  /** Why there is one of it, whatever the profile has. @default as many as the profile has */
  readonly alone?: string;
  /** The applications of its family that may call it. @default all of them */
  readonly callers?: readonly string[];
  /** Below what it says how it is. @default `/actuator/health`, with `/liveness` and `/readiness` below it, as Spring has them */
  readonly health?: { readonly path: string } | "port";
  /** Arguments of its program. */
  readonly args?: readonly string[];
  /** Folders it writes to and forgets, beside `/tmp`. @default `/home/1000/logs`, where K-PaaS's programs log */
  readonly writes?: readonly string[];
  /** The user its program runs as. @default 1000 */
  readonly user?: number;
  /** What it asks for and may take. @default what the plan says of every application of the family */
  readonly resources?: ResourcesPlan;
}

/** A file of settings, as lines `KEY=VALUE`. `${KEY}` stands for the variable of that name, which the program puts there itself. */
export interface SettingsFile {
  /** Where programs of several versions look for it. */
  readonly paths: readonly string[];
  readonly settings: Readonly<Record<string, string>>;
}

/** A folder that an application keeps. */
export interface ApplicationVolume {
  readonly path: string;
  readonly sizeGiB: number;
  /** Whether what is in it can be had again from elsewhere; data are protected, and kept where the plan says so. */
  readonly keeps: "cache" | "data";
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
  /** Name of the ConfigMap with the files of settings that are mounted in place of images' own. @default none has one */
  readonly files?: string;
}

/** The applications whose needs are met and whose image the plan has. */
export function applicationsFor<Need extends string>(
  table: readonly Application<Need>[],
  images: Readonly<Record<string, string>>,
  available: readonly Need[],
): Application<Need>[] {
  return table.filter(({ name, needs }) => images[name] !== undefined && needs.every((need) => available.includes(need)));
}

/** The text of a file of settings. */
export function fileText({ settings }: SettingsFile): string {
  return Object.entries(settings)
    .map(([key, value]) => `${key}=${value}\n`)
    .join("");
}

/** What an application is called among its family's children. */
export function roleOf({ name: family }: Family, { name }: Application): string {
  return name.replace(`${family}-`, "");
}
