import type { networking, rbac } from "@pulumi/kubernetes/types/input";
import type { Input, Output } from "@pulumi/pulumi";
import type { Labels } from "../../../../model/plan/infrastructure-types";
import type { ServicePlan } from "../../../../model/plan/types";
import type { Shared } from "../args";
import type { Definition } from "../definitions";
import type { Workload } from "../programs";
import type { Rights } from "../rule";
import type { Login } from "../settings";

/** A program that is met through the gate. */
export interface Screen {
  /** Its Deployment, Service and account. */
  readonly name: string;
  readonly port: number;
  /** What paths of the host begin with that are its. */
  readonly path: string;
  /** Whether it is asked for the rest of the path alone, and told the beginning. @default false */
  readonly rest?: true;
}

/** An object of a kind of the part's own, of the whole cluster. */
export interface ClusterObject {
  readonly role: string;
  readonly name: string;
  readonly apiVersion: string;
  readonly kind: string;
  readonly spec: object;
}

/** A namespace beside Kubeflow's with one Secret and no pods, for a program that watches and changes the Secrets of what it takes for its own. */
export interface Apart {
  readonly namespace: string;
  /** It is the program's to fill: nobody trusts what that writes. */
  readonly secret: string;
  readonly workload: string;
}

/** An account of each profile that names a Secret with that one's key of the store. */
export interface StoreReader {
  readonly account: string;
  readonly secret: string;
  /** The label that its pods have. */
  readonly label: string;
  /** What the Secret says of the store, and the names of its fields with user and key. */
  readonly annotations: (endpoint: string) => Readonly<Record<string, string>>;
  readonly keys: { readonly user: string; readonly key: string };
}

/** What an object holds that its programs read. */
export interface Held {
  readonly role: string;
  readonly name: string;
  readonly data: Readonly<Record<string, Input<string>>>;
  /** Labels by which a program finds it. @default none */
  readonly labels?: Labels;
}

/** What an object holds that nobody else is to see. */
export interface HeldSecret extends Held {
  /** Whose it is. */
  readonly workload: string;
  readonly type?: string;
}

/** What programs are told: in Secrets, and openly; and hashes of what each reads at its start only: others, another pod. */
export interface Told {
  readonly secrets: readonly HeldSecret[];
  readonly open: readonly Held[];
  readonly read: Readonly<Partial<Record<string, Output<string>>>>;
}

/** Who may reach pods of Kubeflow's namespace; no peers: everybody. */
export interface Way {
  readonly role: string;
  readonly workload: string;
  readonly ports: readonly number[];
  readonly from: readonly networking.v1.NetworkPolicyPeer[];
}

/** Whom the API server asks, at the port `webhook` of the workload's Service, about what is written in the namespaces of profiles. */
export interface Webhooks {
  readonly workload: string;
  readonly port: number;
  readonly hooks: readonly Hook[];
}

/** One question. */
export interface Hook {
  readonly kind: "mutating" | "validating";
  readonly name: string;
  readonly path: string;
  readonly apiGroup: string;
  readonly apiVersion: string;
  readonly resource: string;
  readonly operations: readonly ("CREATE" | "UPDATE")[];
  /** The label that objects have which it is about. @default all of them */
  readonly label?: string;
}

/** A part of Kubeflow that takes profiles: all that is made for it. */
export interface Part {
  readonly definitions: readonly Definition[];
  /** Objects of those kinds that are there for all profiles. @default none */
  readonly objects?: (plan: ServicePlan) => readonly ClusterObject[];
  readonly workloads: (shared: Shared) => readonly Workload[];
  /** @default it has none */
  readonly screen?: Screen;
  /** The dashboard's ways to it: in the menu, and on the start page. @default none */
  readonly links?: { readonly menu: object; readonly quick?: object };
  /** What its accounts may: in Kubeflow's namespace, in the whole cluster, in those of profiles. */
  readonly rights: { readonly own?: Rights; readonly everywhere: Rights; readonly profiles: Rights };
  /** What users may who see a profile, and what besides who work in it. */
  readonly users: Readonly<Record<"sees" | "works", readonly rbac.v1.PolicyRule[]>>;
  readonly told: (given: { readonly plan: ServicePlan; readonly storageClass: string; readonly login: Output<Login> }) => Told;
  /** Who reaches its programs beside the gateway. @default nobody */
  readonly ways?: (shared: Shared) => readonly Way[];
  /** Which of its programs reach pods of profiles, and at which ports. @default none */
  readonly reaches?: Readonly<Record<string, readonly number[]>>;
  /** The same seen from there: what policies in the namespaces of profiles say, by name. @default nothing */
  readonly opens?: (namespace: string) => Readonly<Record<string, networking.v1.NetworkPolicySpec>>;
  /** How its pods in a profile read what that one's runs have made; they are those with the label. @default they do not */
  readonly readsStore?: StoreReader;
  /** @default none */
  readonly apart?: Apart;
  /** @default the API server asks nobody */
  readonly webhooks?: Webhooks;
}

/** Nothing to be told. */
export const NOTHING_TOLD: Told = { secrets: [], open: [], read: {} };
