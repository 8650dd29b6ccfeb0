import type { Environment } from "./environment/types";
import type { Flow } from "./plan/infrastructure-types";
import type { EnvironmentPlan, ServicePlan } from "./plan/types";

/** What of a cloud's own may run in the cluster: who makes balancers for Services, and who makes volumes for claims. */
export type CloudPartName = "controller" | "volumes";

/** What only the infrastructure knows, once it is made: ids, and secrets, by names that its cloud gives them. */
export type Told = Readonly<Record<string, string>>;

/** What a part's values or objects are made from. */
export interface PartSurroundings {
  readonly environment: EnvironmentPlan;
  readonly service: ServicePlan;
  /** The image that plays a role, as charts mostly take it. */
  image(role: string): { readonly repository: string; readonly tag: string };
}

/**
 * An object of a part that has no chart, as the API takes it. Its labels, the namespace of what has one, and by which labels a workload knows its
 * pods are not said here. What has pods is made after all others: they start with the accounts and rights they run by.
 */
export interface PartObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly annotations?: Readonly<Record<string, string>> };
  /** There is one for the whole cluster. @default there is one in the service's namespace */
  readonly clusterWide?: true;
  /** All else: `spec`, `rules`, `data` and the like. */
  readonly [field: string]: unknown;
}

/** By what a part is installed: its chart, or where nobody publishes one, objects of our own. */
type Installed =
  | {
      /** The values of its chart. */
      values(given: PartSurroundings): Readonly<Record<string, unknown>>;
      readonly objects?: undefined;
    }
  | {
      objects(given: PartSurroundings): readonly PartObject[];
      readonly values?: undefined;
    };

/**
 * A part of the cloud's own that runs in the cluster, as its folder under providers/ describes it: plain data and pure functions. Its version,
 * chart and images are in the catalogue.
 */
export type CloudPart = Installed & {
  /** The Secret that it reads. Left out where the machines that it runs on may do what it does. */
  readonly secret?: {
    readonly name: string;
    /** Its content, from what the infrastructure tells. */
    data(plan: EnvironmentPlan, told: Told): Readonly<Record<string, string>>;
    /**
     * Who reads it, and so is made anew when it changes: the chart's value with annotations of the pods, as a dotted path, or the name of the
     * object with a template of pods.
     */
    readonly readBy: readonly string[];
  };
  /** Whether pods in the pod network ask the cloud's metadata address, which all others are kept from. @default those in their machine's own network do, or none */
  readonly asksMetadata?: true;
  /** Traffic that it needs, and what it makes. */
  flows(environment: Environment): readonly Flow[];
};

/** Makes balancers for Services of type LoadBalancer. */
export type CloudController = CloudPart & {
  /** What kubelets register their machines as, where it knows them by that alone: `{zone}` and `{id}` stand for the machine's own. @default it knows them by their names */
  readonly providerId?: string;
  /** What the ingress's Service says to it beside its address; nothing where balancers of the infrastructure lead to the ingress. */
  annotations(plan: EnvironmentPlan, told: Told): Readonly<Record<string, string>>;
  /**
   * Set where its balancers take the place of the infrastructure's, which would lead to the ingress otherwise: a machine is a member of one balancer
   * at most. @default those lead to the ingress where machines answer for no address but their own
   */
  readonly leadsToIngress?: true;
  /**
   * What a second Service of the ingress's says, which is met from outside where one balancer is not met from both sides; undefined where nobody
   * comes from there. @default the one is met from both
   */
  outside?(plan: EnvironmentPlan, told: Told): Readonly<Record<string, string>> | undefined;
  /** The address that the second Service asks for by its own field. @default its annotations name it */
  outsideAddress?(told: Told): string;
};

/** Makes volumes for claims. */
export type CloudVolumes = CloudPart & {
  /** What storage classes name it by. */
  readonly provisioner: string;
  /** The parameters of a class: of this type, by the cloud's name, or of the one it takes by itself. */
  parameters(type: string | undefined, plan: EnvironmentPlan): Readonly<Record<string, string>>;
  /** What it reads of its node, as labels; they come before those that nodes have everywhere. @default it asks the cloud */
  nodeLabels?(
    machine: { readonly zone?: string | undefined; readonly size: string },
    region: string | undefined,
  ): Readonly<Record<string, string>>;
};

/** Whether balancers of the infrastructure lead to the ingress: where machines answer for no address but their own, and no controller's take their place. */
export function infrastructureLeads(
  { platform }: Pick<Environment, "platform">,
  { can, inCluster }: { readonly can: { readonly virtualAddresses: boolean }; readonly inCluster?: CloudParts },
): boolean {
  return !can.virtualAddresses && !(platform.controller && inCluster?.controller?.leadsToIngress === true);
}

/** A cloud's parts. Each that it has not is refused at `check`. */
export interface CloudParts {
  readonly controller?: CloudController;
  readonly volumes?: CloudVolumes;
}

/** Node ports of workers, for balancers of the cloud's that dial and check from these ranges, and for clients that they hand on. */
export function nodePortFlows(ranges: readonly string[]): Flow[] {
  return [...new Set(ranges)].flatMap((cidr) =>
    (["tcp", "udp"] as const).map(
      (protocol): Flow => ({
        from: `cidr:${cidr}`,
        to: "worker",
        protocol,
        ports: ["30000-32767"],
        reason: "Services behind the cloud's balancers, and their health checks",
      }),
    ),
  );
}
