import type { z } from "zod";
import type { Backup, BackupPlan } from "./backup";
import type { ReleaseService } from "./catalog";
import type { CloudPartName, CloudParts } from "./cloud-parts";
import type * as Kinds from "./environment/fields";
import type { Environment } from "./environment/types";
import type { Findable } from "./findable";
import type { Flow, Labels } from "./plan/infrastructure-types";
import type { AutoscalingPlan, Called, ManagedAt, PlatformPlan, Profile, ResourcesPlan, ServicePlan } from "./plan/types";
import type { Remedy } from "./remedy";
import type { Rotated, RotatedPlan } from "./rotated";

/** What a claim of a service is made from. */
export interface Surroundings {
  readonly environment: string;
  readonly provider: string;
  /** What the cloud has that runs in the cluster. */
  readonly inCluster: CloudParts;
  readonly platform: PlatformPlan;
  /** The name the service is reached at from outside; empty where it has no host. */
  readonly host: string;
  /** The options of its own that the file gives. */
  readonly options: Readonly<Record<string, unknown>>;
  /** The kinds that somebody offers. */
  readonly offered: readonly string[];
  /** How many instances of it there are. */
  readonly replicas: number;
  /** The roles of the images that the release has for it: a program that is not among them is not there. */
  readonly images: readonly string[];
}

/** How a service grows with its load: its component sees to it, values of its chart do; or why it does not. */
export type Autoscaling =
  | { readonly by: "component" }
  | { readonly by: "chart"; readonly values: (wanted: AutoscalingPlan) => Readonly<Record<string, unknown>> }
  | { readonly by: "nobody"; readonly reason: string };

/** What a service claims of another one. */
export interface OfferedClaim {
  readonly consumer: string;
  readonly kind: string;
  readonly claim: object;
}

/** Services that an option of another one has claim a kind. */
export interface Enlisted {
  /** The option. */
  readonly field: string;
  readonly kind: string;
  readonly names: readonly string[];
  readonly claim: object;
}

/** What is said at a port that is open to nobody but whoever measures. */
export const MEASURED_OPENLY = "openly, to Prometheus alone: how much of what there is, and nothing of what it holds";

/** What is wrong with a claim: at a field below that of whoever offers it, or else at whoever claims it. */
export interface ClaimProblem {
  readonly at: { readonly field: string } | { readonly consumer: string };
  readonly reason: string;
  readonly remedy: string;
}

/**
 * What is known of a service before anything is made: plain data and pure functions, from which schema, profiles, order, traffic, what the
 * guard asks and the documentation follow. `defineService` of components/platform is its typed form, with the component.
 */
