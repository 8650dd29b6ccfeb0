/** Where its pods have what is mounted. */
export const FOLDERS = { pods: "/var/log/pods", data: "/var/lib/alloy", trust: "/etc/alloy-trust" } as const;

/** The folders of a node in which its journal is, on its disk or in memory until it has one. */
export const JOURNALS = ["/var/log", "/run/log"] as const;

/** What the collector is told: each node's own reads the files of the pods there, and gives each line where it comes from. */
export function alloyConfig({ url, journal = false }: { readonly url: string; readonly journal?: boolean }): string {
  return [WHAT_IT_SAYS, PODS, ...(journal ? [JOURNAL] : []), destination(url)].join("\n");
}

const WHAT_IT_SAYS = `logging {
  level = "warn"
}
`;

// A pod that a kubelet starts by itself has its folder by a hash of its file: a label of the API's copy. Files of one container are one stream,
// whatever their names: of each start there is another one.
const PODS = `discovery.kubernetes "node" {
  role = "pod"

  selectors {
    role  = "pod"
    field = "spec.nodeName=" + sys.env("K8S_NODE_NAME")
  }
}

discovery.relabel "pods" {
  targets = discovery.kubernetes.node.targets

  rule {
    source_labels = ["__meta_kubernetes_namespace"]
    target_label  = "namespace"
  }

  rule {
    source_labels = ["__meta_kubernetes_pod_name"]
    target_label  = "pod"
  }

  rule {
    source_labels = ["__meta_kubernetes_pod_container_name"]
    target_label  = "container"
  }

  rule {
    source_labels = ["__meta_kubernetes_pod_label_app_kubernetes_io_name", "__meta_kubernetes_pod_label_app"]
    regex         = ";*([^;]+).*"
    target_label  = "app"
  }

  rule {
    source_labels = ["__meta_kubernetes_pod_uid", "__meta_kubernetes_pod_container_name"]
    separator     = "/"
    replacement   = "${FOLDERS.pods}/*_$1/*.log"
    target_label  = "__path__"
  }

  rule {
    source_labels = ["__meta_kubernetes_pod_annotation_kubernetes_io_config_hash", "__meta_kubernetes_pod_container_name"]
    separator     = "/"
    regex         = "(.+/.+)"
    replacement   = "${FOLDERS.pods}/*_$1/*.log"
    target_label  = "__path__"
  }
}

local.file_match "pods" {
  path_targets = discovery.relabel.pods.output
}

loki.source.file "pods" {
  targets    = local.file_match.pods.targets
  forward_to = [loki.process.pods.receiver]
}

loki.process "pods" {
  forward_to = [loki.write.platform.receiver]

  stage.cri { }

  stage.label_keep {
    values = ["namespace", "pod", "container", "app"]
  }
}
`;

// Units are as many as the node has services: those of single containers and log-ins have no label of their own.
const JOURNAL = `loki.relabel "journal" {
  forward_to = []

  rule {
    source_labels = ["__journal__systemd_unit"]
    regex         = "([^@]+)(@.*)?\\\\.service"
    target_label  = "unit"
  }
}

loki.source.journal "node" {
  labels        = { node = sys.env("K8S_NODE_NAME") }
  relabel_rules = loki.relabel.journal.rules
  forward_to    = [loki.process.journal.receiver]
}

loki.process "journal" {
  forward_to = [loki.write.platform.receiver]

  stage.static_labels {
    values = { job = "journal" }
  }
}
`;

// It tries for ever: what is not sent yet is in the nodes' files, as long as they keep them.
const destination = (url: string): string => `loki.write "platform" {
  endpoint {
    url                 = "${url}/loki/api/v1/push"
    max_backoff_retries = 0

    tls_config {
      ca_file     = "${FOLDERS.trust}/ca.crt"
      min_version = "TLS12"
    }
  }
}
`;
