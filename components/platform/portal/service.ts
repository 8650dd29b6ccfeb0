import { defineService, EVERY_PROFILE } from "../define-service";
import { portalTables, realmUsers } from "./schema";

export const portal = defineService({
  name: "portal",
  title: "K-PaaS portal",
  about: "The web console of K-PaaS",
  profiles: EVERY_PROFILE,
  replicas: "profile",
  host: "portal",
  needs: {
    ingress: ({ host }) => ({ host }),
    storage: () => ({}),
    mysql: ({ environment, provider }) => ({
      schema: "cp",
      tables: portalTables({ id: environment, name: environment, provider: provider.toUpperCase() }),
      reads: [realmUsers("keycloak")],
    }),
    identity: ({ host }) => ({ url: `https://${host}` }),
  },
});
