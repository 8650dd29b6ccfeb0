import type { ServicePlan, TakenOnce } from "../../../model/plan/types";
import { defineService, EVERY_PROFILE } from "../define-service";

export const keycloak = defineService({
  name: "keycloak",
  title: "Keycloak",
  about: "logs users in to the platform's applications",
  options: (z) => ({
    selfRegistration: z
      .boolean()
      .optional()
      .describe("Whether visitors may make themselves an account. Read at the first start only. Default: false."),
    adminConsole: z
      .enum(["internal", "public"])
      .optional()
      .describe(
        "internal: the administration is reached through the cluster only; public: at its host, as the log-in is. Default: internal.",
      ),
  }),
  profiles: EVERY_PROFILE,
  replicas: "profile",
  host: "keycloak",
  needs: { ingress: ({ host }) => ({ host }), mysql: () => ({ schema: "keycloak" }) },
  offers: ["identity"],
  takesOnce: { claims: ["identity"], options: ["selfRegistration"] },
  takenOnce,
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

/** The realm is imported when it is not there yet, and belongs to Keycloak from then on. */
function takenOnce({ options }: ServicePlan, claimants: readonly ServicePlan[]): TakenOnce {
  const selfRegistration = options?.selfRegistration === true;
  const [switched, was] = selfRegistration ? ["on", "off"] : ["off", "on"];
  return {
    key: "realm",
    reason: "Keycloak has taken its realm at its first start and learns nothing since",
    settings: {
      selfRegistration: {
        is: selfRegistration,
        path: "platform.services.keycloak.selfRegistration",
        otherwise: `self-registration would stay ${was}`,
        remedy: `set it back, or switch it ${switched} by hand, in Keycloak's console (realm cp-realm, settings of the log-in)`,
      },
    },
    lists: {
      applications: {
        of: Object.fromEntries(claimants.map(({ name, needs }) => [urlOf(needs?.identity), `platform.services.${name}`])),
        otherwise: "it would refuse the log-ins of",
        remedy:
          "set it back, or add that to the redirect URIs and web origins of the client cp-client in the realm cp-realm by hand, in Keycloak's console",
      },
    },
  };
}

const urlOf = (claim: object | undefined): string => String((claim as { readonly url?: string } | undefined)?.url ?? "");
