import { CustomResource } from "@pulumi/kubernetes/apiextensions/customResource";
import { CustomResourceDefinition } from "@pulumi/kubernetes/apiextensions/v1/customResourceDefinition";
import { Deployment } from "@pulumi/kubernetes/apps/v1/deployment";
import { PersistentVolumeClaim } from "@pulumi/kubernetes/core/v1/persistentVolumeClaim";
import { Service } from "@pulumi/kubernetes/core/v1/service";
import { ServiceAccount } from "@pulumi/kubernetes/core/v1/serviceAccount";
import { Ingress } from "@pulumi/kubernetes/networking/v1/ingress";
import { type ComponentResourceOptions, type Output, output, type Resource } from "@pulumi/pulumi";
import { serviceType } from "../../../model/type-tokens";
import { type PlannedArgs, planned } from "../args";
import { certificateAuthority, serviceCertificate } from "../certificates";
import { claimSpec, fromNamespace, ingressFor, overTls, selectorLabels } from "../objects";
import type { KubeflowArgs, Shared } from "./args";
import { DEFINITIONS, definitionName, definitionSpec, PROFILE } from "./definitions";
import { gateObjects, type MeshObject } from "./gate";
import { KubeflowObjects } from "./kubeflow-objects";
import { INGRESS_NEEDS, NAMES, PORTS } from "./names";
import type { Told } from "./parts/part";
import { partsOf } from "./parts/parts";
import { workloadPod } from "./pod";
import type { Given } from "./profile-runs";
import type { Workload } from "./programs";
import { RIGHTS, sharedRights } from "./rights";
import { linksOf } from "./screens";
import { launcherSettings } from "./settings";
import { workloadsOf } from "./shared-programs";
import { toldOf } from "./told";
import { waysOf } from "./ways";

/**
 * Kubeflow Pipelines: definitions and rights first, then what keeps data, then the API server, then those who call it. Its manifests are applied
 * again and again until all of it holds; here each waits for what it needs.
 */
export class Kubeflow extends KubeflowObjects {
  /** Where browsers reach it. */
  readonly url: Output<string>;
  private readonly args: PlannedArgs<KubeflowArgs>;
  /** What is secret or made here of what profiles are given. */
  private readonly given: Given;

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
    const known = [
      ...this.createDefinitions(args),
      ...this.createRights(args),
      ...this.createSettings(args),
      ...this.createApart(args.shared),
    ];
    this.createPartObjects(args.shared, known);
    const { made, read, ca, given: gives } = this.createSecrets(args);
    this.given = gives;
    let before: Resource[] = [...known, ...made];
    for (const stage of workloadsOf(args.shared)) before = stage.map((each) => this.createWorkload(each, args, read, before));
    if (args.shared === undefined) this.createIngress(args, before);
    else {
      this.createWebhooks(args.shared, ca, before);
      this.createGate(args.shared, before);
    }
    this.registerOutputs({ url: this.url });
  }

  /** Makes the profiles of those tenants that are ones, when these are there. */
  enterTenants(name: string, tenants: Readonly<Record<string, Resource>>, opts: ComponentResourceOptions): Resource | undefined {
    const { shared } = this.args;
    if (shared === undefined || !Object.keys(shared.profiles).some((tenant) => tenants[tenant] !== undefined)) return undefined;
    const { KubeflowProfiles } = require("./profiles") as typeof import("./profiles");
    return new KubeflowProfiles(name, this.args, shared, this.given, tenants, opts);
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

  private createPolicies(args: PlannedArgs<KubeflowArgs>): void {
    const { ingress, shared } = args;
    for (const { role, workload, ports, from } of waysOf(args)) this.allowIngress(role, selectorLabels(workload), ports, from);
    if (shared === undefined) {
      this.allowCertificateChecks(ingress);
      return;
    }
    const profiles = Object.keys(shared.profiles).map(fromNamespace);
    for (const { reaches = {} } of partsOf(shared))
      for (const [workload, ports] of Object.entries(reaches))
        this.allowEgress(`reach-from-${workload}`, selectorLabels(workload), ports, profiles);
    this.allowEgress("reach-artifacts", selectorLabels(NAMES.ui), [PORTS.ui], profiles);
  }

  /** Left with the namespace, where that is: what is of them there would go with them. */
  private createDefinitions({ retainData, shared }: PlannedArgs<KubeflowArgs>): Resource[] {
    const more = shared === undefined ? [] : [PROFILE, ...partsOf(shared).flatMap(({ definitions }) => definitions)];
    return [...DEFINITIONS, ...more].map(
      (each) =>
        new CustomResourceDefinition(
          this.childName(each.plural),
          { metadata: this.clusterMetadata(definitionName(each)), spec: definitionSpec(each) },
          this.inCluster(retainData ? { retainOnDelete: true } : {}),
        ),
    );
  }

  private createRights({ shared }: PlannedArgs<KubeflowArgs>): Resource[] {
    const { own, everywhere } = shared === undefined ? { own: {}, everywhere: {} } : sharedRights(shared);
    return [
      ...Object.entries(shared === undefined ? RIGHTS : own).flatMap(([account, rules]) => this.bind(account, rules)),
      ...Object.entries(everywhere).flatMap(([account, rules]) => this.bindEverywhere(account, rules)),
    ];
  }

  /** What is read anew whenever it is asked for: by runs, and by the dashboard. */
  private createSettings({ plan, shared }: PlannedArgs<KubeflowArgs>): Resource[] {
    return [
      ...(shared === undefined
        ? [this.configMap({ role: "launcher", name: NAMES.launcher, data: launcherSettings(plan.namespace) })]
        : [this.configMap({ role: "links", name: NAMES.links, data: linksOf(shared) })]),
    ];
  }

  /** What its programs are told, hashes of what each reads at its start only, and whom the API server trusts when it asks them. */
  private createSecrets(args: PlannedArgs<KubeflowArgs>): Pick<Told, "read"> & {
    readonly made: Resource[];
    readonly ca: Output<string>;
    readonly given: Given;
  } {
    const { namespace } = args.plan;
    const authority = certificateAuthority(this.childName("tls"), "kubeflow", this);
    const shown = [NAMES.api, NAMES.ui, NAMES.metadata, NAMES.metadataWeb, ...(args.shared ? [NAMES.door] : [])];
    const pair = serviceCertificate(this.childName("tls"), { services: shown, namespace }, authority, this);
    const generated = { storeKey: this.rotatedPassword("store-key"), cookie: this.rotatedPassword("cookie-secret") };
    const profileKeys = Object.fromEntries(
      Object.keys(args.shared?.profiles ?? {}).map((profile) => [profile, this.rotatedPassword(`${profile}-store-key`)]),
    );
    const { secrets, open, read } = toldOf(args, { ...pair, ca: authority.certificate, ...generated, profileKeys });
    const asked = partsOf(args.shared ?? { parts: [] }).flatMap(({ webhooks }) => (webhooks ? [webhooks.workload] : []));
    return {
      made: [
        ...secrets.map(({ role, name, workload, data, type }) => this.secret(role, name, workload, data, type)),
        ...open.map((each) => this.configMap(each)),
        ...asked.map((workload) => this.createWebhookCertificate(workload, authority)),
      ],
      read,
      ca: authority.certificate,
      given: { ca: authority.certificate, keys: profileKeys },
    };
  }

  private createWorkload(workload: Workload, args: PlannedArgs<KubeflowArgs>, read: Told["read"], before: readonly Resource[]): Deployment {
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
              labels: this.podLabels(name, { outside: shared !== undefined && !meshed }),
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
