import type { CloudDefinition } from "./cloud";
import type { Environment } from "./environment/types";
import type { Enlisted, ServiceDefinition } from "./service";

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

/** The field of the environment file with values of a service's chart. */
export function valuesFieldOf(service: Pick<ServiceDefinition, "name" | "field" | "valuesField">): string {
  return service.valuesField ?? `${fieldOf(service)}.values`;
}

/** A service of an environment. */
export interface ServiceOn extends ServiceDefinition {
  /** What it offers by itself, where another one is taken for it. */
  readonly spares?: readonly string[];
}

/** The services of an environment that are there to be had: those it switches on, and those that follow from its other fields. */
export function servicesOn(environment: Environment, { services }: Registry): ServiceOn[] {
  const wanted = new Set(environment.platform.services.map(({ name }) => name));
  const on = Object.values(services)
    .filter(({ name, when }) => (when === undefined ? wanted.has(name) : when(environment)))
    .map((service) => (service.beside?.(environment) ? { ...service, offers: [], spares: service.offers ?? [] } : service));
  const enlisted = on.flatMap((service) => enlistedBy(service, environment) ?? []);
  return on.map((service) => {
    const claims = enlisted.filter(({ kind, names }) => names.includes(service.name) && service.enlistedFor?.includes(kind));
    const needs = Object.fromEntries(claims.map(({ kind, claim }) => [kind, () => claim]));
    return claims.length === 0 ? service : { ...service, needs: { ...needs, ...service.needs } };
  });
}

/** Those whom a service's options in the file have claim what it offers. */
export function enlistedBy({ name, enlists }: ServiceDefinition, { platform }: Environment): Enlisted | undefined {
  return enlists?.(platform.services.find((each) => each.name === name)?.options ?? {});
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

/** The kinds that a service cannot do without because of options of its own, each with the option. */
export function neededWith(
  { needsWith = {} }: ServiceDefinition,
  options: Readonly<Record<string, unknown>>,
): { readonly kind: string; readonly option: string }[] {
  return Object.entries(needsWith).flatMap(([option, kinds]) => (isAsked(options[option]) ? kinds.map((kind) => ({ kind, option })) : []));
}

/** Whether an option asks for something: where it is neither left out nor `false`. */
export function isAsked(option: unknown): boolean {
  return option !== undefined && option !== false;
}

/** The options of services that refer to secrets, by the field that they stand in, each with what is wrong with what was found. */
export function serviceSecrets({ services }: Registry): Readonly<Record<string, (text: string) => string | undefined>> {
  return Object.fromEntries(
    Object.values(services).flatMap((service) =>
      Object.entries(service.secrets ?? {}).map(([path, wrong]) => [`${fieldOf(service)}.${path}`, wrong] as const),
    ),
  );
}

/** Kinds whose offerer comes after those who claim them, and looks at what is there: nobody waits for it. */
export const LOOKED_AT = ["scrape"] as const;

/** Whoever among the services offers a kind. */
export function offererOf<S extends { readonly offers?: readonly string[] }>(kind: string, services: readonly S[]): S | undefined {
  return services.find(({ offers = [] }) => offers.includes(kind));
}

/** Those whose grants a service takes, and those that run beside it and give up what it is to have. */
export function waitedFor({ needs = {}, wants = {}, offers = [] }: ServiceOn, on: readonly ServiceOn[]): ServiceOn[] {
  return [
    ...Object.keys({ ...needs, ...wants }).flatMap((kind) => (isLookedAt(kind) ? [] : (offererOf(kind, on) ?? []))),
    ...on.filter(({ spares = [] }) => spares.some((kind) => offers.includes(kind))),
  ];
}

/** Those that a service only looks at, and that do without it. */
function lookedAt({ offers = [] }: ServiceOn, on: readonly ServiceOn[]): ServiceOn[] {
  const kinds = offers.filter(isLookedAt);
  return on.filter(({ needs = {}, wants = {} }) => kinds.some((kind) => kind in needs || kind in wants));
}

/** Whether the offerer of a kind comes after those who claim it. */
export function isLookedAt(kind: string): boolean {
  return (LOOKED_AT as readonly string[]).includes(kind);
}

/**
 * The services, each after those it waits for and those that it looks at, otherwise in the registry's order; and the chains that come back to
 * where they began, which
 * leave no order: the first service stands at the end again.
 */
export function inOrder(on: readonly ServiceOn[]): { readonly services: ServiceOn[]; readonly circles: readonly (readonly ServiceOn[])[] } {
  const services: ServiceOn[] = [];
  const circles: ServiceOn[][] = [];
  const visit = (service: ServiceOn, chain: readonly ServiceOn[]): void => {
    const begun = chain.indexOf(service);
    if (begun >= 0) circles.push([...chain.slice(begun), service]);
    if (begun >= 0 || services.includes(service)) return;
    for (const each of [...waitedFor(service, on), ...lookedAt(service, on)]) visit(each, [...chain, service]);
    services.push(service);
  };
  for (const service of on) visit(service, []);
  return { services, circles };
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
