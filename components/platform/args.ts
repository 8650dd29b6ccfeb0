import type { networking } from "@pulumi/kubernetes/types/input";
import type { Input, Output, Resource } from "@pulumi/pulumi";
import type { Labels } from "../../model/plan/infrastructure-types";
import { catalogService } from "../../model/plan/service";
import type { ServicePlan } from "../../model/plan/types";

/** What every service of the platform takes. */
export interface ServiceArgs {
  /**
   * The service as planned (version, images, chart, replicas, resources, host), or what differs from its catalogue entry. Nothing of this is
   * written in code.
   * @default the catalogue's entry
   */
  readonly plan?: ServicePlan | Partial<Omit<ServicePlan, "name">>;
  /** The release of whose catalogue the entry is. @default the newest */
  readonly release?: string;
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
  /**
   * What the service's pods may reach beside each other and whoever answers for names; each of them, where not only some of them are to.
   * @default anything but what they are kept from
   */
  readonly egress?: readonly networking.v1.NetworkPolicyEgressRule[];
  /** Whoever measures the service: it may reach the ports that the plan's claim names. @default nobody */
  readonly scrapedFrom?: networking.v1.NetworkPolicyPeer;
  /** Version of the mesh whose proxies its pods have, where they are in one: they are made anew with it. @default its pods say none */
  readonly proxyVersion?: string;
  /** What must be ready before this service is made, where no output of it is taken. */
  readonly after?: readonly Resource[];
}

/** The same with the whole plan. */
export type PlannedArgs<Args extends ServiceArgs = ServiceArgs> = Omit<Args, "plan" | "release"> & { readonly plan: ServicePlan };

/**
 * Completes what a component was given by the catalogue's entry.
 * @param cloud whose part it is, where it is one of a cloud's
 */
export function planned<Args extends ServiceArgs>(
  service: Parameters<typeof catalogService>[0],
  args: Args,
  cloud?: string,
): PlannedArgs<Args> {
  const { plan = {}, release, ...others } = args;
  return { ...others, plan: isWhole(plan) ? plan : catalogService(service, plan, release, cloud) };
}

function isWhole(plan: NonNullable<ServiceArgs["plan"]>): plan is ServicePlan {
  return "name" in plan;
}

/** Where this machine reaches what a service is administered at, by the plan of an environment; undefined for one that is made alone. */
export function localUrl({ managedAt }: ServicePlan): string | undefined {
  return managedAt === undefined ? undefined : `https://127.0.0.1:${managedAt.local}`;
}

/** How to log in somewhere. */
export interface Credentials {
  readonly user: Input<string>;
  /** Secret. */
  readonly password: Output<string>;
  /** URL or in-cluster address it is for. */
  readonly where: string;
}
