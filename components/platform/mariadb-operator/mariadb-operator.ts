import { ClusterRole } from "@pulumi/kubernetes/rbac/v1/clusterRole";
import { ClusterRoleBinding } from "@pulumi/kubernetes/rbac/v1/clusterRoleBinding";
import { Role } from "@pulumi/kubernetes/rbac/v1/role";
import { RoleBinding } from "@pulumi/kubernetes/rbac/v1/roleBinding";
import type { ComponentResourceOptions } from "@pulumi/pulumi";
import { serviceType } from "../../../model/type-tokens";
import { planned } from "../args";
import { imageOf } from "../objects";
import { PlatformService } from "../service";
import type { MariaDbOperatorArgs } from "./args";
import { LEADING, OPERATOR, SEEN } from "./rights";
import { mariadbOperatorValues, OPERATOR_LABELS } from "./values";

/**
 * mariadb-operator, which runs MariaDB on several members. It has rights in its own namespace, where its pods agree on who works, and in the
 * one that it watches, by what is bound to its account there; elsewhere it sees who is bound to cluster roles.
 */
export class MariaDbOperator extends PlatformService {
  /** Where it is. */
  readonly namespace: string;
  /** Its account there. */
  readonly account = OPERATOR;
  /** Its image, which runs beside each member too. */
  readonly image: string;

  constructor(name: string, given: MariaDbOperatorArgs, opts?: ComponentResourceOptions) {
    const args = planned("mariadbOperator", given);
    super(serviceType("MariaDbOperator"), name, args, opts);
    this.namespace = args.plan.namespace;
    this.image = imageOf(args.plan, "operator");
    this.createNamespace("restricted");
    const metadata = this.metadata(OPERATOR, OPERATOR);
    const role = { apiGroup: "rbac.authorization.k8s.io", name: OPERATOR };
    const subjects = [{ kind: "ServiceAccount", name: OPERATOR, namespace: this.namespace }];
    const rights = [
      new Role(this.childName("rights"), { metadata, rules: LEADING }, this.inCluster()),
      new RoleBinding(
        this.childName("rights-binding"),
        {
          metadata,
          roleRef: { ...role, kind: "Role" },
          subjects,
        },
        this.inCluster(),
      ),
      new ClusterRole(this.childName("sight"), { metadata: this.clusterMetadata(OPERATOR), rules: SEEN }, this.inCluster()),
      new ClusterRoleBinding(
        this.childName("sight-binding"),
        {
          metadata: this.clusterMetadata(OPERATOR),
          roleRef: { ...role, kind: "ClusterRole" },
          subjects,
        },
        this.inCluster(),
      ),
    ];
    this.disruptionBudget("budget", OPERATOR, args.plan.replicas, OPERATOR_LABELS);
    this.release(mariadbOperatorValues(args.plan, args.watches), "nothing", rights);
    this.registerOutputs({});
  }
}
