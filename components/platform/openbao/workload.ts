import type { core } from "@pulumi/kubernetes/types/input";
import type { ServicePlan } from "../../../model/plan/types";
import {
  containerSecurityContext,
  imageOf,
  placed,
  podSecurityContext,
  resourceRequirements,
  selectorLabels,
  spreadOverNodes,
} from "../objects";
import type { Seal } from "./args";
import { FOLDERS, METRICS_PORT, NAMES, PORTS } from "./config";
import { FIRST_START } from "./first-start";

export const WORKLOAD = "openbao";

/** The user of its project's chart as K-PaaS sets it. */
const USER = 1000;

/** Where its Kubernetes log-in looks for the token it asks the API with, and for the cluster's CA. */
const TOKEN_FOLDER = "/var/run/secrets/kubernetes.io/serviceaccount";

/** The pods. The first one makes its store in an init container; then all run the same server. */
export function openBaoPod(plan: ServicePlan, serviceAccountName: string, seal: Seal, measured = false): core.v1.PodSpec {
  const image = imageOf(plan, "server");
  const common = {
    image,
    env: environment(plan),
    // What logs in at whoever keeps the key: variables of a Secret that is made by hand.
    ...(seal.kind === "static" || seal.kind === "gcpckms" ? {} : { envFrom: [{ secretRef: { name: seal.credentials } }] }),
    resources: resourceRequirements(plan.resources),
    securityContext: containerSecurityContext(),
  };
  const keyVolume = sealVolume(seal);
  const volumeMounts: core.v1.VolumeMount[] = [
    { name: "data", mountPath: FOLDERS.data },
    { name: "tls", mountPath: FOLDERS.tls, readOnly: true },
    { name: "tmp", mountPath: "/tmp" },
    ...(keyVolume ? [{ name: "seal", mountPath: FOLDERS.seal, readOnly: true }] : []),
  ];
  return {
    serviceAccountName,
    automountServiceAccountToken: false,
    ...placed(plan),
    securityContext: podSecurityContext(USER),
    // Leaves the lead to another member, and ends what is being written.
    terminationGracePeriodSeconds: 30,
    ...(plan.replicas > 1 ? { topologySpreadConstraints: spreadOverNodes(selectorLabels(WORKLOAD)) } : {}),
    initContainers: [
      {
        ...common,
        name: "first-start",
        command: ["sh", "-c", FIRST_START],
        volumeMounts: [...volumeMounts, { name: "first", mountPath: FOLDERS.first, readOnly: true }],
      },
    ],
    containers: [
      {
        ...common,
        name: "openbao",
        command: ["bao", "server", `-config=${FOLDERS.config}/server.json`],
        ports: [
          { name: "https", containerPort: PORTS.api },
          { name: "cluster", containerPort: PORTS.cluster },
          ...(measured ? [{ name: "metrics", containerPort: METRICS_PORT }] : []),
        ],
        startupProbe: probe("lives", { periodSeconds: 5, failureThreshold: 60 }),
        readinessProbe: probe("serves", { periodSeconds: 5, failureThreshold: 2 }),
        livenessProbe: probe("lives", { periodSeconds: 15, failureThreshold: 4 }),
        volumeMounts: [
          ...volumeMounts,
          { name: "config", mountPath: FOLDERS.config, readOnly: true },
          { name: "token", mountPath: TOKEN_FOLDER, readOnly: true },
        ],
      },
    ],
    volumes: [
      { name: "config", configMap: { name: NAMES.config } },
      { name: "first", secret: { secretName: NAMES.first } },
      { name: "tls", secret: { secretName: NAMES.tls } },
      { name: "tmp", emptyDir: {} },
      ...(keyVolume ? [keyVolume] : []),
      { name: "token", projected: { sources: TOKEN_SOURCES } },
    ],
  };
}

/** Its account's own token, for this one container, and the CA of the API. */
const TOKEN_SOURCES: core.v1.VolumeProjection[] = [
  { serviceAccountToken: { path: "token", expirationSeconds: 3600 } },
  { configMap: { name: "kube-root-ca.crt", items: [{ key: "ca.crt", path: "ca.crt" }] } },
];

function sealVolume(seal: Seal): core.v1.Volume | undefined {
  if (seal.kind === "static") return { name: "seal", secret: { secretName: NAMES.seal } };
  return seal.kind === "gcpckms" ? { name: "seal", secret: { secretName: seal.credentials } } : undefined;
}

function environment({ replicas, namespace }: ServicePlan): core.v1.EnvVar[] {
  const self = `https://$(POD_NAME).${NAMES.headless}.${namespace}.svc`;
  return [
    { name: "POD_NAME", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } },
    { name: "MEMBERS", value: String(replicas) },
    { name: "BAO_RAFT_NODE_ID", value: "$(POD_NAME)" },
    { name: "BAO_API_ADDR", value: `${self}:${PORTS.api}` },
    { name: "BAO_CLUSTER_ADDR", value: `${self}:${PORTS.cluster}` },
  ];
}

/**
 * A member lives as long as it answers, sealed or not: killing it would not unseal it. It serves while it is unsealed, as the one that leads
 * or as one that hands requests on to that.
 */
function probe(what: "lives" | "serves", timing: { periodSeconds: number; failureThreshold: number }): core.v1.Probe {
  const path = what === "serves" ? "/v1/sys/health?standbyok=true" : "/v1/sys/health?standbyok=true&sealedcode=200&uninitcode=200";
  return { httpGet: { path, port: "https", scheme: "HTTPS" }, timeoutSeconds: 3, ...timing };
}
