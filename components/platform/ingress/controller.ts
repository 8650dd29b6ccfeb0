import { Service } from "@pulumi/kubernetes/core/v1/service";
import { type Input, output, type Resource } from "@pulumi/pulumi";
import type { Labels } from "../../../model/plan/infrastructure-types";
import type { PlannedArgs } from "../args";
import type { IngressRoute } from "../grants";
import { PlatformService } from "../service";
import type { IngressArgs } from "./args";

/** Name of the Secret with the default certificate. */
export const DEFAULT_CERTIFICATE = "platform-tls";

/** What all ingress controllers share: the default certificate, a second Service where one is needed, and the way to them. */
export abstract class IngressController extends PlatformService {
  /** How services are reached through it. */
  abstract readonly route: IngressRoute;

  /** The way to it, by what it was given. */
  protected routeOf({ className, plan, address, clusterIssuer, other }: PlannedArgs<IngressArgs>): IngressRoute {
    return {
      className,
      namespace: plan.namespace,
      ...(other === undefined ? {} : { beside: other }),
      address,
      ...(clusterIssuer === undefined ? {} : { clusterIssuer }),
    };
  }

  /** The Secret with the default certificate, which the release waits for; none where each host has its own. */
  protected defaultCertificate({ defaultCertificate }: PlannedArgs<IngressArgs>, workload: string): Resource[] {
    if (defaultCertificate === undefined) return [];
    const { certificate, key } = defaultCertificate;
    return [this.secret("certificate", DEFAULT_CERTIFICATE, workload, { "tls.crt": certificate, "tls.key": key }, "kubernetes.io/tls")];
  }

  /**
   * Where a balancer is met from one side only: the same controller, for those who come from outside. Like the release, it goes before its
   * cluster. Without the address it stays, and asks for none.
   */
  protected createOutside(
    { beside, outside, outsideAddress, sourceRanges }: PlannedArgs<IngressArgs>,
    workload: string,
    selector: Labels,
    ports: { readonly http: string; readonly https: string },
  ): void {
    if (outside === undefined) return;
    const name = `${workload}-outside`;
    const annotations: Input<Record<string, string>> | undefined = beside ? undefined : output(outside).apply((all) => ({ ...all }));
    new Service(
      this.childName("outside"),
      {
        metadata: this.metadata(name, name, annotations === undefined ? {} : { annotations }),
        spec: {
          type: beside ? "ClusterIP" : "LoadBalancer",
          ...(beside || outsideAddress === undefined ? {} : { loadBalancerIP: outsideAddress }),
          selector: { ...selector },
          ports: [
            { name: "http", port: 80, targetPort: ports.http, protocol: "TCP" },
            { name: "https", port: 443, targetPort: ports.https, protocol: "TCP" },
          ],
          ...(beside ? {} : { externalTrafficPolicy: "Local", loadBalancerSourceRanges: [...sourceRanges] }),
        },
      },
      this.deletedFirst(),
    );
  }
}
