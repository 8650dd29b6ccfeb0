import { Deployment } from "@pulumi/kubernetes/apps/v1/deployment";
import { ConfigMap } from "@pulumi/kubernetes/core/v1/configMap";
import { Service } from "@pulumi/kubernetes/core/v1/service";
import { Ingress } from "@pulumi/kubernetes/networking/v1/ingress";
import { all, type ComponentResourceOptions, type Input, interpolate, type Output, output, type Resource } from "@pulumi/pulumi";
import { serviceType } from "../../../model/type-tokens";
import { type PlannedArgs, planned } from "../args";
import { certificateAuthority, serviceCertificate, trustOf } from "../certificates";
import { generatedPassword } from "../generated-password";
import type { ClustersAccess } from "../grants";
import { contentHash, fromIngress, fromNamespace, ingressFor, overTls, secretHash, selectorLabels } from "../objects";
import { PlatformService } from "../service";
import type { KpaasServerArgs } from "./args";
import { FILES, FOLDERS, NAMES, PORTS, WORKLOAD } from "./names";
import { type PodSurroundings, serverPod } from "./workload";

/** The account that K-PaaS's own calls are made by has a password of so many characters. */
const PASSWORD = 48;

/**
 * `kpaas server` in the place of K-PaaS's Terraman: pods of which one leads, with all that they keep in PostgreSQL, in OpenBao and in git. It has no
 * right in its own cluster.
 */
export class KpaasServer extends PlatformService {
  /** Where its page and its calls are. */
  readonly url: Output<string>;
  /** What signed its pods' certificate. PEM. */
  readonly ca: Output<string>;
  /** What those have who call it as K-PaaS's portal does. */
  readonly access: ClustersAccess;

  constructor(name: string, given: KpaasServerArgs, opts?: ComponentResourceOptions) {
    const args = planned("kpaasServer", given);
    super(serviceType("KpaasServer"), name, args, opts);
    const { plan, ingress, clients = [] } = args;
    if (plan.host === undefined) throw new Error(`The plan of service "${plan.name}" has no host: give \`plan.host\`.`);
    this.url = output(`https://${plan.host}`);
    this.createNamespace("restricted");
    this.allowIngress("allow-ingress", selectorLabels(WORKLOAD), [PORTS.https], [...fromIngress(ingress), ...clients.map(fromNamespace)]);
    this.allowCertificateChecks(ingress);
    this.disruptionBudget("budget", WORKLOAD, plan.replicas);
    const authority = args.authority ?? certificateAuthority(this.childName("tls"), WORKLOAD, this);
    const { certificate, key } = serviceCertificate(
      this.childName("tls"),
      { services: [WORKLOAD], namespace: plan.namespace },
      authority,
      this,
    );
    this.ca = trustOf(authority);
    const password = this.rotatedPassword("password", PASSWORD);
    this.access = { url: `https://${WORKLOAD}.${plan.namespace}.svc:${PORTS.https}`, password, ca: this.ca };
    const tls = [
      // The service takes up another certificate by itself.
      this.secret("tls", NAMES.tls, WORKLOAD, { "tls.crt": certificate, "tls.key": key }, "kubernetes.io/tls"),
      this.secret("ca", NAMES.authority, WORKLOAD, { "ca.crt": this.ca }),
    ];
    const server = this.createServer(args, this.settings(args), this.files(args, password), tls);
    this.createIngress(args, plan.host, server);
    this.registerOutputs({ url: this.url });
  }

  /** Its variables. The passphrase stays for ever: states are read by no other. */
  private settings({ database }: KpaasServerArgs): Record<string, Output<string>> {
    const { host, port, user, password, database: name } = database;
    const place = interpolate`${user}:${password}@${host}:${port}/${name}?sslmode=verify-full&sslrootcert=${FOLDERS.trust}/${FILES.database}`;
    return {
      KPAAS_DATABASE_URL: interpolate`postgresql://${place}`,
      // The engine knows the other name alone.
      KPAAS_STATE_BACKEND: interpolate`postgres://${place}`,
      PULUMI_CONFIG_PASSPHRASE: generatedPassword(this.childName("passphrase"), this, PASSWORD),
    };
  }

  /** The files that it is told of, by name. */
  private files({ repository }: KpaasServerArgs, password: Output<string>): Record<string, Input<string>> {
    const git: Record<string, Input<string>> = "login" in repository
      ? { [FILES.gitLogin]: interpolate`username=${repository.login.user}\npassword=${repository.login.password}\n` }
      : { [FILES.gitKey]: output(repository.key).apply(ended), [FILES.gitHosts]: ended(repository.hosts) };
    return { [FILES.password]: password, ...git };
  }

