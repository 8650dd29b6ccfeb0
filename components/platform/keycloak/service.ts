import { defineService, EVERY_PROFILE } from "../define-service";
import { rotatesOf } from "./rotates";
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
  rotates: rotatesOf,
  away: ({ replicas }) => (replicas > 1 ? 0 : 90),
  needs: { ingress: ({ host }) => ({ host }), mysql: () => ({ schema: "keycloak" }) },
  offers: ["identity"],
  managedAt: { workload: "keycloak", port: 8443 },
  remedies: [
    [
      /error logging in: 401 Unauthorized.*(invalid|unauthorized)_client/,
      {
        text: "Keycloak does not know the secret of its client kpaas: it found a database that holds a former one, as where it was switched off and is on again. docs/services.md says how it is let in again, and how to begin anew.",
        next: "kpaas backup",
      },
    ],
  ],
  speaks: {
    8443: "TLS",
    7800: "TLS by certificates that its replicas make themselves; before Keycloak 26.2 openly, where that takes stores of keys made by hand",
    57800: "openly: signs of life between its replicas, and nothing else",
  },
  calls: [],
  create: (name, { common, options, granted, claims, environment, tls }, opts) => {
    const { Keycloak } = require("./keycloak") as typeof import("./keycloak");
    return new Keycloak(
      name,
      {
        ...common,
        ...options,
        database: granted.mysql,
        ingress: granted.ingress,
        applications: Object.values(claims.identity).flatMap(({ url, client }) => (client === undefined ? [url] : [])),
        clients: Object.fromEntries(
          Object.entries(claims.identity).flatMap(([service, { url, client }]) =>
            client === undefined ? [] : [[service, { ...client, url }]],
          ),
        ),
        domain: environment.platform.domain,
        ...(tls?.authority ? { authority: tls.authority } : {}),
      },
      opts,
    );
  },
  grants: { identity: ({ realm, access }, consumer) => access[consumer] ?? realm },
});
