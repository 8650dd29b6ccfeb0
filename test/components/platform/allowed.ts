// What single services are allowed besides what all of them are: who adds a service that needs more writes it here, with the reason.

/** The namespaces that are not held to the strictest standard, and to which instead. */
export const LEVELS: Readonly<Record<string, string>> = {
  metallb: "privileged",
  storage: "baseline",
  ingress: "baseline",
  cloudController: "privileged",
  cloudStorage: "privileged",
  chaosMesh: "privileged",
  rookCeph: "privileged",
  // It writes the nodes' folders of network plugins, and enters pods' networks.
  istioCni: "privileged",
  // What reads logs mounts the folder of its node that they are in.
  logCollector: "privileged",
  nodeExporter: "privileged",
};

/** Whose own pods mount folders of their nodes, to read, and why. */
export const FOLDERS_OF_NODES: Readonly<Record<string, string>> = {
  nodeExporter: "it sees how full the nodes' file systems are, and how busy nodes are",
};

/** What is open to whoever reaches the pod network: webhooks, which the API server calls, and what is there for the world. */
export const OPEN_TO_ALL: Readonly<Record<string, string | readonly string[]>> = {
  certManager: "10250",
  chaosMesh: ["10250", "5353, 5353"],
  ingress: "80, 443, 8443",
  metricsServer: "10250",
  metallb: "9443",
  kyverno: ["9443", "9443"],
  cloudnativePg: "9443",
  traefik: "8000, 8443",
  istio: "15017",
  // Those of its parts, which the API server asks.
  kubeflow: ["9443", "8443", "9443", "9443"],
  // Nodes mount volumes from a network that no policy names.
  rookCeph: ["3300", "6800", "6800"],
};

/** What pods may call beside their own namespace and whoever answers for names, by service; nothing where it is missing. */
export const CALLS: Readonly<Record<string, readonly string[]>> = {
  metallb: ["machines 443 6443"],
  storage: ["machines 443 6443"],
  cloudController: ["machines 443 6443", "outside"],
  cloudStorage: ["machines 443 6443", "outside"],
  certManager: ["machines 443 6443"],
  // Users' Ingresses lead to pods of any namespace.
  ingress: ["machines 443 6443", "every pod"],
  traefik: ["machines 443 6443", "every pod"],
  kyverno: ["machines 443 6443"],
  // Workflows ask how those are that they hurt, and its operator minds members wherever users have some.
  chaosMesh: ["machines 443 6443", "every pod"],
  cloudnativePg: ["machines 443 6443", "every pod"],
  mariadbOperator: ["machines 443 6443", "every pod"],
  rookCeph: ["machines 443 6443"],
  istioCni: ["machines 443 6443"],
  istio: ["machines 443 6443"],
  // VirtualServices lead to pods of any namespace.
  istioGateway: ["istio-system", "tracing", "every pod"],
  tracing: ["istio-system"],
  monitoring: ["logging", "machines 443 6443", "machines 10250", "the ingress"],
  logCollector: ["logging", "machines 443 6443"],
  keycloak: ["mariadb"],
  // Clouds, hosts and the repository of environments are anywhere.
  kpaasServer: ["openbao", "postgresql", "the ingress", "outside"],
  gitea: ["mariadb"],
  // What Jenkins alone calls is opened to it alone.
  pipeline: ["mariadb", "postgresql", "the ingress"],
  kubeflow: ["istio-system", "mariadb", "tracing", "machines 443 6443", "the ingress"],
  sourceControl: ["istio-system", "mariadb", "tracing", "the ingress"],
  // Clusters and clouds that its users register are anywhere, and its own is one of them.
  portal: ["chaos-mesh", "mariadb", "nats", "openbao", "machines 443 6443", "the ingress", "outside"],
};

/** What of these is called only where another service is there too, by that. */
export const CALLED_WITH: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  portal: { "chaos-mesh": "chaosMesh", nats: "nats", openbao: "openbao", "machines 443 6443": "openbao" },
};

