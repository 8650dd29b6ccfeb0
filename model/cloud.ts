import type { z } from "zod";
import type { CloudPartName, CloudParts } from "./cloud-parts";
import type { Takes } from "./cloud-takes";
import type { Bill } from "./cost/bill";
import type * as Kinds from "./environment/fields";
import type { Environment } from "./environment/types";
import type { Findable, Question, Values } from "./findable";
import type { Hosts } from "./hosts";
import type { Marks } from "./marks";
import type { Flow, FlowPeer, HiddenFromPods } from "./plan/infrastructure-types";
import type { SubnetRules } from "./plan/subnets";
import type { CloudOptions, EnvironmentPlan } from "./plan/types";
import type { KnownFlow } from "./preview/ports";
import type { Findings } from "./problems";
import { infrastructureType } from "./type-tokens";

/** What machines are for, as far as their default size goes. */
export type SizeRole = "controlPlane" | "worker" | "bastion" | "nfs";

/** What a cloud can do, or cannot. */
export interface Abilities {
  /** Makes machines; else they are there already, as `hosts` says. */
  readonly machines: boolean;
  /** Makes a balancer for the API. */
  readonly balancers: boolean;
  /** Makes addresses outside the machines' network. */
  readonly floatingAddresses: boolean;
  readonly zones: boolean;
  /** Keeps machines of a group on different hosts. */
  readonly spread: boolean;
  /**
   * Lets machines answer for addresses beside their own: a virtual address for the API, MetalLB's for Services. Without that its balancers
   * lead in, to the API and to the ingress, and nodes reach the API by a proxy on each of them.
   */
  readonly virtualAddresses: boolean;
}

/** Names that mean the same on every cloud. */
export interface NeutralNames {
  /** By name, as `large`. What one stands for never changes: the machines would be resized. */
  readonly sizes: Readonly<Record<string, string>>;
  /** By name, as `ubuntu-22.04`: the newest first, then all that it ever stood for. The one in the lock stays. */
  readonly images: Readonly<Record<string, readonly [string, ...string[]]>>;
}

/** A field whose change the guard knows; `when` says which change of it, where others end otherwise. */
export type ChangedField = string | readonly [field: string, when: string];

/**
 * What is known of a cloud before anything is made: plain data and pure functions, from which schema, defaults, checks, plan, guard, traffic,
 * `init`, `doctor` and what is done to a broken state follow. `defineCloud` of providers/ is its typed form, with the component.
 */
