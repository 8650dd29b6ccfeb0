import { entryOf, type Release, type ReleaseService } from "../catalog";
import { imagesWith } from "../charts/images";
import { placementValues } from "../charts/placement";
import type { CloudParts } from "../cloud-parts";
import { fields, overlay } from "../data";
import type { Environment } from "../environment/types";
import { instancesByProfile } from "../instances";
import { cloudOf, fieldOf, inOrder, needsOf, type Registry, type ServiceOn, servicesOn, waitedFor, wantsOf } from "../registry";
import type { Rotations } from "../rotation";
import { autoscalingOf, type Surroundings } from "../service";
import { forwardPort } from "./tunnel";
import type { AutoscalingPlan, PlacementPlan, PlatformPlan, ServicePlan } from "./types";

/** The services of an environment in the order they are brought up, each after those whose grants it takes, and with what it claims of them. */
export function planServices(
  environment: Environment,
  registry: Registry,
  release: Release,
  platform: PlatformPlan,
  replicas: number,
  rotations: Rotations = {},
): ServicePlan[] {
  const { inCluster = {} } = cloudOf(environment.provider, registry);
  const services = inOrder(servicesOn(environment, registry)).services;
  const plans = services.map((service) => {
    const rotation = rotations[service.name];
    const entry = entryOf(service, release, environment.provider);
    const planned = planService(service, services, environment, entry, platform, replicas, inCluster);
    return rotation === undefined ? planned : { ...planned, rotation };
  });
  return plans.map((plan, index) => withHeld(plan, services[index]!, plans));
}

/** The plan with what in the service holds data of its own, which others may have claimed. */
function withHeld(plan: ServicePlan, service: ServiceOn, plans: readonly ServicePlan[]): ServicePlan {
  const { holds, offers = [] } = service;
  if (holds === undefined) return plan;
  const claims = plans.flatMap(({ needs = {} }) => offers.flatMap((kind) => needs[kind] ?? []));
  const names = [...new Set(holds.names(plan.options ?? {}, claims))].sort();
  return { ...plan, holds: { path: `${fieldOf(service)}.${holds.field}`, names } };
}

function planService(
  service: ServiceOn,
  on: readonly ServiceOn[],
  environment: Environment,
  { version, namespace, chart, charts, images: known, values: needed, defaults }: ReleaseService,
  platform: PlatformPlan,
  replicas: number,
  inCluster: CloudParts,
): ServicePlan {
  const { name, offers, spares, keeps, managedAt } = service;
  const wanted = environment.platform.services.find((each) => each.name === name);
  const { options = {}, values: given, autoscaling } = wanted ?? {};
  const placement = placementOf(wanted ?? {});
  const grows = autoscaling && autoscalingOf(service, version);
  const values = laidOver(
    needed,
    chart && placementValues(chart, placement),
    grows?.by === "chart" ? fields(grows.values(autoscaling as AutoscalingPlan)) : undefined,
    given,
  );
  const sizeGiB = wanted?.sizeGiB ?? defaults.sizeGiB;
  const resources = wanted?.resources ?? defaults.resources;
  const parts = { ...defaults.parts, ...service.parts?.(options) };
  const host = service.host === undefined ? undefined : `${service.host}.${platform.domain}`;
  const count = autoscaling?.minReplicas ?? wanted?.replicas ?? Math.max(instancesByProfile(service, replicas), defaults.replicas);
  const surroundings: Surroundings = {
    environment: environment.name,
    provider: environment.provider,
    inCluster,
    platform,
    host: host ?? "",
    options,
    offered: on.flatMap(({ offers = [] }) => offers),
    images: Object.keys(known),
    replicas: count,
  };
  const claims = { ...needsOf(service, count), ...wantsOf(service, on) };
  const needs = Object.entries(claims).flatMap(([kind, claim]) => {
    const claimed = claim(surroundings);
    return claimed === undefined ? [] : [[kind, claimed] as const];
  });
  const claimed = needs.map(([kind]) => kind);
  const unclaimed = Object.entries(service.programsWith ?? {}).flatMap(([kind, roles]) => (claimed.includes(kind) ? [] : roles));
  const unused = [...unclaimed, ...(count > 1 ? (service.programsOfOne ?? []) : [])];
  const used = Object.fromEntries(Object.entries(known).filter(([role]) => !unused.includes(role)));
  const images = service.imagesBy?.(options, used) ?? used;
  const labelsTenants = service.labelsTenants?.(options) ?? {};
  const foundThere = service.foundThere?.(options) ?? [];
  const fixed = Object.entries(service.fixed ?? {}).map(([field, is]) => [`${fieldOf(service)}.${field}`, is(options)] as const);
  const leaves = service.leaves && leftBehind(service, service.leaves, Object.fromEntries(fixed));
  return {
    name,
    namespace,
    version,
    dependsOn: waitedFor(service, on).map((each) => each.name),
    ...(chart ? { chart } : {}),
    ...(charts ? { charts } : {}),
    images: chart && values ? imagesWith(chart, images, values) : images,
    replicas: count,
    ...(autoscaling ? { autoscaling } : {}),
    ...placement,
    ...(service.calls ? { calls: typeof service.calls === "function" ? service.calls(platform, claimed) : service.calls } : {}),
    ...(wanted?.reaches ? { reaches: wanted.reaches } : {}),
    ...(service.oneMinorAtATime ? { oneMinorAtATime: true as const } : {}),
    ...(service.replicas === "quorum" ? { quorum: true as const } : {}),
    ...(typeof service.replicas === "object" ? { severalBy: service.replicas.severalBy } : {}),
    ...(resources ? { resources } : {}),
    ...(Object.keys(parts).length > 0 ? { parts } : {}),
    ...(sizeGiB === undefined ? {} : { sizeGiB }),
    ...(host === undefined ? {} : { host }),
    ...(values ? { values } : {}),
    ...(Object.keys(options).length > 0 ? { options } : {}),
    ...(needs.length > 0 ? { needs: Object.fromEntries(needs) } : {}),
    ...(offers ? { offers } : {}),
    ...(spares ? { spares } : {}),
    ...(keeps ? { keeps } : {}),
    ...(fixed.length === 0 ? {} : { fixed: Object.fromEntries(fixed) }),
    ...(leaves === undefined ? {} : { leaves }),
    ...(foundThere.length > 0 ? { foundThere } : {}),
    ...(Object.keys(labelsTenants).length > 0 ? { labelsTenants } : {}),
    ...(managedAt ? { managedAt: { ...managedAt, local: forwardPort(environment.name, name) } } : {}),
  };
}

/** Values over each other, the last ones on top; undefined where there are none. */
function laidOver(...layers: readonly (Readonly<Record<string, unknown>> | undefined)[]): Readonly<Record<string, unknown>> | undefined {
  const [first, ...others] = layers.filter((layer) => layer !== undefined);
  return first && others.reduce((below, above) => overlay(below, above), first);
}

/** What a service leaves behind where it goes, by the name that its field has. */
function leftBehind(
  service: ServiceOn,
  { kind, field }: NonNullable<ServiceOn["leaves"]>,
  fixed: Readonly<Record<string, string>>,
): NonNullable<ServicePlan["leaves"]> {
  const path = `${fieldOf(service)}.${field}`;
  return { kind, path, name: fixed[path] ?? "" };
}

/** What of a service's fields says where it runs. */
function placementOf({ nodeSelector, tolerations }: PlacementPlan): PlacementPlan {
  return { ...(nodeSelector ? { nodeSelector } : {}), ...(tolerations ? { tolerations } : {}) };
}
