import { entryOf, findRelease, knownReleases, type Release, type ReleaseService } from "../catalog";
import { instancesByProfile } from "../instances";
import { INGRESS_TITLES } from "../plan/ingress";
import type { Findings } from "../problems";
import {
  enlistedBy,
  fieldOf,
  givenByFile,
  inOrder,
  isAsked,
  neededWith,
  needsOf,
  offererOf,
  type Registry,
  type ServiceOn,
  servicesOn,
  switchedServices,
  valuesFieldOf,
} from "../registry";
import { autoscalingOf, type ServiceDefinition } from "../service";
import { checkPlacement } from "./checks-placement";
import { profiles } from "./profiles";
import type { Environment, WantedService } from "./types";

/** More members than that only wait longer for each other. */
const MOST_MEMBERS = 5;

/** The kind that whoever measures the load of pods offers. */
const METRICS = "podMetrics";

/** What can be wrong between services, and with the options that all of them have. */
export function checkServices(environment: Environment, registry: Registry, findings: Findings): void {
  const on = servicesOn(environment, registry);
  checkClaims(environment, on, registry, findings);
  checkOffers(on, findings);
  checkOrder(on, findings);
  checkEnlisted(environment, on, registry, findings);
  for (const { hindered } of on) for (const { path, reason, remedy } of hindered?.(environment) ?? []) findings.error(path, reason, remedy);
  const { ingressKind, ingressBeside } = environment.platform;
  if (ingressBeside === ingressKind)
    findings.error(
      "platform.ingress.beside",
      `${INGRESS_TITLES[ingressKind]} has the address`,
      "name the other one, or take it out",
      ingressBeside,
    );
  checkValues(environment.platform.services, on, registry, findings);
  checkFollowing(environment.platform.services, on, findings);
  const release = findRelease(environment.release ?? "") ?? findRelease(knownReleases[0] ?? "");
  if (release) checkNamespaces(on, release, environment.provider, findings);
  for (const wanted of environment.platform.services) {
    const { name, path, replicas, sizeGiB, values } = wanted;
    const service = on.find((each) => each.name === name);
    if (service === undefined) continue;
    if (service.stays === undefined) checkPlacement(wanted, environment, findings);
    else checkStays(wanted, service.stays, findings);
    for (const { field, reason, remedy } of service.unsafe?.(wanted.options ?? {}) ?? [])
      findings.warn(`${path}.${field}`, reason, remedy, wanted.options?.[field]);
    checkPromises(wanted, service, environment, on, registry, findings);
    if (release) checkPrograms(wanted, service, release, environment.provider, findings);
    if (release) checkAutoscaling(wanted, service, entryOf(service, release, environment.provider), on, registry, findings);
    if (service.replicas === 1 && replicas !== undefined && replicas > 1)
      findings.error(`${path}.replicas`, `${service.title} runs as one instance in this version`, "take replicas out", replicas);
    const agreeing = service.replicas === "quorum" || typeof service.replicas === "object";
    if (agreeing && replicas !== undefined && (replicas % 2 === 0 || replicas > MOST_MEMBERS))
      findings.error(
        `${path}.replicas`,
        `of the members of ${service.title} more than half must agree, so ${replicas % 2 === 0 ? "an even number bears no loss more than one fewer" : "more of them only make it slower"}`,
        "make it 1, 3 or 5",
        replicas,
      );
    if (sizeGiB !== undefined && service.keeps === undefined)
      findings.error(`${path}.size`, `${name} keeps nothing on a volume`, "take it out", sizeGiB);
    if (values !== undefined && release && entryOf(service, release, environment.provider).chart === undefined)
      findings.error(valuesFieldOf(service), `${name} is not installed from a chart, so it takes no values`, "take them out");
  }
}

/** Values of a chart are for one that is installed. */
function checkValues(all: readonly WantedService[], on: readonly ServiceDefinition[], registry: Registry, findings: Findings): void {
  for (const { name, values } of all) {
    const service = registry.services[name];
    if (values === undefined || service?.valuesField === undefined || on.some((each) => each.name === name)) continue;
    findings.error(service.valuesField, `${service.title} is not there`, `take them out, or name it in ${fieldOf(service)}`);
  }
}

/** What a field says of pods, it says of somebody's. */
function checkFollowing(all: readonly WantedService[], on: readonly ServiceDefinition[], findings: Findings): void {
  const fields = new Map(all.filter(({ path }) => !path.startsWith("platform.services.")).map((each) => [each.path, each]));
  for (const [path, wanted] of fields) {
    if (on.some((service) => fieldOf(service) === path)) continue;
    for (const said of ["resources", "nodeSelector", "tolerations", "values"] as const)
      if (wanted[said] !== undefined)
        findings.error(
          `${path}.${said}`,
          "nothing of the platform's own runs for what is chosen here, so there are no pods to say it of",
          "take it out",
        );
  }
}

