import type { AfterRestore, Backup, BackupPlan, NoBackup, PodBackup, PodsBackup } from "./backup";
import type { ServicePlan } from "./plan/types";
import type { Problem } from "./problems";
import type { ServiceDefinition } from "./service";

/** A service of a plan that can be backed up. */
export interface BackedUp {
  readonly service: ServicePlan;
  readonly how: PodBackup | PodsBackup;
  /** What is done once it is restored: its own, and that of those who keep in it what they have. */
  readonly after: readonly AfterRestore[];
}

/** What of an environment's services is backed up, in the order in which they come up, and what is not. */
export interface BackupScope {
  readonly services: readonly BackedUp[];
  /** The services that keep data of which there is no backup of ours. */
  readonly left: readonly (NoBackup & { readonly service: string })[];
}

/** How a planned service is backed up; undefined where it keeps nothing. */
export function backupOf(service: BackupPlan, { backup }: ServiceDefinition): Backup | undefined {
  return typeof backup === "function" ? backup(service) : backup;
}

/**
 * Finds what of an environment's services is meant, and what is wrong with what was named.
 * @param wanted names of services; undefined: all
 */
export function backupScope(
  environment: string,
  services: readonly ServicePlan[],
  definitions: Readonly<Record<string, ServiceDefinition>>,
  wanted?: readonly string[],
): BackupScope & { readonly problems: readonly Problem[] } {
  const found: BackedUp[] = [];
  const left: (NoBackup & { service: string })[] = [];
  const problems: Problem[] = [];
  const howOf = (service: ServicePlan): Backup | undefined => {
    const definition = definitions[service.name];
    return definition && backupOf(service, definition);
  };
  const wrong = (service: string, reason: string, remedy: string): void => {
    problems.push({ environment, path: "--service", value: service, reason, remedy, severity: "error" });
  };
  for (const name of wanted ?? []) {
    if (name === "etcd")
      wrong(name, "etcd is the cluster's own", `run \`kpaas cluster backup ${environment}\` or \`kpaas cluster restore\``);
    else if (!services.some((each) => each.name === name))
      wrong(name, `${environment} has no such service`, `choose one of ${services.map((each) => each.name).join(", ")}`);
  }
  for (const service of services) {
    const { name } = service;
    const isNamed = wanted?.includes(name) ?? false;
    if (wanted !== undefined && !isNamed) continue;
    const how = howOf(service);
    if (how?.kind === "pod" || how?.kind === "pods") {
      const within = services.map(howOf).flatMap((each) => (each?.kind === "within" && each.service === name ? (each.after ?? []) : []));
      found.push({ service, how, after: [...(how.after ?? []), ...within] });
    } else if (how?.kind === "none") {
      left.push({ ...how, service: name });
      if (isNamed) wrong(name, `${name} is not backed up: ${how.reason}`, how.remedy);
    } else if (isNamed && how?.kind === "within") wrong(name, `what ${name} keeps is in ${how.service}`, `name ${how.service} instead`);
    else if (isNamed) wrong(name, `${name} keeps nothing`, "leave it out");
  }
  return { services: found, left, problems };
}

/** The services that use what another one gives: they are stopped while that is restored. */
export function consumersOf({ name, offers = [], namespace }: ServicePlan, services: readonly ServicePlan[]): ServicePlan[] {
  return services.filter(
    (each) => each.name !== name && each.namespace !== namespace && Object.keys(each.needs ?? {}).some((kind) => offers.includes(kind)),
  );
}
