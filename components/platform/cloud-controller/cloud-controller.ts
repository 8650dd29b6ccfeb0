import type { ComponentResourceOptions, Output } from "@pulumi/pulumi";
import { serviceType } from "../../../model/type-tokens";
import { planned } from "../args";
import { type CloudPartArgs, CloudPartService } from "../cloud-part";

/** Arguments of {@link CloudController}. */
export type CloudControllerArgs = CloudPartArgs;

/** The cloud's own controller: makes balancers for Services of type LoadBalancer. Nodes are no matter of its. */
export class CloudController extends CloudPartService {
  /** What the ingress's Service says to it. */
  readonly annotations: Output<Readonly<Record<string, string>>>;
  /** What a second Service of the ingress's says to it, where one is to be met from outside. */
  readonly outside?: Output<Readonly<Record<string, string>>>;
  /** The address that this second Service asks for, where its annotations do not name it. */
  readonly outsideAddress?: Output<string>;

  /** @throws Error where the environment's cloud has no controller */
  constructor(name: string, given: CloudControllerArgs, opts?: ComponentResourceOptions) {
    const { provider } = given.environment;
    const args = planned({ name: "cloudController", cloudPart: "controller" }, given, provider);
    super(serviceType("CloudController"), name, args, opts);
    const part = args.cloud.parts.controller;
    if (part === undefined) throw new Error(`${provider} has no controller that makes balancers for Services`);
    // It runs in its machine's own network.
    this.createNamespace("privileged");
    this.install(part, args);
    const { told } = args.cloud;
    this.annotations = told.apply((known) => part.annotations(args.environment, known));
    if (part.outside?.(args.environment, {}) !== undefined) {
      this.outside = told.apply((known) => part.outside?.(args.environment, known) ?? {});
      if (part.outsideAddress !== undefined) this.outsideAddress = told.apply((known) => part.outsideAddress?.(known) ?? "");
    }
    this.registerOutputs({});
  }
}
