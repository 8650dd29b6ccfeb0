import type { ServicePlan } from "../../../../model/plan/types";
import { imageOf } from "../../objects";
import { FOLDERS } from "../names";
import { text, type Workload } from "../programs";
import { LOOK, rule } from "../rule";
import type { Part } from "./part";
import { ASKS_FIRST, screenOf, type WebApp, webApp } from "./web-app";

/** What its objects are called. */
const NAMES = { controller: "pvcviewer-controller", web: "volumes-web-app", viewer: "volumes-web-app-viewer-spec" } as const;

const PORTS = { webhook: 9443, health: 8081, viewer: 8080 } as const;

/** Makes a Deployment, a Service and a VirtualService of each viewer, which shows what is on a volume. */
const controller: (gateway: string) => Workload = (gateway) => ({
  name: NAMES.controller,
  service: { webhook: [443, PORTS.webhook] },
  token: true,
  programs: [
    {
      name: "manager",
      image: "volumesController",
      args: () => [],
      env: () => text({ ISTIO_GATEWAY: gateway }),
      ports: { webhook: PORTS.webhook, health: PORTS.health },
      mounts: { [FOLDERS.webhook]: ["secret", `${NAMES.controller}-tls`] },
      health: { page: "/readyz", port: PORTS.health },
    },
  ],
});

const WEB: WebApp = {
  ...{ name: NAMES.web, image: "volumesWeb", path: "/volumes" },
  mounts: { "/etc/config": ["configMap", NAMES.viewer] },
};

/** What a viewer is: the web app puts the claim's name and the namespace in. It is the user that notebooks are, whose files it shows. */
function viewer(plan: ServicePlan): object {
  const variables = {
    ...{ FB_ADDRESS: "0.0.0.0", FB_PORT: String(PORTS.viewer), FB_DATABASE: "/tmp/filebrowser.db", FB_NOAUTH: "true" },
    FB_BASEURL: "/pvcviewers/$NAMESPACE/$NAME/",
  };
  return {
    pvc: "$NAME",
    podSpec: {
      ...{ serviceAccountName: "default-editor", automountServiceAccountToken: false, enableServiceLinks: false },
      securityContext: { runAsNonRoot: true, runAsUser: 1000, fsGroup: 100, seccompProfile: { type: "RuntimeDefault" } },
      containers: [
        {
          ...{ name: "main", image: imageOf(plan, "volumesViewer"), env: text(variables), workingDir: "/srv" },
          resources: { requests: { cpu: "10m", memory: "64Mi" }, limits: { cpu: "500m", memory: "256Mi" } },
          readinessProbe: { tcpSocket: { port: PORTS.viewer }, initialDelaySeconds: 2, periodSeconds: 10 },
          securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
          volumeMounts: [{ name: "viewer-volume", mountPath: "/srv" }],
        },
      ],
      volumes: [{ name: "viewer-volume", persistentVolumeClaim: { claimName: "$NAME" } }],
    },
    networking: { targetPort: PORTS.viewer, basePrefix: "/pvcviewers", rewrite: "/", timeout: "30s" },
    // One that only a single node can have is shown on that node.
    rwoScheduling: true,
  };
}

const HOOK = { apiGroup: "kubeflow.org", apiVersion: "v1alpha1", resource: "pvcviewers", operations: ["CREATE", "UPDATE"] } as const;

/** Volumes of a profile: made, deleted, and looked into by a pod that owner and editors meet, as they meet notebooks. */
export const volumes: Part = {
  definitions: [
    { group: "kubeflow.org", version: "v1alpha1", kind: "PVCViewer", singular: "pvcviewer", plural: "pvcviewers", reported: true },
  ],
  workloads: ({ gateway }) => [controller(gateway.gateway), webApp(WEB)],
  screen: screenOf(WEB),
  links: { menu: { type: "item", icon: "device:storage", link: "/volumes/", text: "Volumes" } },
  rights: {
    everywhere: {
      [NAMES.controller]: [
        rule("kubeflow.org", "pvcviewers", LOOK),
        rule("apps", "deployments", LOOK),
        rule("", "services pods persistentvolumeclaims", LOOK),
        rule("networking.istio.io", "virtualservices", LOOK),
      ],
      [NAMES.web]: [ASKS_FIRST, rule("storage.k8s.io", "storageclasses", "get list")],
    },
    profiles: {
      [NAMES.controller]: [
        rule("kubeflow.org", "pvcviewers/status pvcviewers/finalizers", "get update patch"),
        rule("apps", "deployments", "create update"),
        rule("", "services", "create update"),
        rule("networking.istio.io", "virtualservices", "create update"),
      ],
      [NAMES.web]: [
        rule("", "persistentvolumeclaims", "get list create delete"),
        rule("", "pods events", "get list"),
        rule("kubeflow.org", "pvcviewers", "get list create delete"),
        // It shows which notebooks have a volume.
        rule("kubeflow.org", "notebooks", "list"),
      ],
    },
  },
  users: {
    sees: [rule("kubeflow.org", "pvcviewers", LOOK)],
    works: [rule("", "persistentvolumeclaims", "create delete"), rule("kubeflow.org", "pvcviewers", "create delete")],
  },
  told: ({ plan }) => ({
    secrets: [],
    open: [{ role: "volumes-viewer", name: NAMES.viewer, data: { "viewer-spec.yaml": JSON.stringify(viewer(plan)) } }],
    read: {},
  }),
  webhooks: {
    workload: NAMES.controller,
    port: PORTS.webhook,
    hooks: [
      { ...HOOK, kind: "mutating", name: "mpvcviewer.kb.io", path: "/mutate-kubeflow-org-v1alpha1-pvcviewer" },
      { ...HOOK, kind: "validating", name: "vpvcviewer.kb.io", path: "/validate-kubeflow-org-v1alpha1-pvcviewer" },
    ],
  },
};
