import { entryOf, findRelease, knownReleases } from "../catalog";
import { fields } from "../data";
import { type ExtraObject, isNamespaced, objectId, objectKey, podSpecOf } from "../extra";
import { podSecurityProblem } from "../pod-security";
import type { Findings } from "../problems";
import { type Registry, servicesOn } from "../registry";
import { kebab } from "../service";
import type { Environment } from "./types";

/** What can be wrong with the user's own charts and objects: where they are, what they would take the place of, and what they show. */
export function checkExtra(environment: Environment, registry: Registry, findings: Findings): void {
  const { releases, objects } = environment.platform.extra;
  for (const { name, namespace } of releases) checkTenant(namespace, `platform.extra.releases.${name}.namespace`, environment, findings);
  const keys = objects.map(({ manifest }) => objectKey(manifest));
  const taken = objects.length === 0 ? new Map<string, string>() : ownNames(environment, registry);
  objects.forEach((object, index) => {
    const { path, manifest } = object;
    const what = `${String(manifest.kind)} ${objectId(manifest)}`;
    if (keys.indexOf(keys[index] ?? "") < index) findings.error(path, `${what} is there already`, "take one of the two out");
    checkNamespace(object, what, environment, findings);
    const owner = fields(manifest.metadata).namespace === undefined ? taken.get(String(fields(manifest.metadata).name)) : undefined;
    if (owner !== undefined) findings.error(path, `${what} bears a name of ${owner}, which has or may have one`, "give it another name");
    checkClear(object, what, findings);
    checkPods(object, what, environment, findings);
  });
}

function checkTenant(namespace: string, path: string, { platform }: Environment, findings: Findings): boolean {
  if (platform.tenants.some(({ name }) => name === namespace)) return true;
  findings.error(
    path,
    `${namespace} is no tenant's namespace`,
    `write platform.tenants.${namespace}: {}, which makes it, or name another`,
    namespace,
  );
  return false;
}

function checkNamespace({ path, manifest }: ExtraObject, what: string, environment: Environment, findings: Findings): void {
  const { namespace } = fields(manifest.metadata);
  const namespaced = isNamespaced(manifest);
  if (manifest.apiVersion === "v1" && manifest.kind === "Namespace")
    findings.error(path, `${what} would have neither walls nor limits`, `write platform.tenants.${objectId(manifest)}: {} instead`);
  else if (namespace === undefined && namespaced === true)
    findings.error(path, `${what} says no namespace, and would land in \`default\``, "give metadata.namespace: a tenant's name");
  else if (namespace !== undefined && namespaced === false)
    findings.error(path, `${what} is of the whole cluster, and in no namespace`, "take metadata.namespace out");
  else if (namespace !== undefined) checkTenant(String(namespace), path, environment, findings);
}

/** A file that is reviewed is read by many, and the state would hold it in clear. */
function checkClear({ path, manifest }: ExtraObject, what: string, findings: Findings): void {
  if (manifest.apiVersion !== "v1" || manifest.kind !== "Secret") return;
  const filled = ["data", "stringData"].filter((each) => Object.keys(fields(manifest[each])).length > 0);
  if (filled.length > 0)
    findings.error(
      path,
      `${what} holds its ${filled.join(" and ")} in clear`,
      "make the Secret by what keeps your secrets, or leave it empty",
    );
}

/** Pods that the namespace's Pod Security refuses would never be made, and the run would wait for them. */
function checkPods({ path, manifest }: ExtraObject, what: string, { platform }: Environment, findings: Findings): void {
  const pod = podSpecOf(manifest);
  const { namespace } = fields(manifest.metadata);
  const tenant = platform.tenants.find(({ name }) => name === namespace);
  if (pod === undefined || tenant === undefined || tenant.podSecurity === "privileged") return;
  const problem = podSecurityProblem(pod, tenant.podSecurity);
  if (problem !== undefined)
    findings.error(
      path,
      `the pods of ${what} would be refused: ${problem}`,
      `mend them, or set platform.tenants.${tenant.name}.podSecurity`,
    );
}

/** Names that objects of the whole cluster have from the platform, and whose they are. */
function ownNames({ release: number, provider, platform, ...environment }: Environment, registry: Registry): Map<string, string> {
  const release = findRelease(number ?? "") ?? findRelease(knownReleases[0] ?? "");
  const named = servicesOn({ ...environment, provider, platform }, registry).flatMap((service) => {
    const entry = release && entryOf(service, release, provider);
    return [kebab(service.name), entry?.namespace, entry?.chart?.name].flatMap((name) =>
      name === undefined ? [] : [[name, service.title] as const],
    );
  });
  return new Map([
    ...named,
    ["nginx", "the platform's ingress"],
    ["cp-storageclass", "the platform's storage"],
    ["platform", "the platform's issuer"],
  ]);
}
