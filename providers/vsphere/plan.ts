import type { MachinePlan, SecretReference } from "../../model/plan/infrastructure-types";
import type { CloudOptions, CloudPlan, EnvironmentPlan } from "../../model/plan/types";
import { SIZES, type Size } from "./sizes";

/** Where the machines of a zone are put, as far as it is not where all are. */
export interface ZoneOptions {
  readonly cluster?: string;
  readonly resourcePool?: string;
  readonly datastore?: string;
}

/** How vSphere's storage driver, which runs on the control planes, meets vCenter. */
export interface StorageDriver {
  /** A user of its own, with the domain. */
  readonly user: string;
  readonly password: SecretReference;
  /** The authority that vCenter's certificate is of, in PEM; undefined: one that the world knows. */
  readonly ca?: SecretReference;
  /** The category of tags that compute clusters bear, by zone; undefined: volumes are made without regard to zones. */
  readonly zoneCategory?: string;
}

/** The options of vSphere's own, as the plan has them. */
export interface VSphereOptions {
  /** vCenter's host name; undefined: the usual environment says it. */
  readonly server?: string;
  /** Whether a certificate of vCenter's that nobody known has signed is taken. */
  readonly allowUnverifiedSsl: boolean;
  /** Undefined: the only one there is. */
  readonly datacenter?: string;
  readonly cluster: string;
  /** Path below the cluster's own pool; undefined: one is made. */
  readonly resourcePool?: string;
  readonly datastore: string;
  /** The port group. */
  readonly network: string;
  /** Undefined: the datacenter's own folder of machines. */
  readonly folder?: string;
  /** Undefined: it is called as the image. */
  readonly template?: string;
  readonly bootDiskGiB: number;
  readonly sizes: Readonly<Record<string, Size>>;
  readonly zones: Readonly<Record<string, ZoneOptions>>;
  readonly firewall: "nftables" | "none";
  readonly storageDriver?: StorageDriver;
}

/** The part of a plan for vSphere. */
export type VSpherePlan = CloudPlan & VSphereOptions & { readonly provider: "vsphere" };

/** The options with their defaults. */
export function resolveOptions(given: Partial<VSphereOptions>): VSphereOptions {
  const { server, datacenter, resourcePool, folder, template, storageDriver } = given;
  const named = Object.entries({ server, datacenter, resourcePool, folder, template, storageDriver }).filter(
    ([, value]) => value !== undefined,
  );
  const { cluster = "Cluster", datastore = "datastore1", network = "VM Network", zones = {} } = given;
  const { allowUnverifiedSsl = false, bootDiskGiB = 40, firewall = "nftables" } = given;
  const sizes = { ...SIZES, ...given.sizes };
  return { ...Object.fromEntries(named), allowUnverifiedSsl, cluster, datastore, network, bootDiskGiB, sizes, zones, firewall };
}

/** A cloud's options, taken as ours: whoever asks knows whose they are. */
export function vsphereOptions(options: CloudOptions): VSphereOptions {
  return options as VSphereOptions;
}

/** Whether a plan's cloud is vSphere. */
export function isVSphere(cloud: CloudPlan): cloud is VSpherePlan {
  return cloud.provider === "vsphere";
}

/** What a plan has for vSphere. @throws Error for a plan of another cloud */
export function vsphereOf({ cloud }: Pick<EnvironmentPlan, "cloud">): VSpherePlan {
  if (!isVSphere(cloud)) throw new Error(`the plan is for ${cloud.provider}, not for vSphere`);
  return cloud;
}

/** Where a machine is put. */
export interface Place {
  readonly cluster: string;
  /** A pool that is there, below the cluster's own. */
  readonly resourcePool?: string;
  readonly datastore: string;
}

/**
 * Where the machines of a zone are put: what the file says of it, or the compute cluster of its name. A pool that is there is one of its cluster.
 */
export function placeOf(
  { cluster, resourcePool, datastore, zones }: Pick<VSphereOptions, "cluster" | "resourcePool" | "datastore" | "zones">,
  zone: string | undefined,
): Place {
  const own = zone !== undefined && Object.hasOwn(zones, zone) ? zones[zone] : undefined;
  const within = own?.cluster ?? (zone === undefined || own !== undefined ? cluster : zone);
  const pool = own?.resourcePool ?? (within === cluster ? resourcePool : undefined);
  return { cluster: within, ...(pool === undefined ? {} : { resourcePool: pool }), datastore: own?.datastore ?? datastore };
}

/** Machines of one group in one compute cluster, which are kept on different hosts. */
export interface Apart {
  readonly cluster: string;
  readonly group: string;
  readonly machines: readonly [MachinePlan, MachinePlan, ...MachinePlan[]];
}

/** Every such group: of two or more. */
export function apartOf({ machines, cloud }: Pick<EnvironmentPlan, "machines" | "cloud">): Apart[] {
  const options = vsphereOf({ cloud });
  const groups = new Map<string, { readonly cluster: string; readonly group: string; readonly found: MachinePlan[] }>();
  for (const machine of machines) {
    if (!machine.spread) continue;
    const { group, zone } = machine;
    const { cluster } = placeOf(options, zone);
    const id = JSON.stringify([cluster, group]);
    const { found } = groups.get(id) ?? { found: [] };
    groups.set(id, { cluster, group, found: [...found, machine] });
  }
  return [...groups.values()].flatMap(({ cluster, group, found: [one, other, ...more] }) =>
    one === undefined || other === undefined ? [] : [{ cluster, group, machines: [one, other, ...more] as const }],
  );
}

/** Every datastore of a plan's machines: zones of one compute cluster, or one pool, may have their own. */
export function datastoresOf({ machines, cloud }: Pick<EnvironmentPlan, "machines" | "cloud">): string[] {
  const options = vsphereOf({ cloud });
  return [...new Set(machines.map(({ zone }) => placeOf(options, zone).datastore))];
}

/** Every compute cluster and pool of a plan's machines, by how it is told from others; what it says of datastores is one zone's. */
export function placesOf({ machines, cloud }: Pick<EnvironmentPlan, "machines" | "cloud">): ReadonlyMap<string, Place> {
  const options = vsphereOf({ cloud });
  const places = machines.map(({ zone }) => placeOf(options, zone));
  return new Map(places.map((place) => [JSON.stringify([place.cluster, place.resourcePool ?? ""]), place]));
}
