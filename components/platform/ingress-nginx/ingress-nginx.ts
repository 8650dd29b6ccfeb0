import { Service } from "@pulumi/kubernetes/core/v1/service";
import { type ComponentResourceOptions, type Input, output, type Resource } from "@pulumi/pulumi";
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
    if (args.outside !== undefined) this.createOutside(args.outside, args.outsideAddress, args.sourceRanges);
    const { className, address, clusterIssuer } = args;
    this.route = { className, namespace: args.plan.namespace, address, ...(clusterIssuer === undefined ? {} : { clusterIssuer }) };
    this.registerOutputs({});
  }

  /** Where a balancer is met from one side only: the same controller, for those who come from outside. Like the release, it goes before its cluster. */
  private createOutside(
    annotations: Input<Readonly<Record<string, string>>>,
    loadBalancerIP: Input<string> | undefined,
    sourceRanges: readonly string[],
  ): void {
    const name = "ingress-nginx-outside";
    new Service(
      this.childName("outside"),
      {
        metadata: this.metadata(name, name, { annotations: output(annotations).apply((all) => ({ ...all })) }),
        spec: {
          type: "LoadBalancer",
          ...(loadBalancerIP === undefined ? {} : { loadBalancerIP }),
          selector: { ...CONTROLLER_LABELS },
          ports: [
            { name: "http", port: 80, targetPort: "http", protocol: "TCP" },
            { name: "https", port: 443, targetPort: "https", protocol: "TCP" },
          ],
          externalTrafficPolicy: "Local",
          loadBalancerSourceRanges: [...sourceRanges],
        },
      },
      this.deletedFirst(),
    );
  }
}
