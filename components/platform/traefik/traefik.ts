import type { ComponentResourceOptions } from "@pulumi/pulumi";
import { serviceType } from "../../../model/type-tokens";
import { planned } from "../args";
import type { IngressRoute } from "../grants";
import { IngressController } from "../ingress/controller";
import type { TraefikArgs } from "./args";
import { PORTS, traefikLabels, traefikValues } from "./values";

/** Traefik at the planned address, with the platform's certificate as default, and nothing of itself shown to anybody. */
export class Traefik extends IngressController {
  readonly route: IngressRoute;

  constructor(name: string, given: TraefikArgs, opts?: ComponentResourceOptions) {
    const args = planned("traefik", given);
    super(serviceType("Traefik"), name, args, opts);
    const labels = traefikLabels(args.plan);
    this.createNamespace("restricted");
    this.allowIngress("allow-web", labels, Object.values(PORTS));
    const { defaultCertificate, ...rest } = args;
    const before = this.defaultCertificate(args, "traefik");
    this.release(traefikValues(rest, defaultCertificate !== undefined), "cloudParts", before);
    this.createOutside(args, "traefik", labels, { http: "web", https: "websecure" });
    this.route = this.routeOf(args);
    this.registerOutputs({});
  }
}
