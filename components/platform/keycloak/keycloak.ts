import { Provider, type ProviderArgs } from "@pulumi/keycloak/provider";
import { StatefulSet } from "@pulumi/kubernetes/apps/v1/statefulSet";
import { Ingress } from "@pulumi/kubernetes/networking/v1/ingress";
import {
  type ComponentResourceOptions,
  type CustomResourceOptions,
  InputPropertyError,
  type Output,
  output,
  type Resource,
} from "@pulumi/pulumi";
import { serviceType } from "../../../model/type-tokens";
import { type Credentials, localUrl, type PlannedArgs, planned } from "../args";
import { type CertificatePair, certificateAuthority, serviceCertificate, trustOf } from "../certificates";
import { generatedPassword } from "../generated-password";
import type { LoginClient, RealmAccess } from "../grants";
import { fromIngress, ingressFor, overTls, secretHash, selectorLabels } from "../objects";
import { PlatformService } from "../service";
import { ADMIN_CLIENT, createAdministrator, createSuccessor } from "./administrator";
import type { KeycloakArgs } from "./args";
import { administratorOf, BOOTSTRAP_ADMIN } from "./names";
import { ADMIN_ROLE, CLIENT_ID, createRealm, PORTAL_ADMIN, REALM } from "./realm";
import { before26 } from "./versions";
import { CACHE_PORTS, CERTIFICATE, HTTP_PORT, HTTPS_PORT, keycloakPod, NAMES, WORKLOAD } from "./workload";

/** The client by which the realm's resources are made; Keycloak starts with it too, from 26 on. */
const PROVIDER_CLIENT = "kpaas";

/** Where the server is administered, and by which certificate it is known. */
type Where = Pick<ProviderArgs, "url" | "rootCaCertificate">;

/** How long Keycloak may take to answer one call, in seconds, while its pods start anew. */
const PATIENCE = 60;

/** What is served at the public host. The users' log-in needs its realm and the pages' own files. */
const SERVED = { public: ["/"], internal: ["/realms", "/resources"] } as const;

/** Where the administration is reached, if not at the public host: at the end of a port-forward. */
function adminUrl(adminConsole: KeycloakArgs["adminConsole"]): string | undefined {
  return adminConsole === "public" ? undefined : `http://localhost:${HTTP_PORT}`;
}

/**
 * Keycloak with the realm of the K-PaaS applications. Realm, client, roles and groups are resources, put into the server
 * that runs: they follow what is claimed. Users are its own, but for the first one.
 */
export class Keycloak extends PlatformService {
  readonly url: Output<string>;
  readonly realm: RealmAccess;
  /** What those have who have a client of their own, by service. */
  readonly access: Readonly<Record<string, RealmAccess>>;
  /** What signed its pods' certificate. PEM. */
  readonly ca: Output<string>;
  /** Administrator of Keycloak itself. */
  readonly administrator: Credentials;
  /** First administrator of the portal, in the realm's administrators' group. */
  readonly portalAdministrator: { readonly user: string; readonly password: Output<string> };
  /** The administrator that it starts with, who has a successor once the secrets are exchanged. */
  private readonly first: { readonly user: string; readonly password: Output<string> };

