import { defineService } from "../define-service";

export const ingress = defineService({
  name: "ingress",
  title: "ingress-nginx",
  about: "Leads HTTP and HTTPS to the services, at one address",
  when: () => true,
  field: "platform.ingress",
  replicas: "profile",
  needs: { loadBalancer: () => ({}) },
  offers: ["ingress"],
  kubespray: ["ingress_nginx_*", "ingress_publish_*"],
});
