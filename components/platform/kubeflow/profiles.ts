import { CustomResource } from "@pulumi/kubernetes/apiextensions/customResource";
import { ServiceAccount } from "@pulumi/kubernetes/core/v1/serviceAccount";
import { NetworkPolicy } from "@pulumi/kubernetes/networking/v1/networkPolicy";
import { Role } from "@pulumi/kubernetes/rbac/v1/role";
import { RoleBinding } from "@pulumi/kubernetes/rbac/v1/roleBinding";
import type { meta, networking, rbac } from "@pulumi/kubernetes/types/input";
import { ComponentResource, type ComponentResourceOptions, type CustomResourceOptions, type Resource } from "@pulumi/pulumi";
import { serviceType } from "../../../model/type-tokens";
import type { PlannedArgs } from "../args";
import { contentHash, fromNamespace, objectLabels, selectorLabels } from "../objects";
import type { KubeflowArgs, Profile, Shared } from "./args";
import { PROFILE } from "./definitions";
import { profileObjects } from "./gate";
import { NAMES, PORTS } from "./names";
import { partsOf } from "./parts/parts";
import { createRuns, type Given, runsWays } from "./profile-runs";
import { sharedRights } from "./rights";

/** By these annotations of a RoleBinding the programs know who is what in a namespace. */
const MEMBER = (user: string, role: string) => ({ annotations: { user, role } });

/** The account of notebooks, which their web app names: it may of pipelines what editors may. */
const NOTEBOOKS_ACCOUNT = "default-editor";

/** What profiles are in the namespaces of tenants: whose each is, what Kubeflow's programs and users may there, and who is let in. */
export class KubeflowProfiles extends ComponentResource {
  private readonly args: PlannedArgs<KubeflowArgs>;
  private readonly objectPrefix: string;

  /** @param tenants those that are profiles, by name: they come after all services */
  constructor(
    name: string,
    args: PlannedArgs<KubeflowArgs>,
    shared: Shared,
    given: Given,
    tenants: Readonly<Record<string, Resource>>,
    opts?: ComponentResourceOptions,
  ) {
    super(serviceType("KubeflowProfiles"), name, {}, opts);
    this.args = args;
    this.objectPrefix = name;
    for (const [tenant, profile] of Object.entries(shared.profiles)) {
      const there = tenants[tenant];
      if (there === undefined) continue;
      const inside = this.createProfile(tenant, profile, shared, there);
      const runs = { tenant, args, given, childName: (role: string) => this.childName(tenant, role), inside };
      createRuns({ ...runs, metadata: (workload, name) => this.metadata(tenant, workload, name) });
      for (const [name, spec] of Object.entries(runsWays(args))) this.open(tenant, name, `kubeflow-${name}`, spec, inside);
    }
    this.registerOutputs({});
  }

  /** Whoever waits for the profile waits for what that waited for: naming all of it in each object would only make the state larger. */
  private createProfile(tenant: string, profile: Profile, shared: Shared, there: Resource): CustomResourceOptions {
    const { owner, editors = [], viewers = [] } = profile;
    const { labels } = this.metadata(tenant, "kubeflow", tenant);
    const { group, version, kind } = PROFILE;
    const made = new CustomResource(
      this.childName(tenant, "profile"),
      { apiVersion: `${group}/${version}`, kind, metadata: { name: tenant, labels }, spec: { owner: { kind: "User", name: owner } } },
      this.after(there),
    );
    const inside = this.after(made);
    const users = { admin: [owner], edit: editors, view: viewers };
    const rights = sharedRights(shared);
    for (const [known, rules] of Object.entries(rights.users)) {
      const name = `kubeflow-${known}`;
      this.createRole(tenant, name, rules, inside);
      for (const user of users[known as keyof typeof users]) {
        const subject = { kind: "User", name: user, apiGroup: "rbac.authorization.k8s.io" };
        this.bind(tenant, `${name}-${contentHash(user)}`, name, subject, inside, MEMBER(user, known));
      }
    }
    for (const [name, rules] of Object.entries(rights.profiles)) {
      this.createRole(tenant, name, rules, inside);
      this.bind(tenant, name, name, { kind: "ServiceAccount", name, namespace: this.args.plan.namespace }, inside);
    }
    new ServiceAccount(
      this.childName(tenant, "account"),
      { metadata: this.metadata(tenant, "kubeflow", NOTEBOOKS_ACCOUNT), automountServiceAccountToken: false },
      inside,
    );
    this.createRole(tenant, NOTEBOOKS_ACCOUNT, rights.notebooks, inside);
    const notebooks = { kind: "ServiceAccount", name: NOTEBOOKS_ACCOUNT, namespace: tenant };
    this.bind(tenant, NOTEBOOKS_ACCOUNT, NOTEBOOKS_ACCOUNT, notebooks, inside);
    for (const { name, apiVersion, kind: type, workload, spec } of profileObjects(shared, tenant, profile, this.args.plan.namespace))
      new CustomResource(
        this.childName(tenant, name),
        { apiVersion, kind: type, metadata: this.metadata(tenant, workload, name), spec },
        inside,
      );
    // Its pods' proxies ask the gate, and its pods what parts open to them; all else of Kubeflow stays closed to them.
    const { namespace } = this.args.plan;
    const to = [{ ...fromNamespace(namespace), podSelector: { matchLabels: { ...selectorLabels(NAMES.gate) } } }];
    const gate = { podSelector: {}, policyTypes: ["Egress"], egress: [{ to, ports: [{ protocol: "TCP", port: PORTS.login }] }] };
    this.open(tenant, "way", "kubeflow-gate", gate, inside);
    for (const { opens } of partsOf(shared))
      for (const [name, spec] of Object.entries(opens?.(namespace) ?? {})) this.open(tenant, name, name, spec, inside);
    return inside;
  }

  private open(tenant: string, role: string, name: string, spec: networking.v1.NetworkPolicySpec, inside: CustomResourceOptions): void {
    new NetworkPolicy(this.childName(tenant, role), { metadata: this.metadata(tenant, NAMES.gate, name), spec }, inside);
  }

  private createRole(tenant: string, name: string, rules: readonly rbac.v1.PolicyRule[], inside: CustomResourceOptions): void {
    new Role(this.childName(tenant, `${name}-role`), { metadata: this.metadata(tenant, "kubeflow", name), rules: [...rules] }, inside);
  }

  private bind(
    tenant: string,
    name: string,
    role: string,
    subject: rbac.v1.Subject,
    inside: CustomResourceOptions,
    extra: Partial<meta.v1.ObjectMeta> = {},
  ): void {
    new RoleBinding(
      this.childName(tenant, name),
      {
        metadata: { ...this.metadata(tenant, "kubeflow", name), ...extra },
        roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: role },
        subjects: [subject],
      },
      inside,
    );
  }

  private childName(tenant: string, role: string): string {
    return `${this.objectPrefix}-${tenant}-${role}`;
  }

  private metadata(namespace: string, workload: string, name: string): meta.v1.ObjectMeta {
    return { name, namespace, labels: { ...objectLabels(this.args.plan, workload, this.args.labels) } };
  }

  /** A tenant that is left stays whole. */
  private after(there: Resource): CustomResourceOptions {
    const { cluster, retainData } = this.args;
    const kept = retainData ? { retainOnDelete: true } : {};
    return { parent: this, dependsOn: [there], ...kept, ...(cluster ? { deletedWith: cluster } : {}) };
  }
}