export interface CloudDefinition extends SubnetRules {
  /** `infrastructure.provider`, and the section below `infrastructure` with its own options. */
  readonly name: string;
  /** What people call it. */
  readonly title: string;
  /** The npm package of its SDK, which is for the user to install. Its last part begins the types of its resources. None where it makes nothing. */
  readonly sdk?: string;
  /** The plugin of its provider, where no npm package says which. @default the SDK's own */
  readonly plugin?: readonly { readonly name: string; readonly version: string }[];
  /** Its own options, by zod and the kinds of values that files have; each must be optional, and described. */
  readonly options: (zod: typeof z, kinds: typeof Kinds) => z.ZodRawShape;
  /** Those that refer to secrets, as dotted paths below its section: its component is given what they lead to. @default none */
  readonly secrets?: readonly string[];
  readonly defaults: {
    readonly image: string;
    readonly sshUser: string;
    readonly sizes: Readonly<Record<SizeRole, string>>;
    /** Where several control planes are reached. */
    readonly apiEndpoint: "loadBalancer" | "virtualIp" | "node";
    readonly onDelete: "forget" | "reset";
  };
  readonly can: Abilities;
  /** What names that every cloud understands stand for here, the options' own among them. @default names of the cloud's own are taken alone */
  neutral?(options: CloudOptions): NeutralNames;
  /** What of its own runs in the cluster where the file asks for it: `platform.loadBalancer`, `platform.storage`. @default nothing */
  readonly inCluster?: CloudParts;
  /** Why it cannot do one of them, or has no such part, and the way out, where there is more to say than that. */
  readonly cannot?: Readonly<Partial<Record<keyof Abilities | CloudPartName, { readonly reason: string; readonly remedy: string }>>>;
  /** What of the file it would refuse by its name or size. @default only the cloud knows */
  readonly takes?: Takes;
  /** The own options as the plan has them, with their defaults. */
  resolve(given: Readonly<Record<string, unknown>>): CloudOptions;
  /** True: a data volume neither grows nor passes to its machine's successor while the machine runs. */
  readonly volumesStay?: true;
  /** True: volumes of a machine that is built anew stay with it until it goes, and come to its successor with the update after that. */
  readonly volumesFollow?: true;
  /** Where it makes no machines: those that the file describes. */
  hosts?(options: CloudOptions): Hosts;
  /** Whether what the plan does not allow is kept out: by the cloud, or by the hosts' own firewall. */
  enforces(options: CloudOptions): boolean | "hosts";
  /** Names are asked for at the address of its metadata, 169.254.169.254. @default elsewhere */
  readonly metadataResolves?: true;
  /** What pods are kept from by the machines' own filter beside the cloud's metadata. @default nothing */
  readonly hidden?: readonly HiddenFromPods[];
  /** What these machines need of the cloud itself. */
  flows(machines: FlowPeer, network: string, options: CloudOptions): readonly Flow[];
  /**
   * Where its balancers hand packets on as they came, so that members answer for a balancer's address and see who asks: the ranges that health
   * checks come from, of balancers inside the network and of those met from outside. @default balancers dial their members themselves
   */
  readonly passing?: { readonly inside: readonly string[]; readonly outside: readonly string[] };
  /**
   * True: its rules keep out ICMP that belongs to a connection which they have let in, as what tells that packets are too large for the way. Whoever
   * comes in from outside is let in with it too.
   */
  readonly dropsErrors?: true;
  /** What is wrong between the file's fields for this cloud alone. */
  check(environment: Environment, findings: Findings): void;
  /** What only the plan shows to be wrong. */
  checkPlan(plan: EnvironmentPlan, findings: Findings): void;
  /** The names that it leads to the environment by itself, `*.DOMAIN` for all below one. @default none: whoever has the domain writes them */
  names?(plan: Pick<EnvironmentPlan, "apiEndpoint" | "platform">, options: CloudOptions): readonly string[];
  /** Those of its own options that say where everything is, and so can never change; by name. */
  place(options: CloudOptions, plan: Pick<EnvironmentPlan, "apiEndpoint" | "platform" | "zones">): Readonly<Record<string, string>>;
  /** Those that a machine takes at its first boot only; by name. */
  firstBoot(options: CloudOptions): Readonly<Record<string, string | number>>;
  /** The same for the table of what may change: every option stands in one of them. */
  readonly changes: {
    readonly refused: readonly ChangedField[];
    readonly built: readonly ChangedField[];
    readonly applied?: readonly ChangedField[];
    /** By what they give to other fields. */
    readonly follows?: readonly ChangedField[];
  };
  /** None where nobody is asked. */
  readonly credentials?: Credentials;
  /** What the credentials must be allowed to do for this plan, as the cloud's own document. @default it has no such documents */
  permissions?(plan: EnvironmentPlan): object;
  /** The same of its control planes, which what runs in the cluster has for its own. @default they may do nothing */
  controlPlanePermissions?(plan: EnvironmentPlan): object | undefined;
  /** What of a plan costs money, and by which names price lists give its prices. */
  readonly bill: Bill;
  /** Comments that `init` writes below `infrastructure`. */
  readonly template: string;
  /** None where it makes nothing; neither of the following. */
  readonly state?: CloudState;
  readonly preview?: CloudPreview;
}

/** Where credentials come from. */
export interface Credentials {
  /** What they may hold: names of the provider's arguments. */
  readonly names: readonly string[];
  /** The usual ones, where the file refers to none. */
  find(look: Surroundings): { readonly there: boolean; readonly where: string };
  /** How jobs of a code forge log in, where the file refers to none. @default secrets that the file names */
  readonly jobs?: JobLogin;
  /** Where the cloud is asked first, as far as the usual ways say. */
  url(look: Surroundings): string | undefined;
  /**
   * The authority that its provider is told to trust, by these credentials and the usual ways: the file of its certificates, or these themselves.
   * What of the cloud's own runs in the cluster trusts it too. @default the usual authorities alone
   */
  authority?(look: Surroundings, given: Readonly<Record<string, string>>): string | undefined;
  /**
   * How it is tried out whether variables of its usual ways log in, with the least effect that the cloud has; what is wrong with them, where that is
   * seen without asking. Undefined where that cannot be tried.
   * @param env the variables
   * @param now of which time a request is signed to be
   */
  tries?(env: Surroundings["env"], now: Date): LoginTry | LoginFault;
}

/** A request that does nothing but log in, and how its answer is read. */
export interface LoginTry {
  readonly request: CloudRequest;
  /** What is wrong; undefined where the log-in is good. It names no secret. */
  judge(answer: CloudAnswer): LoginFault | undefined;
  /** Takes back what the log-in has made, a token for one; undefined where there is nothing to take back. */
  undo?(answer: CloudAnswer): CloudRequest | undefined;
}

