import type { Input, Output, Resource } from "@pulumi/pulumi";
import type { Labels, ServicePlan } from "../../model/plan/types";

/** What every service of the platform takes. */
export interface ServiceArgs {
  /** The service as planned: version, images, chart, replicas, resources, host. Nothing of this is written in code. */
  readonly plan: ServicePlan;
  /** Labels of the environment, put on every object. */
  readonly labels?: Labels;
  /**
   * The cluster the objects live in. Objects that need no deletion of their own go with it; services of type
   * LoadBalancer and volume claims (with the pods that hold them) are deleted first in any case, or their cloud parts
   * would outlive them.
   */
  readonly cluster?: Resource;
  /**
   * Networks that the service's pods must not reach, whatever else they may. Left out where the pod network could not let
   * them reach the nodes' API besides: Cilium counts no node to a network.
   */
  readonly keptFrom?: readonly string[];
  /** What must be ready before this service is made, where no output of it is taken. */
  readonly after?: readonly Resource[];
}

/** How a service is reached from outside: through the platform's ingress. */
export interface IngressRoute {
  /** Ingress class. */
  readonly className: string;
  /** Namespace of the ingress controller: the only one that may reach the service's pods from outside. */
  readonly namespace: string;
  /** The address the ingress listens at. Pods are given it for the platform's host names, so that they depend on no outside DNS. */
  readonly address: string;
  /** The issuer of the host's own certificate; undefined: the controller's default certificate (the platform's wildcard) serves the host. */
  readonly clusterIssuer?: string;
}

/** A database as its consumer sees it. */
export interface DatabaseAccess {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  /** Secret. */
  readonly password: Output<string>;
}

/** How to log in somewhere. */
export interface Credentials {
  readonly user: Input<string>;
  /** Secret. */
  readonly password: Output<string>;
  /** URL or in-cluster address it is for. */
  readonly where: string;
}
