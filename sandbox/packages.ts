import type { EnvironmentPlan } from "../model/plan/types";
import type { Provider } from "../plugin/rpc/provider";
import { worldOf as awsWorld } from "./aws/world";
import { worldOf as azureWorld } from "./azure/world";
import type { SimulatedCloud } from "./cloud/cloud";
import type { PartsAtWork } from "./cloud/in-cluster";
import { worldOf as existingWorld } from "./existing/world";
import { type CloudWords, KUBERNETES, LOCAL } from "./faults-words";
import { worldOf as gcpWorld } from "./gcp/world";
import type { KnownParts } from "./kubernetes/cloud-parts";
import { worldOf as nhnWorld } from "./nhn/world";
import { worldOf as openstackWorld } from "./openstack/world";
import { worldOf as vsphereWorld } from "./vsphere/world";
import { cloudIn } from "./world-file";

/** What world.json holds of a plan: lists of names or ids, and texts. */
export type World = Readonly<Record<string, readonly string[] | string>>;

/** A package that the sandbox simulates. */
interface Package {
  /** Loads what simulates it: only the process that serves it does. */
  load(worldDir: string): Promise<Simulation>;
}

/** By provider, what exists besides what an environment creates. */
export const WORLDS: Readonly<Record<string, (plan: EnvironmentPlan) => World>> = {
  openstack: openstackWorld,
  nhn: nhnWorld,
  aws: awsWorld,
  gcp: gcpWorld,
  azure: azureWorld,
  vsphere: vsphereWorld,
  existing: existingWorld,
};

/** Clouds that share a provider; which one a world is of, its file says. The first is taken where it says nothing. */
const OPENSTACKS = {
  openstack: async () => (await import("./openstack/cloud.js")).OPENSTACK,
  nhn: async () => (await import("./nhn/cloud.js")).NHN,
};

/** Clouds with parts of their own that work in a cluster, by the folder of their objects. Loaded where one of them is at work only. */
export const PARTS: KnownParts = {
  openstack: (world) => parts((require("./openstack/cloud") as typeof import("./openstack/cloud")).OPENSTACK, world),
  aws: (world) => parts((require("./aws/cloud") as typeof import("./aws/cloud")).AWS, world),
  gcp: (world) => parts((require("./gcp/cloud") as typeof import("./gcp/cloud")).GCP, world),
  "azure-native": (world) => parts((require("./azure/cloud") as typeof import("./azure/cloud")).AZURE, world),
  vsphere: (world) => parts((require("./vsphere/cloud") as typeof import("./vsphere/cloud")).VSPHERE, world),
};

function parts<List extends string, Quota extends string>(simulated: SimulatedCloud<List, Quota>, worldDir: string): PartsAtWork {
  const { partsAtWork } = require("./cloud/parts-at-work") as typeof import("./cloud/parts-at-work");
  return partsAtWork(simulated, worldDir);
}

/** A provider, and what its cloud says where faults.json has it refuse a call. */
export interface Simulation {
  readonly provider: Provider;
  readonly words: CloudWords;
}

/** All of them. A cloud has one line here and a folder of its own; its machines are the objects of the kind `instance`. */
export const PACKAGES: Readonly<Record<string, Package>> = {
  openstack: { load: async (world) => cloud(await cloudIn(world, OPENSTACKS)(), world) },
  aws: { load: async (world) => cloud((await import("./aws/cloud.js")).AWS, world) },
  gcp: { load: async (world) => cloud((await import("./gcp/cloud.js")).GCP, world) },
  "azure-native": { load: async (world) => cloud((await import("./azure/cloud.js")).AZURE, world) },
  vsphere: { load: async (world) => cloud((await import("./vsphere/cloud.js")).VSPHERE, world) },
  kubernetes: {
    load: async (world) => ({
      words: KUBERNETES,
      provider: (await import("./kubernetes/provider.js")).createKubernetesProvider(world, { parts: PARTS }),
    }),
  },
  random: { load: async () => ({ words: LOCAL, provider: (await import("./random/provider.js")).createRandomProvider() }) },
  tls: {
    load: async (world) => {
      const [{ createTlsProvider }, { worldClock }] = await Promise.all([import("./tls/provider.js"), import("../plugin/clock.js")]);
      return { words: LOCAL, provider: createTlsProvider(worldClock(world)) };
    },
  },
};

async function cloud<List extends string, Quota extends string>(
  simulated: SimulatedCloud<List, Quota>,
  worldDir: string,
): Promise<Simulation> {
  const { createCloudProvider } = await import("./cloud/provider.js");
  return { words: simulated.words, provider: createCloudProvider(simulated, worldDir) };
}
