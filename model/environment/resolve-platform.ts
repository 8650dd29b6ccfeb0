import type { CloudDefinition } from "../cloud";
import { at, given } from "../data";
import type { ExtraObject } from "../extra";
import { instancesByProfile } from "../instances";
import { formatAddress, parseRange } from "../ipv4";
import type { Lock } from "../lock";
import { silentIngress } from "../plan/standing-ingress";
import type { ResourcesPlan, TlsPlan } from "../plan/types";
import type { Amount } from "../quantity";
import { cloudOf, needsOf, offererOf, type Registry, switchedServices, valuesFieldOf } from "../registry";
import type { ServiceDefinition } from "../service";
import { profiles } from "./profiles";
import type { EnvironmentFile } from "./schema";
import type { Environment, WantedCeph, WantedService, WantedTenant } from "./types";

type PlatformField = NonNullable<EnvironmentFile["platform"]>;
type StorageField = NonNullable<PlatformField["storage"]>;

/** What the file says of the platform, with the defaults that follow from it and its lock. */
export function platformOf(
  file: EnvironmentFile,
  registry: Registry,
  objects: readonly ExtraObject[],
  lock: Lock | undefined,
): Environment["platform"] {
  const { platform = {}, infrastructure } = file;
  const cloud = cloudOf(infrastructure.provider, registry);
  const range =
    platform.loadBalancer?.kind === "metallb" && platform.loadBalancer.range ? parseRange(platform.loadBalancer.range) : undefined;
  return {
    ...given("domain", platform.domain),
    tls: tlsOf(platform.tls),
    storage: storageOf(platform.storage, cloud),
    loadBalancer: platform.loadBalancer?.kind ?? (cloud.can.virtualAddresses ? "metallb" : "cloud"),
    controller: wantsController(file, cloud) && cloud.inCluster?.controller !== undefined,
    ...(range ? { loadBalancerRange: { first: formatAddress(range.first), last: formatAddress(range.last) } } : {}),
    ...given("ingressAddress", platform.ingress?.address),
    ingressKind: platform.ingress?.kind ?? silentIngress(file.release, lock),
    ...given("ingressBeside", platform.ingress?.beside),
    services: [...servicesOf(file, registry), ...ingressOf(file, registry), ...podsOf(file, registry)],
    tenants: tenantsOf(file),
    extra: extraOf(file, objects),
  };
}

/** Without a word, or where the cloud has no driver for its volumes, a share of an NFS server. */
function storageOf(storage: StorageField = { kind: "nfs" }, { inCluster }: CloudDefinition): Environment["platform"]["storage"] {
  if (storage.kind === "existing") return { kind: "existing", className: storage.className };
  if (storage.kind === "rookCeph") return cephOf(storage);
  if (storage.kind === "cloud" && inCluster?.volumes) return { kind: "cloud", classes: storage.classes ?? {} };
  const {
    sizeGiB = 200,
    path = "/home/share/nfs",
    server,
  }: Partial<Extract<StorageField, { kind: "nfs" }>> = storage.kind === "nfs" ? storage : {};
  return { kind: "nfs", sizeGiB, path, ...given("server", server) };
}

function tlsOf(tls: PlatformField["tls"]): TlsPlan {
  if (tls?.kind === "acme") return tls;
  if (tls?.kind !== "provided") return { kind: "selfSigned", ...given("authorities", tls?.authorities) };
  const { authority, ...pair } = tls;
  return { ...pair, ...given("authority", authority) };
}

/** Three copies, and nothing goes with a claim: as K-PaaS has it. */
function cephOf({
  pool,
  volumes,
  replicas = 3,
  failureDomain,
  reclaim = "retain",
  objects = false,
  daemons,
}: Extract<StorageField, { kind: "rookCeph" }>): WantedCeph {
  const said = daemons && Object.fromEntries(Object.entries(daemons).map(([kind, said]) => [kind, resourcesOf(said)]));
  const copies = { replicas, ...given("failureDomain", failureDomain) };
  return { kind: "rookCeph", pool, ...given("volumes", volumes), ...copies, reclaim, objects, ...given("daemons", said) };
}

/** Whether Services are to have balancers of the cloud's own: where nothing else leads to the ingress, or the file says so. */
function wantsController({ platform = {} }: EnvironmentFile, { can }: Pick<CloudDefinition, "can">): boolean {
  const { loadBalancer } = platform;
  return loadBalancer?.kind === "cloud" && (loadBalancer.services ?? can.virtualAddresses);
}

/** The services that a file without a word of them has: the profile's, and whoever those cannot do without. */
function silentlyThere({ profile = "minimal", platform }: EnvironmentFile, switched: readonly ServiceDefinition[]): ReadonlySet<string> {
  const there = new Set(switched.filter(({ profiles }) => profiles?.includes(profile)).map(({ name }) => name));
  const said = (name: string) => platform?.services?.[name];
  const members = (each: ServiceDefinition): number => {
    const value = said(each.name);
    return (typeof value === "object" ? value.replicas : undefined) ?? instancesByProfile(each, profiles[profile].replicas);
  };
  const addOfferers = (kinds: readonly string[]) => {
    for (const kind of kinds) {
      const offerer = offererOf(kind, switched);
      if (offerer) there.add(offerer.name);
    }
  };
  // A set is gone through with what is added meanwhile.
  for (const name of there) {
    const service = switched.find((each) => each.name === name);
    if (service && said(name) !== false) addOfferers(Object.keys(needsOf(service, members(service))));
  }
  // Whoever runs several members of another is there where that has them, by the file's word alone too.
  for (const each of switched)
    if (said(each.name) && typeof each.replicas === "object" && members(each) > 1) addOfferers([each.replicas.severalBy]);
  return there;
}

