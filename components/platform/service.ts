import { ConfigMap } from "@pulumi/kubernetes/core/v1/configMap";
import { Namespace } from "@pulumi/kubernetes/core/v1/namespace";
import { PersistentVolumeClaim } from "@pulumi/kubernetes/core/v1/persistentVolumeClaim";
import { Secret } from "@pulumi/kubernetes/core/v1/secret";
import { Service } from "@pulumi/kubernetes/core/v1/service";
import { ServiceAccount } from "@pulumi/kubernetes/core/v1/serviceAccount";
import { Release } from "@pulumi/kubernetes/helm/v3/release";
import { NetworkPolicy } from "@pulumi/kubernetes/networking/v1/networkPolicy";
import { PodDisruptionBudget } from "@pulumi/kubernetes/policy/v1/podDisruptionBudget";
import type { core, meta, networking } from "@pulumi/kubernetes/types/input";
import {
  ComponentResource,
  type ComponentResourceOptions,
  type CustomResourceOptions,
  type Input,
  type Output,
  type Resource,
  secret,
} from "@pulumi/pulumi";
import type { Labels } from "../../model/plan/infrastructure-types";
import type { ServicePlan } from "../../model/plan/types";
import { ownOptions, requireClusterProvider } from "../options";
import type { PlannedArgs } from "./args";
import { block } from "./egress";
import { generatedPassword } from "./generated-password";
import type { IngressRoute, MeshClaim } from "./grants";
import { releaseArgs } from "./helm";
import { MESH_LABELS, meshPodLabels, OUTSIDE_LABELS, PROXY_LABELS, PROXY_METRICS_PORT, peerAuthentication } from "./mesh";
import { fromIngress, objectLabels, type PodSecurity, podSecurityLabels, selectorLabels, toOwnNamespace } from "./objects";
import { scrapeTargets } from "./scrapes";
import { mergeValues, type Values } from "./values";

/** Namespaces Kubernetes itself brings; a service in one of them does not make it. */
const BUILT_IN_NAMESPACES = ["default", "kube-system"];

/** A pod's way to all pods and to every address but some; undefined where there is nothing to keep it from. */
function openEgress(except: readonly string[]): networking.v1.NetworkPolicyEgressRule[] | undefined {
  if (except.length === 0) return undefined;
  return [{ to: [{ namespaceSelector: {} }] }, { to: [block("0.0.0.0/0", except)] }];
}

/** A port, or a range of them, as a policy has it. */
function policyPort(port: number | `${number}-${number}`): { port: number; endPort?: number } {
  const [first = 0, last] = String(port).split("-").map(Number);
  return { port: first, ...(last === undefined ? {} : { endPort: last }) };
}

/** What the components of all services share: options, metadata, namespace, accounts and policies of their objects. */
export abstract class PlatformService extends ComponentResource {
  protected readonly plan: ServicePlan;
  /** Whether the data are protected because the component is. */
  protected readonly protectsData: boolean;
  private readonly objectPrefix: string;
  private readonly labels: Labels;
  private readonly cluster: Resource | undefined;
  private readonly keptFrom: readonly string[];
  private readonly egress: PlannedArgs["egress"];
  private readonly scrapedFrom: PlannedArgs["scrapedFrom"];
  private readonly proxyVersion: string | undefined;
  private prerequisites: Resource[];
  private ownNamespace: Resource | undefined;

  /** @throws InputPropertyError for options without a kubernetes provider */
  constructor(type: string, name: string, args: PlannedArgs, opts?: ComponentResourceOptions) {
    const { options, protectsData } = ownOptions(opts);
    requireClusterProvider(opts);
    super(type, name, { namespace: args.plan.namespace, version: args.plan.version }, options);
    this.protectsData = protectsData;
    this.plan = args.plan;
    this.objectPrefix = name;
    this.labels = args.labels ?? {};
    this.cluster = args.cluster;
    this.keptFrom = args.keptFrom ?? [];
    this.egress = args.egress;
    this.scrapedFrom = args.scrapedFrom;
    this.proxyVersion = args.proxyVersion;
    this.prerequisites = [...(args.after ?? [])];
  }

  /** The logical name of a child. */
  protected childName(role: string): string {
    return `${this.objectPrefix}-${role}`;
  }

  /** Options of a child that goes with its cluster: deleting the cluster deletes it, no call is made for it. */
  protected inCluster(extra: CustomResourceOptions = {}): CustomResourceOptions {
    return { ...this.deletedFirst(extra), ...(this.cluster === undefined ? {} : { deletedWith: this.cluster }) };
  }

  /** Options of something that lives in the service's running workload: it goes with the namespace, and no call is made for that. */
  protected inService(extra: CustomResourceOptions = {}): CustomResourceOptions {
    return { ...this.deletedFirst(extra), ...(this.ownNamespace === undefined ? {} : { deletedWith: this.ownNamespace }) };
  }

