import type { apps, core } from "@pulumi/kubernetes/types/input";
import type { Input, Output } from "@pulumi/pulumi";
import type { ServicePlan } from "../../model/plan/types";
import { type CertificatePair, serviceCertificate, trustOf } from "./certificates";
import { containerSecurityContext, imageOf, placed, podSecurityContext, resourceRequirements, selectorLabels } from "./objects";

/** Where an exporter finds what it is told. */
export const EXPORTER_FOLDER = "/etc/exporter";

/** What an exporter shows Prometheus, and whom it trusts where it asks, by file of its Secret. */
export const EXPORTER_FILES = { certificate: "tls.crt", key: "tls.key", authority: "ca.crt" } as const;

/** What it may use. */
const RESOURCES = { requests: { cpu: "10m", memory: "32Mi" }, limits: { memory: "128Mi" } };

/** Any: its image is the one program. */
const USER = 65_534;

/** A program that asks another what it counts, and says it to Prometheus, by TLS. */
export interface Exporter {
  /** Its workload, its account, and the Secret with what it is told. */
  readonly workload: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly port: number;
  /** A page that answers as long as it lives. */
  readonly page: string;
}

/** The name by which Prometheus knows an exporter. */
export function exporterName({ workload }: Pick<Exporter, "workload">, namespace: string): string {
  return `${workload}.${namespace}.svc`;
}

/**
 * The files by which an exporter and Prometheus know each other.
 * @param name logical name of the certificate
 */
export function exporterFiles(
  name: string,
  { workload }: Pick<Exporter, "workload">,
  namespace: string,
  authority: CertificatePair,
  parent: Parameters<typeof serviceCertificate>[3],
): Readonly<Record<string, Output<string>>> {
  const { certificate, key } = serviceCertificate(name, { services: [workload], namespace }, authority, parent);
  const { certificate: shown, key: kept, authority: trusted } = EXPORTER_FILES;
  return { [shown]: certificate, [kept]: key, [trusted]: trustOf(authority) };
}

/** The pod of an exporter, whose image is that of the role `exporter`. */
interface ExporterPod extends core.v1.PodTemplateSpec {
  readonly metadata: { readonly labels: Record<string, string>; readonly annotations: Record<string, Input<string>> };
  readonly spec: core.v1.PodSpec & {
    readonly containers: (core.v1.Container & { readonly volumeMounts: core.v1.VolumeMount[] })[];
    readonly volumes: core.v1.Volume[];
  };
}

/**
 * @param labels of the pod
 * @param read changes with what it reads at start
 */
export function exporterPod(
  plan: ServicePlan,
  { workload, args, env, port, page }: Exporter,
  labels: Readonly<Record<string, string>>,
  read: Input<string>,
): ExporterPod {
  const probe = { httpGet: { path: page, port: "metrics", scheme: "HTTPS" }, timeoutSeconds: 5 };
  return {
    metadata: { labels: { ...labels }, annotations: { "kpaas/exporter": read } },
    spec: {
      serviceAccountName: workload,
      automountServiceAccountToken: false,
      ...placed(plan),
      securityContext: podSecurityContext(USER),
      containers: [
        {
          name: "exporter",
          image: imageOf(plan, "exporter"),
          args: [...args],
          ...(env ? { env: Object.entries(env).map(([name, value]) => ({ name, value })) } : {}),
          ports: [{ name: "metrics", containerPort: port }],
          resources: resourceRequirements(RESOURCES),
          securityContext: containerSecurityContext(),
          startupProbe: { ...probe, periodSeconds: 2, failureThreshold: 60 },
          readinessProbe: { ...probe, periodSeconds: 10, failureThreshold: 3 },
          livenessProbe: { ...probe, periodSeconds: 30, failureThreshold: 3 },
          volumeMounts: [{ name: "told", mountPath: EXPORTER_FOLDER, readOnly: true }],
        },
      ],
      volumes: [{ name: "told", secret: { secretName: workload, defaultMode: 0o440 } }],
    },
  };
}

/**
 * One pod of an exporter. A second would say everything twice.
 * @param labels of its pod
 * @param read changes with what it reads at start
 */
export function exporterDeployment(
  plan: ServicePlan,
  exporter: Exporter,
  labels: Readonly<Record<string, string>>,
  read: Input<string>,
): apps.v1.DeploymentSpec {
  return {
    replicas: 1,
    selector: { matchLabels: { ...selectorLabels(exporter.workload) } },
    template: exporterPod(plan, exporter, labels, read),
  };
}
