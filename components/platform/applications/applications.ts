import { Deployment } from "@pulumi/kubernetes/apps/v1/deployment";
import { ConfigMap } from "@pulumi/kubernetes/core/v1/configMap";
import { PersistentVolumeClaim } from "@pulumi/kubernetes/core/v1/persistentVolumeClaim";
import { Service } from "@pulumi/kubernetes/core/v1/service";
import { Ingress } from "@pulumi/kubernetes/networking/v1/ingress";
import { Role } from "@pulumi/kubernetes/rbac/v1/role";
import { RoleBinding } from "@pulumi/kubernetes/rbac/v1/roleBinding";
import { all, type ComponentResourceOptions, type Input, type Output, output, type Resource, secret } from "@pulumi/pulumi";
import type { Credentials, PlannedArgs } from "../args";
import { generatedPassword } from "../generated-password";
import type { IngressRoute, RealmAccess } from "../grants";
import { claimSpec, contentHash, fromIngress, fromNamespace, ingressFor, secretHash, selectorLabels } from "../objects";
import { PlatformService } from "../service";
import { exchangeJob, passwordFiles } from "./administrator";
import { type ActsIn, type Application, type ApplicationVolume, type Family, roleOf, type Trusted } from "./application";
import { applicationPod, TRUST_FILES } from "./pod";

/** What the applications of one family share. */
export interface FamilySettings {
  /** Values of its ConfigMap; those that no application reads are left out. */
  readonly config: Readonly<Record<string, Input<string>>>;
  /** Values of its Secret; those that no application reads are left out. */
  readonly secrets: Readonly<Record<string, Input<string>>>;
  /** Who vouches for whom the applications call, where no public authority does. PEM. */
  readonly authorities: Partial<Record<Trusted, Input<string>>>;
  /**
   * Passwords of the administrators whom applications have from the start, by application, the one in use last: each is given the last one in place of
   * the one that everybody knows.
   * @default nobody's is exchanged
   */
  readonly administrators?: Readonly<Record<string, readonly Output<string>[]>>;
  readonly ingress: IngressRoute;
  /** Host names of the platform that its pods call, beside the family's own: they are reached at the ingress's own address. */
  readonly hosts: readonly string[];
  /** The cluster's own networks, to which whoever calls outside gets no way by that. @default it gets one */
  readonly networks?: readonly string[];
  readonly storageClass: string;
  /** Whether volumes with data are protected. */
  readonly protectData?: boolean;
  /** Whether volumes with data are left when their service goes. */
  readonly retainData?: boolean;
  /** What must be there before an application starts. @default nothing */
  readonly after?: (app: Application) => readonly Resource[];
  /** Whether a browser must come back to the same pod, whose memory holds its session. */
  readonly sticky?: boolean;
}

/** A family of K-PaaS's own applications: settings, secret, one workload for each row of its table, and one host in front of them. */
export abstract class Applications extends PlatformService {
  /** Where visitors meet the family. */
  readonly url: Output<string>;
  /** How its first administrator logs in, where whoever grants the realm says so. */
  readonly credentials: Credentials | undefined;
  private readonly family: Family;

  constructor(
    family: Family,
    type: string,
    name: string,
    args: PlannedArgs & { readonly realm: RealmAccess },
    opts?: ComponentResourceOptions,
  ) {
    super(type, name, args, opts);
    this.family = family;
    const url = `https://${this.hostOf()}`;
    this.url = output(url);
    const { administrator } = args.realm;
    this.credentials = administrator && { ...administrator, password: secret(administrator.password), where: url };
  }

  /** Host under which visitors meet the family. @throws Error for a plan without one */
  protected hostOf(): string {
    const { host, name } = this.plan;
    if (host === undefined) throw new Error(`The plan of service "${name}" has no host: give \`plan.host\`.`);
    return host;
  }

  /** Makes the applications, each with the settings that its row names and no others. */
  protected createApplications(apps: readonly Application[], shared: FamilySettings): void {
    const given = {
      ...shared,
      config: only(
        shared.config,
        apps.flatMap((app) => [...app.config, ...Object.values(app.files ?? {})]),
      ),
      secrets: only(shared.secrets, apps.flatMap(secretKeys)),
    };
    const settings = this.createSettings(given);
    const deployments = apps.map((app) => this.createApplication(app, given, settings));
    const exchanged = apps.flatMap((app, index) => {
      const passwords = given.administrators?.[app.name];
      return passwords === undefined ? [] : [this.exchangeAdministrator(app, passwords, deployments[index]!)];
    });
    // Nobody from outside comes to a program whose administrator everybody knows.
    this.createIngress(apps, given, [...deployments, ...exchanged]);
  }