  /** Options of a child with a part in the cloud (load balancer, volume), or one that holds such a part: it is deleted by itself, before its cluster. */
  protected deletedFirst(extra: CustomResourceOptions = {}): CustomResourceOptions {
    const dependsOn = [...this.prerequisites, ...((extra.dependsOn as Resource[] | undefined) ?? [])];
    return { ...extra, parent: this, ...(dependsOn.length === 0 ? {} : { dependsOn }) };
  }

  /** Metadata of an object in the service's namespace. */
  protected metadata(name: Input<string>, workload: string, extra: Partial<meta.v1.ObjectMeta> = {}): meta.v1.ObjectMeta {
    return { ...extra, name, namespace: this.plan.namespace, labels: { ...objectLabels(this.plan, workload, this.labels) } };
  }

  /** Metadata of an object that there is one of in the cluster. */
  protected clusterMetadata(name: string): { name: string; labels: Record<string, string> } {
    return { name, labels: { ...objectLabels(this.plan, name, this.labels) } };
  }

  /** Labels of a pod template: what selects it, and the environment's own. @param outside whether it keeps out of the mesh that its namespace is in */
  protected podLabels(workload: string, { outside = false }: { readonly outside?: boolean } = {}): Record<string, string> {
    const mesh = outside ? OUTSIDE_LABELS : meshPodLabels(this.proxyVersion);
    return { ...this.labels, ...selectorLabels(workload), ...(this.mesh === undefined ? {} : mesh) };
  }

  /** How its pods are met in the mesh; undefined where they are not in it. */
  private get mesh(): MeshClaim | undefined {
    return this.plan.needs?.mesh as MeshClaim | undefined;
  }

  /**
   * Makes the service's namespace, closed to traffic from elsewhere, and has every later child wait for it. It is deleted
   * before its cluster, and the deletion waits for all that is in it: so the load balancers and claims that charts,
   * StatefulSets or users made there go first too. A retained one is left, because its claims would go with it.
   * `reaches` says where its pods may go: to what the service calls, or to each other only, where its component opens the rest to some of them.
   * One that goes `withCluster` holds nothing in the cloud, and what is in it could not be deleted in whatever order.
   */
  protected createNamespace(
    level: PodSecurity,
    {
      retain = false,
      reaches = "what it calls",
      withCluster = false,
    }: { readonly retain?: boolean; readonly reaches?: "what it calls" | "itself"; readonly withCluster?: boolean } = {},
  ): void {
    const { namespace } = this.plan;
    if (BUILT_IN_NAMESPACES.includes(namespace)) return;
    const kept = retain ? { retainOnDelete: true } : {};
    const created = new Namespace(
      this.childName("namespace"),
      {
        metadata: {
          name: namespace,
          labels: {
            ...objectLabels(this.plan, namespace, this.labels),
            ...podSecurityLabels(level),
            ...(this.mesh === undefined ? {} : MESH_LABELS),
          },
        },
      },
      withCluster ? this.inCluster(kept) : this.deletedFirst(kept),
    );
    // Whoever waits for the namespace waits for what that waited for: naming all of it in each object would only make the state larger.
    this.prerequisites = [created];
    this.ownNamespace = created;
    if (this.mesh !== undefined) this.authenticatePeers(this.mesh.mtls);
    this.networkPolicy("deny-ingress", { podSelector: {}, policyTypes: ["Ingress"] });
    const called = reaches === "itself" ? [] : this.egress;
    const egress = called === undefined ? openEgress(this.keptFrom) : [...toOwnNamespace(), ...called];
    if (egress !== undefined) this.networkPolicy("egress", { podSelector: {}, policyTypes: ["Egress"], egress });
    const besides = (this.plan.reaches ?? []).map((cidr) => block(cidr, this.keptFrom));
    if (this.scrapedFrom !== undefined)
      for (const [target, { pods, port, of }] of Object.entries(scrapeTargets(this.plan)))
        if (of === undefined) this.allowIngress(`allow-scrape-${target}`, pods, [port], [this.scrapedFrom]);
    if (this.scrapedFrom !== undefined && this.mesh !== undefined)
      this.allowIngress("allow-scrape-proxies", PROXY_LABELS, [PROXY_METRICS_PORT], [this.scrapedFrom]);
    if (besides.length > 0) this.networkPolicy("reaches", { podSelector: {}, policyTypes: ["Egress"], egress: [{ to: besides }] });
  }

  private authenticatePeers(mtls: MeshClaim["mtls"]): void {
    const { CustomResource } =
      require("@pulumi/kubernetes/apiextensions/customResource") as typeof import("@pulumi/kubernetes/apiextensions/customResource");
    const { namespace } = this.plan;
    new CustomResource(
      this.childName("mesh"),
      { ...peerAuthentication(mtls), metadata: this.metadata("default", namespace) },
      this.inCluster(),
    );
  }

