import type { Provider } from "@pulumi/kubernetes/provider";
import {
  ComponentResource,
  type ComponentResourceOptions,
  type Input,
  InputPropertyError,
  mergeOptions,
  type Output,
  output,
  type Resource,
  type ResourceTransform,
} from "@pulumi/pulumi";
import { parseAddress } from "../../model/ipv4";
import { registriesOf } from "../../model/plan/registries";
import type { EnvironmentPlan, ServicePlan, TenantPlan } from "../../model/plan/types";
import { claimsMetadata } from "../../model/plan/user-data";
import { fieldOf, isLookedAt, offererOf } from "../../model/registry";
import { rotationsOf, takersOf } from "../../model/rotation";
import { kebab } from "../../model/service";
import { PLATFORM } from "../../model/type-tokens";
import type { PlaybookArgs } from "../ansible/playbook";
import { ownOptions, ownProvider } from "../options";
import type { Credentials, PlannedArgs } from "./args";
import type { AnyGiven, AnyService, ServiceComponent } from "./define-service";
import { egressOf } from "./egress";
import type { Access, CloudAccess, Kind } from "./grants";
import { PlatformTls } from "./platform-tls/platform-tls";
import type { Devices } from "./rook-ceph/args";
import { scraperOf } from "./scrapes";
import { services } from "./services";
import type { Tenant } from "./tenant/tenant";
import type { Components, NoServices, OwnServices, Transforms } from "./typed-services";

/** The machines that are nodes, and how to log in to them. */
export type PlatformNodes = Pick<PlaybookArgs, "hosts" | "ssh">;

/** Arguments of {@link Platform}. */
export interface PlatformArgs<Own extends OwnServices = NoServices> {
  readonly plan: EnvironmentPlan;
  /** The nodes, whose runtimes are told whom to trust where images are pulled from the platform itself. @default they trust public authorities */
  readonly nodes?: PlatformNodes;
  /** The cluster the platform runs in: the provider that reaches it and, where the same stack makes it, the resource the objects go with. */
  readonly cluster: { readonly provider: Provider; readonly resource?: Resource };
  /** Where the ingress is met from outside, where a balancer hands packets on as they came and so workers answer for it. */
  readonly ingressPublicAddress?: Input<string>;
  /** What the file's secret references resolve to. Required where `platform.tls` is `provided`. PEM; the key is secret. */
  readonly secrets?: {
    readonly tlsCertificate?: Input<string>;
    readonly tlsKey?: Input<string>;
    readonly tlsAuthority?: Input<string>;
    /** Of services' own options, by the fields of the file that hold the references. Secret. */
    readonly services?: Readonly<Record<string, Input<string>>>;
  };
  /** What the environment's cloud has that runs in the cluster, and what its infrastructure tells that. Required where the plan has such a part. */
  readonly cloud?: CloudAccess;
  /** Where disks are that Ceph takes, by the machine's name and the volume's: paths that stay. Required where the plan has no such path itself. */
  readonly devices?: Devices;
  /** Services of the program's own that the plan has, by name. */
  readonly services?: Own;
  /** What changes resources of a service before they are registered, by the service's name. @default nothing */
  readonly transform?: Transforms<Own>;
}

/** Every service of an environment's plan, in its order, each with what the others grant it. */
export class Platform<Wanted = unknown, Own extends OwnServices = NoServices> extends ComponentResource {
  /** The components of the services, by name. One that the program did not ask for by name may be missing. */
  readonly services: Components<Wanted, Own>;
  /** Where the services with a host name are reached, by service. */
  readonly urls: Readonly<Record<string, Output<string>>>;
  /** How to log in, by service. The passwords are secret. */
  readonly credentials: Readonly<Record<string, Credentials>>;
  /** The certificate a browser must trust; undefined where a public authority issues the platform's. PEM. */
  readonly caCertificate: Output<string> | undefined;

  private readonly args: PlatformArgs<Own>;
  private readonly known: Readonly<Record<string, AnyService>>;
  private readonly tls: PlatformTls | undefined;
  private readonly made: Record<string, ServiceComponent> = {};

  constructor(name: string, args: PlatformArgs<Own>, opts?: ComponentResourceOptions) {
    const { environment, release } = args.plan;
    const { options, protectsData } = ownOptions(opts);
    const { provider } = args.cluster;
    if ((ownProvider("kubernetes", opts) ?? provider) !== provider)
      throw new InputPropertyError({
        propertyPath: "providers",
        reason: "holds another kubernetes provider than cluster.provider: leave it out",
      });
    super(PLATFORM, name, { environment, release }, mergeOptions(options, { providers: { kubernetes: provider } }));
    this.args = protectsData ? { ...args, plan: { ...args.plan, protectData: true } } : args;
    this.known = { ...services, ...args.services };
    this.tls = this.createTls(`${name}-tls`);
    for (const plan of args.plan.services) this.made[plan.name] = this.create(`${name}-${kebab(plan.name)}`, plan);
    const ends = args.plan.services.flatMap((plan) => this.endFormer(`${name}-${kebab(plan.name)}-former`, plan) ?? []);
    this.trustOnNodes(`${name}-registry-trust`);
    const tenants = this.createTenants(`${name}-tenant`);
    for (const plan of args.plan.services)
      this.made[plan.name]?.enterTenants?.(`${name}-${kebab(plan.name)}-tenants`, tenants, { parent: this });
    this.createExtra(`${name}-extra`, tenants);
    this.recordRotations(`${name}-rotations`, ends);

    this.services = this.made as Components<Wanted, Own>;
    const made = Object.entries(this.made);
    this.urls = Object.fromEntries(made.flatMap(([service, { url }]) => (url === undefined ? [] : [[service, output(url)]])));
    this.credentials = Object.fromEntries(
      made.flatMap(([service, { credentials }]) => (credentials === undefined ? [] : [[service, credentials]])),
    );
    this.caCertificate = this.tls?.trust;
    this.registerOutputs({ urls: this.urls, credentials: this.credentials, caCertificate: this.caCertificate });
  }

