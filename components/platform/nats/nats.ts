import { StatefulSet } from "@pulumi/kubernetes/apps/v1/statefulSet";
import { all, type ComponentResourceOptions, type Output, output, type Resource } from "@pulumi/pulumi";
import { serviceType } from "../../../model/type-tokens";
import { type Credentials, type PlannedArgs, planned } from "../args";
import { certificateAuthority, serverCertificate } from "../certificates";
import { generatedPassword } from "../generated-password";
import type { MessagesAccess } from "../grants";
import { MeasuredService } from "../measured-service";
import { claimSpec, contentHash, fromNamespace, secretHash, selectorLabels } from "../objects";
import type { NatsArgs } from "./args";
import { CONFIG_FILE, NAMES, PORTS, serverConfig, WORKLOAD } from "./config";
import { natsExporter } from "./exporter";
import { serverPod } from "./workload";

/** The account of whoever tries it by hand. */
const ADMINISTRATOR = "admin";

/**
 * NATS with JetStream, on members of its own: one, or three that agree. Each client has an account, a password and nothing of the others'.
 * K-PaaS's own has one account with fixed credentials, and no TLS.
 */
export class Nats extends MeasuredService {
  /** Where clients inside the cluster reach it. */
  readonly address: string;
  /** What its clients trust. PEM. */
  readonly ca: Output<string>;
  /** An account beside those of its clients. */
  readonly credentials: Credentials;
  /** By client. */
  readonly access: Readonly<Record<string, MessagesAccess>>;

  constructor(name: string, given: NatsArgs, opts?: ComponentResourceOptions) {
    const args = planned("nats", given);
    super(serviceType("Nats"), name, args, opts);
    const { plan, clients } = args;
    this.address = `tls://${NAMES.service}.${plan.namespace}.svc:${PORTS.client}`;
    this.createNamespace("restricted", { retain: args.retainData, reaches: "itself" });
    const selector = selectorLabels(WORKLOAD);
    const namespaces = [...new Set(Object.values(clients))];
    // Nobody's pods, where nobody claims anything yet: no peers would be everybody.
    const peers = namespaces.length > 0 ? namespaces.map(fromNamespace) : [{ podSelector: { matchLabels: { ...selector } } }];
    this.allowIngress("allow-clients", selector, [PORTS.client], peers);
    if (plan.replicas > 1)
      this.allowIngress("allow-members", selector, [PORTS.cluster], [{ podSelector: { matchLabels: { ...selector } } }]);

    const passwords = Object.fromEntries(
      [ADMINISTRATOR, ...Object.keys(clients)].map((user) => [user, this.rotatedPassword(`${user}-password`)]),
    );
    this.credentials = { user: ADMINISTRATOR, password: passwords[ADMINISTRATOR]!, where: this.address };
    const { headless, service } = NAMES;
    const authority = certificateAuthority(this.childName("tls"), WORKLOAD, this);
    const { certificate, key } = serverCertificate(
      this.childName("tls"),
      {
        dnsNames: [`${service}.${plan.namespace}.svc`, service, `${service}.${plan.namespace}`, `*.${headless}.${plan.namespace}.svc`],
        isClient: true,
      },
      authority,
      this,
    );
    this.ca = authority.certificate;
    this.access = Object.fromEntries(
      Object.keys(clients).map((user) => [user, { url: this.address, user, password: passwords[user]!, ca: this.ca }]),
    );
    const members =
      plan.replicas > 1
        ? Array.from({ length: plan.replicas }, (_, i) => `${WORKLOAD}-${i}.${headless}.${plan.namespace}.svc:${PORTS.cluster}`)
        : [];
    // It stays: members with two of them would not find each other, and the first that starts anew would never be ready.
    const memberPassword = generatedPassword(this.childName("member-password"), this);
    const config = all([all(passwords), memberPassword]).apply(([known, member]) =>
      serverConfig({ members, sizeGiB: plan.sizeGiB ?? 5, passwords: known, memberPassword: member }),
    );
    if (args.scrapedFrom !== undefined)
      this.createExporter(natsExporter(plan.replicas, plan.namespace), authority, {
        selector: selectorLabels(WORKLOAD),
        port: PORTS.monitor,
      });
    this.createServer(args, { "kpaas/config": secretHash(config), "kpaas/certificate": output(certificate).apply(contentHash) }, [
      this.secret("config", NAMES.config, WORKLOAD, { [CONFIG_FILE]: config }),
      this.secret("tls", NAMES.tls, WORKLOAD, { "tls.crt": certificate, "tls.key": key, "ca.crt": this.ca }, "kubernetes.io/tls"),
    ]);
    this.registerOutputs({ address: this.address, ca: this.ca });
  }

  private createServer(
    { plan, storageClass, protectData, retainData }: PlannedArgs<NatsArgs>,
    annotations: Readonly<Record<string, Output<string>>>,
    read: readonly Resource[],
  ): void {
    const claim = claimSpec(storageClass, plan.sizeGiB ?? 5);
    const claims = this.memberClaims(WORKLOAD, claim, { protectData, retainData });
    // Members that are not ready are named too: they must find each other first.
    this.statefulServices(WORKLOAD, NAMES, { name: "client", port: PORTS.client, targetPort: "client" }, { namesUnready: true });
    const account = this.serviceAccount("account", WORKLOAD);
    this.disruptionBudget("budget", WORKLOAD, plan.replicas);
    new StatefulSet(
      this.childName("server"),
      {
        metadata: this.metadata(WORKLOAD, WORKLOAD),
        spec: {
          replicas: plan.replicas,
          serviceName: NAMES.headless,
          // None is ready before more than half of them are there.
          podManagementPolicy: "Parallel",
          selector: { matchLabels: { ...selectorLabels(WORKLOAD) } },
          volumeClaimTemplates: [{ metadata: { name: "data" }, spec: claim }],
          // Settings and certificate are read at start: others, other pods, one after the other.
          template: { metadata: { labels: this.podLabels(WORKLOAD), annotations: { ...annotations } }, spec: serverPod(plan, account) },
        },
      },
      this.deletedFirst({
        dependsOn: [...read, ...claims],
        // A StatefulSet cannot change them, and its claims are there: they grow as themselves.
        ignoreChanges: ["spec.volumeClaimTemplates"],
      }),
    );
  }
}
