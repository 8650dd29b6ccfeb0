import type { ComponentRow } from "./row";

/** What K-PaaS's scripts do, in their order. */
export const order: readonly ComponentRow[] = [
  ["kubespray cluster", "in", "the layer of the cluster, by kubespray", "cluster.kubernetes", "components/cluster/"],
  [
    "ingress-nginx -> storage (nfs or rook) -> kyverno -> LB controller",
    "in",
    "each waits for whose grants it takes, and for its own pods to be ready, with an end",
    "platform.ingress",
    "components/platform/platform.ts",
  ],
  [
    "SA `cp-cluster-admin` (kube-system) + cluster-admin binding",
    "in",
    "the account cp-portal-cluster with the rights that the portal's screens use, by a token of an hour that is renewed",
    "platform.services.portal",
    "docs/security.md",
  ],
  [
    'read ingress pod IPs -> "/16" CIDRs for AppRole bound_cidrs',
    "not",
    "nobody logs in to OpenBao through the ingress: pods do so inside, where NetworkPolicies name who reaches it",
    "docs/services/openbao.md",
  ],
  [
    "copy `*_orig` dirs, ~60 `sed -i` replacements, `HOST_CLUSTER_ID=$(uuidgen)`",
    "in",
    "the plan fills in everything; the portal knows its cluster by the environment's name",
    "model/plan/",
  ],
  [
    "gen-cert.sh (self-signed CA, `*.HOST_DOMAIN`, 10 y), gen-enc-keys.sh",
    "in",
    "an authority of the environment's own, a given certificate, or ACME; the migration's keys are generated and exchanged",
    "platform.tls.kind",
    "components/platform/platform-tls/",
  ],
  [
    "helm `cp-cert-setup` DaemonSet in kube-system",
    "in",
    "no pod with a node's file system: the authority is mounted into pods that need it, and a playbook puts it where nodes' runtimes look for Harbor's, without a restart",
    "platform.services.harbor",
    "ansible/",
    "docs/security.md",
  ],
  [
    "openbao: install, init 3/2, unseal, approle, kv-v2, host cluster secret, policy",
    "in",
    "it initialises and unseals itself; what lives in it is resources",
    "platform.services.openbao",
    "components/platform/openbao/",
  ],
  [
    "mariadb (ConfigMap `cp-mariadb-configmap` initdb first)",
    "in",
    "schemas and accounts by claims, at each start and not at the first alone; the portal's tables by its own account",
    "platform.services.mariadb",
    "components/platform/mariadb/",
  ],
  [
    "harbor (waits until GET /api/v2.0/projects = 200), create private project `cp-portal-repository`",
    "in",
    "projects and accounts are resources; no image is built anew and pushed",
    "platform.services.harbor.projects",
    "components/platform/harbor/",
  ],
  [
    "keycloak (ConfigMap `cp-realm` for --import-realm)",
    "in",
    "realm, client and roles are resources, which follow the file while it runs",
    "platform.services.keycloak",
    "docs/services.md",
  ],
  [
    "chartmuseum (waits index.yaml = 200), helm plugin cm-push, repo `cp-chart-repository`",
    "in",
    "with an account; nothing is installed for helm on a host, charts are pushed by whoever has the account",
    "platform.services.chartmuseum",
    "docs/services/chartmuseum.md",
  ],
  ["chaos-mesh", "in", "on namespaces that are annotated for it", "platform.services.chaosMesh"],
  [
    "cp-portal (helm cp-app + migration secret)",
    "in",
    "objects of our own by one table of its programs; its pages wait until the log-in is there",
    "platform.services.portal",
    "components/platform/applications/",
  ],
  [
    "`kubectl cp ~/.ssh/id_rsa` -> terraman pod",
    "in",
    "Terraman, where the file has it, gets a key of its own for a machine of its own, from a Secret",
    "platform.services.portal.terraman",
    "docs/services/portal.md",
  ],
  [
    "pipeline; source-control",
    "in",
    "refused without what they need, with both names",
    "platform.services.pipeline",
    "platform.services.sourceControl",
  ],
];

/** What the cluster itself gets. */
export const cluster: readonly ComponentRow[] = [
  [
    "NFS-provisioner",
    "in",
    "the class cp-storageclass on a share of ours or a given one; reclaim by the file",
    "platform.storage.kind: nfs",
    "components/platform/nfs-storage/",
  ],
  [
    "Rook-Ceph",
    "in",
    "files, blocks and buckets on disks that the file names, not on all that there are",
    "platform.storage.kind: rookCeph",
    "components/platform/rook-ceph/",
  ],
  ["ingress-nginx", "in", "by its chart, at a planned address, without ports of the nodes", "platform.ingress.kind: nginx"],
  ["MetalLB", "in", "by its chart, with pools from the plan", "platform.loadBalancer.kind: metallb", "components/platform/metallb/"],
  [
    "Kyverno",
    "in",
    "all of K-PaaS's policies, each with an option; the platform's namespaces are passed by",
    "platform.services.kyverno",
    "docs/services/kyverno.md",
  ],
  [
    "CSP LB controller",
    "not",
    "neither of the two (their rows below say why); where a cloud has a controller of its own, that one",
    "components/platform/cloud-controller/",
  ],
  ["Istio", "in", "in one cluster; of several joined, not yet", "platform.services.istio", "components/platform/istio/"],
  ["metrics-server", "in", "in every profile", "platform.services.metricsServer", "components/platform/metrics-server/"],
  ["Podman", "not", "no image is built on a host", "docs/security.md"],
  [
    "CVE/CCE hardening",
    "in",
    "as settings that can be read, and not by an opaque program that runs as root",
    "cluster.hardening",
    "docs/security.md",
  ],
];

/** What K-PaaS's script installs of Kubeflow. */
export const kubeflow: readonly ComponentRow[] = [
  ["cert-manager", "in", "the platform's one, not a second", "platform.services.certManager", "components/platform/cert-manager/"],
  ["Istio (own copy)", "in", "the platform's one, not a second", "platform.services.istio", "docs/services/kubeflow.md"],
  [
    "Dex + oidc-authservice",
    "in",
    "Keycloak and oauth2-proxy in their place: no user and password that everybody knows",
    "platform.services.kubeflow",
    "components/platform/kubeflow/login.ts",
  ],
  ["Knative serving/eventing", "not", "KServe goes without it (mode Standard); it was there for that alone", "docs/services/kubeflow.md"],
  [
    '**Pipelines (the "MI/ML-pipeline" of S0)**',
    "in",
    "2.17, of each profile too, on the platform's MariaDB and SeaweedFS in place of MySQL and MinIO",
    "platform.services.kubeflow",
    "components/platform/kubeflow/",
  ],
  [
    "Katib 0.15.0, KServe 0.10.0, Training Operator 1.6.0",
    "in",
    "Katib, KServe with its screen (the Models Web App), the Training Operator, notebooks with their screen and controller, volumes, TensorBoard, dashboard, and who is in a profile (KFAM), each by a word of `parts`. Profiles are tenants of the file, so no controller makes namespaces. Not the Admission Webhook: PodDefaults may stand and nothing is made of them",
    "platform.services.kubeflow.parts",
    "docs/services/kubeflow.md",
  ],
  [
    "User profile",
    "in",
    "the profiles that the file names, with users of the realm; no user@example.com",
    "platform.services.kubeflow.profiles",
    "docs/decisions/0030-profiles-are-tenants.md",
  ],
];
