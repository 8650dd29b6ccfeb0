import { CustomResource } from "@pulumi/kubernetes/apiextensions/customResource";
import { Deployment } from "@pulumi/kubernetes/apps/v1/deployment";
import { ConfigMap } from "@pulumi/kubernetes/core/v1/configMap";
import { Service } from "@pulumi/kubernetes/core/v1/service";
import type { core } from "@pulumi/kubernetes/types/input";
import type { ComponentResourceOptions } from "@pulumi/pulumi";
import type { ServicePlan } from "../../../model/plan/types";
import { serviceType } from "../../../model/type-tokens";
import { type PlannedArgs, planned } from "../args";
import { MESH_LABELS, measuredByProxy } from "../mesh";
import {
  containerSecurityContext,
  contentHash,
  httpProbe,
  imageOf,
  placed,
  podSecurityContext,
  resourceRequirements,
  selectorLabels,
} from "../objects";
import { PlatformService } from "../service";
import type { TracingArgs } from "./args";
import { COLLECTOR, METRICS_PORT, PORTS, WORKLOAD } from "./names";

/** As its image has it. */
const JAEGER_USER = 10_001;

const FOLDER = "/etc/jaeger";

/** Jaeger, which the mesh's proxies tell of requests. Its screens have no log-in: they are met by whoever may forward a port to its pod. */
export class Tracing extends PlatformService {
  constructor(name: string, given: TracingArgs, opts?: ComponentResourceOptions) {
    const args = planned("tracing", given);
    super(serviceType("Tracing"), name, args, opts);
    this.createNamespace("restricted");
    this.allowIngress(
      "allow-proxies",
      selectorLabels(WORKLOAD),
      [PORTS.otlp],
      [{ namespaceSelector: { matchLabels: { ...MESH_LABELS } } }],
    );
    const account = this.serviceAccount("account", WORKLOAD);
    const config = JSON.stringify(configOf(args.most ?? 50_000), null, 2);
    const held = new ConfigMap(
      this.childName("config"),
      { metadata: this.metadata(WORKLOAD, WORKLOAD), data: { "config.yaml": config } },
      this.inCluster(),
    );
    const labels = this.podLabels(WORKLOAD);
    const made = new Deployment(
      this.childName("server"),
      {
        metadata: this.metadata(WORKLOAD, WORKLOAD),
        spec: {
          replicas: 1,
          // Two of them would each have some of the traces.
          strategy: { type: "Recreate" },
          selector: { matchLabels: { ...selectorLabels(WORKLOAD) } },
          template: {
            metadata: { labels, annotations: { "kpaas/config": contentHash(config), ...measuredByProxy(METRICS_PORT) } },
            spec: podOf(args.plan, account),
          },
        },
      },
      this.inCluster({ dependsOn: [held] }),
    );
    new Service(
      this.childName("service"),
      {
        metadata: this.metadata(WORKLOAD, WORKLOAD),
        spec: {
          type: "ClusterIP",
          selector: { ...selectorLabels(WORKLOAD) },
          ports: [{ name: "grpc-otlp", port: PORTS.otlp, targetPort: PORTS.otlp, protocol: "TCP", appProtocol: "grpc" }],
        },
      },
      this.inCluster({ dependsOn: [made] }),
    );
    this.tell(args);
    this.registerOutputs({});
  }

  /** Has all of the mesh's proxies tell it of some requests. */
  private tell({ rootNamespace, percent = 1 }: PlannedArgs<TracingArgs>): void {
    const { labels } = this.metadata(WORKLOAD, WORKLOAD);
    new CustomResource(
      this.childName("telemetry"),
      {
        apiVersion: "telemetry.istio.io/v1",
        kind: "Telemetry",
        metadata: { name: COLLECTOR, namespace: rootNamespace, labels },
        spec: { tracing: [{ providers: [{ name: COLLECTOR }], randomSamplingPercentage: percent }] },
      },
      this.inCluster(),
    );
  }
}

/** What it takes, keeps and shows: OTLP over gRPC, in memory, on its screens. What it counts its own pod alone is told, and everything else of it stays closed. */
export function configOf(most: number): object {
  const at = (port: number) => ({ endpoint: `0.0.0.0:${port}` });
  return {
    service: {
      extensions: ["jaeger_storage", "jaeger_query", "healthcheckv2"],
      telemetry: { metrics: { readers: [{ pull: { exporter: { prometheus: { host: "127.0.0.1", port: METRICS_PORT } } } }] } },
      pipelines: { traces: { receivers: ["otlp"], processors: ["batch"], exporters: ["jaeger_storage_exporter"] } },
    },
    extensions: {
      jaeger_storage: { backends: { memory: { memory: { max_traces: most } } } },
      jaeger_query: { storage: { traces: "memory" }, http: at(PORTS.query) },
      healthcheckv2: { use_v2: true, http: at(PORTS.health) },
    },
    receivers: { otlp: { protocols: { grpc: at(PORTS.otlp) } } },
    processors: { batch: {} },
    exporters: { jaeger_storage_exporter: { trace_storage: "memory" } },
  };
}

function podOf(plan: ServicePlan, serviceAccountName: string): core.v1.PodSpec {
  const probe = (timing: { periodSeconds: number; failureThreshold: number }) => httpProbe("/status", "health", timing);
  return {
    serviceAccountName,
    automountServiceAccountToken: false,
    ...placed(plan),
    securityContext: podSecurityContext(JAEGER_USER),
    containers: [
      {
        name: WORKLOAD,
        image: imageOf(plan, "server"),
        args: [`--config=${FOLDER}/config.yaml`],
        ports: Object.entries(PORTS).map(([name, containerPort]) => ({ name, containerPort })),
        resources: resourceRequirements(plan.resources),
        securityContext: containerSecurityContext(),
        startupProbe: probe({ periodSeconds: 2, failureThreshold: 60 }),
        readinessProbe: probe({ periodSeconds: 10, failureThreshold: 3 }),
        livenessProbe: probe({ periodSeconds: 20, failureThreshold: 3 }),
        volumeMounts: [{ name: "config", mountPath: FOLDER, readOnly: true }],
      },
    ],
    volumes: [{ name: "config", configMap: { name: WORKLOAD } }],
  };
}
