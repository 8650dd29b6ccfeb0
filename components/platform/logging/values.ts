import type { Output } from "@pulumi/pulumi";
import type { PlannedArgs } from "../args";
import { imageInParts, imageOf } from "../objects";
import type { Values } from "../values";
import type { LoggingArgs } from "./args";
import { FOLDERS, lokiConfig } from "./config";
import { DEFAULT_GIB, NAMES } from "./names";

/** Parts of the chart that are something else than the one process, or for many of them. */
const OFF = ["test", "lokiCanary", "gateway", "chunksCache", "resultsCache"];

/**
 * Values of the loki chart.
 * @param certificate changes with what its pod reads at its start
 */
export function lokiValues({ plan, retention }: PlannedArgs<LoggingArgs>, certificate: Output<string>): Values {
  const config = lokiConfig({ sizeGiB: plan.sizeGiB ?? DEFAULT_GIB, ...(retention ? { retention } : {}) });
  const get = (path: string) => ({ httpGet: { path, port: "http-metrics", scheme: "HTTPS" } });
  return {
    ...Object.fromEntries(OFF.map((part) => [part, { enabled: false }])),
    ...Object.fromEntries(["backend", "read", "write"].map((part) => [part, { replicas: 0 }])),
    deploymentMode: "Monolithic",
    serviceAccount: { automountServiceAccountToken: false },
    defaults: { automountServiceAccountToken: false },
    memcached: { serviceAccount: { create: false } },
    // It would read every Secret of the cluster to find rules.
    rbac: { namespaced: true },
    sidecar: { rules: { enabled: false } },
    ruler: { enabled: false },
    loki: {
      ...config,
      image: imageInParts(imageOf(plan, "server")),
      readinessProbe: get("/ready"),
      livenessProbe: get("/loki/api/v1/status/buildinfo"),
    },
    singleBinary: {
      replicas: 1,
      resources: plan.resources ?? {},
      podAnnotations: { "kpaas/certificate": certificate },
      // The claim is ours, so that it grows by itself: a StatefulSet's own never does.
      persistence: { enabled: false, dataVolumeParameters: { persistentVolumeClaim: { claimName: NAMES.claim } } },
      extraVolumes: [{ name: "tls", secret: { secretName: NAMES.tls, defaultMode: 0o440 } }],
      extraVolumeMounts: [{ name: "tls", mountPath: FOLDERS.tls, readOnly: true }],
    },
  };
}