  private create(name: string, plan: ServicePlan): ServiceComponent {
    const { needs = {}, offers = [], options = {} } = plan;
    const transform = new Map<string, ResourceTransform | undefined>(Object.entries(this.args.transform ?? {})).get(plan.name);
    return this.definitionOf(plan.name).create(
      name,
      {
        common: this.common(plan),
        options: options as AnyGiven["options"],
        secrets: this.secretsOf(plan.name),
        granted: Object.fromEntries(Object.keys(needs).map((kind) => [kind, this.grant(kind as Kind, plan.name)])) as AnyGiven["granted"],
        claims: Object.fromEntries(offers.map((kind) => [kind, this.claimsOf(kind)])) as AnyGiven["claims"],
        environment: this.args.plan,
        ...(this.args.ingressPublicAddress === undefined ? {} : { ingressPublicAddress: this.args.ingressPublicAddress }),
        devices: this.args.devices ?? {},
        tls: this.tls,
      },
      { parent: this, ...(transform ? { transforms: [transform] } : {}) },
    );
  }

  /** What the references among a service's own options lead to, by their dotted paths. */
  private secretsOf(name: string): AnyGiven["secrets"] {
    const definition = this.definitionOf(name);
    const { services: known = {} } = this.args.secrets ?? {};
    return Object.fromEntries(
      Object.keys(definition.secrets ?? {}).flatMap((path) => {
        const value = known[`${fieldOf(definition)}.${path}`];
        return value === undefined ? [] : [[path, value]];
      }),
    );
  }

  /** What was valid before a rotation ends when all are there who had it: by then they have its successor. */
  private endFormer(name: string, plan: ServicePlan): Resource | undefined {
    const service = this.made[plan.name];
    if (plan.rotation === undefined || service?.endFormer === undefined) return undefined;
    const takers = takersOf(plan, this.args.plan.services).flatMap((taker) => this.made[taker.name] ?? []);
    return service.endFormer(name, { ...this.common(plan), after: [service, ...takers] }, { parent: this });
  }

  /** An exchange is finished when all services are there with what is valid now, and what was before has ended. */
  private recordRotations(name: string, ends: readonly Resource[]): void {
    const rotations = rotationsOf(this.args.plan.services);
    if (Object.keys(rotations).length === 0) return;
    const { FinishedRotations } = require("./finished-rotations") as typeof import("./finished-rotations");
    new FinishedRotations(name, rotations, [...Object.values(this.made), ...ends], { parent: this });
  }

  /** Tenants come after all services, and go before them: what looks at every namespace is there then. */
  private createTenants(prefix: string): Readonly<Record<string, Tenant>> {
    const { tenants = [], labels, protectData, retain } = this.args.plan;
    const { resource } = this.args.cluster;
    const scrapedFrom = scraperOf(this.args.plan.services);
    const measured = scrapedFrom ? { scrapedFrom } : {};
    const common = { labels, protectData, retain: retain.includes("volumes"), after: Object.values(this.made), ...measured };
    if (tenants.length === 0) return {};
    const { Tenant } = require("./tenant/tenant") as typeof import("./tenant/tenant");
    const made = (plan: TenantPlan): Tenant =>
      new Tenant(`${prefix}-${plan.name}`, { plan, ...common, ...(resource ? { cluster: resource } : {}) }, { parent: this });
    return Object.fromEntries(tenants.map((plan) => [plan.name, made(plan)]));
  }

  /** What users bring of their own comes last, and goes first. */
  private createExtra(name: string, tenants: Readonly<Record<string, Tenant>>): void {
    const { extra, protectData } = this.args.plan;
    const { resource } = this.args.cluster;
    if (extra === undefined) return;
    const { Extra } = require("./extra/extra") as typeof import("./extra/extra");
    const namespaces = Object.fromEntries(Object.entries(tenants).map(([tenant, { namespace }]) => [tenant, namespace]));
    const common = { plan: extra, namespaces, protectData, after: [...Object.values(this.made), ...Object.values(tenants)] };
    new Extra(name, { ...common, ...(resource ? { cluster: resource } : {}) }, { parent: this });
  }

  private definitionOf(name: string): AnyService {
    const definition = this.known[name];
    if (definition === undefined) throw new Error(`The plan has the service "${name}", which is none of ours and not among \`services\`.`);
    return definition;
  }

