import { CustomResource } from "@pulumi/kubernetes/apiextensions/customResource";
import type { ComponentResourceOptions, Resource } from "@pulumi/pulumi";
import { serviceType } from "../../../model/type-tokens";
import { planned } from "../args";
import { PLATFORM_ISSUER } from "../issuer";
import { PlatformService } from "../service";
import type { CertManagerArgs } from "./args";
import { certManagerValues, partLabels } from "./values";

const CA_SECRET = "platform-ca";
const ACME_ACCOUNT = "platform-acme-account";
const ACME_SERVER = "https://acme-v02.api.letsencrypt.org/directory";

/** cert-manager and the platform's cluster issuer. */
export class CertManager extends PlatformService {
  /** Name of the cluster issuer; undefined where there is nothing to issue from. */
  readonly clusterIssuer: string | undefined;

  constructor(name: string, given: CertManagerArgs, opts?: ComponentResourceOptions) {
    const args = planned("certManager", given);
    super(serviceType("CertManager"), name, args, opts);
    const { issuer } = args;
    this.createNamespace("restricted");
    this.allowIngress("allow-webhook", partLabels("webhook"), [10250]);
    const release = this.release(certManagerValues(args.plan));
    if (issuer.kind === "ca") {
      const { certificate, key } = issuer;
      const ca = this.secret("ca", CA_SECRET, "cert-manager", { "tls.crt": certificate, "tls.key": key }, "kubernetes.io/tls");
      this.issue({ ca: { secretName: CA_SECRET } }, [release, ca]);
    } else if (issuer.kind === "acme") {
      // The ingress controller reaches the solver inside the cluster; the default would open a port on every node.
      const solvers = [{ http01: { ingress: { ingressClassName: issuer.ingressClass, serviceType: "ClusterIP" } } }];
      this.issue({ acme: { email: issuer.email, server: ACME_SERVER, privateKeySecretRef: { name: ACME_ACCOUNT }, solvers } }, [release]);
    }
    this.clusterIssuer = issuer.kind === "none" ? undefined : PLATFORM_ISSUER;
    this.registerOutputs({ clusterIssuer: this.clusterIssuer });
  }

  private issue(spec: object, dependsOn: Resource[]): void {
    const { labels } = this.metadata(PLATFORM_ISSUER, "cert-manager");
    new CustomResource(
      this.childName("issuer"),
      { apiVersion: "cert-manager.io/v1", kind: "ClusterIssuer", metadata: { name: PLATFORM_ISSUER, labels }, spec },
      this.inCluster({ dependsOn }),
    );
  }
}