  /**
   * Lets the peers reach the selected pods at the ports, `FIRST-LAST` for a range, and at all where none is named; no peers: everybody (an API
   * server calling a webhook has no pod to name).
   */
  protected allowIngress(
    role: string,
    selector: Labels,
    ports: readonly (number | `${number}-${number}`)[],
    from: readonly networking.v1.NetworkPolicyPeer[] = [],
    protocols: readonly ("TCP" | "UDP")[] = ["TCP"],
  ): void {
    this.networkPolicy(role, {
      podSelector: { matchLabels: { ...selector } },
      policyTypes: ["Ingress"],
      ingress: [
        {
          ...(ports.length === 0
            ? {}
            : { ports: ports.flatMap((port) => protocols.map((protocol) => ({ protocol, ...policyPort(port) }))) }),
          ...(from.length === 0 ? {} : { from: [...from] }),
        },
      ],
    });
  }

  /** Lets the selected pods reach the ports; no peers: of those pods or, where none are named, of whoever has them, for what is no pod, as the Kubernetes API. */
  protected allowEgress(
    role: string,
    selector: Labels,
    ports: readonly number[],
    to: readonly networking.v1.NetworkPolicyPeer[] = [],
  ): void {
    this.networkPolicy(role, {
      podSelector: { matchLabels: { ...selector } },
      policyTypes: ["Egress"],
      egress: [{ ports: ports.map((port) => ({ protocol: "TCP", port })), ...(to.length === 0 ? {} : { to: [...to] }) }],
    });
  }

  /**
   * Lets the selected pods reach what the service's others are kept to themselves for: anywhere but to what all are kept from.
   * @param inside the cluster's own networks, where nobody in it is to be reached so
   */
  protected allowOutside(role: string, selector: Labels, inside: readonly string[] = []): void {
    const besides = [{ to: [block("0.0.0.0/0", [...this.keptFrom, ...inside])] }];
    const egress = inside.length > 0 ? besides : (openEgress(this.keptFrom) ?? [{}]);
    this.networkPolicy(role, { podSelector: { matchLabels: { ...selector } }, policyTypes: ["Egress"], egress });
  }

  /** Lets the certificate issuer's own pods answer the authority's calls, where each host has its own certificate. */
  protected allowCertificateChecks(route: IngressRoute): void {
    if (route.clusterIssuer === undefined) return;
    this.allowIngress("allow-acme", { "acme.cert-manager.io/http01-solver": "true" }, [8089], fromIngress(route));
  }

  private networkPolicy(role: string, spec: networking.v1.NetworkPolicySpec): void {
    new NetworkPolicy(this.childName(role), { metadata: this.metadata(role, role), spec }, this.inCluster());
  }

  /**
   * An account that no pod gets a token of: none of our own workloads speaks to the Kubernetes API. Every later child
   * waits for it. Gives its name.
   */
  protected serviceAccount(role: string, workload: string): string {
    const created = new ServiceAccount(
      this.childName(role),
      { metadata: this.metadata(workload, workload), automountServiceAccountToken: false },
      this.inCluster(),
    );
    this.prerequisites.push(created);
    return workload;
  }

  /**
   * The two Services of a StatefulSet: the one its clients use, and the headless one that names its pods; those too that are not ready, where
   * they must find each other first.
   */
  protected statefulServices(
    workload: string,
    names: { readonly service: string; readonly headless: string },
    ports: core.v1.ServicePort | core.v1.ServicePort[],
    { namesUnready = false }: { readonly namesUnready?: boolean } = {},
  ): void {
    for (const [role, name, clusterIP] of [
      ["service", names.service, undefined],
      ["headless", names.headless, "None"],
    ] as const) {
      new Service(
        this.childName(role),
        // Services have no pods to wait for yet: the StatefulSet waits for them.
        {
          metadata: this.metadata(name, workload, { annotations: { "pulumi.com/skipAwait": "true" } }),
          spec: {
            type: "ClusterIP",
            selector: { ...selectorLabels(workload) },
            ports: [ports].flat(),
            ...(clusterIP ? { clusterIP, ...(namesUnready ? { publishNotReadyAddresses: true } : {}) } : {}),
          },
        },
        this.inCluster(),
      );
    }
  }

