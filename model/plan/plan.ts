import { findRelease, knownReleases, type Release } from "../catalog";
import { checkChartValues } from "../charts/checks";
import type { CloudDefinition } from "../cloud";
import { clusterDownloads } from "../cluster/downloads";
import { earlierRemedy } from "../earlier";
import { profiles } from "../environment/profiles";
import type { Environment } from "../environment/types";
import { diffLocks, type Lock, type LockChange } from "../lock";
import type { Findings } from "../problems";
import { cloudOf, type Registry, servicesOn } from "../registry";
import { nextOnTheWay } from "../release-steps";
import { counted, type Rotations } from "../rotation";
import { planAddresses } from "./addresses";
import { chartMirrored } from "./air-gap";
import { planApiEndpoint, withStandingEndpoint } from "./api-endpoint";
import { planBom } from "./bom";
import { checkCephPlan } from "./ceph";
import { checkClaimed } from "./checks-claims";
import { checkDomains } from "./checks-domains";
import { checkHostNames } from "./checks-host-names";
import { planCluster, planInventory } from "./cluster";
import { extraImages, planExtra } from "./extra";
import { planFloating, privateUrls } from "./floating";
import { planFlows } from "./flows";
import { withHostSetup } from "./host-setup";
import type { AccessPlan, NetworkPlan } from "./infrastructure-types";
import { planMachines, planZones } from "./machines";
import { checkStorage, planImages, planPlatform } from "./platform";
import { loginHosts } from "./registry-logins";
import { planServices } from "./services";
import { lockedIngress } from "./standing-ingress";
import { lockedSubnets, planPools } from "./subnets";
import { planTenants } from "./tenants";
import type { EnvironmentPlan, ServicePlan } from "./types";
import { lockedProxyMode, planProxyMode, planVersions } from "./versions";

/** A plan with the lock file that belongs to it. */
export interface PlannedEnvironment {
  readonly plan: EnvironmentPlan;
  /** The lock file's content as it must be for this plan. */
  readonly lock: Lock;
  readonly lockState: "current" | "missing" | "outdated";
  readonly lockChanges: readonly LockChange[];
  /** The versions that the release itself ships. */
  readonly shipped: { readonly kubernetes: string; readonly kubespray: string };
}

/** The image that the file or the cloud names, as the cloud knows it. One that the name stood for once, and that is in the lock, stays. */
function pinnedImage({ image, cloud: options }: Environment, cloud: CloudDefinition, lock: Lock | undefined): string {
  const wanted = image ?? lock?.image ?? cloud.defaults.image;
  const meant = cloud.neutral?.(options).images[wanted];
  return meant?.find((each) => each === lock?.image) ?? meant?.[0] ?? wanted;
}

/**
 * Plans an environment from its file and its lock, and from nothing else: the same two give the same plan everywhere.
 * Problems that only planning can see (no address left, an unknown release) land in `findings`; the plan is then not to be used.
 * @param given how many times secrets were made, where a program says it. @default as the lock
 */