/** Nodes are chosen of those only that can run on others. */
function checkStays({ path, nodeSelector, tolerations }: WantedService, reason: string, findings: Findings): void {
  for (const [said, value] of Object.entries({ nodeSelector, tolerations }))
    if (value !== undefined) findings.error(`${path}.${said}`, `its pods stay where they are: ${reason}`, "take it out");
}

/**
 * Who asks for a service by name is told what it cannot do as the others are, and refused one that could do nothing at all. So is who switches
 * off what the profile has for it; of what a profile has by itself its page tells.
 */
function checkPromises(
  { explicit }: WantedService,
  service: ServiceDefinition,
  environment: Environment,
  on: readonly ServiceDefinition[],
  registry: Registry,
  findings: Findings,
): void {
  const { promises = [], title } = service;
  const lacking = new Map<ServiceDefinition, string[]>();
  for (const { does, by } of promises)
    for (const kind of by) {
      const needed = offererOf(kind, on) === undefined ? offererOf(kind, switchedServices(registry)) : undefined;
      if (needed) lacking.set(needed, [...(lacking.get(needed) ?? []), does]);
    }
  for (const [needed, does] of lacking) {
    if (!explicit && !needed.profiles?.includes(environment.profile)) continue;
    const what = does.join(", ").replace(/, ([^,]*)$/, " or $1");
    if (does.length < promises.length)
      findings.warn(fieldOf(needed), `is off, and without it nobody can ${what} in the ${title}`, `switch ${needed.name} on`, false);
    else
      findings.error(
        fieldOf(needed),
        `${service.name} needs ${needed.name}, which is switched off: without it nobody can ${what}`,
        `switch ${needed.name} on, or ${service.name} off too`,
        false,
      );
  }
}

/** What an option asks for must be in the release. */
function checkPrograms(
  { path, options = {} }: WantedService,
  service: ServiceDefinition,
  release: Release,
  cloud: string,
  findings: Findings,
): void {
  const { images } = entryOf(service, release, cloud);
  for (const [option, programs] of Object.entries(service.programs ?? {})) {
    const missing = programs.filter((program) => images[program] === undefined);
    if (!isAsked(options[option]) || missing.length === 0) continue;
    findings.error(
      `${path}.${option}`,
      `release ${release.release} has no image of ${missing.join(", ")}`,
      "take it out, or go to a release that has",
    );
  }
}

/** Its number follows its load only where more of it share that, and where that is measured. */
function checkAutoscaling(
  { path, replicas, autoscaling, resources }: WantedService,
  service: ServiceDefinition,
  { version, defaults }: ReleaseService,
  on: readonly ServiceDefinition[],
  registry: Registry,
  findings: Findings,
): void {
  if (autoscaling === undefined) return;
  const grows = autoscalingOf(service, version);
  if (grows.by === "nobody")
    findings.error(`${path}.autoscaling`, `${service.title} does not grow with its load: ${grows.reason}`, "take it out");
  if (replicas !== undefined)
    findings.error(`${path}.replicas`, "autoscaling says how many there are", "take one of the two out", replicas);
  const { minReplicas, maxReplicas } = autoscaling;
  if (minReplicas > maxReplicas)
    findings.error(
      `${path}.autoscaling.minReplicas`,
      `is more than maxReplicas (${maxReplicas})`,
      "lower it, or raise maxReplicas",
      minReplicas,
    );
  if ((resources ?? defaults.resources)?.requests?.cpu === undefined)
    findings.error(
      `${path}.autoscaling.cpuPercent`,
      "is measured by the CPU that its containers request, and they request none",
      `give ${path}.resources.requests.cpu`,
    );
  const measuring = offererOf(METRICS, switchedServices(registry));
  if (measuring !== undefined && offererOf(METRICS, on) === undefined)
    findings.error(
      `${path}.autoscaling`,
      `goes by what ${measuring.name} measures, which is switched off`,
      `switch ${measuring.name} on, or take autoscaling out`,
    );
}

