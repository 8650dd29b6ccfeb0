import { entryOf, type Release, type ReleaseService } from "../catalog";
import { imagesWith } from "../charts/images";
import type { CloudParts } from "../cloud-parts";
import { fields, merge } from "../data";
import type { Environment } from "../environment/types";
import { cloudOf, offererOf, type Registry, servicesOn } from "../registry";
import type { ServiceDefinition, Surroundings } from "../service";
import type { PlatformPlan, ServicePlan } from "./types";

/** The services of an environment in the order they are brought up, each after those whose grants it takes, and with what it claims of them. */
export function planServices(
  environment: Environment,
  registry: Registry,
  release: Release,
  platform: PlatformPlan,
  replicas: number,
): ServicePlan[] {
  const { inCluster = {} } = cloudOf(environment.provider, registry);
  const services = inOrder(servicesOn(environment, registry));
  const plans = services.map((service) =>
    planService(service, services, environment, entryOf(service, release, environment.provider), platform, replicas, inCluster),
  );
  return services.map((service, index): ServicePlan => {
    const plan = plans[index]!;
    const claimants = plans.filter(({ needs = {} }) => service.takesOnce?.claims.some((kind) => kind in needs));
    return service.takenOnce === undefined ? plan : { ...plan, takenOnce: service.takenOnce(plan, claimants) };
  });
}

function planService(
  service: ServiceDefinition,
  on: readonly ServiceDefinition[],
  environment: Environment,
  { version, namespace, chart, images, values: needed, defaults }: ReleaseService,
  platform: PlatformPlan,
  replicas: number,
  inCluster: CloudParts,
): ServicePlan {
  const { name, offers, keeps } = service;
  const wanted = environment.platform.services.find((each) => each.name === name);
  const { options = {}, values: given } = wanted ?? {};
  const values = needed === undefined ? given : fields(merge(needed, given ?? {}));
  const sizeGiB = wanted?.sizeGiB ?? defaults.sizeGiB;
  const resources = wanted?.resources ?? defaults.resources;
  const host = service.host === undefined ? undefined : `${service.host}.${platform.domain}`;
  const surroundings: Surroundings = {
    environment: environment.name,
    provider: environment.provider,
    inCluster,
    platform,
    host: host ?? "",
    options,
  };
  const needs = Object.entries(service.needs ?? {}).map(([kind, claim]) => [kind, claim(surroundings)] as const);
  return {
    name,
    namespace,
    version,
    dependsOn: needs.flatMap(([kind]) => offererOf(kind, on)?.name ?? []),
    ...(chart ? { chart } : {}),
    images: chart && values ? imagesWith(chart, images, values) : images,
    replicas: wanted?.replicas ?? (service.replicas === "profile" ? Math.max(replicas, defaults.replicas) : defaults.replicas),
    ...(resources ? { resources } : {}),
    ...(sizeGiB === undefined ? {} : { sizeGiB }),
    ...(host === undefined ? {} : { host }),
    ...(values ? { values } : {}),
    ...(Object.keys(options).length > 0 ? { options } : {}),
    ...(needs.length > 0 ? { needs: Object.fromEntries(needs) } : {}),
    ...(offers ? { offers } : {}),
    ...(keeps ? { keeps } : {}),
  };
}

/** Each after those whose grants it takes, otherwise in the registry's order. */
function inOrder(services: readonly ServiceDefinition[]): ServiceDefinition[] {
  const ordered: ServiceDefinition[] = [];
  const visit = (service: ServiceDefinition, chain: readonly ServiceDefinition[]): void => {
    if (ordered.includes(service)) return;
    if (chain.includes(service)) throw new Error(`services need each other: ${[...chain, service].map(({ name }) => name).join(" → ")}`);
    for (const kind of Object.keys(service.needs ?? {})) {
      const offerer = offererOf(kind, services);
      if (offerer) visit(offerer, [...chain, service]);
    }
    ordered.push(service);
  };
  for (const service of services) visit(service, []);
  return ordered;
}
