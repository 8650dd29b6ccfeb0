import { MutatingWebhookConfiguration } from "@pulumi/kubernetes/admissionregistration/v1/mutatingWebhookConfiguration";
import { ValidatingWebhookConfiguration } from "@pulumi/kubernetes/admissionregistration/v1/validatingWebhookConfiguration";
import { CustomResource } from "@pulumi/kubernetes/apiextensions/customResource";
import { ConfigMap } from "@pulumi/kubernetes/core/v1/configMap";
import { Namespace } from "@pulumi/kubernetes/core/v1/namespace";
import { Secret } from "@pulumi/kubernetes/core/v1/secret";
import { ServiceAccount } from "@pulumi/kubernetes/core/v1/serviceAccount";
import { ClusterRole } from "@pulumi/kubernetes/rbac/v1/clusterRole";
import { ClusterRoleBinding } from "@pulumi/kubernetes/rbac/v1/clusterRoleBinding";
import { Role } from "@pulumi/kubernetes/rbac/v1/role";
import { RoleBinding } from "@pulumi/kubernetes/rbac/v1/roleBinding";
import type { rbac } from "@pulumi/kubernetes/types/input";
import { type Output, type Resource, secret } from "@pulumi/pulumi";
import { type CertificatePair, serviceCertificate } from "../certificates";
import { podSecurityLabels } from "../objects";
import { PlatformService } from "../service";
import type { Shared } from "./args";
import { NAMES } from "./names";
import type { Held } from "./parts/part";
import { partsOf } from "./parts/parts";
import { LOOK, rule } from "./rule";
import { webhooksOf } from "./webhooks";

/** The kinds of objects that Kubeflow's parts are made of, each made in one way. */
export abstract class KubeflowObjects extends PlatformService {
  protected bind(account: string, rules: readonly rbac.v1.PolicyRule[]): Resource[] {
    const metadata = this.metadata(account, account);
    const { subjects, roleRef } = this.bound(account, "Role", account);
    return [
      new Role(this.childName(`${account}-role`), { metadata, rules: [...rules] }, this.inCluster()),
      new RoleBinding(this.childName(`${account}-binding`), { metadata, roleRef, subjects }, this.inCluster()),
      // Runs get their token by it: nothing says so of their pods but their account.
      ...(account === NAMES.runner
        ? [new ServiceAccount(this.childName("runner"), { metadata, automountServiceAccountToken: true }, this.inCluster())]
        : []),
    ];
  }

  protected bindEverywhere(account: string, rules: readonly rbac.v1.PolicyRule[]): Resource[] {
    const metadata = this.clusterMetadata(`kubeflow-${account}`);
    const { subjects, roleRef } = this.bound(account, "ClusterRole", metadata.name);
    return [
      new ClusterRole(this.childName(`${account}-everywhere`), { metadata, rules: [...rules] }, this.inCluster()),
      new ClusterRoleBinding(this.childName(`${account}-everywhere-binding`), { metadata, roleRef, subjects }, this.inCluster()),
    ];
  }

  private bound(account: string, kind: "Role" | "ClusterRole", name: string): Pick<rbac.v1.RoleBinding, "subjects" | "roleRef"> {
    const subjects = [{ kind: "ServiceAccount", name: account, namespace: this.plan.namespace }];
    return { subjects, roleRef: { apiGroup: "rbac.authorization.k8s.io", kind, name } };
  }

  protected configMap({ role, name, data, labels }: Held): ConfigMap {
    const metadata = this.metadata(name, name);
    const found = labels === undefined ? metadata : { ...metadata, labels: { ...metadata.labels, ...labels } };
    return new ConfigMap(this.childName(role), { metadata: found, data: { ...data } }, this.inCluster());
  }

  /** What parts have of their own kinds for all profiles: it is their programs' to read. */
  protected createPartObjects(shared: Pick<Shared, "parts"> = { parts: [] }, dependsOn: Resource[]): void {
    for (const { objects } of partsOf(shared))
      for (const { role, name, apiVersion, kind, spec } of objects?.(this.plan) ?? [])
        new CustomResource(
          this.childName(role),
          { apiVersion, kind, metadata: { ...this.clusterMetadata(name) }, spec },
          this.inCluster({ dependsOn }),
        );
  }

  /** Namespaces with one Secret, for programs that would else watch those of Kubeflow. */
  protected createApart(shared: Pick<Shared, "parts"> = { parts: [] }): Resource[] {
    return partsOf(shared).flatMap(({ apart }) => {
      if (apart === undefined) return [];
      const { namespace, secret: name, workload } = apart;
      const { labels } = this.metadata(namespace, workload);
      const made = new Namespace(
        this.childName(`${workload}-apart`),
        { metadata: { name: namespace, labels: { ...labels, ...podSecurityLabels("restricted") } } },
        this.deletedFirst(),
      );
      const metadata = { name, namespace, labels };
      const inside = this.inCluster({ dependsOn: [made] });
      const rules = [rule("", "secrets", LOOK), rule("", "secrets", "update", name)];
      const { subjects, roleRef } = this.bound(workload, "Role", name);
      return [
        new Secret(
          this.childName(`${workload}-apart-secret`),
          { metadata, stringData: secret({ about: `filled by ${workload} for itself: nobody trusts what it writes` }) },
          inside,
        ),
        new Role(this.childName(`${workload}-apart-role`), { metadata, rules }, inside),
        new RoleBinding(this.childName(`${workload}-apart-binding`), { metadata, roleRef, subjects }, inside),
      ];
    });
  }

  /** Its program reads it anew when it changes. */
  protected createWebhookCertificate(workload: string, authority: CertificatePair): Resource {
    const { namespace } = this.plan;
    const name = `${workload}-tls`;
    const { certificate, key } = serviceCertificate(this.childName(name), { services: [workload], namespace }, authority, this);
    return this.secret(name, name, workload, { "tls.crt": certificate, "tls.key": key }, "kubernetes.io/tls");
  }

  /** The API server asks whom it trusts, and nobody before they answer. */
  protected createWebhooks(shared: Shared, ca: Output<string>, dependsOn: Resource[]): void {
    const { namespace } = this.plan;
    const caBundle = ca.apply((pem) => Buffer.from(pem).toString("base64"));
    for (const { webhooks } of partsOf(shared)) {
      if (webhooks === undefined) continue;
      const { workload } = webhooks;
      const of = { namespace, profiles: Object.keys(shared.profiles), caBundle };
      const metadata = this.clusterMetadata(`kubeflow-${workload}`);
      const made = { validating: ValidatingWebhookConfiguration, mutating: MutatingWebhookConfiguration } as const;
      for (const kind of ["validating", "mutating"] as const) {
        const asked = webhooksOf(webhooks, kind, of);
        if (asked.length > 0)
          new made[kind](this.childName(`${workload}-${kind}`), { metadata, webhooks: asked }, this.inCluster({ dependsOn }));
      }
    }
  }
}
