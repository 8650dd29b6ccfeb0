import { ComponentResource, type ComponentResourceOptions, secret } from "@pulumi/pulumi";
import { Cluster } from "../components/cluster/cluster";
import { Platform } from "../components/platform/platform";
import { tunnelUrl } from "../model/plan/tunnel";
import type { EnvironmentPlan } from "../model/plan/types";
import type { Infrastructure } from "../providers/infrastructure";
import { loginOutput } from "./login";
import type { EnvironmentSecrets } from "./secrets";

/** Type token of an environment, also where a stack holds one layer of it. */
export const ENVIRONMENT = "kpaas:index:Environment";

export interface EnvironmentArgs {
  /** What to bring up: made by `planEnvironment` from an environment file and its lock. */
  readonly plan: EnvironmentPlan;
  /** What the plan's secret references resolve to. */
  readonly secrets?: EnvironmentSecrets;
}

/** One environment as a whole: the machines, the Kubernetes cluster on them, and the platform in it. */
export class Environment extends ComponentResource {
  readonly infrastructure: Infrastructure;
  readonly cluster: Cluster;
  readonly platform: Platform;

  constructor(name: string, args: EnvironmentArgs, opts?: ComponentResourceOptions) {
    const { plan, secrets = {} } = args;
    super(ENVIRONMENT, name, { environment: plan.environment, release: plan.release, profile: plan.profile }, opts);
    this.infrastructure = createInfrastructure(name, plan, secrets, { parent: this });
    const { machines } = this.infrastructure;
    const proxyUrl = tunnelUrl(plan);
    this.cluster = new Cluster(
      `${name}-cluster`,
      {
        spec: plan.cluster,
        networkCidr: plan.network.cidr,
        machines: Object.fromEntries(
          plan.machines.flatMap(({ name: node }) => {
            const machine = machines[node];
            return machine && node in plan.cluster.nodes ? [[node, { id: machine.id, dialAddress: machine.dialAddress }]] : [];
          }),
        ),
        ssh: this.infrastructure.ssh,
        ...(proxyUrl === undefined ? {} : { proxyUrl }),
      },
      // The network must let machines out and the balancer must answer before kubespray starts.
      { parent: this, dependsOn: [this.infrastructure] },
    );
    this.platform = new Platform(
      `${name}-platform`,
      {
        plan,
        cluster: this.cluster,
        secrets,
      },
      { parent: this },
    );
    this.registerOutputs({ endpoint: this.cluster.endpoint, urls: this.platform.urls });
  }

  /** What the stack shows: the node table, the API endpoint, URLs, and as secrets the kubeconfig and the credentials. */
  get outputs(): Readonly<Record<string, unknown>> {
    return {
      kubeconfig: secret(this.cluster.kubeconfig),
      apiEndpoint: this.cluster.endpoint,
      nodes: this.cluster.nodeTable,
      versions: this.cluster.versions,
      urls: this.platform.urls,
      credentials: this.platform.credentials,
      ssh: loginOutput(this.infrastructure.ssh),
      caCertificate: this.platform.caCertificate,
    };
  }
}

/** The machines of the plan's cloud. Loaded here, so that no other cloud's SDK is. */
export function createInfrastructure(
  name: string,
  plan: EnvironmentPlan,
  secrets: EnvironmentSecrets,
  opts: ComponentResourceOptions,
): Infrastructure {
  switch (plan.provider) {
    case "openstack": {
      const { OpenStackInfrastructure } =
        require("../providers/openstack/infrastructure") as typeof import("../providers/openstack/infrastructure");
      return new OpenStackInfrastructure(`${name}-infrastructure`, { plan, secrets }, opts);
    }
    default:
      throw new Error(`machines on ${plan.provider} are not supported yet in this version`);
  }
}
