import { Deployment } from "@pulumi/kubernetes/apps/v1/deployment";
import { ConfigMap } from "@pulumi/kubernetes/core/v1/configMap";
import { PersistentVolumeClaim } from "@pulumi/kubernetes/core/v1/persistentVolumeClaim";
import { Service } from "@pulumi/kubernetes/core/v1/service";
import { Ingress } from "@pulumi/kubernetes/networking/v1/ingress";
import { all, type ComponentResourceOptions, type Input, type Output, output, type Resource, secret } from "@pulumi/pulumi";
import { serviceType } from "../../../model/type-tokens";
import { type Credentials, type PlannedArgs, planned } from "../args";
import { claimSpec, contentHash, fromIngress, ingressFor, secretHash, selectorLabels } from "../objects";
import { PlatformService } from "../service";
import { appsFor, type PortalApp, type Trusted } from "./apps";
import type { PortalArgs } from "./args";
import { portalConfig, portalSecrets } from "./settings";
import { appPod, NAMES, TRUST_FILES } from "./workload";

/** The K-PaaS portal: its own applications, each one there when what it needs is. */
export class Portal extends PlatformService {
  readonly url: Output<string>;
  /** How its first administrator logs in, where whoever grants the realm says so. */
  readonly credentials: Credentials | undefined;

  constructor(name: string, given: PortalArgs, opts?: ComponentResourceOptions) {
    const args = planned("portal", given);
    super(serviceType("Portal"), name, args, opts);
    const { plan } = args;
    if (plan.host === undefined) throw new Error(`The plan of service "${plan.name}" has no host: give \`plan.host\`.`);
    const url = `https://${plan.host}`;
    this.url = output(url);
    const { administrator } = args.realm;
    this.credentials = administrator && { ...administrator, password: secret(administrator.password), where: url };
    this.createNamespace("restricted");
    this.allowCertificateChecks(args.ingress);

    const apps = appsFor(plan.images, [
      ...(args.vault ? (["vault"] as const) : []),
      ...(args.charts ? (["charts"] as const) : []),
      ...(args.chaosDashboardUrl === undefined ? [] : (["chaos"] as const)),
    ]);
    const config = only(
      portalConfig(args, url),
      apps.flatMap((app) => app.config),
    );
    const secrets = only(
      portalSecrets(args, {
        jwt: this.rotatedPassword("jwt-secret", 128),
        commonApi: this.rotatedPassword("common-api-password"),
      }),
      apps.flatMap((app) => app.secrets),
    );
    const settings: Resource[] = [
      new ConfigMap(this.childName("config"), { metadata: this.metadata(NAMES.config, "cp-portal"), data: config }, this.inCluster()),
      this.secret("secret", NAMES.secret, "cp-portal", secrets),
    ];
    const authorities = authoritiesOf(args);
    if (Object.keys(authorities).length > 0) {
      const metadata = this.metadata(NAMES.trust, "cp-portal");
      const data = Object.fromEntries(Object.entries(authorities).map(([whose, pem]) => [TRUST_FILES[whose as Trusted], pem]));
      settings.push(new ConfigMap(this.childName("trust"), { metadata, data }, this.inCluster()));
    }
    const deployments = apps.map((app) => this.createApp(args, app, config, secrets, settings));
    this.createIngress(args, apps, deployments);
    this.registerOutputs({ url: this.url });
  }

