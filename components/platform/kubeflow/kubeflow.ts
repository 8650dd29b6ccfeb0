import { CustomResourceDefinition } from "@pulumi/kubernetes/apiextensions/v1/customResourceDefinition";
import { Deployment } from "@pulumi/kubernetes/apps/v1/deployment";
import { ConfigMap } from "@pulumi/kubernetes/core/v1/configMap";
import { PersistentVolumeClaim } from "@pulumi/kubernetes/core/v1/persistentVolumeClaim";
import { Service } from "@pulumi/kubernetes/core/v1/service";
import { ServiceAccount } from "@pulumi/kubernetes/core/v1/serviceAccount";
import { Ingress } from "@pulumi/kubernetes/networking/v1/ingress";
import { Role } from "@pulumi/kubernetes/rbac/v1/role";
import { RoleBinding } from "@pulumi/kubernetes/rbac/v1/roleBinding";
import { all, type ComponentResourceOptions, type Input, type Output, output, type Resource } from "@pulumi/pulumi";
import { serviceType } from "../../../model/type-tokens";
import { type PlannedArgs, planned } from "../args";
import { certificateAuthority, serviceCertificate } from "../certificates";
import { claimSpec, contentHash, fromIngress, ingressFor, overTls, secretHash, selectorLabels } from "../objects";
import { PlatformService } from "../service";
import type { KubeflowArgs } from "./args";
import { DEFINITIONS, definitionName, definitionSpec } from "./definitions";
import { LOGIN_FILE, loginSettings } from "./login";
import { KEYS, NAMES, PORTS, STORE_USER, TRUST } from "./names";
import { workloadPod } from "./pod";
import { WORKLOADS, type Workload } from "./programs";
import { RIGHTS } from "./rights";
import {
  apiSettings,
  type Login,
  launcherSettings,
  metadataSettings,
  metadataWebSettings,
  storeSettings,
  workflowSettings,
} from "./settings";

/** What a pod reads at its start, by workload: others, another pod. */
type Read = Readonly<Partial<Record<string, Output<string>>>>;

/**
 * Kubeflow Pipelines: definitions and rights first, then what keeps data, then the API server, then those who call it. Its manifests are applied
 * again and again until all of it holds; here each waits for what it needs.
 */
export class Kubeflow extends PlatformService {
  /** Where browsers reach it. */
  readonly url: Output<string>;

  constructor(name: string, given: KubeflowArgs, opts?: ComponentResourceOptions) {
    const args = planned("kubeflow", given);
    super(serviceType("Kubeflow"), name, args, opts);
    const { plan, ingress } = args;
    if (plan.host === undefined) throw new Error(`The plan of service "${plan.name}" has no host: give \`plan.host\`.`);
    const url = `https://${plan.host}`;
    this.url = output(url);
    this.createNamespace("restricted", { retain: args.retainData });
    this.createPolicies(args);
    const known = [...this.createDefinitions(args), ...this.createRights(), this.createSettings(args)];
    const { made, read } = this.createSecrets(args);
    let before: Resource[] = [...known, ...made];
    for (const stage of WORKLOADS) before = stage.map((each) => this.createWorkload(each, args, read, before));
    const { annotations, spec } = ingressFor(plan.host, ingress, [{ path: "/", service: NAMES.ui, port: PORTS.login }]);
    const nginx = {
      ...overTls(`${plan.namespace}/${NAMES.authority}`, `${NAMES.ui}.${plan.namespace}.svc`),
      // Pipelines are uploaded as files; logs come for as long as a run goes on.
      "nginx.ingress.kubernetes.io/proxy-body-size": "32m",
      "nginx.ingress.kubernetes.io/proxy-read-timeout": "3600",
      // The log-in's cookie holds what the realm says of its user.
      "nginx.ingress.kubernetes.io/proxy-buffer-size": "16k",
    };
    new Ingress(
      this.childName("ingress"),
      { metadata: this.metadata(NAMES.ui, NAMES.ui, { annotations: { ...annotations, ...nginx } }), spec },
      this.inCluster({ dependsOn: before }),
    );
    this.registerOutputs({ url: this.url });
  }

  private createPolicies({ ingress }: PlannedArgs<KubeflowArgs>): void {
    // Runs are pods of the namespace: what they call is open to all that is in it.
    const own = [{ podSelector: {} }];
    const ui = [{ podSelector: { matchLabels: { ...selectorLabels(NAMES.ui) } } }];
    this.allowIngress("allow-ingress-controller", selectorLabels(NAMES.ui), [PORTS.login], fromIngress(ingress));
    this.allowIngress("allow-api", selectorLabels(NAMES.api), [PORTS.api, PORTS.apiRpc], own);
    this.allowIngress("allow-metadata", selectorLabels(NAMES.metadata), [PORTS.metadata], own);
    this.allowIngress("allow-metadata-web", selectorLabels(NAMES.metadataWeb), [PORTS.metadataWeb], ui);
    this.allowIngress("allow-store", selectorLabels(NAMES.store), [PORTS.store], own);
    this.allowCertificateChecks(ingress);
  }

  /** Left with the namespace, where that is: what is of them there would go with them. */
  private createDefinitions({ retainData }: PlannedArgs<KubeflowArgs>): Resource[] {
    return DEFINITIONS.map(
      (each) =>
        new CustomResourceDefinition(
          this.childName(each.plural),
          { metadata: this.clusterMetadata(definitionName(each)), spec: definitionSpec(each) },
          this.inCluster(retainData ? { retainOnDelete: true } : {}),
        ),
    );
  }

