import { defineService } from "../define-service";

export const ingress = defineService({
  name: "ingress",
  title: "ingress-nginx",
  about: "leads HTTP and HTTPS to the services, at one address",
  when: ({ platform }) => platform.ingressKind === "nginx" || platform.ingressBeside === "nginx",
  beside: ({ platform }) => platform.ingressKind !== "nginx",
  field: "platform.ingress",
  replicas: "profile",
  needs: { loadBalancer: () => ({}) },
  offers: ["ingress"],
  kubespray: ["ingress_nginx_*", "ingress_publish_*"],
  create: (name, given, opts) => {
    const { IngressNginx } = require("./ingress-nginx") as typeof import("./ingress-nginx");
    const { ingressArgs } = require("../ingress/given") as typeof import("../ingress/given");
    return new IngressNginx(name, ingressArgs("nginx", given), opts);
  },
  grants: { ingress: ({ route }) => route },
});