function servicesOf(file: EnvironmentFile, registry: Registry): WantedService[] {
  const switched = switchedServices(registry);
  const there = silentlyThere(file, switched);
  return switched.flatMap(({ name }) => {
    const value = file.platform?.services?.[name];
    if (value === false || (value === undefined && !there.has(name))) return [];
    const { replicas, autoscaling, resources, nodeSelector, tolerations, reaches, size, values, ...options } =
      typeof value === "object" ? value : {};
    return [
      {
        name,
        path: `platform.services.${name}`,
        explicit: value !== undefined,
        ...commonOf({ replicas, autoscaling, resources, nodeSelector, tolerations, reaches }),
        ...given("sizeGiB", size === undefined ? undefined : gibibytes(size)),
        ...given("values", values),
        options,
      },
    ];
  });
}

/** What the ingress's own field says of whichever controllers there are. */
function ingressOf(file: EnvironmentFile, registry: Registry): WantedService[] {
  return following("platform.ingress", commonOf(file.platform?.ingress ?? {}), registry, (service) =>
    given("values", at(file, valuesFieldOf(service)) as WantedService["values"]),
  );
}

/** What the fields of storage and load balancer say of whoever follows from them. */
function podsOf({ platform = {} }: EnvironmentFile, registry: Registry): WantedService[] {
  return (["storage", "loadBalancer"] as const).flatMap((field) => {
    const { resources, nodeSelector, tolerations, values } = platform[field] ?? {};
    const said = { ...commonOf({ resources, nodeSelector, tolerations }), ...given("values", values) };
    return following(`platform.${field}`, said, registry);
  });
}

/** What is said of every service that follows from a field of its own, and of each alone; which of them there is, is not asked. */
function following(
  path: string,
  all: Partial<WantedService>,
  { services }: Registry,
  each: (service: ServiceDefinition) => Partial<WantedService> = () => ({}),
): WantedService[] {
  return Object.values(services)
    .filter(({ when, field }) => when !== undefined && field === path)
    .map((service) => ({ name: service.name, said: { ...all, ...each(service) } }))
    .filter(({ said }) => Object.keys(said).length > 0)
    .map(({ name, said }) => ({ name, path, explicit: false, ...said, options: {} }));
}

/** What every service can be told, and those that follow from a field of their own. */
function commonOf({ replicas, autoscaling, resources, nodeSelector, tolerations, reaches }: CommonFields): Partial<WantedService> {
  return {
    ...given("replicas", replicas),
    ...given("autoscaling", autoscaling && { minReplicas: 2, cpuPercent: 80, ...definedOf(autoscaling) }),
    ...given("resources", resources && resourcesOf(resources)),
    ...given("nodeSelector", nodeSelector),
    ...given("tolerations", tolerations),
    ...given("reaches", reaches),
  };
}

type IngressField = NonNullable<PlatformField["ingress"]>;
type CommonFields = Pick<IngressField, "replicas" | "autoscaling" | "resources" | "nodeSelector" | "tolerations" | "reaches">;

/** Without what is not there. */
function definedOf<T extends object>(value: T): { [key in keyof T]: Exclude<T[key], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined)) as {
    [key in keyof T]: Exclude<T[key], undefined>;
  };
}

/** Objects that stand in the file itself, and those of files that it names. */
function extraOf({ platform }: EnvironmentFile, objects: readonly ExtraObject[]): Environment["platform"]["extra"] {
  const { releases = {}, manifests = [] } = platform?.extra ?? {};
  const own = manifests.flatMap((each, index) =>
    typeof each === "string" ? [] : [{ path: `platform.extra.manifests.${index}`, manifest: each }],
  );
  return {
    releases: Object.entries(releases)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, { chart, repository, version, namespace, values = {} }]) => ({
        name,
        namespace,
        chart: { name: chart, version, repository },
        values,
      })),
    objects: [...own, ...objects],
  };
}

/** Without a word a tenant has the smallest of everything, and is closed. */
function tenantsOf({ platform }: EnvironmentFile): WantedTenant[] {
  const named = Object.entries(platform?.tenants ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  return named.map(([name, { quota = "low", limits = "low", ...tenant }]) => ({
    name,
    quota:
      typeof quota === "string"
        ? quota
        : {
            cpu: String(quota.cpu),
            memory: String(quota.memory),
            ...given("storage", quota.storage === undefined ? undefined : String(quota.storage)),
            ...given("pods", quota.pods),
          },
    limits: typeof limits === "string" ? limits : { cpu: String(limits.cpu), memory: String(limits.memory) },
    administrators: tenant.administrators ?? [],
    users: tenant.users ?? [],
    labels: tenant.labels ?? {},
    isolate: tenant.isolate ?? true,
    podSecurity: tenant.podSecurity ?? "restricted",
    chaos: tenant.chaos ?? false,
    ...given("mesh", tenant.mesh),
  }));
}

type Resources = { readonly [side in "requests" | "limits"]?: { readonly [what in Amount]?: string | number } };

/** The amounts as texts, however the file writes them. */
function resourcesOf({ requests, limits }: Resources): ResourcesPlan {
  const texts = (amounts: NonNullable<Resources["requests"]>): { readonly cpu?: string; readonly memory?: string } =>
    Object.fromEntries(Object.entries(amounts).map(([what, amount]) => [what, String(amount)]));
  return { ...given("requests", requests && texts(requests)), ...given("limits", limits && texts(limits)) };
}

/** A number of GiB, or a quantity in Gi or Ti. */
function gibibytes(size: number | string): number {
  return typeof size === "number" ? size : Number.parseInt(size, 10) * (size.endsWith("Ti") ? 1024 : 1);
}