  constructor(name: string, given: KeycloakArgs, opts?: ComponentResourceOptions) {
    const args = planned("keycloak", given);
    super(serviceType("Keycloak"), name, args, opts);
    const { plan, adminConsole = "internal" } = args;
    if (plan.host === undefined) throw new Error(`The plan of service "${plan.name}" has no host: give \`plan.host\`.`);
    const url = `https://${plan.host}`;
    const managedAt = args.managedAt ?? localUrl(plan);
    if (managedAt === undefined)
      throw new InputPropertyError({
        propertyPath: "managedAt",
        reason: "is missing: a Keycloak that is made alone must be told where its pods' port 8443 is reached; `forwardTo` leads there",
      });
    this.url = output(url);
    const clientSecret = this.rotatedPassword("client-secret");
    this.first = { user: BOOTSTRAP_ADMIN, password: generatedPassword(this.childName("admin-password"), this) };
    const successor = plan.rotation === undefined || before26(plan) ? undefined : this.successor(plan.rotation);
    this.administrator = { ...(successor ?? this.first), where: `${adminUrl(adminConsole) ?? url}/admin` };
    this.portalAdministrator = { user: PORTAL_ADMIN, password: generatedPassword(this.childName("portal-admin-password"), this) };
    this.realm = {
      url,
      realm: REALM,
      realmId: REALM,
      issuer: `${url}/realms/${REALM}`,
      clientId: CLIENT_ID,
      clientSecret,
      schema: args.database.database,
      administratorRole: ADMIN_ROLE,
      administrator: this.portalAdministrator,
    };

    const { clients = {} } = args;
    this.access = Object.fromEntries(Object.entries(clients).map(([service, client]) => [service, this.ownAccess(service, client)]));

    this.createNamespace("restricted");
    const selector = selectorLabels(WORKLOAD);
    this.allowIngress("allow-ingress", selector, [HTTPS_PORT], fromIngress(args.ingress));
    this.allowCertificateChecks(args.ingress);
    if (plan.replicas > 1) this.allowIngress("allow-cache", selector, CACHE_PORTS, [{ podSelector: { matchLabels: { ...selector } } }]);
    this.disruptionBudget("budget", WORKLOAD, plan.replicas);
    const providerSecret = generatedPassword(this.childName("provider-secret"), this);
    const authority = args.authority ?? certificateAuthority(this.childName("tls"), WORKLOAD, this);
    // Whoever administers it meets it at the end of a forward.
    const names = { services: [NAMES.service, "localhost"], namespace: plan.namespace, ipAddresses: ["127.0.0.1"] };
    const certificate = serviceCertificate(this.childName("tls"), names, authority, this);
    this.ca = trustOf(authority);
    const server = this.createServer(args, certificate, this.createSecrets(args, providerSecret, certificate, this.ca));
    const where: Where = { url: managedAt, rootCaCertificate: this.ca };
    const made = before26(plan) ? this.createProviderClient(where, providerSecret, server) : server;
    const inside = this.inside(made, { ...where, clientId: PROVIDER_CLIENT, clientSecret: providerSecret });
    this.createRealm(args, inside);
    if (successor !== undefined) createSuccessor((role) => this.childName(role), { ...successor, first: this.first.user }, inside);
    this.registerOutputs({ url: this.url, issuer: this.realm.issuer, realm: REALM, clientId: CLIENT_ID, clientSecret });
  }

  /** How the platform shows that one logs in. */
  get credentials(): Credentials {
    return this.administrator;
  }

  /** What a service has that has a client of its own: neither the others' secret nor their first administrator. */
  private ownAccess(service: string, { id }: LoginClient): RealmAccess {
    const { url, realm, realmId, issuer } = this.realm;
    const clientSecret = this.rotatedPassword(`client-${service}-secret`);
    return { url, realm, realmId, issuer, clientId: id, clientSecret, administratorRole: ADMIN_ROLE };
  }

  private createSecrets(
    { plan, database }: PlannedArgs<KeycloakArgs>,
    providerSecret: Output<string>,
    { certificate, key }: CertificatePair,
    trusted: Output<string>,
  ): Resource[] {
    const access = this.secret("secret", NAMES.secret, WORKLOAD, {
      "admin-username": this.first.user,
      "admin-password": this.first.password,
      ...(before26(plan) ? {} : { "provider-client": PROVIDER_CLIENT, "provider-secret": providerSecret }),
      "db-password": database.password,
    });
    const pair = { [CERTIFICATE.certificate]: certificate, [CERTIFICATE.key]: key };
    return [
      access,
      this.secret("tls", NAMES.tls, WORKLOAD, pair, "kubernetes.io/tls"),
      this.secret("ca", NAMES.authority, WORKLOAD, { "ca.crt": trusted }),
      ...(database.ca === undefined ? [] : [this.trustBundle(NAMES.databaseTrust, WORKLOAD, database.ca)]),
    ];
  }

