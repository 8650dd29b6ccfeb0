import type { Application } from "../applications/application";
import { type PortalNeed, VAULT } from "./keys";

/** K-PaaS's Terraman, which makes clusters by OpenTofu and K-PaaS's installer from a machine that it logs in to (source of 1.6.1.1). */
export const TERRAMAN: Application<PortalNeed> = {
  name: "cp-portal-terraman",
  port: 8091,
  config: [...VAULT.config, "K8S_MASTER_NODE_IP", "SPRING_DATASOURCE_CP_JDBCURL"],
  secrets: [...VAULT.secrets, "TERRAMAN_DATABASE_USER", "TERRAMAN_DATABASE_PASSWORD", "CPTERRAMAN_AUTHORIZATION_PASSWORD"],
  as: {
    TERRAMAN_DATABASE_USER: "DATABASE_USER_ID",
    TERRAMAN_DATABASE_PASSWORD: "DATABASE_USER_PASSWORD",
    CPTERRAMAN_AUTHORIZATION_PASSWORD: "SPRING_SECURITY_PASSWORD",
  },
  secretFiles: { "/home/1000/.ssh/master-key": "TERRAMAN_PRIVATE_KEY" },
  // The keys of the clusters that it makes lie in the first for as long as its pod lives.
  writes: ["/home/1000/.ssh", "/home/1000/logs"],
  needs: ["vault", "terraman"],
  trusts: ["vault", "database"],
  single: "what it is about is in its memory alone",
  callers: ["cp-portal-api"],
};