  /**
   * The claims of a StatefulSet's members, by the names that it would give them: it takes them, and they are protected, kept and enlarged here.
   * @throws Error for an even number of members, of which more than half must agree
   */
  protected memberClaims(
    workload: string,
    spec: core.v1.PersistentVolumeClaimSpec,
    kept: { readonly protectData: boolean; readonly retainData: boolean },
  ): PersistentVolumeClaim[] {
    const { name, replicas } = this.plan;
    if (replicas % 2 === 0)
      throw new Error(`platform.services.${name}.replicas is ${replicas}; more than half of an odd number decide: make it 1, 3 or 5.`);
    const protect = kept.protectData || this.protectsData;
    return Array.from(
      { length: replicas },
      (_, member) =>
        new PersistentVolumeClaim(
          this.childName(`data-${member}`),
          { metadata: this.metadata(`data-${workload}-${member}`, workload), spec },
          this.deletedFirst({ protect, ...(kept.retainData ? { retainOnDelete: true } : {}) }),
        ),
    );
  }

  /**
   * Leaves the number of a workload's pods to its autoscaler, where it has one. It begins with what is planned and is told it at every change, as
   * long as the autoscaler has given no other one: whoever gives a field up takes it out, and the API server then makes one pod of many.
   */
  protected numberedByLoad(): CustomResourceOptions {
    return this.plan.autoscaling === undefined ? {} : { ignoreChanges: ["spec.replicas"] };
  }

  /** Has a workload's number follow its load, where the plan says so. One goes at a time: what it held is taken over by the others first. */
  protected autoscaler(role: string, kind: "Deployment" | "StatefulSet", workload: string, made: Resource): void {
    const { autoscaling } = this.plan;
    if (autoscaling === undefined) return;
    const { HorizontalPodAutoscaler } =
      require("@pulumi/kubernetes/autoscaling/v2/horizontalPodAutoscaler") as typeof import("@pulumi/kubernetes/autoscaling/v2/horizontalPodAutoscaler");
    const { minReplicas, maxReplicas, cpuPercent } = autoscaling;
    new HorizontalPodAutoscaler(
      this.childName(role),
      {
        metadata: this.metadata(workload, workload),
        spec: {
          scaleTargetRef: { apiVersion: "apps/v1", kind, name: workload },
          minReplicas,
          maxReplicas,
          metrics: [{ type: "Resource", resource: { name: "cpu", target: { type: "Utilization", averageUtilization: cpuPercent } } }],
          behavior: { scaleDown: { policies: [{ type: "Pods", value: 1, periodSeconds: 120 }] } },
        },
      },
      this.inCluster({ dependsOn: [made] }),
    );
  }

  /**
   * Keeps all replicas but one through a drain; nothing for a single one, which could never be drained otherwise.
   * @param selector of pods that a chart makes
   */
  protected disruptionBudget(role: string, workload: string, replicas: number, selector: Labels = selectorLabels(workload)): void {
    if (replicas < 2) return;
    new PodDisruptionBudget(
      this.childName(role),
      {
        metadata: this.metadata(workload, workload),
        spec: { maxUnavailable: 1, selector: { matchLabels: { ...selector } } },
      },
      this.inCluster(),
    );
  }

  /** A password that is exchanged for another one with each rotation of the service's secrets. Secret. */
  protected rotatedPassword(role: string, length?: number): Output<string> {
    return generatedPassword(this.childName(role), this, length, this.plan.rotation);
  }

  /** Whom pods trust at the platform's own names, as the file `ca.crt` of a ConfigMap that they mount. */
  protected trustBundle(name: string, workload: string, certificates: Input<string>): ConfigMap {
    return new ConfigMap(
      this.childName("trust"),
      { metadata: this.metadata(name, workload), data: { "ca.crt": certificates } },
      this.inCluster(),
    );
  }

  /** A Secret whose data are secret in the state too. */
  protected secret(
    role: string,
    name: string,
    workload: string,
    data: Input<Record<string, Input<string>>>,
    type?: string,
    extra: CustomResourceOptions = {},
  ): Secret {
    return new Secret(
      this.childName(role),
      { metadata: this.metadata(name, workload), stringData: secret(data), ...(type === undefined ? {} : { type }) },
      this.inCluster(extra),
    );
  }

  /**
   * The planned chart with our values, over which the user's own are merged. `owns` says why it is uninstalled before its cluster goes:
   * it makes a load balancer or a volume, or serves an API group. Otherwise it goes with the cluster.
   */
  protected release(
    values: Values,
    owns: "nothing" | "cloudParts" | "apiGroup" = "nothing",
    dependsOn: Resource[] = [],
    extra: CustomResourceOptions = {},
  ): Release {
    const { chart, namespace } = this.plan;
    if (chart === undefined) throw new Error(`The plan of service "${this.plan.name}" has no chart; it must come from the catalogue.`);
    return new Release(
      this.childName("release"),
      releaseArgs(chart.name, namespace, chart, mergeValues(values, this.plan.values ?? {})),
      owns === "nothing" ? this.inCluster({ ...extra, dependsOn }) : this.deletedFirst({ ...extra, dependsOn }),
    );
  }
}
