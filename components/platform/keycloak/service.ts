import { defineService, EVERY_PROFILE } from "../define-service";
import { keycloakBackup } from "./backup";
import { FINDABLE } from "./findable";
import { schemaOf } from "./names";
import { rotatesOf } from "./rotates";
import { before26 } from "./versions";

export const keycloak = defineService({
  name: "keycloak",
  title: "Keycloak",
  about: "logs users in to the platform's applications",
  options: (z) => ({
    schema: z
      .string()
      .regex(/^[a-z][a-z0-9]{0,31}$/, "must be small letters and digits, at most 32, beginning with a letter")
      .optional()
      .describe(
        "The schema of MariaDB that its realms are in. Switched off and on again, it begins anew in another one. Default: keycloak.",
      ),
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
  backup: keycloakBackup,
  rotates: rotatesOf,
  away: ({ replicas }) => (replicas > 1 ? 0 : 90),
  needs: { ingress: ({ host }) => ({ host }), mysql: ({ options }) => ({ schema: schemaOf(options) }) },
  wants: {
    scrape: () => ({
      targets: { server: { pods: { "app.kubernetes.io/name": "keycloak" }, port: 9000, serverName: "keycloak.keycloak.svc" } },
    }),
  },
  fixed: { schema: schemaOf },
  // The realm has the secret of who configures it, and ids that only the state knows.
  leaves: { kind: "mysql", field: "schema" },
  offers: ["identity", "tokens"],
  managedAt: { workload: "keycloak", port: 8443 },
  findable: FINDABLE,
  remedies: [
    [
      /error logging in: 401 Unauthorized.*(invalid|unauthorized)_client/,
      {
        text: "Keycloak does not know the secret of its client kpaas: it found a database that holds a former one. Another name at platform.services.keycloak.schema, with Keycloak switched off in between, begins anew; docs/services.md says how it is let in to the former one.",
        next: "kpaas backup",
      },
    ],
  ],
  speaks: {
    8443: "TLS",
    9000: "TLS",
    7800: "TLS by certificates that its replicas make themselves; before Keycloak 26.2 openly, where that takes stores of keys made by hand",
    57800: "openly: signs of life between its replicas, and nothing else",
  },
  calls: [],
  create: (name, { common, options: { schema: _schema, ...options }, granted, claims, environment, tls }, opts) => {
    const { Keycloak } = require("./keycloak") as typeof import("./keycloak");
    return new Keycloak(
      name,
      {
        ...common,
        ...options,
        database: granted.mysql,
        ingress: granted.ingress,
        applications: Object.values(claims.identity).flatMap(({ url, also = [], client }) => [
          ...(client === undefined ? [url] : []),
          ...also,
        ]),
        clients: Object.fromEntries(
          Object.entries(claims.identity).flatMap(([service, { url, client }]) =>
            client === undefined ? [] : [[service, { ...client, url }]],
          ),
        ),
        takers: claims.tokens,
        domain: environment.platform.domain,
        ...(tls?.authority ? { authority: tls.authority } : {}),
      },
      opts,
    );
  },
  grants: {
    identity: ({ realm, access }, consumer) => access[consumer] ?? realm,
    tokens: ({ realm: { url, issuer } }) => ({ url, issuer }),
  },
});
