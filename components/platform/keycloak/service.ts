import { defineService, EVERY_PROFILE } from "../define-service";
import { before26 } from "./versions";

export const keycloak = defineService({
  name: "keycloak",
  title: "Keycloak",
  about: "logs users in to the platform's applications",
  options: (z) => ({
    selfRegistration: z.boolean().optional().describe("Whether visitors may make themselves an account. Default: false."),
    adminConsole: z
      .enum(["internal", "public"])
      .optional()
      .describe(
        "internal: the administration is reached through the cluster only; public: at its host, as the log-in is. Default: internal.",
      ),
  }),
  profiles: EVERY_PROFILE,
  replicas: "profile",
  autoscaling: (version) =>
    before26({ version })
      ? { by: "nobody", reason: "before Keycloak 26 sessions are in the memory of its pods only, and end with them" }
      : { by: "component" },
  host: "keycloak",
  // Realms, clients and users are in its schema.
  backup: { kind: "within", service: "mariadb" },
  needs: { ingress: ({ host }) => ({ host }), mysql: () => ({ schema: "keycloak" }) },
  offers: ["identity"],
  managedAt: { workload: "keycloak", port: 8443 },
  calls: [],
  create: (name, { common, options, granted, claims, environment }, opts) => {
    const { Keycloak } = require("./keycloak") as typeof import("./keycloak");
    return new Keycloak(
      name,
      {
        ...common,
        ...options,
        database: granted.mysql,
        ingress: granted.ingress,
        applications: Object.values(claims.identity).map(({ url }) => url),
        domain: environment.platform.domain,
      },
      opts,
    );
  },
  grants: { identity: ({ realm }) => realm },
});
