import type { PlannedArgs } from "../args";
import { imageOf, imageParts } from "../objects";
import type { Values } from "../values";
import type { ChaosMeshArgs } from "./args";

/** Where kubespray has each runtime listen. */
const SOCKETS = { crio: "/var/run/crio/crio.sock", containerd: "/run/containerd/containerd.sock" } as const;

/** A plain user: the images have none of their own, and none of the two writes anywhere but to its volume. */
const PLAIN_USER = {
  runAsNonRoot: true,
  runAsUser: 65532,
  runAsGroup: 65532,
  fsGroup: 65532,
  seccompProfile: { type: "RuntimeDefault" },
};

type Component = "controller-manager" | "chaos-daemon" | "chaos-dashboard" | "chaos-dns-server";

/** Labels the chart gives the pods of one of its parts. */
export function partLabels(component: Component) {
  return { "app.kubernetes.io/name": "chaos-mesh", "app.kubernetes.io/instance": "chaos-mesh", "app.kubernetes.io/component": component };
}

/** Values of the chaos-mesh chart. */
export function chaosMeshValues({ plan, runtime }: PlannedArgs<ChaosMeshArgs>): Values {
  const resources = plan.resources ?? {};
  const image = (role: string) => chartImage(imageOf(plan, role));
  return {
    // What it would open are the processes' memory and goroutines, to whoever reaches them.
    enableProfiling: false,
    controllerManager: {
      image: image("controller"),
      replicaCount: plan.replicas,
      // Nobody is hurt who has not said so, by an annotation of the namespace.
      enableFilterNamespace: true,
      podChaos: { podFailure: { pauseImage: imageOf(plan, "pause") } },
      securityContext: PLAIN_USER,
      resources,
      ...(plan.replicas > 1 ? { affinity: apart("controller-manager") } : {}),
    },
    chaosDaemon: { image: image("daemon"), runtime, socketPath: SOCKETS[runtime], resources },
    dashboard: {
      image: image("dashboard"),
      // Whoever comes brings a token of their own, and may do what that may.
      securityMode: true,
      service: { type: "ClusterIP" },
      securityContext: PLAIN_USER,
      resources,
    },
    dnsServer: { image: image("dns"), resources },
    webhook: { FailurePolicy: "Fail", timeoutSeconds: 10 },
  };
}

/** On different nodes, as far as there are enough: the chart has no other place for it. */
function apart(component: Component): Values {
  const term = { labelSelector: { matchLabels: partLabels(component) }, topologyKey: "kubernetes.io/hostname" };
  return { podAntiAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 100, podAffinityTerm: term }] } };
}

function chartImage(image: string): Values {
  const { registry, path, tag, digest } = imageParts(image);
  return { registry, repository: path, tag: digest === "" ? tag : `${tag}@${digest}` };
}