  /** Passwords that follow each other, one for each rotation, the one in use last: a program that was away is led on from any of them. */
  protected successivePasswords(role: string): Output<string>[] {
    return Array.from({ length: this.plan.rotation ?? 1 }, (_, index) =>
      generatedPassword(this.childName(index === 0 ? role : `${role}-${index + 1}`), this, undefined, index + 1),
    );
  }

  /** Gives a program's administrator the last of those passwords, in place of the one that everybody knows. */
  private exchangeAdministrator(app: Application, passwords: readonly Output<string>[], running: Resource): Resource {
    const { administrator, name, port } = app;
    if (administrator === undefined) throw new Error(`${name} has no administrator from the start whose password could be exchanged.`);
    const role = roleOf(this.family, app);
    const workload = `${name}-exchange`;
    const secretName = `${name}-administrator`;
    const stored = this.secret(`${role}-administrator`, secretName, workload, passwordFiles(administrator.known, passwords));
    return exchangeJob(
      this.childName(`${role}-exchange`),
      this.plan,
      {
        app: { ...app, administrator },
        url: `http://${name}-service.${this.plan.namespace}.svc:${port}`,
        secretName,
        serviceAccountName: this.serviceAccount(`${role}-exchange-account`, workload),
        passwords,
        labels: this.podLabels(workload),
      },
      (job) => this.metadata(job, workload),
      this.inCluster({ dependsOn: [running, stored] }),
    );
  }

  private createSettings({ config, secrets, authorities }: FamilySettings): Resource[] {
    const { family } = this;
    const settings: Resource[] = [
      new ConfigMap(
        this.childName("config"),
        { metadata: this.metadata(family.config, family.name), data: { ...config } },
        this.inCluster(),
      ),
      this.secret("secret", family.secret, family.name, { ...secrets }),
    ];
    if (Object.keys(authorities).length > 0) {
      const metadata = this.metadata(family.trust, family.name);
      const data = Object.fromEntries(Object.entries(authorities).map(([whose, pem]) => [TRUST_FILES[whose as Trusted], pem]));
      settings.push(new ConfigMap(this.childName("trust"), { metadata, data }, this.inCluster()));
    }
    return settings;
  }

  private createApplication(app: Application, shared: FamilySettings, settings: Resource[]): Deployment {
    const { plan } = this;
    const { ingress, config, secrets, authorities, hosts } = shared;
    const { name, port, callers } = app;
    const role = roleOf(this.family, app);
    const trusted = (app.trusts ?? []).filter((whose) => authorities[whose] !== undefined);
    const selector = selectorLabels(name);
    const outside = app.path === undefined ? [] : fromIngress(ingress);
    const inside = callers?.map((caller) => ({ podSelector: { matchLabels: { ...selectorLabels(caller) } } })) ?? [{ podSelector: {} }];
    const peers = [...inside, ...outside];
    // No peers would be everybody.
    if (peers.length > 0) this.allowIngress(`allow-${role}`, selector, [port], peers);
    if (app.calls) this.allowEgress(`calls-${role}`, selector, [app.calls.port], [fromNamespace(app.calls.namespace)]);
    if (app.callsOutside) this.allowOutside(`egress-${role}`, selector, shared.networks);
    const replicas = app.single === undefined ? plan.replicas : 1;
    this.disruptionBudget(`${role}-budget`, name, replicas);
    new Service(
      this.childName(`${role}-service`),
      {
        // It has no pods to wait for yet: the Deployment waits for them.
        metadata: this.metadata(`${name}-service`, name, { annotations: { "pulumi.com/skipAwait": "true" } }),
        spec: { type: "ClusterIP", selector: { ...selector }, ports: [{ name: "http", port, targetPort: "http" }] },
      },
      this.inCluster(),
    );
    const dependsOn: Resource[] = [
      ...settings,
      ...(shared.after?.(app) ?? []),
      ...(app.volume ? [this.claim(app, app.volume, shared)] : []),
    ];
    const serviceAccountName = this.serviceAccount(`${role}-account`, name);
    if (app.acts !== undefined) dependsOn.push(this.letAct(role, name, app.acts));
    const spec = applicationPod({ ...plan, replicas }, this.family, app, {
      serviceAccountName,
      replicas,
      trusted,
      hosts: { ip: ingress.address, hostnames: [...hosts, this.hostOf()] },
    });
    // Settings are read at start: other settings, other pods.
    const annotations = {
      "kpaas/config": all(only(config, [...app.config, ...Object.values(app.files ?? {})])).apply((known) =>
        contentHash(JSON.stringify(known)),
      ),
      "kpaas/secrets": secretHash(...Object.values(only(secrets, secretKeys(app)))),
      ...(trusted.length === 0
        ? {}
        : { "kpaas/trust": all(trusted.map((whose) => authorities[whose])).apply((pems) => contentHash(pems.join(""))) }),
    };
    return new Deployment(
      this.childName(role),
      {
        metadata: this.metadata(`${name}-deployment`, name),
        spec: {
          replicas,
          // A claim that one pod holds cannot be mounted by its successor at the same time.
          ...(app.volume ? { strategy: { type: "Recreate" } } : {}),
          selector: { matchLabels: { ...selector } },
          template: { metadata: { labels: { ...this.podLabels(name), ...app.labels }, annotations }, spec },
        },
      },
      // A claim goes when no pod holds it any more, so its pods go first too.
      app.volume ? this.deletedFirst({ dependsOn }) : this.inCluster({ dependsOn }),
    );
  }

