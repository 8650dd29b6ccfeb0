import { CustomResource } from "@pulumi/kubernetes/apiextensions/customResource";
import { CustomResourceDefinition } from "@pulumi/kubernetes/apiextensions/v1/customResourceDefinition";
import { Deployment } from "@pulumi/kubernetes/apps/v1/deployment";
import { ConfigMap } from "@pulumi/kubernetes/core/v1/configMap";
import { PersistentVolumeClaim } from "@pulumi/kubernetes/core/v1/persistentVolumeClaim";
import { Service } from "@pulumi/kubernetes/core/v1/service";
import { ServiceAccount } from "@pulumi/kubernetes/core/v1/serviceAccount";
import { Ingress } from "@pulumi/kubernetes/networking/v1/ingress";
import { ClusterRole } from "@pulumi/kubernetes/rbac/v1/clusterRole";
import { ClusterRoleBinding } from "@pulumi/kubernetes/rbac/v1/clusterRoleBinding";
import { Role } from "@pulumi/kubernetes/rbac/v1/role";
import { RoleBinding } from "@pulumi/kubernetes/rbac/v1/roleBinding";
import type { rbac } from "@pulumi/kubernetes/types/input";
import { type ComponentResourceOptions, type Input, type Output, output, type Resource } from "@pulumi/pulumi";
import { serviceType } from "../../../model/type-tokens";
import { type PlannedArgs, planned } from "../args";
import { certificateAuthority, serviceCertificate } from "../certificates";
import { claimSpec, fromIngress, fromNamespace, ingressFor, overTls, selectorLabels } from "../objects";
import { PlatformService } from "../service";
import type { KubeflowArgs, Shared } from "./args";
import { DEFINITIONS, type Definition, definitionName, definitionSpec, PART_DEFINITIONS } from "./definitions";
import { gateObjects, type MeshObject } from "./gate";
import { INGRESS_NEEDS, NAMES, PORTS } from "./names";
import { workloadPod } from "./pod";
import type { Workload } from "./programs";
import { CLUSTER_RIGHTS, RIGHTS, SHARED_RIGHTS } from "./rights";
import { linksOf, notebooksWebSettings, screensOf } from "./screens";
import { launcherSettings } from "./settings";
import { workloadsOf } from "./shared-programs";
import { type Read, toldOf } from "./told";

/** By this label a pod stays out of the mesh that its namespace is in. */
const OUTSIDE = { "sidecar.istio.io/inject": "false" };

/**
 * Kubeflow Pipelines: definitions and rights first, then what keeps data, then the API server, then those who call it. Its manifests are applied
 * again and again until all of it holds; here each waits for what it needs.
 */
export class Kubeflow extends PlatformService {
  /** Where browsers reach it. */
  readonly url: Output<string>;
  private readonly args: PlannedArgs<KubeflowArgs>;

  constructor(name: string, given: KubeflowArgs, opts?: ComponentResourceOptions) {
    const args = planned("kubeflow", given);
    super(serviceType("Kubeflow"), name, args, opts);
    const { plan } = args;
    if (plan.host === undefined) throw new Error(`The plan of service "${plan.name}" has no host: give \`plan.host\`.`);
    const url = `https://${plan.host}`;
    this.url = output(url);
    this.args = args;
    this.createNamespace("restricted", { retain: args.retainData });
    this.createPolicies(args);
    const known = [...this.createDefinitions(args), ...this.createRights(args), ...this.createSettings(args)];
    const { made, read } = this.createSecrets(args);
    let before: Resource[] = [...known, ...made];
    for (const stage of workloadsOf(args.shared)) before = stage.map((each) => this.createWorkload(each, args, read, before));
    if (args.shared === undefined) this.createIngress(args, before);
    else this.createGate(args.shared, before);
    this.registerOutputs({ url: this.url });
  }

  /** Makes the profiles of those tenants that are ones, when these are there. */
  enterTenants(name: string, tenants: Readonly<Record<string, Resource>>, opts: ComponentResourceOptions): Resource | undefined {
    const { shared } = this.args;
    if (shared === undefined || !Object.keys(shared.profiles).some((tenant) => tenants[tenant] !== undefined)) return undefined;
    const { KubeflowProfiles } = require("./profiles") as typeof import("./profiles");
    return new KubeflowProfiles(name, this.args, shared, tenants, opts);
  }