/** What it calls besides where each host has a certificate of its own: it looks first whether it would be found there. */
export const ACME_CALLS: Readonly<Record<string, readonly string[]>> = { certManager: ["machines 443 6443", "the ingress", "outside"] };

/** Charts that make definitions and no pods. */
export const WITHOUT_PODS: readonly string[] = ["gatewayApi", "istioBase"];

/** Releases that are uninstalled before their cluster goes: they make a load balancer, hold volumes, or serve an API group. */
export const UNINSTALLED: readonly string[] = ["ingress", "traefik", "metricsServer", "harbor", "monitoring", "logging"];

/**
 * Rights in the Kubernetes API, by service: what is bound to accounts, cluster roles or roles in its own namespace. Its pods have a token of their
 * account's only with a cluster role.
 */
export const RIGHTS: Readonly<Record<string, readonly string[]>> = {
  // It asks whose the tokens are that are shown to it.
  openbao: ["ClusterRole system:auth-delegator"],
  // Its chart would give it every namespace's Secrets.
  mariadbOperator: ["ClusterRole mariadb-operator", "Role mariadb-operator"],
  // Its chart would give its operator every namespace's Secrets.
  monitoring: [
    ...["ClusterRole kube-prometheus-stack-operator", "ClusterRole kube-prometheus-stack-prometheus"],
    ...["Role kube-prometheus-stack-operator", "Role kube-prometheus-stack-grafana"],
  ],
  // It asks which pods there are, to say whose a file is.
  logCollector: ["ClusterRole log-collector"],
  // Of its operator, on several members.
  mariadb: ["Role mariadb-operator"],
  // By which its users work in the cluster (docs/security.md).
  // By the second its overview of federation shows how Karmada is, whose namespace is somebody else's.
  portal: ["ClusterRole cp-portal-cluster", "Role cp-portal-federation-api"],
  // Its programs make, watch and end the pods and objects of runs: in its own namespace or, as here, in those of profiles.
  kubeflow: [
    ...["ClusterRole kubeflow-ml-pipeline", "ClusterRole kubeflow-ml-pipeline-persistenceagent"],
    ...["ClusterRole kubeflow-ml-pipeline-scheduledworkflow", "ClusterRole kubeflow-workflow-controller"],
    // Where it is for several, they look beyond it at what there is; what they change is in the namespaces of profiles, by Roles there.
    ...["ClusterRole kubeflow-profiles-kfam", "ClusterRole kubeflow-notebook-controller", "ClusterRole kubeflow-jupyter-web-app"],
    ...["ClusterRole kubeflow-tensorboard-controller", "ClusterRole kubeflow-tensorboards-web-app"],
    ...["ClusterRole kubeflow-pvcviewer-controller", "ClusterRole kubeflow-volumes-web-app"],
    ...["ClusterRole kubeflow-katib-controller", "ClusterRole kubeflow-katib-ui"],
    ...["ClusterRole kubeflow-kserve-controller-manager", "ClusterRole kubeflow-kserve-models-web-app"],
    ...["ClusterRole kubeflow-training-operator"],
    ...["Role workflow-controller", "Role centraldashboard", "Role katib-ui"],
    ...["Role kserve-controller-manager", "Role training-operator-apart"],
  ],
};

/** Rights that are given only where another service is there too, by that. */
export const RIGHTS_WITH: Readonly<Record<string, string>> = { portal: "openbao" };

/** Cluster roles that change what is in namespaces, or read Secrets there, with the reason. */
export const MANAGE_NAMESPACES: Readonly<Record<string, string>> = {
  "portal-cluster-rights": "the portal's screens make, change and delete it for those who have logged in there",
  "kubeflow-ml-pipeline-everywhere": "it asks who somebody is and whether they may do what they ask it for, and changes nothing",
  "kubeflow-ml-pipeline-persistenceagent-everywhere": "its word for that it may report runs to Pipelines, which are no objects",
  "kubeflow-jupyter-web-app-everywhere": "it asks whether somebody may do what they ask it for, and changes nothing",
  "kubeflow-volumes-web-app-everywhere": "it asks whether somebody may do what they ask it for, and changes nothing",
  "kubeflow-katib-ui-everywhere": "it asks whether somebody may do what they ask it for, and changes nothing",
  "kubeflow-tensorboards-web-app-everywhere": "it asks whether somebody may do what they ask it for, and changes nothing",
  "kubeflow-kserve-models-web-app-everywhere": "it asks whether somebody may do what they ask it for, and changes nothing",
};

