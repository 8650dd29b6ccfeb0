import { MEASURED_OPENLY } from "../../../model/service";
import { defineService } from "../define-service";

export const traefik = defineService({
  name: "traefik",
  title: "Traefik",
  about: "leads HTTP and HTTPS to the services, at one address, by Ingresses as ingress-nginx takes them and by the Gateway API",
  when: ({ platform }) => platform.ingressKind === "traefik" || platform.ingressBeside === "traefik",
  beside: ({ platform }) => platform.ingressKind !== "traefik",
  field: "platform.ingress",
  valuesField: "platform.ingress.values.traefik",
  replicas: "profile",
  autoscaling: () => ({
    by: "chart",
    values: ({ minReplicas, maxReplicas, cpuPercent }) => {
      const cpu = { name: "cpu", target: { type: "Utilization", averageUtilization: cpuPercent } };
      return { autoscaling: { enabled: true, minReplicas, maxReplicas, metrics: [{ type: "Resource", resource: cpu }] } };
    },
  }),
  needs: { loadBalancer: () => ({}) },
  wants: {
    gateways: () => ({}),
    scrape: () => ({ targets: { server: { pods: { "app.kubernetes.io/name": "traefik" }, port: 9100 } } }),
  },
  offers: ["ingress"],
  speaks: {
    8000: "openly: browsers that ask for no TLS are sent on to port 443, and ACME asks here",
    8443: "TLS",
    9100: MEASURED_OPENLY,
  },
  // Users' Ingresses lead to pods of any namespace.
  calls: ["kubernetes", "pods"],
  create: (name, given, opts) => {
    const { Traefik } = require("./traefik") as typeof import("./traefik");
    const { ingressArgs } = require("../ingress/given") as typeof import("../ingress/given");
    return new Traefik(name, { ...ingressArgs("traefik", given), gateways: given.granted.gateways !== undefined }, opts);
  },
  grants: { ingress: ({ route }) => route },
});
