import type { Provider } from "@pulumi/kubernetes/provider";
import {
  ComponentResource,
  type ComponentResourceOptions,
  type Input,
  mergeOptions,
  type Output,
  output,
  type Resource,
  secret,
} from "@pulumi/pulumi";
import { parseAddress } from "../../model/ipv4";
import type { EnvironmentPlan, ServicePlan } from "../../model/plan/types";
import { PLATFORM } from "../../model/type-tokens";
import type { Credentials, IngressRoute, ServiceArgs } from "./args";
import type { PlatformIssuer } from "./cert-manager/args";
import { CertManager, PLATFORM_ISSUER } from "./cert-manager/cert-manager";
import { IngressNginx } from "./ingress-nginx/ingress-nginx";
import { Keycloak } from "./keycloak/keycloak";
import type { SchemaSpec } from "./mariadb/args";
import { MariaDb } from "./mariadb/mariadb";
import { MetalLb } from "./metallb/metallb";
import { MetricsServer } from "./metrics-server/metrics-server";
import { NfsStorage } from "./nfs-storage/nfs-storage";
import { PlatformTls } from "./platform-tls/platform-tls";
import { Portal } from "./portal/portal";
import { portalTables, realmUsers } from "./portal/schema";

/** Names of the schemas in MariaDB; K-PaaS's own. */
const SCHEMAS = { keycloak: "keycloak", portal: "cp" } as const;

/** Arguments of {@link Platform}. */
export interface PlatformArgs {
  readonly plan: EnvironmentPlan;
  /** The cluster the platform runs in: the provider that reaches it and, where the same stack makes it, the resource the objects go with. */
  readonly cluster: { readonly provider: Provider; readonly resource?: Resource };
  /** What the file's secret references resolve to. Required where `platform.tls` is `provided`. PEM; the key is secret. */
  readonly secrets?: { readonly tlsCertificate?: Input<string>; readonly tlsKey?: Input<string> };
}

/** Every service of an environment's plan, in its order, each with what the others give it. */
export class Platform extends ComponentResource {
  /** Where the services with a host name are reached, by service. */
  readonly urls: Readonly<Record<string, Output<string>>>;
  /** How to log in, by service. The passwords are secret. */
  readonly credentials: Readonly<Record<string, Credentials>>;
  /** The certificate a browser must trust; undefined where a public authority issues the platform's. PEM. */
  readonly caCertificate: Output<string> | undefined;

  private readonly args: PlatformArgs;
  private readonly prefix: string;
  private readonly tls: PlatformTls | undefined;
  private readonly services = new Map<string, Resource>();
  private readonly reached: Record<string, Output<string>> = {};
  private readonly logins: Record<string, Credentials> = {};
  private mariadb: MariaDb | undefined;
  private keycloak: Keycloak | undefined;

  constructor(name: string, args: PlatformArgs, opts?: ComponentResourceOptions) {
    const { environment, release } = args.plan;
    super(PLATFORM, name, { environment, release }, mergeOptions(opts, { providers: { kubernetes: args.cluster.provider } }));
    this.args = args;
    this.prefix = name;
    this.tls = this.createTls();
    const create: Record<string, (plan: ServicePlan) => Resource> = {
      metallb: (plan) => this.createMetalLb(plan),
      storage: (plan) => this.createStorage(plan),
      metricsServer: (plan) => this.createMetricsServer(plan),
      certManager: (plan) =>
        new CertManager(this.childName("cert-manager"), { ...this.common(plan), issuer: this.issuer() }, { parent: this }),
      ingress: (plan) => this.createIngress(plan),
      mariadb: (plan) => this.createMariaDb(plan),
      keycloak: (plan) => this.createKeycloak(plan),
      portal: (plan) => this.createPortal(plan),
    };
    for (const service of args.plan.services) this.services.set(service.name, create[service.name]!(service));

    this.urls = this.reached;
    this.credentials = this.logins;
    this.caCertificate = this.tls?.trust;
    this.registerOutputs({ urls: this.urls, credentials: this.credentials, caCertificate: this.caCertificate });
  }

  private childName(role: string): string {
    return `${this.prefix}-${role}`;
  }

  /** What every service takes. A service waits for the ones it depends on. */
  private common(plan: ServicePlan): ServiceArgs {
    const after = plan.dependsOn.flatMap((name) => this.services.get(name) ?? []);
    const { resource } = this.args.cluster;
    const keptFrom = podsKeptFrom(this.args.plan);
    return { plan, labels: this.args.plan.labels, after, keptFrom, ...(resource ? { cluster: resource } : {}) };
  }

  private planOf(name: string): ServicePlan | undefined {
    return this.args.plan.services.find((service) => service.name === name);
  }

  private createTls(): PlatformTls | undefined {
    const { tls, domain } = this.args.plan.platform;
    const { tlsCertificate: certificate, tlsKey: key } = this.args.secrets ?? {};
    if (tls.kind === "acme") {
      if (!this.planOf("certManager"))
        throw new Error("platform.tls.kind is acme, which needs platform.services.certManager: switch it on.");
      return undefined;
    }
    if (tls.kind === "selfSigned") return new PlatformTls(this.childName("tls"), { kind: "selfSigned", domain }, { parent: this });
    if (certificate === undefined || key === undefined)
      throw new Error("platform.tls.kind is provided; both secrets.tlsCertificate and secrets.tlsKey must be given.");
    return new PlatformTls(this.childName("tls"), { kind: "provided", domain, certificate, key }, { parent: this });
  }

  private issuer(): PlatformIssuer {
    const { tls, ingress } = this.args.plan.platform;
    if (tls.kind === "acme") return { kind: "acme", email: tls.email, ingressClass: ingress.className };
    return this.tls?.authority ? { kind: "ca", ...this.tls.authority } : { kind: "none" };
  }

