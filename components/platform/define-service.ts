import type { ComponentResource, ComponentResourceOptions, Input, Output, Resource } from "@pulumi/pulumi";
import type { z } from "zod";
import type * as Kinds from "../../model/environment/fields";
import type { EnvironmentPlan } from "../../model/plan/types";
import type { ServiceDefinition, Surroundings } from "../../model/service";
import type { Credentials, PlannedArgs } from "./args";
import type { Access, Claim, Kind, StorageAccess } from "./grants";
import type { PlatformTls } from "./platform-tls/platform-tls";
import type { Devices } from "./rook-ceph/args";

/** Every profile there is. */
export const EVERY_PROFILE = ["minimal", "standard", "highAvailability"] as const;

/** Those that have the whole of K-PaaS, where `minimal` has what its portal starts with. */
export const WHOLE_PROFILES = ["standard", "highAvailability"] as const;

/**
 * A service: what is known of it as pure data, and how its component is made. The file that holds it imports `model/` and this one only, so
 * that checking and planning load no SDK; its component is required when it is made.
 */
export interface Service<
  Name extends string,
  Options extends z.ZodRawShape,
  Needs extends Kind,
  Offers extends Kind,
  Component extends ServiceComponent,
  Wants extends Kind = never,
> extends ServiceDefinition {
  readonly name: Name;
  readonly options?: (zod: typeof z, kinds: typeof Kinds) => Options;
  readonly needs?: { readonly [K in Needs]: (surroundings: Surroundings) => Claim<K> };
  readonly wants?: { readonly [K in Wants]: (surroundings: Surroundings) => Claim<K> | undefined };
  readonly needsWith?: Readonly<Record<string, readonly NoInfer<Wants>[]>>;
  readonly offers?: readonly Offers[];
  /** Makes the component. */
  create(name: string, given: Given<Options, Needs, Offers, Wants>, opts: ComponentResourceOptions): Component;
  /** What the component gives a consumer, by kind. */
  readonly grants?: { readonly [K in Offers]: GrantOf<Component, K> };
}

/** A service of which only the form is known. */
export interface AnyService extends ServiceDefinition {
  create(name: string, given: AnyGiven, opts: ComponentResourceOptions): ServiceComponent;
  readonly grants?: { readonly [K in Kind]?: GrantOf<ServiceComponent, K> };
}

/** Takes what a consumer gets from the component that offers it. */
export type GrantOf<Component, K extends Kind> = { grant(made: Component, consumer: string): Access<K> }["grant"];

/** What a service is made with. */
export interface Given<Options extends z.ZodRawShape, Needs extends Kind, Offers extends Kind, Wants extends Kind = never> {
  /** What every component takes. */
  readonly common: PlannedArgs;
  /** The options of its own that the file gives. */
  readonly options: z.infer<z.ZodObject<Options>>;
  /** What those of them that refer to secrets lead to, by their dotted paths. Secret. */
  readonly secrets: Readonly<Record<string, Input<string>>>;
  /** What others grant it for its claims; of what it only wants, what somebody offers. */
  readonly granted: { readonly [K in Needs]: Access<K> } & { readonly [K in Wants]?: Access<K> };
  /** What others claim of it, by kind and by who claims it. */
  readonly claims: { readonly [K in Offers]: Readonly<Record<string, Claim<K> & Claimant>> };
  readonly environment: EnvironmentPlan;
  /** Where the ingress is met from outside, as far as workers answer for it. */
  readonly ingressPublicAddress?: Input<string>;
  /** Where disks are that are taken as they are, by machine and volume. */
  readonly devices: Devices;
  /** The platform's certificate; undefined where each host has one of its own. */
  readonly tls: PlatformTls | undefined;
}

/** Who claims something. */
export interface Claimant {
  readonly namespace: string;
  /** What signed the certificates of its pods, where it says it and comes up before whoever is asked. PEM. */
  readonly ca?: Output<string>;
}

/** The same for any service. */
export interface AnyGiven extends Omit<Given<Record<never, never>, Kind, Kind>, "options"> {
  readonly options: Readonly<Record<string, never>>;
}

/** The component of a service, with what the platform shows of it. */
export type ServiceComponent = ComponentResource & {
  /** Where it is reached from outside. */
  readonly url?: Input<string>;
  /** How to log in. */
  readonly credentials?: Credentials | undefined;
  /** What signed the certificates of its pods, for those who look at them alone. PEM. */
  readonly ca?: Output<string>;
  /**
   * Ends what a rotation of its secrets has given a successor, once all who had it are there (`args.after`), and gives what does so. That is no
   * child of its own: those wait for all of its children.
   */
  endFormer?(name: string, args: PlannedArgs, opts: ComponentResourceOptions): Resource | undefined;
  /** Makes what it has in the namespaces of tenants, by their names, and gives that; which come after all services, so it is no child of its own. */
  enterTenants?(name: string, tenants: Readonly<Record<string, Resource>>, opts: ComponentResourceOptions): Resource | undefined;
};

/** Describes a service, ours or a program's own. */
export function defineService<
  const Name extends string,
  const Options extends z.ZodRawShape = Record<never, never>,
  Needs extends Kind = never,
  Offers extends Kind = never,
  Component extends ServiceComponent = ServiceComponent,
  Wants extends Kind = never,
>(definition: Service<Name, Options, Needs, Offers, Component, Wants>): Service<Name, Options, Needs, Offers, Component, Wants> {
  return definition;
}

/** What becomes of the data that a service keeps, as components take it. */
export function keptData({ protectData, retain }: EnvironmentPlan): { readonly protectData: boolean; readonly retainData: boolean } {
  return { protectData, retainData: retain.includes("volumes") };
}

/** The class of the volumes of who is best served by blocks: another one where the storage has none. */
export function blockClass({ block, className }: StorageAccess): StorageAccess["className"] {
  return block ?? className;
}

/** The namespaces of those who claim a kind, by who claims it. */
export function namespacesOf(claims: Readonly<Record<string, Claimant>>): Record<string, string> {
  return Object.fromEntries(Object.entries(claims).map(([client, { namespace }]) => [client, namespace]));
}
