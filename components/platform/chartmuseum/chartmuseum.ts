import { Deployment } from "@pulumi/kubernetes/apps/v1/deployment";
import { PersistentVolumeClaim } from "@pulumi/kubernetes/core/v1/persistentVolumeClaim";
import { Service } from "@pulumi/kubernetes/core/v1/service";
import { Ingress } from "@pulumi/kubernetes/networking/v1/ingress";
import { type ComponentResourceOptions, type Output, output, type Resource } from "@pulumi/pulumi";
import { serviceType } from "../../../model/type-tokens";
import { type Credentials, type PlannedArgs, planned } from "../args";
import { certificateAuthority, serverCertificate } from "../certificates";
import type { ChartRepositoryAccess } from "../grants";
import { claimSpec, contentHash, fromIngress, ingressFor, overTls, secretHash, selectorLabels } from "../objects";
import { PlatformService } from "../service";
import type { ChartMuseumArgs } from "./args";
import { FOLDERS, NAMES, PORT, SETTINGS_FILE, serverPod, settings, WORKLOAD } from "./workload";

/** The name of its one account. */
const ACCOUNT = "charts";

/** The name K-PaaS's applications know the repository by. */
const REPOSITORY = "cp-chart-repository";

/** A ChartMuseum with one account, without which nobody reads or writes charts. K-PaaS's own is open to everybody. */
export class ChartMuseum extends PlatformService {
  readonly url: Output<string>;
  readonly credentials: Credentials;
  /** How charts are got and put there. */
  readonly repository: ChartRepositoryAccess;

  constructor(name: string, given: ChartMuseumArgs, opts?: ComponentResourceOptions) {
    const args = planned("chartmuseum", given);
    super(serviceType("ChartMuseum"), name, args, opts);
    const { plan, ingress } = args;
    if (plan.host === undefined) throw new Error(`The plan of service "${plan.name}" has no host: give \`plan.host\`.`);
    const url = `https://${plan.host}`;
    this.url = output(url);
    const password = this.rotatedPassword("password");
    this.credentials = { user: ACCOUNT, password, where: url };
    this.repository = { name: REPOSITORY, url, user: ACCOUNT, password };

    this.createNamespace("restricted", { retain: args.retainData, reaches: "itself" });
    this.allowIngress("allow-ingress-controller", selectorLabels(WORKLOAD), [PORT], fromIngress(ingress));
    this.allowCertificateChecks(ingress);
    const server = this.createServer(args);
    const { annotations, spec } = ingressFor(plan.host, ingress, [{ path: "/", service: NAMES.service, port: PORT }]);
    const nginx = {
      ...overTls(`${plan.namespace}/${NAMES.authority}`, NAMES.service),
      // The most that the server takes.
      "nginx.ingress.kubernetes.io/proxy-body-size": "20m",
    };
    new Ingress(
      this.childName("ingress"),
      {
        metadata: this.metadata(WORKLOAD, WORKLOAD, { annotations: { ...annotations, ...nginx } }),
        spec,
      },
      this.inCluster({ dependsOn: [server] }),
    );
    this.registerOutputs({ url: this.url });
  }

  private createServer({ plan, storageClass, protectData, retainData }: PlannedArgs<ChartMuseumArgs>): Deployment {
    const authority = certificateAuthority(this.childName("internal"), WORKLOAD, this);
    const { certificate, key } = serverCertificate(
      this.childName("internal"),
      { dnsNames: [NAMES.service, `${NAMES.service}.${plan.namespace}.svc`] },
      authority,
      this,
    );
    const { password } = this.credentials;
    const told = password.apply((known) => settings(FOLDERS, PORT, ACCOUNT, known));
    const read: Resource[] = [
      this.secret("settings", NAMES.settings, WORKLOAD, { [SETTINGS_FILE]: told }),
      this.secret("tls", NAMES.tls, WORKLOAD, { "tls.crt": certificate, "tls.key": key }, "kubernetes.io/tls"),
      this.secret("ca", NAMES.authority, WORKLOAD, { "ca.crt": authority.certificate }),
    ];
    const data = new PersistentVolumeClaim(
      this.childName("data"),
      {
        metadata: this.metadata(NAMES.data, WORKLOAD),
        spec: claimSpec(storageClass, plan.sizeGiB ?? 5),
      },
      this.deletedFirst({ protect: protectData || this.protectsData, ...(retainData ? { retainOnDelete: true } : {}) }),
    );
    new Service(
      this.childName("service"),
      {
        // It has no pods to wait for yet: the Deployment waits for them.
        metadata: this.metadata(NAMES.service, WORKLOAD, { annotations: { "pulumi.com/skipAwait": "true" } }),
        spec: {
          type: "ClusterIP",
          selector: { ...selectorLabels(WORKLOAD) },
          ports: [{ name: "https", port: PORT, targetPort: "https" }],
        },
      },
      this.inCluster(),
    );
    const account = this.serviceAccount("account", WORKLOAD);
    // Settings and certificate are read at start: others, another pod.
    const annotations = {
      "kpaas/secrets": secretHash(told),
      "kpaas/certificate": certificate.apply(contentHash),
    };
    return new Deployment(
      this.childName("server"),
      {
        metadata: this.metadata(WORKLOAD, WORKLOAD),
        spec: {
          replicas: plan.replicas,
          // A claim that one pod holds cannot be mounted by its successor at the same time.
          strategy: { type: "Recreate" },
          selector: { matchLabels: { ...selectorLabels(WORKLOAD) } },
          template: { metadata: { labels: this.podLabels(WORKLOAD), annotations }, spec: serverPod(plan, account) },
        },
      },
      // A claim goes when no pod holds it any more, so its pod goes first too.
      this.deletedFirst({ dependsOn: [...read, data] }),
    );
  }
}