  /** How services are reached from outside. With acme each host has a certificate of its own; else the wildcard serves all. */
  private route(): IngressRoute {
    const { tls, ingress } = this.args.plan.platform;
    const namespace = required(this.planOf("ingress"), "ingress").namespace;
    return {
      className: ingress.className,
      namespace,
      address: ingress.address,
      ...(tls.kind === "acme" ? { clusterIssuer: PLATFORM_ISSUER } : {}),
    };
  }

  private createMetalLb(plan: ServicePlan): Resource {
    const { loadBalancer, ingress } = this.args.plan.platform;
    if (loadBalancer.kind !== "metallb") throw new Error("The plan has the service metallb, but platform.loadBalancer.kind is cloud.");
    const args = { ...this.common(plan), range: loadBalancer.range, reserved: loadBalancer.reserved, ingressAddress: ingress.address };
    return new MetalLb(this.childName("metallb"), args, { parent: this });
  }

  private createStorage(plan: ServicePlan): Resource {
    const { storage, storageClass } = this.args.plan.platform;
    if (storage.kind !== "nfs") throw new Error("The plan has the service storage, but platform.storage.kind is existing.");
    const args = { ...this.common(plan), server: storage.server, path: storage.path, className: storageClass };
    return new NfsStorage(this.childName("storage"), args, { parent: this });
  }

  private createMetricsServer(plan: ServicePlan): Resource {
    const signed = this.args.plan.cluster.variables.kubelet_rotate_server_certificates === true;
    const args = { ...this.common(plan), kubeletCertificates: signed ? "clusterSigned" : "selfSigned" } as const;
    return new MetricsServer(this.childName("metrics-server"), args, { parent: this });
  }

  private createIngress(plan: ServicePlan): Resource {
    const { platform, access, network } = this.args.plan;
    return new IngressNginx(
      this.childName("ingress"),
      {
        ...this.common(plan),
        className: platform.ingress.className,
        address: platform.ingress.address,
        loadBalancer: platform.loadBalancer.kind,
        sourceRanges: access.ingressCidrs,
        podCidr: network.podCidr,
        ...(this.tls ? { defaultCertificate: this.tls.server } : {}),
      },
      { parent: this },
    );
  }

  private createMariaDb(plan: ServicePlan): Resource {
    const { environment, provider, platform, protectData, retain } = this.args.plan;
    const schemas: Record<string, SchemaSpec> = {};
    if (this.planOf("keycloak")) schemas.keycloak = { schema: SCHEMAS.keycloak, user: "keycloak" };
    if (this.planOf("portal")) {
      const tables = portalTables({ id: environment, name: environment, provider: provider.toUpperCase() });
      schemas.portal = { schema: SCHEMAS.portal, user: "portal", reads: [realmUsers(SCHEMAS.keycloak)], tables };
    }
    const clients = [this.planOf("keycloak"), this.planOf("portal")].flatMap((client) => client?.namespace ?? []);
    const args = {
      ...this.common(plan),
      storageClass: platform.storageClass,
      protectData,
      retainData: retain.includes("volumes"),
      schemas,
      clients,
    };
    this.mariadb = new MariaDb(this.childName("mariadb"), args, { parent: this });
    this.logins.mariadb = { user: "root", password: this.mariadb.rootPassword, where: `${this.mariadb.host}:${this.mariadb.port}` };
    return this.mariadb;
  }

  private createKeycloak(plan: ServicePlan): Resource {
    const database = required(required(this.mariadb, "mariadb").databases.keycloak, "mariadb");
    this.keycloak = new Keycloak(
      this.childName("keycloak"),
      {
        ...this.common(plan),
        database,
        ingress: this.route(),
        applications: this.args.plan.services.flatMap(({ needs }) => (needs?.identity as { url?: string } | undefined)?.url ?? []),
        domain: this.args.plan.platform.domain,
        ...plan.options,
      },
      { parent: this },
    );
    this.reached.keycloak = output(this.keycloak.url);
    this.logins.keycloak = this.keycloak.administrator;
    return this.keycloak;
  }

  private createPortal(plan: ServicePlan): Resource {
    const keycloak = required(this.keycloak, "keycloak");
    const portal = new Portal(
      this.childName("portal"),
      {
        ...this.common(plan),
        ingress: this.route(),
        database: required(required(this.mariadb, "mariadb").databases.portal, "mariadb"),
        keycloakSchema: SCHEMAS.keycloak,
        realm: keycloak.realm,
        keycloakHost: required(this.planOf("keycloak")?.host, "keycloak"),
        ...(this.tls ? { trust: this.tls.trust } : {}),
        storageClass: this.args.plan.platform.storageClass,
      },
      { parent: this },
    );
    this.reached.portal = output(portal.url);
    this.logins.portal = { ...keycloak.portalAdministrator, password: secret(keycloak.portalAdministrator.password), where: portal.url };
    return portal;
  }
}

/** The cloud's metadata, which holds the machines' user data, and the NFS server, which trusts nodes. */
function podsKeptFrom({ cluster, platform: { storage } }: EnvironmentPlan): string[] {
  if (cluster.variables.kube_network_plugin === "cilium") return [];
  const server = storage.kind === "nfs" && parseAddress(storage.server) !== undefined ? [`${storage.server}/32`] : [];
  return ["169.254.169.254/32", ...server];
}

/** What another service must have given; the plan's order and its `dependsOn` make sure of it. */
function required<T>(value: T | undefined, service: string): T {
  if (value === undefined) throw new Error(`The plan has a service that needs "${service}" before it, but not "${service}".`);
  return value;
}