  /**
   * The client that a server before 26 does not start with, made by the administrator. It stays when this resource goes with the move to 26,
   * which starts with none where there are administrators already.
   */
  private createProviderClient(where: Where, clientSecret: Output<string>, server: Resource): Resource {
    const { user: username, password } = this.first;
    const provider = this.createProvider("first-provider", { ...where, clientId: ADMIN_CLIENT, username, password });
    const options = this.inService({ provider, dependsOn: [server], retainOnDelete: true });
    return createAdministrator((role) => this.childName(role), { clientId: PROVIDER_CLIENT, clientSecret }, options);
  }

  private createProvider(role: string, access: ProviderArgs): Provider {
    return new Provider(this.childName(role), { ...access, initialLogin: false, clientTimeout: PATIENCE }, { parent: this });
  }

  /** The administrator who has another one's place, after so many exchanges of secrets. */
  private successor(rotation: number): { readonly user: string; readonly password: Output<string> } {
    return { user: administratorOf(rotation), password: this.rotatedPassword("successor-password") };
  }

  /** Options of what lives in the server, through a provider that logs in at its first call: a server that is not there yet fails no preview. */
  private inside(server: Resource, access: ProviderArgs): CustomResourceOptions {
    return this.inService({ provider: this.createProvider("provider", access), dependsOn: [server] });
  }

  private createRealm(
    { plan, applications = [], clients = {}, takers = {}, domain = plan.host ?? "", selfRegistration = false }: PlannedArgs<KeycloakArgs>,
    inside: CustomResourceOptions,
  ): void {
    createRealm(
      (role) => this.childName(role),
      {
        applications,
        clients: Object.entries(clients).map(([service, client]) => ({ ...client, clientSecret: this.access[service]!.clientSecret })),
        takers: Object.values(takers),
        before26: before26(plan),
        domain,
        selfRegistration,
        clientSecret: this.realm.clientSecret,
        adminPassword: this.portalAdministrator.password,
      },
      inside,
    );
  }

  private createServer(
    { plan, database, ingress, adminConsole = "internal" }: PlannedArgs<KeycloakArgs>,
    { certificate }: CertificatePair,
    dependsOn: Resource[],
  ): Resource {
    const selector = selectorLabels(WORKLOAD);
    this.statefulServices(WORKLOAD, NAMES, [
      { name: "http", port: HTTP_PORT, targetPort: "http" },
      { name: "https", port: HTTPS_PORT, targetPort: "https" },
    ]);
    const serviceAccount = this.serviceAccount("account", WORKLOAD);
    const server = new StatefulSet(
      this.childName("server"),
      {
        metadata: this.metadata(WORKLOAD, WORKLOAD),
        spec: {
          replicas: plan.replicas,
          serviceName: NAMES.headless,
          selector: { matchLabels: { ...selector } },
          template: {
            // Environment variables are read at start, and the certificate for an hour: another one, another pod.
            metadata: {
              labels: this.podLabels(WORKLOAD),
              annotations: { "kpaas/secrets": secretHash(database.password, certificate, database.ca ?? "") },
            },
            spec: keycloakPod(plan, database, serviceAccount, adminUrl(adminConsole)),
          },
        },
      },
      // Building and the first start's migrations take minutes on a small node.
      this.inCluster({ dependsOn, customTimeouts: { create: "20m", update: "20m" }, ...this.numberedByLoad() }),
    );
    this.autoscaler("autoscaler", "StatefulSet", WORKLOAD, server);
    const { annotations, spec } = ingressFor(
      plan.host ?? "",
      ingress,
      SERVED[adminConsole].map((path) => ({ path, service: NAMES.service, port: HTTPS_PORT })),
    );
    new Ingress(
      this.childName("ingress"),
      {
        metadata: this.metadata(WORKLOAD, WORKLOAD, {
          annotations: {
            ...annotations,
            ...overTls(`${plan.namespace}/${NAMES.authority}`, `${NAMES.service}.${plan.namespace}.svc`),
            "nginx.ingress.kubernetes.io/proxy-buffer-size": "16k",
          },
        }),
        spec,
      },
      this.inCluster({ dependsOn: [server] }),
    );
    return server;
  }
}
