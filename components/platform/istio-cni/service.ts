import { MEASURED_OPENLY } from "../../../model/service";
import { defineService } from "../define-service";

export const istioCni = defineService({
  name: "istioCni",
  title: "Istio's network plugin",
  about:
    "leads the traffic of pods in the mesh to their proxies, on every node, so that no pod needs rights on the network; it comes with Istio",
  when: ({ platform }) => platform.services.some(({ name }) => name === "istio"),
  field: "platform.services.istio",
  replicas: 1,
  stays: "it works on every node",
  needs: { meshDefinitions: () => ({}) },
  wants: {
    scrape: () => ({ targets: { node: { pods: { "k8s-app": "istio-cni-node" }, port: 15014 } } }),
  },
  offers: ["meshNodes"],
  speaks: { 15014: MEASURED_OPENLY },
  calls: ["kubernetes"],
  hindered: ({ cluster }) =>
    cluster.plugin === "cilium" && cluster.variables.cilium_cni_exclusive !== false
      ? [
          {
            path: "cluster.variables.cilium_cni_exclusive",
            reason: "has Cilium take all other network plugins off its nodes, and Istio's leads the traffic of pods in the mesh",
            remedy: "set it to false, or switch platform.services.istio off",
          },
        ]
      : [],
  create: (name, { common }, opts) => {
    const { IstioCni } = require("./istio-cni") as typeof import("./istio-cni");
    return new IstioCni(name, common, opts);
  },
  grants: { meshNodes: () => ({}) },
});