  /** Gives an application's account what it does in the namespace of somebody else. */
  private letAct(role: string, name: string, { namespace, rules }: ActsIn): Resource {
    const metadata = { ...this.clusterMetadata(name), namespace };
    const granted = new Role(this.childName(`${role}-role`), { metadata, rules: [...rules] }, this.inCluster());
    return new RoleBinding(
      this.childName(`${role}-role-binding`),
      {
        metadata,
        roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name },
        subjects: [{ kind: "ServiceAccount", name, namespace: this.plan.namespace }],
      },
      this.inCluster({ dependsOn: [granted] }),
    );
  }

  private claim(
    app: Application,
    { sizeGiB, keeps }: ApplicationVolume,
    { storageClass, protectData = false, retainData = false }: FamilySettings,
  ): PersistentVolumeClaim {
    const size = keeps === "cache" ? sizeGiB : (this.plan.sizeGiB ?? sizeGiB);
    const kept = keeps === "cache" ? {} : { protect: protectData || this.protectsData, ...(retainData ? { retainOnDelete: true } : {}) };
    return new PersistentVolumeClaim(
      this.childName(`${roleOf(this.family, app)}-data`),
      { metadata: this.metadata(app.name, app.name), spec: claimSpec(storageClass, size) },
      this.deletedFirst(kept),
    );
  }

  private createIngress(apps: readonly Application[], { ingress, sticky }: FamilySettings, dependsOn: Resource[]): void {
    const { name } = this.family;
    const paths = apps.flatMap(({ name: app, port, path, keepsPath }) =>
      path === undefined
        ? []
        : [{ path: keepsPath ? `/(${path.slice(1)}/.*)` : `${path}/(.*)`, regex: true, service: `${app}-service`, port }],
    );
    const { annotations, spec } = ingressFor(this.hostOf(), ingress, paths);
    new Ingress(
      this.childName("ingress"),
      {
        metadata: this.metadata(name, name, {
          annotations: {
            ...annotations,
            "nginx.ingress.kubernetes.io/use-regex": "true",
            "nginx.ingress.kubernetes.io/rewrite-target": "/$1",
            ...(sticky
              ? { "nginx.ingress.kubernetes.io/affinity": "cookie", "nginx.ingress.kubernetes.io/session-cookie-name": name }
              : {}),
          },
        }),
        spec,
      },
      this.inCluster({ dependsOn }),
    );
  }
}

/** The keys of its family's Secret that an application reads, from its environment or from files. */
function secretKeys(app: Application): string[] {
  return [...app.secrets, ...Object.values(app.secretFiles ?? {})];
}

/** The entries of a record with the given keys, in the record's own order. */
function only<T>(record: Readonly<Record<string, T>>, keys: readonly string[]): Record<string, T> {
  return Object.fromEntries(Object.entries(record).filter(([key]) => keys.includes(key)));
}
