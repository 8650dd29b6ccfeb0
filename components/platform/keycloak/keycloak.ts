import { StatefulSet } from "@pulumi/kubernetes/apps/v1/statefulSet";
import { Ingress } from "@pulumi/kubernetes/networking/v1/ingress";
import { all, type ComponentResourceOptions, type Output, output, type Resource, secret } from "@pulumi/pulumi";
import { RandomPassword } from "@pulumi/random/randomPassword";
import { serviceType } from "../../../model/type-tokens";
import { type Credentials, type PlannedArgs, planned } from "../args";
import type { RealmAccess } from "../grants";
import { fromNamespace, ingressFor, secretHash, selectorLabels } from "../objects";
import { PlatformService } from "../service";
import type { KeycloakArgs } from "./args";
import { CLIENT_ID, PORTAL_ADMIN, REALM, realmRepresentation } from "./realm";
import { CACHE_PORTS, HTTP_PORT, keycloakPod, NAMES, WORKLOAD } from "./workload";

/** The name of the administrator Keycloak starts with. */
const BOOTSTRAP_ADMIN = "kpaas-admin";

/** What is served at the public host. The users' log-in needs its realm and the pages' own files. */
const SERVED = { public: ["/"], internal: ["/realms", "/resources"] } as const;

/** Where the administration is reached, if not at the public host: at the end of a port-forward. */
function adminUrl(adminConsole: KeycloakArgs["adminConsole"]): string | undefined {
  return adminConsole === "public" ? undefined : `http://localhost:${HTTP_PORT}`;
}

/**
 * Keycloak with the realm of the K-PaaS applications. The realm is imported when it is not there yet; from then on it
 * belongs to Keycloak, and changing its settings here changes nothing.
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
    this.url = output(url);
    const clientSecret = this.password("client-secret");
    this.administrator = {
      user: BOOTSTRAP_ADMIN,
      password: this.password("admin-password"),
      where: `${adminUrl(adminConsole) ?? url}/admin`,
    };
    this.portalAdministrator = { user: PORTAL_ADMIN, password: this.password("portal-admin-password") };
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
    this.createServer(args, this.createSecrets(args));
    this.registerOutputs({ url: this.url, issuer: this.realm.issuer, realm: REALM, clientId: CLIENT_ID, clientSecret });
  }

  /** How the platform shows that one logs in. */
  get credentials(): Credentials {
    return this.administrator;
  }

  private password(role: string): Output<string> {
    return secret(new RandomPassword(this.childName(role), { length: 32, special: false }, { parent: this }).result);
  }

  private createSecrets({
    plan,
    database,
    applications = [],
    domain = plan.host ?? "",
    selfRegistration = false,
  }: PlannedArgs<KeycloakArgs>): Resource[] {
    const access = this.secret("secret", NAMES.secret, WORKLOAD, {
      "admin-username": this.administrator.user,
      "admin-password": this.administrator.password,
      "db-password": database.password,
    });
    const realm = all([this.realm.clientSecret, this.portalAdministrator.password]).apply(([clientSecret, adminPassword]) =>
      JSON.stringify(realmRepresentation({ applications, domain, selfRegistration, clientSecret, adminPassword })),
    );
    return [access, this.secret("realm", NAMES.realm, WORKLOAD, { [`${REALM}-realm.json`]: realm })];
  }

  private createServer({ plan, database, ingress, adminConsole = "internal" }: PlannedArgs<KeycloakArgs>, dependsOn: Resource[]): void {
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
            // Environment variables are read at start: another password, another pod.
            metadata: { labels: this.podLabels(WORKLOAD), annotations: { "kpaas/secrets": secretHash(database.password) } },
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
  }
}
