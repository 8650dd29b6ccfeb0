import { ComponentResource, type ComponentResourceOptions, log, secret } from "@pulumi/pulumi";
import { Cluster, clusterProvider } from "../components/cluster/cluster";
import { Platform } from "../components/platform/platform";
import { hasTask } from "../model/cluster/inventory";
import type { Layer } from "../model/layers";
import { registriesOf } from "../model/plan/registries";
import { tunnelUrl } from "../model/plan/tunnel";
import type { EnvironmentPlan } from "../model/plan/types";
import { ENVIRONMENT } from "../model/type-tokens";
import { loginOutput } from "../reach/login-output";
import { addressesOf, addressOutputs, publicApi, subnetOfNodes } from "./addresses";
import { cloudAccess } from "./cloud-access";
import {
  clusterOutput,
  infrastructureOutput,
  readCluster,
  readDevices,
  readInfrastructure,
  readTold,
  retiringMachines,
  toldOf,
} from "./contract";
import { createInfrastructure } from "./environment";
import { kubespraySource } from "./kubespray-source";
import { nodesOf } from "./nodes";
import type { EnvironmentSecrets } from "./secrets";

/** How a layer is brought up. */
export interface LayerOptions {
  /** True: as if the cluster had let go of every machine that left the file. */
  readonly settled: boolean;
  /** Names of the nodes that leave and answer no more. */
  readonly lost: readonly string[];
  /** Called before anything is made. */
  readonly onAccepted?: (() => void) | undefined;
}

/** Registers one layer of an environment and gives its stack's outputs. */
export type LayerProgram = (plan: EnvironmentPlan, secrets: EnvironmentSecrets, options: LayerOptions) => Promise<Record<string, unknown>>;

/**
 * Stands for the environment in the stack of one layer, so that resources have the same parents as in a stack that holds all. A layer that
 * others stand on is protected by it: `pulumi destroy` knows nothing of other stacks, and is refused before it deletes anything.
 */
class EnvironmentLayer extends ComponentResource {
  constructor(plan: EnvironmentPlan, layer: Layer | undefined) {
    const { environment, release, profile } = plan;
    const isStoodOn = layer === "infrastructure" || layer === "cluster";
    super(ENVIRONMENT, environment, { environment, release, profile }, { protect: isStoodOn });
    this.registerOutputs({});
  }

  /** Options of what the layer holds; its own protection is nothing that is inherited. */
  get holds(): ComponentResourceOptions {
    return { parent: this, protect: false };
  }
}

/** What the stack of each layer holds. Each reads the contract of the layer below before it registers anything. */
export const layerPrograms: Readonly<Record<Layer, LayerProgram>> = {
  infrastructure: async (plan, secrets, { settled, onAccepted }) => {
    const retiring = settled ? [] : await retiringMachines(plan);
    if (retiring.length > 0) await log.info(`kept until the cluster has let them go: ${retiring.map(({ name }) => name).join(", ")}`);
    const standing = [...plan.machines, ...retiring];
    const { holds } = new EnvironmentLayer(plan, "infrastructure");
    const made = createInfrastructure(plan.environment, { ...plan, machines: standing }, secrets, holds, onAccepted);
    await made.checked;
    const addresses = addressesOf(plan, made);
    return {
      contract: infrastructureOutput(made.machines, made.ssh, standing, addresses, toldOf(plan, made.told), plan.platform.storage),
      ssh: loginOutput(made.ssh),
      ...addressOutputs(plan, addresses),
      retiring: retiring.map(({ name }) => name),
    };
  },
  cluster: async (plan, secrets, { lost, onAccepted }) => {
    const { machines, ssh, apiPublicAddress, predicted } = await readInfrastructure(plan);
    onAccepted?.();
    const { holds } = new EnvironmentLayer(plan, "cluster");
    const proxyUrl = tunnelUrl(plan);
    const cluster = new Cluster(
      `${plan.environment}-cluster`,
      {
        spec: plan.cluster,
        ...(secrets.variables ? { secretVariables: secrets.variables } : {}),
        ...subnetOfNodes(plan),
        machines: withTasks(plan, machines),
        ssh,
        ...kubespraySource(plan),
        ...(proxyUrl === undefined ? {} : { proxyUrl }),
        ...publicApi(plan, apiPublicAddress),
        ...(lost.length === 0 ? {} : { lostNodes: lost }),
      },
      holds,
    );
    return {
      contract: clusterOutput(cluster.kubeconfig, plan),
      kubeconfig: secret(cluster.kubeconfig),
      apiEndpoint: cluster.endpoint,
      nodes: cluster.nodeTable,
      versions: cluster.versions,
      predicted,
    };
  },
  platform: async (plan, secrets, { onAccepted }) => {
    const { kubeconfig, predicted } = await readCluster(plan);
    const told = await readTold(plan);
    const devices = await readDevices(plan);
    onAccepted?.();
    const { holds } = new EnvironmentLayer(plan, "platform");
    const provider = clusterProvider(`${plan.environment}-kubernetes`, plan.cluster.name, kubeconfig, holds);
    // Workers answer for the address outside only where the balancer hands packets on as they came.
    const beneath = plan.platform.ingress.passedOn || registriesOf(plan).length > 0 ? await readInfrastructure(plan) : undefined;
    const ingressPublicAddress = plan.platform.ingress.passedOn ? beneath?.ingressPublicAddress : undefined;
    const outside = ingressPublicAddress === undefined ? {} : { ingressPublicAddress };
    const nodes = beneath === undefined ? {} : nodesOf(plan, beneath.machines, beneath.ssh);
    const platform = new Platform(
      `${plan.environment}-platform`,
      { plan, cluster: { provider }, ...outside, ...nodes, secrets, ...cloudAccess(plan, told), ...devices },
      holds,
    );
    return { urls: platform.urls, credentials: platform.credentials, caCertificate: platform.caCertificate, predicted };
  },
};

/** The machines that are nodes, or hosts beside them. */
function withTasks<T>(plan: EnvironmentPlan, machines: Readonly<Record<string, T>>): Readonly<Record<string, T>> {
  return Object.fromEntries(Object.entries(machines).filter(([name]) => hasTask(plan.cluster, name)));
}

/**
 * An environment whose cluster was made by hand, before anything of the platform is in it: what a stack that holds all begins with.
 * @param importFile the inputs of the cluster, which the plan states too
 */
export async function takenOver(plan: EnvironmentPlan, secrets: EnvironmentSecrets, importFile: string): Promise<Record<string, unknown>> {
  const { holds } = new EnvironmentLayer(plan, undefined);
  const made = createInfrastructure(plan.environment, plan, secrets, holds, undefined);
  await made.checked;
  const cluster = new Cluster(
    `${plan.environment}-cluster`,
    {
      spec: plan.cluster,
      ...subnetOfNodes(plan),
      machines: withTasks(plan, made.machines),
      ssh: made.ssh,
      ...kubespraySource(plan),
      importFile,
    },
    holds,
  );
  return { kubeconfig: secret(cluster.kubeconfig), apiEndpoint: cluster.endpoint, nodes: cluster.nodeTable, ssh: loginOutput(made.ssh) };
}
