import { Provider, type ProviderArgs } from "@pulumi/keycloak/provider";
import { StatefulSet } from "@pulumi/kubernetes/apps/v1/statefulSet";
import { Ingress } from "@pulumi/kubernetes/networking/v1/ingress";
import { type ComponentResourceOptions, type Input, InputPropertyError, type Output, output, type Resource } from "@pulumi/pulumi";
import type { ServicePlan } from "../../../model/plan/types";
import { serviceType } from "../../../model/type-tokens";
import { type Credentials, localUrl, type PlannedArgs, planned } from "../args";
import { type CertificatePair, ownCertificate } from "../certificates";
import { generatedPassword } from "../generated-password";
import type { RealmAccess } from "../grants";
import { fromNamespace, ingressFor, secretHash, selectorLabels } from "../objects";
import { PlatformService } from "../service";
import type { KeycloakArgs } from "./args";
import { CLIENT_ID, createRealm, PORTAL_ADMIN, REALM } from "./realm";
import { before26, CACHE_PORTS, CERTIFICATE, HTTP_PORT, keycloakPod, NAMES, WORKLOAD } from "./workload";

/** The name of the administrator Keycloak starts with. */
const BOOTSTRAP_ADMIN = "kpaas-admin";

/** The client by which the realm's resources are made; Keycloak starts with it too, from 26 on. */
const PROVIDER_CLIENT = "kpaas";

/** Every Keycloak's own client for administrators who log in by password. */
const ADMIN_CLIENT = "admin-cli";

/** How the provider logs in. */
type Login =
  | { readonly clientId: string; readonly clientSecret: Output<string> }
  | { readonly clientId: string; readonly username: Input<string>; readonly password: Output<string> };

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
  /** Administrator of Keycloak itself. */
  readonly administrator: Credentials;
  /** First administrator of the portal, in the realm's administrators' group. */
  readonly portalAdministrator: { readonly user: string; readonly password: Output<string> };

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
    const clientSecret = generatedPassword(this.childName("client-secret"), this);
    this.administrator = {
      user: BOOTSTRAP_ADMIN,
      password: generatedPassword(this.childName("admin-password"), this),
      where: `${adminUrl(adminConsole) ?? url}/admin`,
    };
    this.portalAdministrator = { user: PORTAL_ADMIN, password: generatedPassword(this.childName("portal-admin-password"), this) };
    this.realm = {
      url,
      realm: REALM,
      realmId: REALM,
      issuer: `${url}/realms/${REALM}`,
      clientId: CLIENT_ID,
      clientSecret,
      schema: args.database.database,
      administrator: this.portalAdministrator,
    };

    this.createNamespace("restricted");
    const selector = selectorLabels(WORKLOAD);
    this.allowIngress("allow-ingress-controller", selector, [HTTP_PORT], [fromNamespace(args.ingress.namespace)]);
    this.allowCertificateChecks(args.ingress);
    if (plan.replicas > 1) this.allowIngress("allow-cache", selector, CACHE_PORTS, [{ podSelector: { matchLabels: { ...selector } } }]);
    this.disruptionBudget("budget", WORKLOAD, plan.replicas);
    const login = this.login(plan);
    const certificate = ownCertificate(this.childName("certificate"), WORKLOAD, this);
    const server = this.createServer(args, certificate, this.createSecrets(args, login, certificate));
    this.createRealm(args, server, { ...login, url: managedAt, rootCaCertificate: certificate.certificate });
    this.registerOutputs({ url: this.url, issuer: this.realm.issuer, realm: REALM, clientId: CLIENT_ID, clientSecret });
  }

  /** How the platform shows that one logs in. */
  get credentials(): Credentials {
    return this.administrator;
  }

  /** By a client of its own; before 26 none is there at the first start, and it is the administrator who logs in. */
  private login(plan: ServicePlan): Login {
    if (before26(plan)) return { clientId: ADMIN_CLIENT, username: this.administrator.user, password: this.administrator.password };
    return { clientId: PROVIDER_CLIENT, clientSecret: generatedPassword(this.childName("provider-secret"), this) };
  }

  private createSecrets({ database }: PlannedArgs<KeycloakArgs>, login: Login, { certificate, key }: CertificatePair): Resource[] {
    const access = this.secret("secret", NAMES.secret, WORKLOAD, {
      "admin-username": this.administrator.user,
      "admin-password": this.administrator.password,
      ...("clientSecret" in login ? { "provider-client": login.clientId, "provider-secret": login.clientSecret } : {}),
      "db-password": database.password,
    });
    const pair = { [CERTIFICATE.certificate]: certificate, [CERTIFICATE.key]: key };
    return [access, this.secret("tls", NAMES.tls, WORKLOAD, pair, "kubernetes.io/tls")];
  }

  /** What lives in the server, through a provider that logs in at its first call: a server that is not there yet fails no preview. */
  private createRealm(
    { plan, applications = [], domain = plan.host ?? "", selfRegistration = false }: PlannedArgs<KeycloakArgs>,
    server: Resource,
    access: Login & Pick<ProviderArgs, "url" | "rootCaCertificate">,
  ): void {
    const provider = new Provider(
      this.childName("provider"),
      { ...access, initialLogin: false, clientTimeout: PATIENCE },
      { parent: this },
    );
    createRealm(
      (role) => this.childName(role),
      { applications, domain, selfRegistration, clientSecret: this.realm.clientSecret, adminPassword: this.portalAdministrator.password },
      this.inService({ provider, dependsOn: [server] }),
    );
  }

  private createServer(
    { plan, database, ingress, adminConsole = "internal" }: PlannedArgs<KeycloakArgs>,
    { certificate }: CertificatePair,
    dependsOn: Resource[],
  ): Resource {
    const selector = selectorLabels(WORKLOAD);
    this.statefulServices(WORKLOAD, NAMES, { name: "http", port: HTTP_PORT, targetPort: "http" });
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
            metadata: { labels: this.podLabels(WORKLOAD), annotations: { "kpaas/secrets": secretHash(database.password, certificate) } },
            spec: keycloakPod(plan, database, serviceAccount, adminUrl(adminConsole)),
          },
        },
      },
      // Building and the first start's migrations take minutes on a small node.
      this.inCluster({ dependsOn, customTimeouts: { create: "20m", update: "20m" } }),
    );
    const { annotations, spec } = ingressFor(
      plan.host ?? "",
      ingress,
      SERVED[adminConsole].map((path) => ({ path, service: NAMES.service, port: HTTP_PORT })),
    );
    new Ingress(
      this.childName("ingress"),
      {
        metadata: this.metadata(WORKLOAD, WORKLOAD, {
          annotations: { ...annotations, "nginx.ingress.kubernetes.io/proxy-buffer-size": "16k" },
        }),
        spec,
      },
      this.inCluster({ dependsOn: [server] }),
    );
    return server;
  }
}
