import { MEASURED_OPENLY } from "../../../model/service";
import { defineService } from "../define-service";

export const chaosMesh = defineService({
  name: "chaosMesh",
  title: "Chaos Mesh",
  about: "tries out faults on the pods of namespaces that are annotated for it",
  replicas: "profile",
  single: {
    "chaos-dashboard": "its history is on a volume of one pod; what was begun ends without it",
    "chaos-dns-server": "it answers during experiments with names only",
  },
  wants: {
    scrape: () => ({
      targets: {
        controller: {
          pods: { "app.kubernetes.io/name": "chaos-mesh", "app.kubernetes.io/component": "controller-manager" },
          port: 10080,
        },
      },
    }),
  },
  offers: ["chaos"],
  speaks: {
    2333: "openly: its dashboard has no setting for TLS; it is open to those services alone that claim it, and wants a token of whoever asks",
    10250: "TLS",
    10080: MEASURED_OPENLY,
    31767: "TLS",
    9288: "openly: its DNS server is told by the chart's own program which names to get wrong, without a setting for TLS",
    5353: "openly: names are asked for, as of every resolver in the cluster",
  },
  unscraped: {
    "chaos-daemon": "what it counts are the containers it works on; how experiments go the controllers say",
    "chaos-dashboard": "its numbers are those of its screens",
    "chaos-dns-server": "it answers for experiments with names alone, and how those go the controllers say",
  },
  // A workflow may ask those that it hurts how they are.
  calls: ["kubernetes", "pods"],
  create: (name, { common, claims, environment }, opts) => {
    const { ChaosMesh } = require("./chaos-mesh") as typeof import("./chaos-mesh");
    const runtime = environment.cluster.variables.container_manager === "containerd" ? "containerd" : "crio";
    return new ChaosMesh(name, { ...common, runtime, clients: Object.values(claims.chaos).map(({ namespace }) => namespace) }, opts);
  },
  grants: { chaos: ({ dashboardUrl }) => ({ dashboardUrl }) },
});