  /** What every service takes. A service waits for the ones it depends on. */
  private common(plan: ServicePlan): PlannedArgs {
    const after = plan.dependsOn.flatMap((name) => this.made[name] ?? []);
    const { resource } = this.args.cluster;
    const keptFrom = podsKeptFrom(this.args.plan, plan);
    const egress = egressOf(this.args.plan, plan, keptFrom);
    const scrapedFrom = scraperOf(this.args.plan.services);
    const common = { plan, labels: this.args.plan.labels, after, keptFrom, ...(scrapedFrom ? { scrapedFrom } : {}) };
    const mesh = plan.needs?.mesh && this.args.plan.services.find(({ offers = [] }) => offers.includes("mesh"));
    const proxies = mesh ? { proxyVersion: mesh.version } : {};
    return { ...common, ...proxies, ...(egress ? { egress } : {}), ...(resource ? { cluster: resource } : {}) };
  }

  /** What a consumer gets of a kind: from the field of the file that meets it, or from the service that offers it. */
  private grant(kind: Kind, consumer: string): Access<Kind> {
    const { storage, loadBalancer } = this.args.plan.platform;
    if (kind === "cloud") {
      if (this.args.cloud === undefined) throw new Error(`The plan has the service ${consumer}: give \`cloud\`.`);
      return this.args.cloud;
    }
    if (isLookedAt(kind)) return {};
    if (kind === "trust") return this.tls === undefined ? {} : { certificates: this.tls.trust };
    if (kind === "storage" && storage.kind === "existing") return { className: storage.className };
    if (kind === "loadBalancer" && loadBalancer.kind === "cloud" && !loadBalancer.controller) return { kind: "cloud" };
    const offerer = offererOf(kind, this.args.plan.services)?.name ?? "";
    const made = this.made[offerer];
    const grant = this.known[offerer]?.grants?.[kind];
    if (made === undefined || grant === undefined)
      throw new Error(`The plan's service "${consumer}" needs ${kind}, and no service before it offers that.`);
    return grant(made, consumer);
  }

  private claimsOf(kind: string): Readonly<Record<string, object>> {
    return Object.fromEntries(
      this.args.plan.services.flatMap(({ name, namespace, needs }) => {
        if (needs?.[kind] === undefined) return [];
        const ca = this.made[name]?.ca;
        return [[name, { ...needs[kind], namespace, ...(ca ? { ca } : {}) }]];
      }),
    );
  }

  /**
   * Has the nodes' runtimes trust whoever of the platform they pull images from. They read what is written for that at each pull: neither is
   * restarted, and nothing of kubespray's changes.
   */
  private trustOnNodes(name: string): void {
    const { nodes, plan, cluster } = this.args;
    const trusted = this.tls?.trust;
    const hosts = registriesOf(plan);
    if (nodes === undefined || trusted === undefined || hosts.length === 0) return;
    const { Playbook } = require("../ansible/playbook") as typeof import("../ansible/playbook");
    new Playbook(
      name,
      {
        playbook: "registry-trust",
        hosts: nodes.hosts,
        ssh: nodes.ssh,
        kubespray: plan.cluster.kubespray,
        variables: { kpaas_registry_trust: Object.fromEntries(hosts.map((host) => [host, trusted])) },
      },
      { parent: this, ...(cluster.resource ? { dependsOn: [cluster.resource], deletedWith: cluster.resource } : {}) },
    );
  }

  private createTls(name: string): PlatformTls | undefined {
    const { tls, domain } = this.args.plan.platform;
    const { tlsCertificate: certificate, tlsKey: key, tlsAuthority: authority } = this.args.secrets ?? {};
    if (tls.kind === "acme") {
      const issuing = offererOf("issuer", Object.values(this.known));
      if (issuing && offererOf("issuer", this.args.plan.services) === undefined)
        throw new Error(`platform.tls.kind is acme, which needs ${fieldOf(issuing)}: switch it on.`);
      return undefined;
    }
    if (tls.kind === "selfSigned") return new PlatformTls(name, { ...tls, domain }, { parent: this });
    if (certificate === undefined || key === undefined)
      throw new Error("platform.tls.kind is provided; both secrets.tlsCertificate and secrets.tlsKey must be given.");
    return new PlatformTls(name, { kind: "provided", domain, certificate, key, ...(authority ? { authority } : {}) }, { parent: this });
  }
}

/** Where a machine asks its cloud about itself. */
const METADATA = "169.254.169.254/32";

/** The cloud's metadata, which holds the machines' user data and lends out their rights, and the NFS server, which trusts nodes. */
function podsKeptFrom({ cluster, platform: { storage } }: EnvironmentPlan, service: ServicePlan): string[] {
  if (cluster.variables.kube_network_plugin === "cilium") return [];
  const server = storage.kind === "nfs" && parseAddress(storage.server) !== undefined ? [`${storage.server}/32`] : [];
  // Who claims it is the cloud's own, and says whether its pods ask there.
  return [...(claimsMetadata(service) ? [] : [METADATA]), ...server];
}
