import { MEASURED_OPENLY } from "../../../model/service";
import { defineService, EVERY_PROFILE } from "../define-service";
import type { PlatformIssuer } from "./args";

export const certManager = defineService({
  name: "certManager",
  title: "cert-manager",
  about: "issues certificates in the cluster, by the platform's authority or by ACME",
  profiles: EVERY_PROFILE,
  replicas: "profile",
  wants: {
    scrape: () => ({
      targets: Object.fromEntries(
        ["controller", "webhook", "cainjector"].map((part) => [
          part,
          { pods: { "app.kubernetes.io/instance": "cert-manager", "app.kubernetes.io/component": part }, port: 9402 },
        ]),
      ),
    }),
  },
  offers: ["issuer"],
  kubespray: ["cert_manager_*"],
  speaks: { 10250: "TLS", 9402: MEASURED_OPENLY },
  // By ACME it sees first whether it would be found at each host, and asks the authority then.
  calls: ({ tls }) => (tls.kind === "acme" ? ["kubernetes", "hosts", "outside"] : ["kubernetes"]),
  create: (name, { common, environment, tls: certificate }, opts) => {
    const { CertManager } = require("./cert-manager") as typeof import("./cert-manager");
    const { tls, ingress } = environment.platform;
    const authority: PlatformIssuer = certificate?.authority
      ? { kind: "ca", certificate: certificate.authority.certificate, key: certificate.authority.key }
      : { kind: "none" };
    const issuer: PlatformIssuer = tls.kind === "acme" ? { kind: "acme", email: tls.email, ingressClass: ingress.className } : authority;
    return new CertManager(name, { ...common, issuer }, opts);
  },
  grants: { issuer: ({ clusterIssuer }) => ({ clusterIssuer }) },
});
