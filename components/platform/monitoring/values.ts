import type { Output } from "@pulumi/pulumi";
import type { PlannedArgs } from "../args";
import { claimSpec, imageOf } from "../objects";
import type { Values } from "../values";
import type { MonitoringArgs } from "./args";
import { grafanaValues, verified } from "./grafana";
import { chartImage, OTHERS, taggedImage } from "./images";
import { NAMES, type TlsPart, VOLUME } from "./names";
import { alertmanagerConfig, receiverSecrets } from "./receiver";

/** How long measurements are kept where nobody says it. */
const RETENTION = "15d";

/** What of the volume measurements may have; the rest is for what is written before it is put in order, and while it is. */
const USED = 0.8;

/** The volume where the plan says nothing. */
export const DEFAULT_GIB = 20;

/** Where a pod has what its account shows to the API, and the cluster's authority. */
const ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount";

/** Values of the kube-prometheus-stack chart. */
export function monitoringValues(args: PlannedArgs<MonitoringArgs>, secrets: Output<string>): Values {
  const { plan, receiver } = args;
  const { namespace } = plan;
  const image = (role: string) => chartImage(imageOf(plan, role));
  return {
    // Rights are given here: the chart's would reach every Secret of the cluster.
    global: { rbac: { create: false } },
    // Helm makes definitions once and changes them never: a job of the chart's applies them before each upgrade.
    crds: {
      upgradeJob: {
        enabled: true,
        image: { busybox: taggedImage(imageOf(plan, "busybox")), kubectl: taggedImage(imageOf(plan, "kubectl")) },
        resources: OTHERS,
      },
    },
    defaultRules: { create: false },
    // kubespray has these listen where no pod reaches them, or show a certificate that nobody knows: docs/services/monitoring.md says which.
    ...Object.fromEntries(["kubeControllerManager", "kubeEtcd", "kubeScheduler", "kubeProxy"].map((part) => [part, { enabled: false }])),
    // Kubelets are found by the nodes themselves, not by a Service that the operator would write into kube-system.
    kubelet: { enabled: false },
    // What measures nodes mounts folders of theirs: it is a service of its own, in a namespace where that is allowed.
    nodeExporter: { enabled: false },
    prometheusOperator: {
      image: image("operator"),
      prometheusConfigReloader: { image: image("reloader"), resources: OTHERS },
      resources: OTHERS,
      // It minds what is in its own namespace; what claims to be scraped elsewhere is named there.
      namespaces: { releaseNamespace: true, additional: [] },
      kubeletService: { enabled: false },
      kubeletEndpointsEnabled: false,
      // Nobody but the platform writes rules there.
      admissionWebhooks: { enabled: false },
      tls: { enabled: false },
    },
    prometheus: {
      ...budget(plan.replicas),
      serviceMonitor: { scheme: "https", tlsConfig: verified("prometheus", namespace) },
      prometheusSpec: prometheusSpec(args),
    },
    alertmanager: {
      ...budget(plan.replicas),
      serviceAccount: { automountServiceAccountToken: false },
      serviceMonitor: { scheme: "https", tlsConfig: verified("alertmanager", namespace) },
      config: alertmanagerConfig(receiver),
      alertmanagerSpec: {
        image: image("alertmanager"),
        replicas: plan.replicas,
        resources: OTHERS,
        automountServiceAccountToken: false,
        secrets: receiverSecrets(receiver),
        scheme: "https",
        tlsConfig: verified("alertmanager", namespace),
        web: served("alertmanager"),
      },
    },
    grafana: grafanaValues(args, secrets),
    "kube-state-metrics": {
      image: image("stateMetrics"),
      resources: OTHERS,
      // It would read all of them to say that they are there.
      collectorsExclude: ["secrets", "configmaps"],
    },
  };
}

function prometheusSpec({ plan, storageClass, retention = RETENTION, kubeletCertificates }: PlannedArgs<MonitoringArgs>): Values {
  const sizeGiB = plan.sizeGiB ?? DEFAULT_GIB;
  const everything = ["rule", "serviceMonitor", "podMonitor", "probe", "scrapeConfig"];
  return {
    image: chartImage(imageOf(plan, "prometheus")),
    replicas: plan.replicas,
    resources: plan.resources ?? {},
    retention,
    // Whichever is reached first: a full volume would stop it.
    retentionSize: `${Math.floor(sizeGiB * 1024 * USED)}MiB`,
    storageSpec: { volumeClaimTemplate: { metadata: { name: VOLUME }, spec: claimSpec(storageClass, sizeGiB) } },
    web: served("prometheus"),
    ...Object.fromEntries(everything.map((kind) => [`${kind}SelectorNilUsesHelmValues`, false])),
    additionalScrapeConfigs: [
      kubelet("kubelet", "/metrics", kubeletCertificates),
      kubelet("cadvisor", "/metrics/cadvisor", kubeletCertificates),
    ],
  };
}

/** What a kubelet measures of itself or of its containers. */
function kubelet(job_name: string, metrics_path: string, certificates: MonitoringArgs["kubeletCertificates"]): Values {
  return {
    job_name,
    metrics_path,
    scheme: "https",
    kubernetes_sd_configs: [{ role: "node" }],
    authorization: { credentials_file: `${ACCOUNT}/token` },
    tls_config: certificates === "clusterSigned" ? { ca_file: `${ACCOUNT}/ca.crt` } : { insecure_skip_verify: true },
    relabel_configs: [{ source_labels: ["__meta_kubernetes_node_name"], target_label: "node" }],
  };
}

/** All but one, where there are several. */
function budget(replicas: number): Values {
  return replicas > 1 ? { podDisruptionBudget: { enabled: true, minAvailable: replicas - 1 } } : {};
}

function served(part: TlsPart): Values {
  const name = NAMES.tls(part);
  return { tlsConfig: { keySecret: { name, key: "tls.key" }, cert: { secret: { name, key: "tls.crt" } } } };
}