  private createApp(
    args: PlannedArgs<PortalArgs>,
    app: PortalApp,
    config: Record<string, Input<string>>,
    secrets: Record<string, Input<string>>,
    settings: Resource[],
  ): Deployment {
    const { plan, ingress, keycloakHost, storageClass } = args;
    const { name, port } = app;
    const role = roleOf(app);
    const authorities = authoritiesOf(args);
    const trusted = (app.trusts ?? []).filter((whose) => authorities[whose] !== undefined);
    const selector = selectorLabels(name);
    const outside = app.path === undefined ? [] : fromIngress(ingress);
    this.allowIngress(`allow-${role}`, selector, [port], [{ podSelector: {} }, ...outside]);
    this.disruptionBudget(`${role}-budget`, name, plan.replicas);
    new Service(
      this.childName(`${role}-service`),
      {
        // It has no pods to wait for yet: the Deployment waits for them.
        metadata: this.metadata(`${name}-service`, name, { annotations: { "pulumi.com/skipAwait": "true" } }),
        spec: { type: "ClusterIP", selector: { ...selector }, ports: [{ name: "http", port, targetPort: "http" }] },
      },
      this.inCluster(),
    );
    const dependsOn = [...settings, ...(app.volume ? [this.claim(app, storageClass, app.volume.sizeGiB)] : [])];
    const spec = appPod(plan, app, {
      serviceAccountName: this.serviceAccount(`${role}-account`, name),
      trusted,
      hosts: { ip: ingress.address, hostnames: [keycloakHost, plan.host ?? ""] },
    });
    // Settings are read at start: other settings, other pods.
    const annotations = {
      "kpaas/config": all(only(config, app.config)).apply((known) => contentHash(JSON.stringify(known))),
      "kpaas/secrets": secretHash(...Object.values(only(secrets, app.secrets))),
      ...(trusted.length === 0
        ? {}
        : { "kpaas/trust": all(trusted.map((whose) => authorities[whose])).apply((pems) => contentHash(pems.join(""))) }),
    };
    return new Deployment(
      this.childName(role),
      {
        metadata: this.metadata(`${name}-deployment`, name),
        spec: {
          replicas: plan.replicas,
          // A claim that one pod holds cannot be mounted by its successor at the same time.
          ...(app.volume ? { strategy: { type: "Recreate" } } : {}),
          selector: { matchLabels: { ...selector } },
          template: { metadata: { labels: this.podLabels(name), annotations }, spec },
        },
      },
      // A claim goes when no pod holds it any more, so its pods go first too.
      app.volume ? this.deletedFirst({ dependsOn }) : this.inCluster({ dependsOn }),
    );
  }

  /** What Helm has fetched: it can be fetched again, so it is neither protected nor retained. */
  private claim(app: PortalApp, storageClassName: string, sizeGiB: number): PersistentVolumeClaim {
    return new PersistentVolumeClaim(
      this.childName(`${roleOf(app)}-data`),
      {
        metadata: this.metadata(app.name, app.name),
        spec: claimSpec(storageClassName, sizeGiB),
      },
      this.deletedFirst(),
    );
  }

  private createIngress({ plan, ingress }: PlannedArgs<PortalArgs>, apps: readonly PortalApp[], dependsOn: Resource[]): void {
    const paths = apps.flatMap(({ name, port, path }) =>
      path === undefined ? [] : [{ path: `${path}/(.*)`, regex: true, service: `${name}-service`, port }],
    );
    const { annotations, spec } = ingressFor(plan.host ?? "", ingress, paths);
    new Ingress(
      this.childName("ingress"),
      {
        metadata: this.metadata("cp-portal", "cp-portal", {
          annotations: {
            ...annotations,
            "nginx.ingress.kubernetes.io/use-regex": "true",
            "nginx.ingress.kubernetes.io/rewrite-target": "/$1",
            // The portal keeps its sessions in memory: a browser must come back to the same pod.
            ...(plan.replicas > 1
              ? { "nginx.ingress.kubernetes.io/affinity": "cookie", "nginx.ingress.kubernetes.io/session-cookie-name": "cp-portal" }
              : {}),
          },
        }),
        spec,
      },
      this.inCluster({ dependsOn }),
    );
  }
}

/** Who vouches for whom the applications call, where no public authority does. PEM. */
function authoritiesOf({ trust, vault, database }: PlannedArgs<PortalArgs>): Partial<Record<Trusted, Input<string>>> {
  return {
    ...(trust === undefined ? {} : { platform: trust }),
    ...(vault === undefined ? {} : { vault: vault.ca }),
    ...(database.ca === undefined ? {} : { database: database.ca }),
  };
}

/** What an application is called among the portal's own children. */
function roleOf({ name }: PortalApp): string {
  return name.replace(/^cp-portal-/, "");
}

/** The entries of a record with the given keys, in the record's own order. */
function only<T>(record: Readonly<Record<string, T>>, keys: readonly string[]): Record<string, T> {
  return Object.fromEntries(Object.entries(record).filter(([key]) => keys.includes(key)));
}
