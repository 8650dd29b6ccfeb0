import { CustomResource } from "@pulumi/kubernetes/apiextensions/customResource";
import { LimitRange } from "@pulumi/kubernetes/core/v1/limitRange";
import { Namespace } from "@pulumi/kubernetes/core/v1/namespace";
import { ResourceQuota } from "@pulumi/kubernetes/core/v1/resourceQuota";
import { NetworkPolicy } from "@pulumi/kubernetes/networking/v1/networkPolicy";
import { Role } from "@pulumi/kubernetes/rbac/v1/role";
import { RoleBinding } from "@pulumi/kubernetes/rbac/v1/roleBinding";
import type { meta } from "@pulumi/kubernetes/types/input";
import { ComponentResource, type ComponentResourceOptions, type CustomResourceOptions } from "@pulumi/pulumi";
import { tenantLabel } from "../../../model/kubernetes-names";
import type { TenantSubject } from "../../../model/tenant";
import { serviceType } from "../../../model/type-tokens";
import { ownOptions, requireClusterProvider } from "../../options";
import { MESH_LABELS, PROXY_LABELS, PROXY_METRICS_PORT, peerAuthentication } from "../mesh";
import { fromIngress, fromNamespace, podSecurityLabels, toOwnNamespace } from "../objects";
import type { TenantArgs } from "./args";
import { rulesOf, TENANT_ROLES } from "./roles";

/** By this annotation Chaos Mesh knows the namespaces whose pods it may hurt. */
const CHAOS = { "chaos-mesh.org/inject": "enabled" };

/** A namespace for other people's work, with quota, limits, roles and walls: what the portal makes of one, and closed. */
export class Tenant extends ComponentResource {
  /** Where everything of it is. */
  readonly namespace: Namespace;

  private readonly args: TenantArgs;
  private readonly childPrefix: string;
  private readonly protectsData: boolean;

  /** @throws InputPropertyError for options without a kubernetes provider */
  constructor(name: string, args: TenantArgs, opts?: ComponentResourceOptions) {
    const { options, protectsData } = ownOptions(opts);
    requireClusterProvider(opts);
    super(serviceType("Tenant"), name, { namespace: args.plan.name }, options);
    this.args = args;
    this.childPrefix = name;
    this.protectsData = protectsData;
    this.namespace = this.createNamespace();
    const inside = this.optionsOf({ dependsOn: [this.namespace], ...(args.cluster === undefined ? {} : { deletedWith: args.cluster }) });
    this.limit(inside);
    if (args.plan.isolate) this.isolate(inside);
    if (args.plan.mesh !== undefined) this.authenticatePeers(args.plan.mesh.mtls, inside);
    if (args.plan.mesh !== undefined && args.plan.isolate) this.haveProxiesMeasured(inside);
    this.appoint("administrators", inside);
    this.appoint("users", inside);
    this.registerOutputs({});
  }

  private createNamespace(): Namespace {
    const { plan, after = [], protectData = false, retain = false } = this.args;
    return new Namespace(
      `${this.childPrefix}-namespace`,
      {
        metadata: {
          name: plan.name,
          labels: {
            ...plan.labels,
            ...this.labels(),
            ...podSecurityLabels(plan.podSecurity),
            ...(plan.mesh === undefined ? {} : MESH_LABELS),
          },
          ...(plan.chaos ? { annotations: CHAOS } : {}),
        },
      },
      // What is retained is not deleted, and what is protected could not leave the program.
      this.optionsOf({ dependsOn: [...after], protect: !retain && (protectData || this.protectsData) }),
    );
  }

  /** What all pods may use together, and what a container may that says nothing of its own. */
  private limit(inside: CustomResourceOptions): void {
    const { quota, limits } = this.args.plan;
    new ResourceQuota(`${this.childPrefix}-quota`, { metadata: this.metadata(quota.name), spec: { hard: { ...quota.hard } } }, inside);
    const { name, cpu, memory } = limits;
    const spec = { limits: [{ type: "Container", default: { cpu, memory } }] };
    new LimitRange(`${this.childPrefix}-limits`, { metadata: this.metadata(name), spec }, inside);
  }

  /** Closed both ways, but for its own pods, names, and the ingress. */
  private isolate(inside: CustomResourceOptions): void {
    const { ingressNamespace: namespace, ingressBeside: beside, mesh } = this.args.plan;
    const proxies = (mesh?.reaches ?? []).map(fromNamespace);
    const gateway = mesh?.gateway === undefined ? [] : [fromNamespace(mesh.gateway)];
    const ingress = fromIngress({ namespace, ...(beside === undefined ? {} : { beside }) });
    new NetworkPolicy(
      `${this.childPrefix}-isolation`,
      {
        metadata: this.metadata("isolation"),
        spec: {
          podSelector: {},
          policyTypes: ["Ingress", "Egress"],
          ingress: [{ from: [{ podSelector: {} }, ...ingress, ...gateway] }],
          egress: [...toOwnNamespace(), { to: ingress }, ...(proxies.length === 0 ? [] : [{ to: proxies }])],
        },
      },
      inside,
    );
  }

  private authenticatePeers(mtls: "strict" | "permissive", inside: CustomResourceOptions): void {
    new CustomResource(`${this.childPrefix}-mesh`, { ...peerAuthentication(mtls), metadata: this.metadata("default") }, inside);
  }

  /** Lets Prometheus ask the proxies what they count, and nothing else of the pods. */
  private haveProxiesMeasured(inside: CustomResourceOptions): void {
    const { scrapedFrom } = this.args;
    if (scrapedFrom === undefined) return;
    new NetworkPolicy(
      `${this.childPrefix}-scrape`,
      {
        metadata: this.metadata("scrape"),
        spec: {
          podSelector: { matchLabels: { ...PROXY_LABELS } },
          policyTypes: ["Ingress"],
          ingress: [{ from: [scrapedFrom], ports: [{ protocol: "TCP", port: PROXY_METRICS_PORT }] }],
        },
      },
      inside,
    );
  }

  /** Makes a role, and gives it to those who are named. */
  private appoint(who: keyof typeof TENANT_ROLES, inside: CustomResourceOptions): void {
    const { plan } = this.args;
    const [name, subjects] = [TENANT_ROLES[who], plan[who]];
    const role = new Role(`${this.childPrefix}-${who}`, { metadata: this.metadata(name), rules: rulesOf(who, plan.isolate) }, inside);
    if (subjects.length === 0) return;
    new RoleBinding(
      `${this.childPrefix}-${who}-binding`,
      {
        metadata: this.metadata(`${name}-binding`),
        roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name },
        subjects: subjects.map(subjectOf),
      },
      { ...inside, dependsOn: [role] },
    );
  }

  private labels(): Record<string, string> {
    return { ...this.args.labels, "app.kubernetes.io/managed-by": "kpaas", [tenantLabel]: this.args.plan.name };
  }

  private metadata(name: string): meta.v1.ObjectMeta {
    return { name, namespace: this.args.plan.name, labels: this.labels() };
  }

  /** A tenant that is retained stays whole: a namespace without its walls and limits would be worse than none. */
  private optionsOf(extra: CustomResourceOptions): CustomResourceOptions {
    return { ...extra, parent: this, ...(this.args.retain === true ? { retainOnDelete: true } : {}) };
  }
}

function subjectOf(subject: TenantSubject): { apiGroup: string; kind: "User" | "Group"; name: string } {
  const apiGroup = "rbac.authorization.k8s.io";
  return "user" in subject ? { apiGroup, kind: "User", name: subject.user } : { apiGroup, kind: "Group", name: subject.group };
}