/** Somebody must grant what is claimed. */
function checkClaims(environment: Environment, on: readonly ServiceDefinition[], registry: Registry, findings: Findings): void {
  const given = givenByFile(environment);
  const wanted = environment.platform.services;
  const needs = on.map((service) => ({
    service,
    kinds: Object.keys(
      needsOf(
        service,
        wanted.find(({ name }) => name === service.name)?.replicas ?? instancesByProfile(service, profiles[environment.profile].replicas),
      ),
    ),
  }));
  const claimed = new Set(needs.flatMap(({ kinds }) => kinds));
  for (const kind of claimed) {
    if (given.includes(kind) || offererOf(kind, on) !== undefined) continue;
    const needing = needs.filter(({ kinds }) => kinds.includes(kind)).map(({ service }) => service);
    const names = needing
      .map(({ name }) => name)
      .join(", ")
      .replace(/, ([^,]*)$/, " and $1");
    const forSeveral = needing.every(({ replicas }) => typeof replicas === "object" && replicas.severalBy === kind);
    const verb = needing.length > 1 ? "need" : "needs";
    const needed = offererOf(kind, switchedServices(registry));
    if (needed === undefined)
      for (const each of needing) findings.error(fieldOf(each), `needs ${kind}, which nothing offers`, "switch it off");
    else
      findings.error(
        fieldOf(needed),
        `${names} ${verb} ${needed.name}${forSeveral ? " for more than one replica" : ""}, which is switched off`,
        `switch ${needed.name} on, or ${forSeveral ? `give ${names} one replica` : `${names} off too`}`,
        false,
      );
  }
  for (const service of on)
    for (const { kind, option } of neededWith(service, wanted.find(({ name }) => name === service.name)?.options ?? {})) {
      if (given.includes(kind) || offererOf(kind, on) !== undefined) continue;
      const field = `${fieldOf(service)}.${option}`;
      const needed = offererOf(kind, switchedServices(registry));
      if (needed === undefined) findings.error(field, `needs ${kind}, which nothing offers`, "take it out");
      else
        findings.error(
          fieldOf(needed),
          `${service.name} needs ${needed.name} for ${option}, which is switched off`,
          `switch ${needed.name} on, or take ${field} out`,
          false,
        );
    }
  if (environment.platform.tls.kind === "acme" && offererOf("issuer", on) === undefined) {
    const needed = offererOf("issuer", switchedServices(registry));
    if (needed)
      findings.error(
        fieldOf(needed),
        `platform.tls of kind acme needs ${needed.name}, which is switched off`,
        `switch ${needed.name} on, or use another kind`,
        false,
      );
  }
}

/** Each service makes, closes and deletes its own namespace. */
function checkNamespaces(on: readonly ServiceDefinition[], release: Release, cloud: string, findings: Findings): void {
  const taken = new Map<string, string>();
  for (const service of on) {
    const namespace = entryOf(service, release, cloud).namespace;
    const other = taken.get(namespace);
    if (other !== undefined && namespace !== "kube-system")
      findings.error(
        fieldOf(service),
        `is to live in the namespace ${namespace}, which is that of ${other}`,
        "give its entry another namespace",
      );
    taken.set(namespace, service.name);
  }
}

/** Each comes up after those whose grants it takes, so none may wait for itself. */
function checkOrder(on: readonly ServiceOn[], findings: Findings): void {
  for (const circle of inOrder(on).circles)
    findings.error(
      fieldOf(circle[0]!),
      `waits for itself: each of ${circle.map(({ name }) => name).join(" → ")} takes a grant of the next`,
      "take one of these claims out of its definition",
    );
}

/** Who is had claim something must be there, and made for it. */
function checkEnlisted(environment: Environment, on: readonly ServiceDefinition[], { services }: Registry, findings: Findings): void {
  for (const service of on) {
    const { field = "", kind = "", names = [] } = enlistedBy(service, environment) ?? {};
    const able = Object.values(services).flatMap((each) => (each.enlistedFor?.includes(kind) ? [each.name] : []));
    names.forEach((name, index) => {
      const path = `${fieldOf(service)}.${field}.${index}`;
      if (!able.includes(name))
        findings.error(path, `is no service that ${service.title} was made to go with`, `use one of ${able.join(", ")}`, name);
      else if (!on.some((each) => each.name === name))
        findings.error(path, "is a service that is switched off", `switch platform.services.${name} on, or take it out`, name);
      else if (names.indexOf(name) < index) findings.error(path, "is in the list already", "take one of the two out", name);
    });
  }
}

/** A claim is granted by one. */
function checkOffers(on: readonly ServiceDefinition[], findings: Findings): void {
  on.forEach((service, index) => {
    for (const kind of service.offers ?? []) {
      const first = offererOf(kind, on.slice(0, index));
      if (first) findings.error(fieldOf(service), `offers ${kind}, as ${first.name} does already`, "switch one of the two off", true);
    }
  });
}
