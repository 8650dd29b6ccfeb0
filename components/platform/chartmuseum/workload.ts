import type { core } from "@pulumi/kubernetes/types/input";
import type { ServicePlan } from "../../../model/plan/types";
import { containerSecurityContext, httpProbe, imageOf, placed, podSecurityContext, resourceRequirements } from "../objects";

export const WORKLOAD = "chartmuseum";
export const PORT = 8080;

/** The user of the official image. */
const CHARTMUSEUM_USER = 1000;

/** Names of the objects the pod refers to. */
export const NAMES = {
  service: WORKLOAD,
  data: "chartmuseum-data",
  settings: "chartmuseum",
  tls: "chartmuseum-tls",
  authority: "chartmuseum-ca",
} as const;

/** The file of settings, and the folders that it and the rest are in. */
export const SETTINGS_FILE = "chartmuseum.yaml";
const SETTINGS_FOLDER = "/etc/chartmuseum";
export const FOLDERS = { charts: "/charts", tls: "/etc/chartmuseum-tls" } as const;

/** What the server is told. Nobody reads or writes without the account, and no version of a chart is replaced unless that is asked for. */
export function settings(folders: Readonly<Record<keyof typeof FOLDERS, string>>, port: number, user: string, password: string): string {
  return JSON.stringify({
    port,
    "storage.backend": "local",
    "storage.local.rootdir": folders.charts,
    "basicauth.user": user,
    "basicauth.pass": password,
    authanonymousget: false,
    disableapi: false,
    allowoverwrite: false,
    "tls.cert": `${folders.tls}/tls.crt`,
    "tls.key": `${folders.tls}/tls.key`,
    logjson: true,
  });
}

/** The pod of the server. */
export function serverPod(plan: ServicePlan, serviceAccountName: string): core.v1.PodSpec {
  const probe = (timing: { periodSeconds: number; failureThreshold: number }): core.v1.Probe =>
    httpProbe("/health", "https", { scheme: "HTTPS", ...timing });
  return {
    serviceAccountName,
    automountServiceAccountToken: false,
    ...placed(plan),
    securityContext: podSecurityContext(CHARTMUSEUM_USER),
    containers: [
      {
        name: WORKLOAD,
        image: imageOf(plan, "server"),
        args: [`--config=${SETTINGS_FOLDER}/${SETTINGS_FILE}`],
        ports: [{ name: "https", containerPort: PORT }],
        resources: resourceRequirements(plan.resources),
        securityContext: containerSecurityContext(),
        startupProbe: probe({ periodSeconds: 5, failureThreshold: 60 }),
        readinessProbe: probe({ periodSeconds: 10, failureThreshold: 3 }),
        livenessProbe: probe({ periodSeconds: 15, failureThreshold: 4 }),
        volumeMounts: [
          { name: "charts", mountPath: FOLDERS.charts },
          { name: "settings", mountPath: SETTINGS_FOLDER, readOnly: true },
          { name: "tls", mountPath: FOLDERS.tls, readOnly: true },
          // What is sent to it is written there first.
          { name: "tmp", mountPath: "/tmp" },
        ],
      },
    ],
    volumes: [
      { name: "charts", persistentVolumeClaim: { claimName: NAMES.data } },
      { name: "settings", secret: { secretName: NAMES.settings } },
      { name: "tls", secret: { secretName: NAMES.tls } },
      { name: "tmp", emptyDir: {} },
    ],
  };
}
