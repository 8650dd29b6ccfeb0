import type { CloudDefinition } from "./cloud";
import type { Environment } from "./environment/types";
import type { ServiceDefinition } from "./service";

/** What can be had, by name: what checking and planning go through, and the only place that knows it. */
export interface Registry {
  /** By name; the first stands in where a file names none that there is. */
  readonly clouds: Readonly<Record<string, CloudDefinition>>;
  /** In the order in which they are brought up where nothing else decides. */
  readonly services: Readonly<Record<string, ServiceDefinition>>;
}

/** The services that a file switches on and off; the others follow from its other fields. */
export function switchedServices({ services }: Registry): ServiceDefinition[] {
  return Object.values(services).filter(({ when }) => when === undefined);
}

/** The field of the environment file that speaks of a service. */
export function fieldOf({ name, field }: Pick<ServiceDefinition, "name" | "field">): string {
  return field ?? `platform.services.${name}`;
}

/** A service of an environment. */
export interface ServiceOn extends ServiceDefinition {
  /** What it offers by itself, where another one is taken for it. */
  readonly spares?: readonly string[];
}

/** The services of an environment that are there to be had: those it switches on, and those that follow from its other fields. */
export function servicesOn(environment: Environment, { services }: Registry): ServiceOn[] {
  const wanted = new Set(environment.platform.services.map(({ name }) => name));
  return Object.values(services)
    .filter(({ name, when }) => (when === undefined ? wanted.has(name) : when(environment)))
    .map((service) => (service.beside?.(environment) ? { ...service, offers: [], spares: service.offers ?? [] } : service));
}

/** The kinds of claims that a field of the file meets, so that no service need; the cloud is what the provider names, and what is trusted `platform.tls`. */
export function givenByFile({ platform }: Environment): string[] {
  const led = platform.loadBalancer === "cloud" && !platform.controller;
  return ["cloud", "trust", ...(platform.storage.kind === "existing" ? ["storage"] : []), ...(led ? ["loadBalancer"] : [])];
}

/** What a service claims with so many replicas, by kind. */
export function needsOf({ needs = {}, replicas }: ServiceDefinition, count = 1): NonNullable<ServiceDefinition["needs"]> {
  const without = typeof replicas === "object" && count === 1 ? replicas.severalBy : undefined;
  return Object.fromEntries(Object.entries(needs).filter(([kind]) => kind !== without));
}

/** What a service claims of those that are on and does without where they are not, by kind. */
export function wantsOf({ wants = {} }: ServiceDefinition, on: readonly ServiceOn[]): NonNullable<ServiceDefinition["wants"]> {
  return Object.fromEntries(Object.entries(wants).filter(([kind]) => offererOf(kind, on) !== undefined));
}

/** Kinds whose offerer comes after those who claim them, and looks at what is there: nobody waits for it. */
export const LOOKED_AT = ["scrape"] as const;

/** Whoever among the services offers a kind. */
export function offererOf<S extends { readonly offers?: readonly string[] }>(kind: string, services: readonly S[]): S | undefined {
  return services.find(({ offers = [] }) => offers.includes(kind));
}

/** The name of the cloud that stands in where a file names none. */
export function standInCloud({ clouds }: Registry): string {
  const [first] = Object.keys(clouds);
  if (first === undefined) throw new Error("a registry needs a cloud");
  return first;
}

/** The cloud of that name, or the one that stands in for it. */
export function cloudOf(name: string, registry: Registry): CloudDefinition {
  const cloud = registry.clouds[name] ?? registry.clouds[standInCloud(registry)];
  if (cloud === undefined) throw new Error(`there is no cloud ${name}`);
  return cloud;
}