  private createIngress({ plan, ingress }: PlannedArgs<KubeflowArgs>, dependsOn: Resource[]): void {
    const { annotations, spec } = ingressFor(plan.host ?? "", ingress, [{ path: "/", service: NAMES.ui, port: PORTS.login }]);
    const nginx = { ...overTls(`${plan.namespace}/${NAMES.authority}`, `${NAMES.ui}.${plan.namespace}.svc`), ...INGRESS_NEEDS };
    new Ingress(
      this.childName("ingress"),
      { metadata: this.metadata(NAMES.ui, NAMES.ui, { annotations: { ...annotations, ...nginx } }), spec },
      this.inCluster({ dependsOn }),
    );
  }

  /** Nobody is led in before those are there who judge it. */
  private createGate(shared: Shared, dependsOn: Resource[]): void {
    const { host = "", namespace } = this.plan;
    const make = ({ name, workload, spec, apiVersion, kind }: MeshObject, after: Resource[]): Resource =>
      new CustomResource(
        this.childName(`mesh-${name}`),
        { apiVersion, kind, metadata: this.metadata(name, workload), spec },
        this.inCluster({ dependsOn: after }),
      );
    const objects = gateObjects(shared, host, namespace);
    const judging = objects.filter(({ kind }) => kind !== "VirtualService").map((each) => make(each, dependsOn));
    for (const each of objects.filter(({ kind }) => kind === "VirtualService")) make(each, judging);
  }

  private createPolicies({ ingress, shared }: PlannedArgs<KubeflowArgs>): void {
    // Runs are pods of the namespace: what they call is open to all that is in it.
    const own = [{ podSelector: {} }];
    const ui = [{ podSelector: { matchLabels: { ...selectorLabels(NAMES.ui) } } }];
    if (shared === undefined) this.allowIngress("allow-ingress-controller", selectorLabels(NAMES.ui), [PORTS.login], fromIngress(ingress));
    else this.openGate(shared);
    this.allowIngress("allow-api", selectorLabels(NAMES.api), [PORTS.api, PORTS.apiRpc], own);
    this.allowIngress("allow-metadata", selectorLabels(NAMES.metadata), [PORTS.metadata], own);
    this.allowIngress("allow-metadata-web", selectorLabels(NAMES.metadataWeb), [PORTS.metadataWeb], ui);
    this.allowIngress("allow-store", selectorLabels(NAMES.store), [PORTS.store], own);
    if (shared === undefined) this.allowCertificateChecks(ingress);
  }

  /** Screens are led to by the mesh's gateway, and the gate is asked by the proxies of all that is behind it. */
  private openGate(shared: Shared): void {
    const gateway = fromNamespace(shared.gateway.namespace);
    const asking = [gateway, { podSelector: {} }, ...Object.keys(shared.profiles).map(fromNamespace)];
    for (const { name, port } of screensOf(shared)) this.allowIngress(`allow-${name}`, selectorLabels(name), [port], [gateway]);
    this.allowIngress("allow-gate", selectorLabels(NAMES.gate), [PORTS.login], asking);
    const dashboard = [{ podSelector: { matchLabels: { ...selectorLabels(NAMES.dashboard) } } }];
    this.allowIngress("allow-members", selectorLabels(NAMES.members), [PORTS.members], dashboard);
  }

  /** Left with the namespace, where that is: what is of them there would go with them. */
  private createDefinitions({ retainData, shared }: PlannedArgs<KubeflowArgs>): Resource[] {
    return [...DEFINITIONS, ...(shared?.parts ?? []).flatMap((part): readonly Definition[] => PART_DEFINITIONS[part])].map(
      (each) =>
        new CustomResourceDefinition(
          this.childName(each.plural),
          { metadata: this.clusterMetadata(definitionName(each)), spec: definitionSpec(each) },
          this.inCluster(retainData ? { retainOnDelete: true } : {}),
        ),
    );
  }

  private createRights({ shared }: PlannedArgs<KubeflowArgs>): Resource[] {
    const accounts = shared === undefined ? [] : workloadsOf(shared).flatMap((stage) => stage.map(({ name }) => name));
    const everywhere = accounts.flatMap((account) => this.bindEverywhere(account, CLUSTER_RIGHTS[account]));
    const rights = Object.entries({ ...RIGHTS, ...(shared === undefined ? {} : SHARED_RIGHTS) });
    return [...rights.flatMap(([account, rules]) => this.bind(account, rules)), ...everywhere];
  }