  private createRights(): Resource[] {
    return Object.entries(RIGHTS).flatMap(([account, rules]) => {
      const metadata = this.metadata(account, account);
      const subjects = [{ kind: "ServiceAccount", name: account, namespace: this.plan.namespace }];
      const roleRef = { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: account };
      return [
        new Role(this.childName(`${account}-role`), { metadata, rules: [...rules] }, this.inCluster()),
        new RoleBinding(this.childName(`${account}-binding`), { metadata, roleRef, subjects }, this.inCluster()),
        // Runs get their token by it: nothing says so of their pods but their account.
        ...(account === NAMES.runner
          ? [new ServiceAccount(this.childName("runner"), { metadata, automountServiceAccountToken: true }, this.inCluster())]
          : []),
      ];
    });
  }

  private configMap(role: string, name: string, data: Readonly<Record<string, Input<string>>>): ConfigMap {
    return new ConfigMap(this.childName(role), { metadata: this.metadata(name, name), data: { ...data } }, this.inCluster());
  }

  /** What runs read, which is read anew by each of them. */
  private createSettings({ plan }: PlannedArgs<KubeflowArgs>): Resource {
    return this.configMap("launcher", NAMES.launcher, launcherSettings(plan.namespace));
  }

  /** What its programs are told, and hashes of what each reads at its start only. */
  private createSecrets(args: PlannedArgs<KubeflowArgs>): { readonly made: Resource[]; readonly read: Read } {
    const { plan, database, realm, trust } = args;
    const { namespace, host = "" } = plan;
    const authority = certificateAuthority(this.childName("tls"), "kubeflow", this);
    const shown = [NAMES.api, NAMES.ui, NAMES.metadata, NAMES.metadataWeb];
    const { certificate, key } = serviceCertificate(this.childName("tls"), { services: shown, namespace }, authority, this);
    const storeKey = this.rotatedPassword("store-key");
    const login: Output<Login> = all([database.host, database.port, database.database, database.user, database.password]).apply(
      ([atHost, port, schema, user, password]) => ({
        ...{ host: atHost, port, database: schema, user, password },
        verified: database.ca !== undefined,
      }),
    );
    const api = all([login, storeKey]).apply(([known, store]) => apiSettings(namespace, known, store));
    const metadata = all([login, certificate, key, authority.certificate]).apply(([known, shows, hidden, ca]) =>
      metadataSettings(known, { certificate: shows, key: hidden, ca }),
    );
    const proxy = all([realm.clientSecret, this.rotatedPassword("cookie-secret")]).apply(([client, cookie]) =>
      loginSettings(host, { realm, ...(trust === undefined ? {} : { trust }) }, { client, cookie }),
    );
    const trusted: Readonly<Record<string, Input<string>>> = {
      [TRUST.inside]: authority.certificate,
      ...(database.ca === undefined ? {} : { [TRUST.database]: database.ca }),
      ...(trust === undefined ? {} : { [TRUST.platform]: trust }),
    };
    const workflows = workflowSettings(args);
    const web = metadataWebSettings(namespace);
    const trustHash = all(Object.values(trusted)).apply((known) => contentHash(known.join("")));
    const of = (...read: Input<string>[]): Output<string> => secretHash(...read, trustHash);
    return {
      made: [
        this.secret("settings", NAMES.settings, NAMES.api, { "config.json": api }),
        this.secret("metadata-settings", NAMES.metadataSettings, NAMES.metadata, { "config.proto": metadata }),
        this.secret("store-settings", NAMES.storeSettings, NAMES.store, { "s3.json": storeKey.apply(storeSettings) }),
        this.secret("store-keys", NAMES.storeKeys, NAMES.store, { [KEYS.user]: STORE_USER, [KEYS.secret]: storeKey }),
        this.secret("login", NAMES.login, NAMES.ui, { [LOGIN_FILE]: proxy }),
        this.secret("tls", NAMES.tls, "kubeflow", { "tls.crt": certificate, "tls.key": key }, "kubernetes.io/tls"),
        this.secret("ca", NAMES.authority, "kubeflow", { "ca.crt": authority.certificate }),
        this.configMap("trust", NAMES.trust, trusted),
        this.configMap("workflow-settings", NAMES.workflowSettings, workflows),
        this.configMap("metadata-web-settings", NAMES.metadataWebSettings, { "envoy.json": web }),
      ],
      read: {
        [NAMES.store]: of(storeKey),
        [NAMES.metadata]: of(metadata),
        [NAMES.metadataWeb]: of(web, certificate),
        [NAMES.workflows]: output(contentHash(JSON.stringify(workflows))),
        [NAMES.api]: of(api, certificate),
        [NAMES.persistence]: trustHash,
        [NAMES.schedules]: trustHash,
        [NAMES.ui]: of(proxy, storeKey, certificate),
      },
    };
  }

  private createWorkload(workload: Workload, args: PlannedArgs<KubeflowArgs>, read: Read, before: readonly Resource[]): Deployment {
    const { plan, ingress, realm } = args;
    const { name, service, keepsData } = workload;
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
    const hosts = name === NAMES.ui ? [{ ip: ingress.address, hostnames: [new URL(realm.url).hostname] }] : [];
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
            metadata: { labels: this.podLabels(name), annotations: { "kpaas/read": read[name] ?? "" } },
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
