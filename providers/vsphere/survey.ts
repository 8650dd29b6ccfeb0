import { type ComponentResource, type InvokeOptions, type Output, output, type ProviderResource } from "@pulumi/pulumi";
import type { EnvironmentPlan } from "../../model/plan/types";
import type { Finding } from "../../model/problems";
import type { Put } from "../asking/ask";
import { asker } from "../asking/asker";
import { byName } from "../asking/fields";
import { judge, type Standing } from "../asking/verdict";
import { ask, isUuid } from "./ask";
import { vsphereLimits } from "./names";
import { datastoresOf, type Place, placesOf, type VSpherePlan } from "./plan";
import { getComputeCluster } from "./sdk/getComputeCluster";
import { getDatacenter } from "./sdk/getDatacenter";
import { getDatastore } from "./sdk/getDatastore";
import { getFolder } from "./sdk/getFolder";
import { getNetwork } from "./sdk/getNetwork";
import { getResourcePool } from "./sdk/getResourcePool";
import { type GetVirtualMachineResult, getVirtualMachine } from "./sdk/getVirtualMachine";
import { askStorage } from "./survey-storage";

/** A compute cluster. */
export interface Cluster {
  readonly id: Output<string>;
  /** The pool of all that it has. */
  readonly pool: Output<string>;
}

/** What machines take over of what they are cloned from. */
export type Template = Pick<GetVirtualMachineResult, "id" | "guestId" | "scsiType"> & {
  readonly firmware?: string | undefined;
  readonly adapterType?: string | undefined;
  readonly thinProvisioned: boolean;
};

/** What the plan names of vCenter, as the resources take it. What could not be looked up is as the file has it. */
export interface Survey {
  readonly datacenter: Output<string>;
  readonly network: Output<string>;
  readonly template: Output<Template>;
  readonly cluster: (name: string) => Cluster;
  /** The id of a resource pool that is there, of a place that names one. */
  readonly pool: (place: Place) => Output<string>;
  readonly datastore: (name: string) => Output<string>;
  /**
   * Settles once vCenter has answered everything. Rejects with InvalidInputError for what is missing there, each problem at its field.
   */
  readonly passed: Promise<void>;
}

/** What a look at vCenter is taken for, and by whom. */
export interface Surveyed {
  readonly parent: ComponentResource;
  /** The component's logical name. */
  readonly name: string;
  readonly plan: EnvironmentPlan;
  readonly vsphere: VSpherePlan;
  readonly provider: ProviderResource;
}

const FIELD = "infrastructure.vsphere";

/** Asks vCenter for everything that the plan names of it, as far as one answer needs no other all at once. */
export function surveyCloud(
  { plan, vsphere, name, parent, provider }: Surveyed,
  standing: Standing | undefined,
  onPassed: (() => void) | undefined,
): Survey {
  const options = { parent, provider };
  const { put, using, answers } = asker(plan, name, ask);
  const within = askDatacenter(vsphere, put, options);
  const uses = using(() => true);

  const network = put({
    path: `${FIELD}.network`,
    value: vsphere.network,
    what: "network",
    ask: async () => getNetwork({ name: vsphere.network, ...(await within) }, options),
    uses,
  });
  const template = askTemplate(plan, vsphere, put, within, options, uses);
  const { folder, datacenter } = vsphere;
  // It is asked for by its whole path; where the datacenter has no name here, making the folder below it tells.
  if (folder !== undefined && datacenter !== undefined)
    void put({
      path: `${FIELD}.folder`,
      value: folder,
      what: "folder",
      ask: () => getFolder({ path: `/${datacenter.replace(/^\//, "")}/vm/${folder}` }, options),
      uses,
    });

  const places = [...placesOf(plan).values()];
  const clusters = byName(
    places.map(({ cluster }) => cluster),
    (cluster) =>
      put({
        path: fieldOf(vsphere, "cluster", cluster),
        value: cluster,
        what: "compute cluster",
        ask: async () => getComputeCluster({ name: cluster, ...(await within) }, options),
      }),
  );
  const pools = Object.fromEntries(
    places.flatMap(({ cluster, resourcePool }) => {
      if (resourcePool === undefined) return [];
      if (resourcePool === ROOT)
        return [[keyOf(cluster, resourcePool), clusters[cluster]?.then((found) => found?.resourcePoolId)] as const];
      const found = put({
        path: fieldOf(vsphere, "resourcePool", resourcePool),
        value: resourcePool,
        what: "resource pool",
        ask: async () => getResourcePool({ name: `${cluster}/${ROOT}/${resourcePool}`, ...(await within) }, options),
      });
      return [[keyOf(cluster, resourcePool), found.then((pool) => pool?.id)] as const];
    }),
  );
  const datastores = byName(datastoresOf(plan), (datastore) =>
    put({
      path: fieldOf(vsphere, "datastore", datastore),
      value: datastore,
      what: "datastore",
      ask: async () => getDatastore({ name: datastore, ...(await within) }, options),
    }),
  );

  askStorage(plan, vsphere, put, options);
  const passed = (async () => {
    await judge(plan, await answers(), [], standing, parent);
    onPassed?.();
  })();
  return {
    datacenter: output(within.then(({ datacenterId }) => datacenterId ?? vsphere.datacenter ?? "")),
    network: output(network.then((found) => found?.id ?? vsphere.network)),
    template: output(template),
    cluster: (cluster) => ({
      id: output(clusters[cluster]?.then((found) => found?.id ?? cluster) ?? cluster),
      pool: output(clusters[cluster]?.then((found) => found?.resourcePoolId ?? cluster) ?? cluster),
    }),
    pool: ({ cluster, resourcePool = ROOT }) => {
      const found = pools[keyOf(cluster, resourcePool)];
      return output(found?.then((id) => id ?? resourcePool) ?? resourcePool);
    },
    datastore: (datastore) => output(datastores[datastore]?.then((found) => found?.id ?? datastore) ?? datastore),
    passed,
  };
}

