import { defineService, EVERY_PROFILE } from "../define-service";

export const metricsServer = defineService({
  name: "metricsServer",
  title: "metrics-server",
  about: "measures CPU and memory of pods and nodes, for autoscaling and overviews",
  profiles: EVERY_PROFILE,
  replicas: "profile",
  autoscaling: () => ({ by: "nobody", reason: "each of it measures all pods by itself" }),
  offers: ["podMetrics"],
  kubespray: ["metrics_server_*"],
  speaks: { 10250: "TLS" },
  unscraped:
    "it answers to those alone who may read `/metrics` of the Kubernetes API's own, a right that nobody is given for it; without it autoscalers say so",
  calls: ["kubernetes", "kubelets"],
  create: (name, { common, environment }, opts) => {
    const { MetricsServer } = require("./metrics-server") as typeof import("./metrics-server");
    const signed = environment.cluster.variables.kubelet_rotate_server_certificates === true;
    return new MetricsServer(name, { ...common, kubeletCertificates: signed ? "clusterSigned" : "selfSigned" }, opts);
  },
  grants: { podMetrics: () => ({}) },
});
