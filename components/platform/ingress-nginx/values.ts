import type { PlannedArgs } from "../args";
import type { IngressArgs } from "../ingress/args";
import { DEFAULT_CERTIFICATE } from "../ingress/controller";
import { front } from "../ingress/front";
import { imageOf, imageParts, spreadOverNodes } from "../objects";
import type { Values } from "../values";

/** Labels the chart gives the controller's pods. */
export const CONTROLLER_LABELS = {
  "app.kubernetes.io/name": "ingress-nginx",
  "app.kubernetes.io/instance": "ingress-nginx",
  "app.kubernetes.io/component": "controller",
} as const;

/** Values of the ingress-nginx chart. */
export function ingressNginxValues(args: Omit<PlannedArgs<IngressArgs>, "defaultCertificate">, hasDefaultCertificate: boolean): Values {
  const { plan, className } = args;
  return {
    controller: {
      image: chartImage(imageOf(plan, "controller")),
      replicaCount: plan.replicas,
      resources: plan.resources ?? {},
      ingressClass: className,
      // There is one class of the name, and whoever has the address has it.
      ingressClassResource: args.beside ? { name: className, enabled: false } : { name: className, default: true },
      ...(plan.replicas > 1 ? { topologySpreadConstraints: spreadOverNodes(CONTROLLER_LABELS) } : {}),
      // Snippets would let whoever may write an Ingress read every certificate of the controller.
      allowSnippetAnnotations: false,
      ...(args.scrapedFrom ? { metrics: { enabled: true } } : {}),
      ...(hasDefaultCertificate ? { extraArgs: { "default-ssl-certificate": `${plan.namespace}/${DEFAULT_CERTIFICATE}` } } : {}),
      service: front(args),
      admissionWebhooks: { enabled: true, patch: { enabled: true, image: chartImage(imageOf(plan, "certgen")) } },
    },
  };
}

function chartImage(image: string): Values {
  const { registry, path, tag, digest } = imageParts(image);
  // The chart pins its own digests; an empty one says that the reference given here decides.
  return { registry, image: path, tag, digest };
}
