import { defineService, EVERY_PROFILE } from "../define-service";

export const certManager = defineService({
  name: "certManager",
  title: "cert-manager",
  about: "Issues certificates in the cluster, by the platform's authority or by ACME",
  profiles: EVERY_PROFILE,
  replicas: "profile",
  offers: ["issuer"],
  kubespray: ["cert_manager_*"],
});
