import type { ServicePlan } from "../../../model/plan/types";
import type { PlannedArgs } from "../args";
import { DEFAULT_CERTIFICATE } from "../ingress/controller";
import { front } from "../ingress/front";
import { imageOf, imageParts, spreadOverNodes } from "../objects";
import type { Values } from "../values";
import type { TraefikArgs } from "./args";

/** Where its pods listen; listeners of the Gateway API name these ports too. */
export const PORTS = { web: 8000, websecure: 8443 } as const;

/** Its IngressClass says this; it is the chart's own word. */
const CONTROLLER = "traefik.io/ingress-controller";

/** As ingress-nginx says it by itself. */
const HSTS = { stsSeconds: 31_536_000, stsIncludeSubdomains: true };

/** Those of ingress-nginx that Traefik has; TLS 1.3 has its own. */
const CIPHERS = ["ECDSA", "RSA"].flatMap((kind) =>
  ["AES_128_GCM_SHA256", "AES_256_GCM_SHA384", "CHACHA20_POLY1305_SHA256"].map((cipher) => `TLS_ECDHE_${kind}_WITH_${cipher}`),
);

/** Labels the chart gives its pods. */
export function traefikLabels({ namespace }: Pick<ServicePlan, "namespace">) {
  return { "app.kubernetes.io/name": "traefik", "app.kubernetes.io/instance": `traefik-${namespace}` } as const;
}

/** Values of the traefik chart. */
export function traefikValues(args: Omit<PlannedArgs<TraefikArgs>, "defaultCertificate">, hasDefaultCertificate: boolean): Values {
  const { plan, className, gateways = false } = args;
  const { annotations, nodePorts, ...spec } = front(args);
  const several = plan.replicas > 1;
  return {
    image: chartImage(imageOf(plan, "server")),
    deployment: { replicas: plan.replicas },
    resources: plan.resources ?? {},
    podDisruptionBudget: several ? { enabled: true, maxUnavailable: 1 } : { enabled: false },
    ...(several ? { topologySpreadConstraints: spreadOverNodes(traefikLabels(plan)) } : {}),
    service: { ...(annotations && { annotations }), spec },
    ports: {
      web: port({ nodePort: nodePorts?.http }),
      websecure: port({ nodePort: nodePorts?.https, http: { middlewares: ["hsts@file"] } }),
    },
    // It asks nobody about newer versions and tells nobody of itself; who asks it about itself gets nothing.
    global: { checkNewVersion: false, sendAnonymousUsage: false },
    api: { dashboard: false },
    // A request line holds what was asked for, tokens of log-ins among it.
    accessLog: { enabled: false },
    core: { strictTLSOptions: true },
    // There is one class of the name, and whoever has the address has it.
    ingressClass: args.beside ? { enabled: false } : { enabled: true, isDefaultClass: true, name: className },
    providers: {
      // Ingresses are read as ingress-nginx reads them, its annotations too: of this class, whoever's it is at the time.
      kubernetesIngressNGINX: {
        enabled: true,
        controllerClass: CONTROLLER,
        ingressClass: className,
        ingressClassByName: true,
        publishService: { enabled: !args.beside },
        // Snippets would let whoever may write an Ingress change what others get.
        allowSnippetAnnotations: false,
        allowCrossNamespaceResources: false,
        proxyRequestBuffering: true,
      },
      kubernetesIngress: { enabled: false },
      // What holds for all hosts is nobody's but the platform's.
      kubernetesCRD: { enabled: true, allowCrossNamespace: false, defaultTLSResourcesNamespace: plan.namespace },
      kubernetesGateway: { enabled: gateways },
      file: {
        enabled: true,
        watch: false,
        content: {
          http: { middlewares: { hsts: { headers: HSTS } } },
          tls: { options: { default: { minVersion: "VersionTLS12", cipherSuites: CIPHERS } } },
        },
      },
    },
    ...(gateways ? { gateway: { listeners: listeners(hasDefaultCertificate) } } : {}),
    ...(hasDefaultCertificate ? { tlsStore: { default: { defaultCertificate: { secretName: DEFAULT_CERTIFICATE } } } } : {}),
  };
}

/** An entry point. It goes on for a while when its pod ends, until nobody leads to it any more; an upload may take its time. */
function port({ nodePort, ...more }: { readonly nodePort: number | undefined; readonly http?: Values }): Values {
  return {
    ...(nodePort === undefined ? {} : { nodePort }),
    ...more,
    transport: { respondingTimeouts: { readTimeout: "1h" }, lifeCycle: { requestAcceptGraceTimeout: "10s" } },
  };
}

/** What routes of any namespace may hang on. */
function listeners(hasDefaultCertificate: boolean): Values {
  const namespacePolicy = { from: "All" };
  return {
    web: { port: PORTS.web, protocol: "HTTP", namespacePolicy },
    ...(hasDefaultCertificate
      ? { websecure: { port: PORTS.websecure, protocol: "HTTPS", namespacePolicy, certificateRefs: [{ name: DEFAULT_CERTIFICATE }] } }
      : {}),
  };
}

function chartImage(image: string): Values {
  const { registry, path, tag, digest } = imageParts(image);
  // A digest stays with the tag, by which the chart knows the version.
  return { registry, repository: path, tag: digest === "" ? tag : `${tag}@${digest}` };
}
