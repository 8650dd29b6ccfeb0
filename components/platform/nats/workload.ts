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
import { CONFIG_FILE, FOLDERS, NAMES, PORTS, WORKLOAD } from "./config";

/** Any: the image is the one program. */
const NATS_USER = 1000;

/** The pods of the members. */
export function serverPod(plan: ServicePlan, serviceAccountName: string): core.v1.PodSpec {
  return {
    serviceAccountName,
    automountServiceAccountToken: false,
    ...placed(plan),
    securityContext: podSecurityContext(NATS_USER),
    // It sends its clients to the other members first, which takes half a minute.
    terminationGracePeriodSeconds: 60,
    ...(plan.replicas > 1 ? { topologySpreadConstraints: spreadOverNodes(selectorLabels(WORKLOAD)) } : {}),
    containers: [
      {
        name: WORKLOAD,
        image: imageOf(plan, "server"),
        args: [`--config=${FOLDERS.config}/${CONFIG_FILE}`, "--name=$(POD_NAME)"],
        env: [{ name: "POD_NAME", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } }],
        ports: Object.entries(PORTS).map(([name, containerPort]) => ({ name, containerPort })),
        resources: resourceRequirements(plan.resources),
        securityContext: containerSecurityContext(),
        // Until its streams are read again; then as long as it serves them; and it lives as long as it answers at all.
        startupProbe: probe("?js-enabled-only=true", { periodSeconds: 5, failureThreshold: 60 }),
        readinessProbe: probe("", { periodSeconds: 10, failureThreshold: 3 }),
        livenessProbe: probe("?js-enabled-only=true", { periodSeconds: 20, failureThreshold: 3 }),
        volumeMounts: [
          { name: "data", mountPath: FOLDERS.data },
          { name: "config", mountPath: FOLDERS.config, readOnly: true },
          { name: "tls", mountPath: FOLDERS.tls, readOnly: true },
        ],
      },
    ],
    volumes: [
      { name: "config", secret: { secretName: NAMES.config } },
      { name: "tls", secret: { secretName: NAMES.tls } },
    ],
  };
}

function probe(query: string, timing: { periodSeconds: number; failureThreshold: number }): core.v1.Probe {
  return { httpGet: { path: `/healthz${query}`, port: "monitor", scheme: "HTTPS" }, timeoutSeconds: 5, ...timing };
}