export function planEnvironment(
  resolved: Environment,
  registry: Registry,
  lock: Lock | undefined,
  findings: Findings,
  given: Rotations = {},
): PlannedEnvironment | undefined {
  const cloud = cloudOf(resolved.provider, registry);
  const environment = withStandingEndpoint(resolved, cloud, lock, findings);
  const number = environment.release ?? lock?.release ?? knownReleases[0] ?? "";
  const release = findRelease(number);
  if (!release) {
    findings.error(
      environment.release === undefined ? "lock.release" : "release",
      "is no release this version knows",
      earlierRemedy(number) ?? `use one of: ${knownReleases.join(", ")}`,
      number,
    );
    return undefined;
  }
  const sameRelease = lock?.release === release.release;
  const versions = planVersions(environment, release, sameRelease ? lock : undefined, findings);
  const proxyMode = planProxyMode(environment, release, lock);
  const image = pinnedImage(environment, cloud, lock);
  const zones = planZones(environment, lock);
  const pools = planPools(environment, cloud, [...environment.zones, ...zones.values()], lock, findings);
  const addresses = planAddresses(environment, pools, zones, lock, findings);
  const { machines, locked } = planMachines(environment, lock, image, addresses.machines, zones, cloud);
  const apiEndpoint = planApiEndpoint(environment, machines, addresses);
  const floating = cloud.can.floatingAddresses ? planFloating(environment) : {};
  const platform = planPlatform(environment, addresses, machines, floating.ingress?.address, cloud);
  findings.add(privateUrls(environment, floating, platform.domain));
  const rotations = counted(lock?.rotations, given);
  const services = planServices(environment, registry, release, platform, profiles[environment.profile].replicas, rotations);
  tellOfStep(release, environment.name, services, findings);
  const tenants = planTenants(environment, services);
  const extra = planExtra(environment);
  const ownImages = extra === undefined ? [] : extraImages(extra);
  const bare = planCluster(
    environment,
    cloud,
    { ...versions, proxyMode },
    machines,
    apiEndpoint,
    floating.api?.address,
    planImages(services, ownImages),
  );
  const downloads = clusterDownloads(bare);
  const images = planImages(services, [...downloads.images, ...ownImages]);
  checkClaimed(services, registry, findings);
  checkStorage(environment, services, findings);
  checkCephPlan(platform.storage, environment, services, findings);
  checkDomains(environment, platform, services, findings);
  checkHostNames(environment, services, registry, findings);
  checkChartValues(services, registry, findings);
  const names = cloud.names?.({ apiEndpoint, platform }, environment.cloud) ?? [];
  const network: NetworkPlan = {
    cidr: environment.network.cidr,
    subnets: addresses.subnets,
    dns: environment.network.dns,
    ...(environment.network.reserved.length > 0 ? { reserved: environment.network.reserved } : {}),
    ...(environment.platform.loadBalancer === "metallb" ? { loadBalancerRange: addresses.loadBalancerRange } : {}),
    floating,
    ...(environment.network.existing ? { existing: plannedExisting(environment.network.existing) } : {}),
    ...(names.length > 0 ? { names } : {}),
    ...(cloud.metadataResolves ? { metadataResolves: true } : {}),
    podCidr: environment.cluster.podCidr,
    serviceCidr: environment.cluster.serviceCidr,
    ...(cloud.hidden === undefined ? {} : { hidden: cloud.hidden }),
  };
  const access: AccessPlan = {
    adminCidrs: environment.access.adminCidrs,
    ingressCidrs: environment.access.ingressCidrs,
    bastion: environment.access.bastion,
    api: environment.access.api,
    ssh: {
      user: environment.access.sshUser,
      ...(environment.access.publicKey === undefined ? {} : { publicKey: environment.access.publicKey }),
      ...(environment.access.privateKey === undefined ? {} : { privateKey: environment.access.privateKey }),
      ...(environment.access.agent === undefined ? {} : { agent: environment.access.agent }),
      ...(environment.access.sudoPassword === undefined ? {} : { sudoPassword: environment.access.sudoPassword }),
      ...(environment.access.keyPair === undefined ? {} : { keyPair: environment.access.keyPair }),
    },
  };
  const flows = planFlows({
    environment,
    cloud,
    machines,
    services: servicesOn(environment, registry).flatMap((each) => [
      ...(each.flows ?? []),
      ...((each.cloudPart && cloud.inCluster?.[each.cloudPart]?.flows(environment)) ?? []),
    ]),
  });
  const cluster = withHostSetup(bare, {
    ...{ environment, platform, enforced: cloud.enforces(environment.cloud) === "hosts" },
    plan: { machines, flows, network, access, apiEndpoint, cluster: bare },
  });
  const wanted: Lock = {
    version: 1,
    environment: environment.name,
    release: release.release,
    ...versions,
    ...lockedProxyMode(proxyMode, environment, lock),
    ...lockedIngress(environment.platform.ingressKind, lock),
    ...(image === "" ? {} : { image }),
    network: {
      ...lockedSubnets(addresses.subnets),
      loadBalancerRange: `${addresses.loadBalancerRange.first}-${addresses.loadBalancerRange.last}`,
      ingressAddress: addresses.ingress,
      ...(addresses.formerIngress.length === 0 ? {} : { formerIngressAddresses: [...addresses.formerIngress] }),
      ...(addresses.apiEndpoint === undefined ? {} : { apiEndpointAddress: addresses.apiEndpoint }),
    },
    ...(rotations === undefined ? {} : { rotations: { ...rotations } }),
    machines: locked,
    retired: addresses.retired,
  };
  const lockChanges = diffLocks(lock, wanted);
  const { airGap, registries } = environment.cluster;
  const plan: EnvironmentPlan = {
    environment: environment.name,
    release: release.release,
    profile: environment.profile,
    provider: environment.provider,
    layers: environment.layers,
    labels: environment.labels,
    protectData: environment.protectData,
    retain: environment.retain,
    ...(environment.credentials ? { credentials: environment.credentials } : {}),
    zones: environment.zones,
    counted: environment.groups.filter(({ counted }) => counted).map(({ name }) => name),
    machines,
    network,
    access,
    flows,
    apiEndpoint,
    cluster,
    ...(environment.cluster.kubesprayFrom === undefined ? {} : { kubesprayFrom: environment.cluster.kubesprayFrom }),
    inventory: planInventory(cluster, machines),
    platform,
    services: services.map((service) => chartMirrored(service, airGap)),
    ...(tenants === undefined ? {} : { tenants }),
    ...(extra === undefined ? {} : { extra: { ...extra, releases: extra.releases.map((release) => chartMirrored(release, airGap)) } }),
    ...(registries === undefined ? {} : { registries: loginHosts(registries) }),
    ...(airGap === undefined ? {} : { airGap }),
    images,
    files: downloads.files,
    bom: planBom({ release, registry, provider: environment.provider, cluster: bare, services, extra, images, files: downloads.files }),
    cloud: {
      ...environment.cloud,
      provider: environment.provider,
      ...(environment.region === undefined ? {} : { region: environment.region }),
      place: cloud.place(environment.cloud, { apiEndpoint, platform, zones: environment.zones }),
      firstBoot: cloud.firstBoot(environment.cloud),
      ...(cloud.volumesStay ? { volumesStay: true } : {}),
      ...(cloud.volumesFollow ? { volumesFollow: true } : {}),
    },
  };
  cloud.checkPlan(plan, findings);
  return {
    plan,
    lock: wanted,
    lockState: lock === undefined ? "missing" : lockChanges.length > 0 ? "outdated" : "current",
    lockChanges,
    shipped: { kubernetes: release.kubernetes, kubespray: release.kubespray },
  };
}

/** What is there already; its ranges are the subnets'. */
function plannedExisting({ cidr: _cidr, groups, ...existing }: NonNullable<Environment["network"]["existing"]>): NetworkPlan["existing"] {
  if (groups === undefined) return existing;
  return { ...existing, groups: Object.fromEntries(Object.entries(groups).map(([group, { subnet }]) => [group, subnet])) };
}

/** Says of a release that is a step where one goes on from it. */
function tellOfStep({ release, leadsTo }: Release, environment: string, services: readonly ServicePlan[], findings: Findings): void {
  if (leadsTo === undefined) return;
  const next = nextOnTheWay(leadsTo, services);
  const begin = next === leadsTo ? "that" : leadsTo;
  findings.warn(
    "release",
    `is a step to ${leadsTo} for what stands, with parts that are mended no more`,
    `go on once it is up: \`kpaas cluster upgrade ${environment} --to ${next}\`; a new environment begins with ${begin}`,
    release,
  );
}
