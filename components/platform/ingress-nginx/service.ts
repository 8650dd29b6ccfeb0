import { MEASURED_OPENLY } from "../../../model/service";
import { defineService } from "../define-service";

export const ingress = defineService({
  name: "ingress",
  title: "ingress-nginx",
  about: "leads HTTP and HTTPS to the services, at one address",
  when: ({ platform }) => platform.ingressKind === "nginx" || platform.ingressBeside === "nginx",
  beside: ({ platform }) => platform.ingressKind !== "nginx",
  field: "platform.ingress",
  valuesField: "platform.ingress.values.nginx",
  replicas: "profile",
  autoscaling: () => ({
    by: "chart",
    values: ({ minReplicas, maxReplicas, cpuPercent }) => ({
      controller: {
        // Its memory follows the number of Ingresses, not the load: no goal for that.
        autoscaling: {
          enabled: true,
          minReplicas,
          maxReplicas,
          targetCPUUtilizationPercentage: cpuPercent,
          targetMemoryUtilizationPercentage: 0,
        },
      },
    }),
  }),
  needs: { loadBalancer: () => ({}) },
  wants: {
    scrape: () => ({
      targets: {
        controller: { pods: { "app.kubernetes.io/name": "ingress-nginx", "app.kubernetes.io/component": "controller" }, port: 10254 },
      },
    }),
  },
  offers: ["ingress"],
  kubespray: ["ingress_nginx_*", "ingress_publish_*"],
  speaks: {
    80: "openly: browsers that ask for no TLS are sent on to port 443, and ACME asks here",
    443: "TLS",
    8443: "TLS",
    10254: MEASURED_OPENLY,
  },
  // Users' Ingresses lead to pods of any namespace.
  calls: ["kubernetes", "pods"],
  create: (name, given, opts) => {
    const { IngressNginx } = require("./ingress-nginx") as typeof import("./ingress-nginx");
    const { ingressArgs } = require("../ingress/given") as typeof import("../ingress/given");
    return new IngressNginx(name, ingressArgs("nginx", given), opts);
  },
  grants: { ingress: ({ route }) => route },
});