  private bind(account: string, rules: readonly rbac.v1.PolicyRule[]): Resource[] {
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

  private bindEverywhere(account: string, rules: readonly rbac.v1.PolicyRule[] | undefined): Resource[] {
    if (rules === undefined) return [];
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

  private configMap(role: string, name: string, data: Readonly<Record<string, Input<string>>>): ConfigMap {
    return new ConfigMap(this.childName(role), { metadata: this.metadata(name, name), data: { ...data } }, this.inCluster());
  }

  /** What is read anew whenever it is asked for: by runs, and by the screens. */
  private createSettings({ plan, storageClass, shared }: PlannedArgs<KubeflowArgs>): Resource[] {
    const runs = this.configMap("launcher", NAMES.launcher, launcherSettings(plan.namespace));
    if (shared === undefined) return [runs];
    const links = this.configMap("links", NAMES.links, linksOf(shared));
    if (!shared.parts.includes("notebooks")) return [runs, links];
    return [runs, links, this.configMap("notebook-choices", NAMES.notebooksWebSettings, notebooksWebSettings({ plan, storageClass }))];
  }

  /** What its programs are told, and hashes of what each reads at its start only. */
  private createSecrets(args: PlannedArgs<KubeflowArgs>): { readonly made: Resource[]; readonly read: Read } {
    const { namespace } = args.plan;
    const authority = certificateAuthority(this.childName("tls"), "kubeflow", this);
    const shown = [NAMES.api, NAMES.ui, NAMES.metadata, NAMES.metadataWeb];
    const pair = serviceCertificate(this.childName("tls"), { services: shown, namespace }, authority, this);
    const generated = { storeKey: this.rotatedPassword("store-key"), cookie: this.rotatedPassword("cookie-secret") };
    const { secrets, open, read } = toldOf(args, { ...pair, ca: authority.certificate, ...generated });
    return {
      made: [
        ...secrets.map(({ role, name, workload, data, type }) => this.secret(role, name, workload, data, type)),
        ...open.map(({ role, name, data }) => this.configMap(role, name, data)),
      ],
      read,
    };
  }

  private createWorkload(workload: Workload, args: PlannedArgs<KubeflowArgs>, read: Read, before: readonly Resource[]): Deployment {
    const { plan, ingress, realm, shared } = args;
    const { name, service, keepsData, meshed, programs } = workload;
    const selector = selectorLabels(name);
    if (service !== undefined)
      new Service(
        this.childName(`${name}-service`),
        {
          // It has no pods to wait for yet: the Deployment waits for them.
          metadata: this.metadata(name, name, { annotations: { "pulumi.com/skipAwait": "true" } }),
          spec: {
            type: "ClusterIP",
            selector: { ...selector },
            ports: Object.entries(service).map(([port, number]) => {
              const [outer, inner] = typeof number === "number" ? [number, number] : number;
              return { name: port, port: outer, targetPort: inner };
            }),
          },
        },
        this.inCluster(),
      );
    const hosts = programs.some(({ image }) => image === "login")
      ? [{ ip: ingress.address, hostnames: [new URL(realm.url).hostname] }]
      : [];
    const account = new ServiceAccount(
      this.childName(`${name}-account`),
      { metadata: this.metadata(name, name), automountServiceAccountToken: false },
      this.inCluster(),
    );
    const dependsOn = [...before, account, ...(keepsData ? [this.claim(args)] : [])];
    return new Deployment(
      this.childName(name),
      {
        metadata: this.metadata(name, name),
        spec: {
          replicas: 1,
          // None of them may run beside its successor: each would do the other's work again, or have the other's volume.
          strategy: { type: "Recreate" },
          selector: { matchLabels: { ...selector } },
          template: {
            metadata: {
              labels: { ...this.podLabels(name), ...(shared && !meshed ? OUTSIDE : {}) },
              annotations: { "kpaas/read": read[name] ?? "" },
            },
            spec: workloadPod(plan, workload, hosts),
          },
        },
      },
      // A claim goes when no pod holds it any more, so its pod goes first too.
      keepsData ? this.deletedFirst({ dependsOn }) : this.inCluster({ dependsOn }),
    );
  }

  private claim({ plan, storageClass, protectData, retainData }: PlannedArgs<KubeflowArgs>): PersistentVolumeClaim {
    return new PersistentVolumeClaim(
      this.childName("data"),
      { metadata: this.metadata(NAMES.store, NAMES.store), spec: claimSpec(storageClass, plan.sizeGiB ?? 20) },
      this.deletedFirst({ protect: protectData || this.protectsData, ...(retainData ? { retainOnDelete: true } : {}) }),
    );
  }
}
