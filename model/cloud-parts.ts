import type { Environment } from "./environment/types";
import type { EnvironmentPlan, Flow, ServicePlan } from "./plan/types";

/** What of a cloud's own may run in the cluster: who makes balancers for Services, and who makes volumes for claims. */
export type CloudPartName = "controller" | "volumes";

/** What only the infrastructure knows, once it is made: ids, and secrets, by names that its cloud gives them. */
export type Told = Readonly<Record<string, string>>;

/** What the values of a part's chart are made from. */
export interface PartSurroundings {
  readonly environment: EnvironmentPlan;
  readonly service: ServicePlan;
  /** The image that plays a role, as charts mostly take it. */
  image(role: string): { readonly repository: string; readonly tag: string };
}

/**
 * A part of the cloud's own that runs in the cluster, as its folder under providers/ describes it: plain data and pure functions. Its version,
 * chart and images are in the catalogue.
 */
export interface CloudPart {
  /** The values of its chart. */
  values(given: PartSurroundings): Readonly<Record<string, unknown>>;
  /** The Secret that it reads. Left out where the machines that it runs on may do what it does. */
  readonly secret?: {
    readonly name: string;
    /** Its content, from what the infrastructure tells. */
    data(plan: EnvironmentPlan, told: Told): Readonly<Record<string, string>>;
    /** Where the chart takes annotations of the pods that read it, as a dotted path each: they are made anew when it changes. */
    readonly readBy: readonly string[];
  };
  /** Whether pods in the pod network ask the cloud's metadata address, which all others are kept from. @default those in their machine's own network do, or none */
  readonly asksMetadata?: true;
  /** Traffic that it needs, and what it makes. */
  flows(environment: Environment): readonly Flow[];
}

/** Makes balancers for Services of type LoadBalancer. */
export interface CloudController extends CloudPart {
  /** What the ingress's Service says to it beside its address; nothing where balancers of the infrastructure lead to the ingress. */
  annotations(plan: EnvironmentPlan, told: Told): Readonly<Record<string, string>>;
}

/** Makes volumes for claims. */
export interface CloudVolumes extends CloudPart {
  /** What storage classes name it by. */
  readonly provisioner: string;
  /** The parameters of a class: of this type, by the cloud's name, or of the one it takes by itself. */
  parameters(type: string | undefined, plan: EnvironmentPlan): Readonly<Record<string, string>>;
}

/** A cloud's parts. Each that it has not is refused at `check`. */
export interface CloudParts {
  readonly controller?: CloudController;
  readonly volumes?: CloudVolumes;
}