  /** Whom it trusts, by the names of files. */
  private trusted({ database, vault, trust, repository, domain }: KpaasServerArgs): Record<string, Input<string>> {
    const isOwn = new URL(repository.url).hostname.endsWith(`.${domain}`);
    const ofGit = ("login" in repository ? repository.authority : undefined) ?? (isOwn ? trust : undefined);
    return {
      [FILES.trust]: all([vault.ca, trust ?? ""]).apply((pems) => pems.map(ended).join("")),
      [FILES.database]: database.ca,
      ...("login" in repository && ofGit !== undefined ? { [FILES.gitTrust]: ofGit } : {}),
    };
  }

  private createServer(
    args: PlannedArgs<KpaasServerArgs>,
    settings: Record<string, Output<string>>,
    files: Record<string, Input<string>>,
    tls: readonly Resource[],
  ): Deployment {
    const { plan, tokens, vault, repository, ingress, domain, clients = [] } = args;
    if (vault.login.kind !== "kubernetes") throw new Error("It logs in to OpenBao by its account: claim `kubernetes`.");
    const trusted = this.trusted(args);
    const selector = selectorLabels(WORKLOAD);
    const dependsOn = [
      ...tls,
      this.secret("secret", NAMES.secret, WORKLOAD, settings),
      this.secret("files", NAMES.files, WORKLOAD, files),
      new ConfigMap(this.childName("trust"), { metadata: this.metadata(NAMES.trust, WORKLOAD), data: trusted }, this.inCluster()),
    ];
    new Service(
      this.childName("service"),
      {
        // It has no pods to wait for yet: the Deployment waits for them.
        metadata: this.metadata(WORKLOAD, WORKLOAD, { annotations: { "pulumi.com/skipAwait": "true" } }),
        spec: { type: "ClusterIP", selector: { ...selector }, ports: [{ name: "https", port: PORTS.https, targetPort: "https" }] },
      },
      this.inCluster(),
    );
    const meets = [new URL(tokens.url).hostname, new URL(repository.url).hostname].filter((host) => host.endsWith(`.${domain}`));
    const surroundings: PodSurroundings = {
      serviceAccountName: this.serviceAccount("account", WORKLOAD),
      issuer: tokens.issuer,
      vault: { url: vault.url, role: vault.role, audience: vault.login.audience },
      repository: repository.url,
      git: (["gitLogin", "gitKey", "gitHosts", "gitTrust"] as const).filter((file) => FILES[file] in { ...files, ...trusted }),
      isCalled: clients.length > 0,
      hosts: { ip: ingress.address, hostnames: [...new Set(meets)] },
    };
    return new Deployment(
      this.childName("server"),
      {
        metadata: this.metadata(WORKLOAD, WORKLOAD),
        spec: {
          replicas: plan.replicas,
          // A new one is ready before one of the others waits for its steps, and ends.
          strategy: { rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
          selector: { matchLabels: { ...selector } },
          template: {
            metadata: {
              labels: this.podLabels(WORKLOAD),
              // They are read at its start.
              annotations: {
                "kpaas/secrets": secretHash(...Object.values(settings), ...Object.values(files)),
                "kpaas/trust": all(Object.values(trusted)).apply((pems) => contentHash(pems.join(""))),
              },
            },
            spec: serverPod(plan, surroundings),
          },
        },
      },
      this.inCluster({ dependsOn }),
    );
  }

  private createIngress({ plan, ingress }: PlannedArgs<KpaasServerArgs>, host: string, server: Resource): void {
    const { annotations, spec } = ingressFor(host, ingress, [{ path: "/", service: WORKLOAD, port: PORTS.https }]);
    const verified = overTls(`${plan.namespace}/${NAMES.authority}`, `${WORKLOAD}.${plan.namespace}.svc`);
    new Ingress(
      this.childName("ingress"),
      { metadata: this.metadata(WORKLOAD, WORKLOAD, { annotations: { ...annotations, ...verified } }), spec },
      this.inCluster({ dependsOn: [server] }),
    );
  }
}

/** With a line's end: what follows begins a line, and OpenSSH reads no key without. */
function ended(text: string): string {
  return text === "" || text.endsWith("\n") ? text : `${text}\n`;
}