/** A request to a cloud, as plain data. */
export interface CloudRequest {
  readonly method: "GET" | "POST" | "DELETE";
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** What a cloud has answered. */
export interface CloudAnswer {
  readonly status: number;
  /** By lower-case names. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: string;
}

/** Why a log-in is not good. */
export interface LoginFault {
  /** The variable that is wrong, as far as the cloud tells. */
  readonly variable?: string;
  readonly reason: string;
  readonly remedy: string;
}

/**
 * How a job of a code forge logs in: by a token that the forge makes for each job, where the cloud takes one; else by secrets that are kept there
 * under these names. Roles and accounts are variables of the forge: names, no secrets.
 */
export interface JobLogin {
  readonly secrets?: readonly string[];
  readonly github?: {
    /** Actions by their commit, with what they are given; `vars.NAME` is what the forge has under that name, `REGION` the environment's. */
    readonly actions?: readonly { readonly uses: Action; readonly with: Readonly<Record<string, string>> }[];
    readonly variables?: Readonly<Record<string, string>>;
  };
  readonly gitlab?: {
    /** For whom the token `KPAAS_ID_TOKEN` is. */
    readonly audience: string;
    readonly script: readonly string[];
  };
}

/** An action of GitHub's, by the commit of a version. */
export interface Action {
  readonly action: string;
  readonly commit: string;
  readonly version: string;
}

/** What one may look at for credentials. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The project's folder. */
  readonly root: string;
  exists(path: string): boolean;
  /** The content of a YAML file; undefined for what is none. */
  read(path: string): unknown;
}

/** What has to be known of its resources where something broke, was lost or goes for good. */
export interface CloudState {
  /** How one finds out whether a creation that broke off has made it; by type, every one that the component registers. */
  readonly findable: Readonly<Record<string, Findable>>;
  /** Which type is which. */
  readonly kinds: { readonly machine: string; readonly volume: string; readonly floatingAddress?: string };
  /** Whose a machine or a data volume is, by its inputs. @default as metadata or tags say that kpaas wrote */
  marks?(inputs: Values): Marks;
  /** Whether its provider reads back all that a resource was made with; else the state has to keep what was asked for. */
  readonly readsBack: boolean;
  /** How the failure reads of a creation that has left behind what never was a machine. */
  readonly unmade?: RegExp;
  /** What people type to see a machine, and to delete it. */
  readonly commands: { readonly show: (id: string) => string; readonly remove: (id: string) => string };
  /** What others have put on what is to be deleted, and keeps it from going. */
  readonly inTheWay?: InTheWay;
  /** What its words in a failure mean for their reader. */
  readonly remedies: readonly (readonly [words: RegExp, remedy: string])[];
}

/** How a preview tells of its resources. */
export interface CloudPreview {
  /** By type: what people or workloads count on. */
  readonly countedOn: Readonly<Record<string, CountedOn>>;
  /** The traffic that a resource lets through, where it is there to let some through. */
  flow(type: string, name: string, inputs: Values): KnownFlow | undefined;
}

/** A resource that people or workloads count on. */
export interface CountedOn {
  readonly kind: "machine" | "volume" | "address" | "balancer";
  /** What is said of it by its state; its logical name stands in where that holds none. */
  describe(state: Values): { readonly name: string | undefined; readonly detail: string };
  /** Properties that restart it when they change in place. */
  readonly restartedBy?: RegExp;
}

/** How one finds who keeps a resource from being deleted. */
export interface InTheWay {
  /** By type of the resource, what to ask `all` with. */
  readonly held: Readonly<Record<string, (resource: { readonly id?: string | undefined; readonly inputs?: Values | undefined }) => Values>>;
  /** Lists the ids of all that are on it. */
  readonly all: { readonly token: string; readonly ids: (answer: Values) => readonly unknown[] };
  /** One of them. */
  readonly one: (id: unknown) => Question;
  /** Words for it; undefined where it goes by itself. */
  readonly describe: (found: Values) => string | undefined;
}

/** What tells which cloud a resource is of: its type, and its URN, which names what it is a part of. */
export interface Placed {
  readonly type: string;
  readonly urn?: string | undefined;
}

/**
 * The cloud among these that a resource belongs to; undefined for what is of none. Of those that share an SDK it is the one whose component the
 * resource is below, or the first where nothing says that.
 */
export function cloudOfResource<C extends Pick<CloudDefinition, "sdk" | "name">>(
  { type, urn = "" }: Placed,
  clouds: Readonly<Record<string, C>>,
): C | undefined {
  // The last part of an SDK's name is its package, with which the types of its resources begin.
  const sharing = Object.values(clouds).filter(
    ({ sdk }) => sdk !== undefined && type.startsWith(`${sdk.slice(sdk.lastIndexOf("/") + 1)}:`),
  );
  const above = (urn.split("::")[2] ?? "").split("$");
  return sharing.find(({ name }) => above.includes(infrastructureType(name))) ?? sharing[0];
}

/** Why credentials cannot be used: one under a wrong name would silently not be, and another account's might. It shows names only. */
export function wrongCredentials(
  { title, credentials }: Pick<CloudDefinition, "title" | "credentials">,
  given: Readonly<Record<string, unknown>>,
): string | undefined {
  const names = credentials?.names ?? [];
  const unknown = Object.keys(given).filter((name) => !names.includes(name));
  if (unknown.length === 0) return undefined;
  return `holds ${unknown.join(", ")}, which the ${title} provider does not take; use the names ${names.join(", ")}`;
}