/** Workloads that alone of their service have a token of an account with rights. */
export const TOKEN_HOLDERS: Readonly<Record<string, readonly string[]>> = {
  portal: ["portal-cluster-token", "portal-federation-api"],
  // It is meant for OpenBao, and for nothing in the cluster.
  kpaasServer: ["kpaas-server-server"],
  kubeflow: [
    ...["ml-pipeline", "ml-pipeline-ui", "ml-pipeline-persistenceagent", "ml-pipeline-scheduledworkflow", "workflow-controller"],
    ...[
      "profiles-kfam",
      "centraldashboard",
      "notebook-controller",
      "jupyter-web-app",
      "pvcviewer-controller",
      "volumes-web-app",
      "katib-controller",
      "katib-ui",
      "kserve-controller-manager",
      "kserve-models-web-app",
      "training-operator",
      "tensorboard-controller",
      "tensorboards-web-app",
    ],
  ].map((name) => `kubeflow-${name}`),
};

/** Accounts whose pods programs make for users, and which get their token by the account alone. */
export const RUNNERS: readonly string[] = ["kubeflow-runner"];

/** The workloads whose programs read a secret from their environment and nowhere else. */
export const READ_ENVIRONMENT =
  /^(keycloak|kpaas-server|(portal|pipeline|source-control)-[a-z-]+|gitea|kubeflow-(ml-pipeline-ui|katib-db-manager))$/;

/** Objects of which operators make databases. */
export const OPERATED = /^kubernetes:(postgresql\.cnpg\.io\/v1:Cluster|k8s\.mariadb\.com\/v1alpha1:MariaDB)$/;

/** Words by which charts and programs are told to take any certificate. */
export const UNVERIFIED = /insecure[-_]?(skip|tls)|skip[-_]?(tls[-_]?)?verif|verify[-_]?(skip|none)|tls[-_]?verify[-_=]*(false|no)/i;

/**
 * What may take any certificate, and how: kubelets that sign for themselves show one that nobody could know; the provider that configures OpenBao
 * takes an authority as a file of the machine only, and is led to the pod by the cluster's API (decision 14).
 */
export const MAY_NOT_KNOW: Readonly<Record<string, string>> = {
  metricsServer: "--kubelet-insecure-tls",
  openbao: "skipTlsVerify",
  monitoring: "insecure_skip_verify",
};

/** Settings that are called like a secret, or look like one, and hold none: the resource's name and the path there. */
export const NO_SECRETS: readonly RegExp[] = [
  // What a notebook is made of: where its token is projected to.
  /^seoul-kubeflow-notebook-choices: \.data\.notebook_template\.yaml$/,
  // Whom the API server trusts when it asks: a certificate.
  /^seoul-[a-z-]+-(validating|mutating): \.webhooks\[\d\]\.clientConfig\.caBundle$/,
  // Java opens a store of certificates, which are public, by a password only.
  /^seoul-(portal|pipeline|source-control)-[a-z-]+: .*\.JAVA_TOOL_OPTIONS$/,
  // Grafana reads it from a file of a Secret, whose name this is.
  /^seoul-monitoring-release: .*\.auth\.generic_oauth\.client_secret$/,
];

/** Services by whose rights their users administer the cluster: Secrets of every namespace, and giving on any right. */
export const ADMINISTERS: readonly string[] = [
  // Its screens show, change and give it for those who have logged in there (docs/security.md).
  "portal",
];

/** Ports of rows that no release has an image for: a program that has one switches them on. */
export const WITHOUT_IMAGES: readonly string[] = ["pipeline 8083", "sourceControl 8093"];
