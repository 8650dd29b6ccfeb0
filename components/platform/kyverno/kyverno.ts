import { CustomResource } from "@pulumi/kubernetes/apiextensions/customResource";
import type { ComponentResourceOptions } from "@pulumi/pulumi";
import { serviceType } from "../../../model/type-tokens";
import { planned } from "../args";
import { PlatformService } from "../service";
import type { KyvernoArgs } from "./args";
import { clusterPolicies } from "./policies";
import { controllerLabels, kyvernoValues } from "./values";

/** Kyverno with K-PaaS's policies, for every namespace but the platform's and Kubernetes' own. */
export class Kyverno extends PlatformService {
  constructor(name: string, given: KyvernoArgs, opts?: ComponentResourceOptions) {
    const args = planned("kyverno", given);
    super(serviceType("Kyverno"), name, args, opts);
    this.createNamespace("restricted");
    this.allowIngress("allow-admission", controllerLabels("admission-controller"), [9443]);
    this.allowIngress("allow-cleanup", controllerLabels("cleanup-controller"), [9443]);
    const release = this.release(kyvernoValues(args));
    const excluded = [...new Set([...args.excluded, args.plan.namespace])];
    for (const policy of clusterPolicies(args.policies ?? {}, { ...args, excluded }))
      new CustomResource(
        this.childName(policy.name),
        { apiVersion: "kyverno.io/v1", kind: "ClusterPolicy", metadata: this.clusterMetadata(policy.name), spec: policy.spec },
        this.inCluster({ dependsOn: [release] }),
      );
    this.registerOutputs({});
  }
}
