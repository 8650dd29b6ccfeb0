import type { ComponentResourceOptions } from "@pulumi/pulumi";
import { serviceType } from "../../../model/type-tokens";
import { planned } from "../args";
import type { IngressRoute } from "../grants";
import type { IngressArgs } from "../ingress/args";
import { IngressController } from "../ingress/controller";
import { CONTROLLER_LABELS, ingressNginxValues } from "./values";

/** ingress-nginx at the planned address, with the platform's certificate as default. */
export class IngressNginx extends IngressController {
  readonly route: IngressRoute;

  constructor(name: string, given: IngressArgs, opts?: ComponentResourceOptions) {
    const args = planned("ingress", given);
    super(serviceType("IngressNginx"), name, args, opts);
    this.createNamespace("baseline");
    this.allowIngress("allow-web", CONTROLLER_LABELS, [80, 443, 8443]);
    const { defaultCertificate, ...rest } = args;
    const before = this.defaultCertificate(args, "ingress-nginx");
    this.release(ingressNginxValues(rest, defaultCertificate !== undefined), "cloudParts", before);
    this.createOutside(args, "ingress-nginx", CONTROLLER_LABELS, { http: "http", https: "https" });
    this.route = this.routeOf(args);
    this.registerOutputs({});
  }
}
