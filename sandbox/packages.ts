import type { EnvironmentPlan } from "../model/plan/types";
import { type CloudWords, KUBERNETES, LOCAL } from "../plugin/faults-words";
import type { Provider } from "../plugin/rpc/provider";
import { worldOf as awsWorld } from "./aws/world";
import { worldOf as azureWorld } from "./azure/world";
import type { SimulatedCloud } from "./cloud/cloud";
import type { PartsAtWork } from "./cloud/in-cluster";
import { worldOf as existingWorld } from "./existing/world";
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

/** A provider, and what its cloud says where faults.json has it refuse a call. */
export interface Simulation {
  readonly provider: Provider;
  readonly words: CloudWords;
}

/** A simulated cloud. */
interface CloudLine {
  /** What exists besides what an environment creates. */
  readonly world: (plan: EnvironmentPlan) => World;
  /** What serves its provider; none where nothing is made. */
  readonly simulated?: Simulated;
  /** Its provider's package. @default as the cloud is called */
  readonly package?: string;
}

/** The simulated clouds by their names: a line and a folder each; their machines are the objects of the kind `instance`. */
const CLOUDS: Readonly<Record<string, CloudLine>> = {
  openstack: { world: openstackWorld, simulated: by(() => (require("./openstack/cloud") as typeof import("./openstack/cloud")).OPENSTACK) },
  nhn: { world: nhnWorld, simulated: by(() => (require("./nhn/cloud") as typeof import("./nhn/cloud")).NHN), package: "openstack" },
  aws: { world: awsWorld, simulated: by(() => (require("./aws/cloud") as typeof import("./aws/cloud")).AWS) },
  gcp: { world: gcpWorld, simulated: by(() => (require("./gcp/cloud") as typeof import("./gcp/cloud")).GCP) },
  azure: {
    world: azureWorld,
    simulated: by(() => (require("./azure/cloud") as typeof import("./azure/cloud")).AZURE),
    package: "azure-native",
  },
  vsphere: { world: vsphereWorld, simulated: by(() => (require("./vsphere/cloud") as typeof import("./vsphere/cloud")).VSPHERE) },
  existing: { world: existingWorld },
};

/** By provider of an environment, what exists besides what it creates. */
export const WORLDS: Readonly<Record<string, CloudLine["world"]>> = Object.fromEntries(
  Object.entries(CLOUDS).map(([name, { world }]) => [name, world]),
);

/** The simulations by the packages that they serve, each by the clouds that share the package. */
const SIMULATED = new Map<string, Record<string, Simulated>>();
for (const [name, { simulated, package: served = name }] of Object.entries(CLOUDS))
  if (simulated !== undefined) SIMULATED.set(served, { ...SIMULATED.get(served), [name]: simulated });

/** What of each cloud's own works in a cluster, by the folder of its objects. */
export const PARTS: KnownParts = Object.fromEntries(
  [...SIMULATED].map(([served, clouds]) => [served, (world: string) => cloudIn(world, clouds).parts(world)]),
);

/** All packages. Which of the clouds that share one a world is of, its file says; the first is taken where it says nothing. */
export const PACKAGES: Readonly<Record<string, Package>> = {
  ...Object.fromEntries(
    [...SIMULATED].map(([served, clouds]) => [served, { load: (world: string) => cloudIn(world, clouds).serve(world) }]),
  ),
  kubernetes: {
    load: async (world) => ({
      words: KUBERNETES,
      provider: (await import("./kubernetes/provider.js")).createKubernetesProvider(world, { parts: PARTS }),
    }),
  },
  keycloak: {
    load: async (world) => {
      const [{ createKeycloakProvider }, { KEYCLOAK }] = await Promise.all([
        import("./keycloak/provider.js"),
        import("./keycloak/cloud.js"),
      ]);
      return { words: KEYCLOAK.words, provider: createKeycloakProvider(world) };
    },
  },
  vault: {
    load: async (world) => {
      const [{ createVaultProvider }, { VAULT }] = await Promise.all([import("./vault/provider.js"), import("./vault/cloud.js")]);
      return { words: VAULT.words, provider: createVaultProvider(world) };
    },
  },
  random: { load: async () => ({ words: LOCAL, provider: (await import("./random/provider.js")).createRandomProvider() }) },
  tls: {
    load: async (world) => {
      const [{ createTlsProvider }, { worldClock }] = await Promise.all([import("./tls/provider.js"), import("../plugin/clock.js")]);
      return { words: LOCAL, provider: createTlsProvider(worldClock(world)) };
    },
  },
};

/** The packages whose calls faults.json may disturb: our own plugin sees to its own. */
export const FAULTY: readonly string[] = [...Object.keys(PACKAGES), "kpaas"];

/** What is done with a simulated cloud; each loads it. */
interface Simulated {
  serve(worldDir: string): Promise<Simulation>;
  parts(worldDir: string): PartsAtWork;
}

function by<List extends string, Quota extends string>(load: () => SimulatedCloud<List, Quota>): Simulated {
  return {
    serve: async (worldDir) => {
      const { createCloudProvider } = await import("./cloud/provider.js");
      const simulated = load();
      return { words: simulated.words, provider: createCloudProvider(simulated, worldDir) };
    },
    parts: (worldDir) => {
      const { partsAtWork } = require("./cloud/parts-at-work") as typeof import("./cloud/parts-at-work");
      return partsAtWork(load(), worldDir);
    },
  };
}
