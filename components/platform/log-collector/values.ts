import type { Output } from "@pulumi/pulumi";
import type { PlannedArgs } from "../args";
import { containerSecurityContext, imageInParts, imageOf } from "../objects";
import type { Values } from "../values";
import type { LogCollectorArgs } from "./args";
import { alloyConfig, FOLDERS, JOURNALS } from "./config";

/** Name of the release, by which the chart calls workload and account. */
export const ALLOY = "alloy";

/** The ConfigMap with whom it trusts. */
export const TRUST = "alloy-trust";

/**
 * Values of the alloy chart.
 * @param trust changes with whom its pods trust
 */
export function alloyValues({ plan, logs, journal = false }: PlannedArgs<LogCollectorArgs>, trust: Output<string>): Values {
  // Of the whole folder of logs, that of the pods is a part.
  const read = journal ? JOURNALS : [FOLDERS.pods];
  const folders = read.map((path) => ({ name: path.slice(1).replaceAll("/", "-"), path }));
  return {
    crds: { create: false },
    // Its rights are given here: the chart's would reach every Secret of the cluster.
    rbac: { create: false },
    image: imageInParts(imageOf(plan, "collector")),
    // Another configuration makes other pods.
    configReloader: { enabled: false },
    // Nobody asks it anything.
    service: { enabled: false },
    alloy: {
      configMap: { content: alloyConfig({ url: logs.url, journal }) },
      enableReporting: false,
      storagePath: FOLDERS.data,
      resources: plan.resources ?? {},
      livenessProbe: { httpGet: { path: "/-/ready", port: "http-metrics" }, periodSeconds: 30, timeoutSeconds: 5, failureThreshold: 5 },
      // Runtimes write logs for root alone. Without a capability it reads what is root's, and the node's folders are there to read.
      securityContext: { ...containerSecurityContext(), runAsUser: 0, runAsGroup: 0, seccompProfile: { type: "RuntimeDefault" } },
      mounts: {
        extra: [
          ...folders.map(({ name, path }) => ({ name, mountPath: path, readOnly: true })),
          { name: "data", mountPath: FOLDERS.data },
          { name: "trust", mountPath: FOLDERS.trust, readOnly: true },
        ],
      },
    },
    controller: {
      type: "daemonset",
      podAnnotations: { "kpaas/trust": trust },
      // Every node has logs.
      tolerations: [{ operator: "Exists" }],
      updateStrategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: "25%" } },
      volumes: {
        extra: [
          ...folders.map(({ name, path }) => ({ name, hostPath: { path, type: "Directory" } })),
          { name: "data", emptyDir: {} },
          { name: "trust", configMap: { name: TRUST } },
        ],
      },
    },
  };
}