export interface ServiceDefinition {
  /** The field below `platform.services`, the key in the catalogue, and in kebab case a part of its resources' names. */
  readonly name: string;
  /** What people call it. */
  readonly title: string;
  /** What it does, as a sentence without a full stop. */
  readonly about: string;
  /** Its version, images and chart. @default the release's catalogue entry of its name */
  readonly entry?: ReleaseService;
  /** Set where it is the environment's cloud's own: version, chart, values and traffic are what the cloud has of that. */
  readonly cloudPart?: CloudPartName;
  /**
   * Options of its own beside those of every service; each must be optional, and described. Zod and the kinds of values that files have are handed
   * in, so that they are loaded only where options are read.
   */
  readonly options?: (zod: typeof z, kinds: typeof Kinds) => z.ZodRawShape;
  /**
   * Those that refer to secrets, as dotted paths below its field: its component is given what they lead to. Each with what is wrong with what was
   * found, which must not show it; undefined where nothing is. @default none
   */
  readonly secrets?: Readonly<Record<string, (text: string) => string | undefined>>;
  /** The profiles that have it where the file is silent. @default none */
  readonly profiles?: readonly Profile[];
  /** Set where it is no switch of the file's but follows from other fields. */
  readonly when?: (environment: Environment) => boolean;
  /** The field that speaks of it. @default `platform.services.NAME` */
  readonly field?: string;
  /** The field with values of its chart, where its own speaks of others too. @default `values` of its field */
  readonly valuesField?: string;
  /**
   * As many instances as the profile gives; one, or three where the profile gives several, because more than half must agree; one for ever; or as
   * with a quorum, by whoever offers a kind that it claims with several only.
   */
  readonly replicas: "profile" | "quorum" | 1 | { readonly severalBy: string };
  /** Of its Deployments and StatefulSets those that have one pod where a profile gives several instances, by name, each with the reason as a clause. */
  readonly single?: Readonly<Record<string, string>>;
  /** How its number of instances follows its load, by its version. @default it does not, as `autoscalingOf` says */
  readonly autoscaling?: (version: string) => Autoscaling;
  /** What options of its own give single parts of it in place of the catalogue's, by the names of their images. */
  readonly parts?: (options: Readonly<Record<string, unknown>>) => Readonly<Record<string, ResourcesPlan>>;
  /** What is unsafe in options of its own, which `check` warns of: the field below its own, why, and the way out. @default nothing */
  readonly unsafe?: (
    options: Readonly<Record<string, unknown>>,
  ) => readonly { readonly field: string; readonly reason: string; readonly remedy: string }[];
  /** Whether it keeps something on volumes, and whether that can be had again. */
  readonly keeps?: "data" | "cache";
  /** How what it keeps is backed up, where that goes by its plan as a function of that. Whoever keeps data says it. */
  readonly backup?: Backup | ((service: BackupPlan) => Backup);
  /** What is generated for it that is secret, certificates aside, and how each is exchanged; where that goes by its plan as a function of that. */
  readonly rotates?: readonly Rotated[] | ((service: RotatedPlan) => readonly Rotated[]);
  /** About how many seconds nobody answers for it while its pods are made anew. @default none: others of them answer meanwhile, or nobody asks */
  readonly away?: (service: Pick<ServicePlan, "replicas">) => number;
  /** Left side of its host name under the platform's domain. */
  readonly host?: string;
  /** Host names that its options give besides, by the field below its own that says each. @default none */
  readonly hosts?: (options: Readonly<Record<string, unknown>>) => Readonly<Record<string, string>>;
  /** What it claims of others, by kind. */
  readonly needs?: Readonly<Record<string, (surroundings: Surroundings) => object>>;
  /** What it claims of others where somebody offers that, by kind; it waits for whoever does. Undefined: nothing, with those options. */
  readonly wants?: Readonly<Record<string, (surroundings: Surroundings) => object | undefined>>;
  /** The kinds among those that it cannot do without where an option of its own is given, by option. */
  readonly needsWith?: Readonly<Record<string, readonly string[]>>;
  /** The kinds it gives to those who claim them. */
  readonly offers?: readonly string[];
  /** Those whom its own options have claim a kind that it offers, as others do by themselves. */
  readonly enlists?: (options: Readonly<Record<string, unknown>>) => Enlisted;
  /** The kinds that it may be had claim by whoever offers them. @default none */
  readonly enlistedFor?: readonly string[];
  /** Whether another one is taken for what it offers. It runs beside that one, which waits for it: it gives up what there is one of. */
  readonly beside?: (environment: Environment) => boolean;
  /** What those who visit it expect of it, each with the kinds it takes for that, whoever offers them: `check` says what it cannot do. */
  readonly promises?: readonly { readonly does: string; readonly by: readonly string[] }[];
  /** Programs of its own that an option asks for, by the roles of their images: a release that has none of them refuses it. */
  readonly programs?: Readonly<Record<string, readonly string[]>>;
  /** Programs that it has only where somebody offers what it claims, by that kind: the roles of their images. */
  readonly programsWith?: Readonly<Record<string, readonly string[]>>;
  /** Those among them that it has only where it is one instance: the roles of their images. */
  readonly programsOfOne?: readonly string[];
  /** Its images with those options, of those that the release names, and what options name besides. @default the release's */
  readonly imagesBy?: (
    options: Readonly<Record<string, unknown>>,
    known: Readonly<Record<string, string>>,
  ) => Readonly<Record<string, string>>;
  /** Namespaces of somebody else's, which are there already, in which it makes objects. @default none */
  readonly foundThere?: (options: Readonly<Record<string, unknown>>) => readonly string[];
  /** Labels that namespaces of tenants have by its options, by tenant. @default none */
  readonly labelsTenants?: (options: Readonly<Record<string, unknown>>) => Readonly<Record<string, Labels>>;
  /** What of it can never change once it stands, by field below its own: what it is with those options. */
  readonly fixed?: Readonly<Record<string, (options: Readonly<Record<string, unknown>>) => string>>;
  /**
   * What it leaves behind with whoever grants it a kind, and cannot be let in to again, since the secrets go with it: the field, among `fixed`, that
   * names it.
   */
  readonly leaves?: { readonly kind: string; readonly field: string };
  /** The names of what in it holds data of its own, and the field that names them: one that goes is asked about. */
  readonly holds?: {
    readonly field: string;
    /** @param claims what others claim of it, in the order in which they come up */
    readonly names: (options: Readonly<Record<string, unknown>>, claims: readonly object[]) => readonly string[];
  };
  /**
   * What is wrong with what others claim of it, by itself or beside its options.
   * @param claims in the order in which the services come up
   */
  readonly refuses?: (options: Readonly<Record<string, unknown>>, claims: readonly OfferedClaim[]) => readonly ClaimProblem[];
  /** Its workload and the port of its pods where it is administered, where what lives in it are resources. The port speaks TLS. */
  readonly managedAt?: Omit<ManagedAt, "local">;
  /** How one finds out whether a creation that was not answered has made what lives in it, by type. @default a person looks */
  readonly findable?: Readonly<Record<string, Findable>>;
  /** What failures of whoever makes what lives in it mean, by their words. */
  readonly remedies?: readonly (readonly [words: RegExp, remedy: Remedy])[];
  /**
   * What its pods call beside each other and those whose grants it takes; nothing else is open to them. What only some of them call its component
   * opens to those; by what it claims of those that are there. @default anything
   */
  readonly calls?: readonly Called[] | ((platform: PlatformPlan, claimed: readonly string[]) => readonly Called[]);
  /**
   * How what is said at each port of its pods that is open to other pods is kept from others: `TLS`, where whoever speaks first can know whom it
   * speaks to; else a clause that says how it is, and why. A range is `FIRST-LAST`.
   */
  readonly speaks?: Readonly<Record<string, string>>;
  /**
   * Why no claim of its own has its pods say what they count, or by whom else they are measured, as a clause: of all of them, or of single workloads
   * by name. Those that say themselves what they count claim `scrape`.
   */
  readonly unscraped?: string | Readonly<Record<string, string>>;
  /** Set where minors of Kubernetes that it is not for are refused, and not warned of alone: what it keeps is everybody's. */
  readonly refusesKubernetes?: true;
  /** Set where its project goes from one minor version to the next only: a release that leaves some out is refused while it is on. */
  readonly oneMinorAtATime?: true;
  /** What else of the file keeps it from working: at which field, why, and the way out. @default nothing */
  readonly hindered?: (environment: Environment) => readonly { readonly path: string; readonly reason: string; readonly remedy: string }[];
  /** Why its pods run where they do, and the file cannot choose other nodes. @default it can */
  readonly stays?: string;
  /** Traffic between machines that it needs. */
  readonly flows?: readonly Flow[];
  /** Variables of kubespray that would bring another one of it, with `*` for any run of characters. */
  readonly kubespray?: readonly string[];
  /** Those by which kubespray brings the same where they are true: refused where it is on, passed where it is not. */
  readonly notBeside?: readonly string[];
}

/** How a service grows with its load in that version, or why it does not. */
export function autoscalingOf(
  { autoscaling, replicas }: Pick<ServiceDefinition, "autoscaling" | "replicas">,
  version: string,
): Autoscaling {
  if (autoscaling !== undefined) return autoscaling(version);
  if (replicas === 1) return { by: "nobody", reason: "it runs as one instance in this version" };
  if (replicas !== "profile")
    return { by: "nobody", reason: "more than half of its members must agree, so none may come and go with its load" };
  return { by: "nobody", reason: "more of it share no load: one of them works, and the others wait to take its place" };
}

/** Name of a service as resources carry it: `certManager` is `cert-manager`. */
export function kebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
