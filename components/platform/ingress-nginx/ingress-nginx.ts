import type { ComponentResourceOptions, Resource } from "@pulumi/pulumi";
import { serviceType } from "../../../model/type-tokens";
import { planned } from "../args";
import type { IngressRoute } from "../grants";
import { PlatformService } from "../service";
import type { IngressNginxArgs } from "./args";
import { CONTROLLER_LABELS, DEFAULT_CERTIFICATE, ingressNginxValues } from "./values";

/** The ingress controller at its planned address, with the platform's certificate as default. */
export class IngressNginx extends PlatformService {
  /** How services are reached through it. */
  readonly route: IngressRoute;

  constructor(name: string, given: IngressNginxArgs, opts?: ComponentResourceOptions) {
    const args = planned("ingress", given);
    super(serviceType("IngressNginx"), name, args, opts);
    this.createNamespace("baseline");
    this.allowIngress("allow-web", CONTROLLER_LABELS, [80, 443, 8443]);
    const before: Resource[] = [];
    const { defaultCertificate, ...rest } = args;
    if (defaultCertificate) {
      const { certificate, key } = defaultCertificate;
      before.push(
        this.secret("certificate", DEFAULT_CERTIFICATE, "ingress-nginx", { "tls.crt": certificate, "tls.key": key }, "kubernetes.io/tls"),
      );
    }
    this.release(ingressNginxValues(rest, defaultCertificate !== undefined), "cloudParts", before);
    const { className, address, clusterIssuer } = args;
    this.route = { className, namespace: args.plan.namespace, address, ...(clusterIssuer === undefined ? {} : { clusterIssuer }) };
    this.registerOutputs({});
  }
}
