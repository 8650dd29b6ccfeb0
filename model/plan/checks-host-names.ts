import { at, list } from "../data";
import type { Environment } from "../environment/types";
import { objectId } from "../extra";
import type { Findings } from "../problems";
import { fieldOf, type Registry } from "../registry";
import type { ServicePlan } from "./types";

/** A host name, the field of the file that says it, and whose it is. */
interface Named {
  readonly host: string;
  readonly path: string;
  readonly whose: string;
}

/**
 * Two that would be met at one host name: the ingress would lead its requests to either, and the API's are not its own at all. Objects of the
 * user's own may share one among each other, by paths.
 */
export function checkHostNames(
  environment: Environment,
  services: readonly Pick<ServicePlan, "name" | "host" | "options">[],
  { services: definitions }: Registry,
  findings: Findings,
): void {
  const platform = services.flatMap(({ name, host, options = {} }): Named[] => {
    const definition = definitions[name];
    const path = fieldOf(definition ?? { name });
    const whose = definition?.title ?? name;
    const given = Object.entries(definition?.hosts?.(options) ?? {});
    return [
      ...(host === undefined ? [] : [{ host, path, whose }]),
      ...given.map(([field, each]) => ({ host: each, path: `${path}.${field}`, whose })),
    ];
  });
  // Whose name no field gives comes first: it is the other that can be named otherwise.
  const all = [...platform.filter(({ path }) => !isGiven(path)), ...platform.filter(({ path }) => isGiven(path)), ...apiOf(environment)];
  all.forEach((each, index) => {
    refuse(each, all.slice(0, index), findings);
  });
  for (const each of ofObjects(environment)) refuse(each, all, findings);
}

function isGiven(path: string): boolean {
  return path.split(".").length > 3;
}

function refuse({ host, path, whose }: Named, others: readonly Named[], findings: Findings): void {
  const other = others.find((each) => each.host === host);
  if (other === undefined) return;
  findings.error(path, `${whose} would be met at ${host}, which is the host of ${other.whose}`, "choose another name");
}

function apiOf({ cluster }: Environment): Named[] {
  const { domain } = cluster.apiEndpoint;
  return domain === undefined ? [] : [{ host: domain, path: "cluster.apiEndpoint.domain", whose: "the Kubernetes API" }];
}

/** Hosts of the user's own objects, of the kinds by which requests are led: Ingress, and routes of the Gateway API. */
function ofObjects({ platform }: Environment): Named[] {
  return platform.extra.objects.flatMap(({ path, manifest }) => {
    const hosts = [...list(at(manifest, "spec.rules")).map((rule) => at(rule, "host")), ...list(at(manifest, "spec.hostnames"))];
    const whose = `${String(manifest.kind)} ${objectId(manifest)}`;
    return [...new Set(hosts)].flatMap((host) => (typeof host === "string" ? [{ host, path, whose }] : []));
  });
}
