import { ClusterRole } from "@pulumi/kubernetes/rbac/v1/clusterRole";
import { ClusterRoleBinding } from "@pulumi/kubernetes/rbac/v1/clusterRoleBinding";
import { type ComponentResourceOptions, output, type Resource } from "@pulumi/pulumi";
import { serviceType } from "../../../model/type-tokens";
import { planned } from "../args";
import { contentHash } from "../objects";
import { PlatformService } from "../service";
import type { LogCollectorArgs } from "./args";
import { ALLOY, alloyValues, TRUST } from "./values";

/** Its cluster role. */
const ROLE = "log-collector";

/** Alloy on every node: it reads what the pods there print, and sends it where logs are kept. */
export class LogCollector extends PlatformService {
  constructor(name: string, given: LogCollectorArgs, opts?: ComponentResourceOptions) {
    const args = planned("logCollector", given);
    super(serviceType("LogCollector"), name, args, opts);
    // It mounts a folder of its node, to read: no other standard allows one.
    this.createNamespace("privileged");
    const trust = output(args.logs.ca);
    const bundle = this.trustBundle(TRUST, ALLOY, trust);
    this.release(alloyValues(args, trust.apply(contentHash)), "nothing", [bundle, ...this.createRights()]);
    this.registerOutputs({});
  }

  /** It asks which pods there are, and for nothing else. */
  private createRights(): Resource[] {
    const metadata = this.clusterMetadata(ROLE);
    const rules = [{ apiGroups: [""], resources: ["pods"], verbs: ["get", "list", "watch"] }];
    const roleRef = { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: ROLE };
    const subjects = [{ kind: "ServiceAccount", name: ALLOY, namespace: this.plan.namespace }];
    return [
      new ClusterRole(this.childName("role"), { metadata, rules }, this.inCluster()),
      new ClusterRoleBinding(this.childName("binding"), { metadata, roleRef, subjects }, this.inCluster()),
    ];
  }
}