/** What vSphere calls a cluster's own pool. */
const ROOT = "Resources";

const keyOf = (cluster: string, pool: string): string => JSON.stringify([cluster, pool]);

/** Where everything else is looked for: nowhere in particular as long as the datacenter itself is missing. */
async function askDatacenter({ datacenter }: VSpherePlan, put: Put, options: InvokeOptions): Promise<{ readonly datacenterId?: string }> {
  const found = await put({
    path: `${FIELD}.datacenter`,
    value: datacenter ?? "(the only one)",
    what: "datacenter",
    ask: () => getDatacenter(datacenter === undefined ? {} : { name: datacenter }, options),
  });
  return found === undefined ? {} : { datacenterId: found.id };
}

/** The template must have one disk that fits, and hardware that the storage driver takes. */
async function askTemplate(
  { machines }: EnvironmentPlan,
  { template, bootDiskGiB }: VSpherePlan,
  put: Put,
  within: Promise<{ readonly datacenterId?: string }>,
  options: InvokeOptions,
  uses: readonly string[],
): Promise<Template> {
  const [machine] = machines;
  const value = template ?? machine?.image ?? "";
  const path = template === undefined ? "infrastructure.image" : `${FIELD}.template`;
  const found = await put({
    path,
    value,
    what: "template",
    ask: async () => {
      if (isUuid(value)) return await getVirtualMachine({ uuid: value }, options);
      return await getVirtualMachine({ name: value, ...(await within) }, options);
    },
    check: ({ disks, hardwareVersion, vappTransports = [] }): Finding | undefined => {
      // What stands in for a provider in somebody's tests tells none.
      if (disks === undefined) return undefined;
      const [disk, ...more] = disks;
      const problem = (reason: string, remedy: string, at = path): Finding => ({ path: at, value, reason, remedy });
      if (disk === undefined || more.length > 0)
        return problem(`has ${disks.length} disks: machines are made with the one they boot from`, "give a template with one");
      if (disk.size > bootDiskGiB)
        return {
          ...problem(
            `the disk of the template ${value} has ${disk.size} GiB already`,
            `set it to ${disk.size} or more`,
            `${FIELD}.bootDiskGiB`,
          ),
          value: bootDiskGiB,
        };
      if (hardwareVersion < vsphereLimits.hardwareVersion)
        return problem(
          `has virtual hardware of version ${hardwareVersion}, and the storage driver of vSphere for Kubernetes takes ${vsphereLimits.hardwareVersion} and later`,
          `upgrade it (\`govc vm.upgrade -version=${vsphereLimits.hardwareVersion}\`), or give another`,
        );
      // By an image of a disk (`iso`) they reach nobody: machines are made without a drive for it.
      if (vappTransports.includes("com.vmware.guestInfo"))
        return problem(
          "hands its guests vApp options, which cloud-init reads before what machines are told: they would have no address",
          "switch its vApp options off, or give another",
        );
      return undefined;
    },
    uses,
  });
  const [disk] = found?.disks ?? [];
  return {
    id: found?.id ?? value,
    guestId: found?.guestId ?? "otherLinux64Guest",
    scsiType: found?.scsiType ?? "pvscsi",
    firmware: found?.firmware,
    adapterType: found?.networkInterfaceTypes?.[0],
    thinProvisioned: disk?.thinProvisioned ?? true,
  };
}

/** The field that names a thing of a place: all machines', or a zone's. */
function fieldOf({ zones, ...vsphere }: VSpherePlan, what: "cluster" | "resourcePool" | "datastore", value: string): string {
  if (vsphere[what] === value) return `${FIELD}.${what}`;
  const zone = Object.entries(zones).find(([, own]) => own[what] === value)?.[0];
  return zone === undefined ? "infrastructure.zones" : `${FIELD}.zones.${zone}.${what}`;
}
