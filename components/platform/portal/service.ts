import { defineService, EVERY_PROFILE } from "../define-service";
import { portalTables, REALM_USERS } from "./schema";

/** What K-PaaS's applications do with what they keep in OpenBao: tokens of clusters and users, keys of hosts, log-ins of clouds. */
const EVERYTHING = ["create", "read", "update", "delete", "list"] as const;
const SECRETS = ["cluster", "user", "ssh-key", "AWS", "OPENSTACK", "NHN", "NAVER", "VSPHERE"];

/** Dockerfile and application.yml of cp-portal-ui, cp-portal-api and cp-portal-common-api (server.port alone), api/api.go of cp-metrics-api. */
const OPENLY =
  "openly: K-PaaS starts its programs without a certificate, and they call each other by http; those in Go have no setting for one, and Spring's for those in Java was not tried with its images";

export const portal = defineService({
  name: "portal",
  title: "K-PaaS portal",
  about: "the web console of K-PaaS",
  profiles: EVERY_PROFILE,
  replicas: "profile",
  autoscaling: () => ({ by: "nobody", reason: "sessions are in the memory of the pod that began them, and end with it" }),
  host: "portal",
  rotates: [{ secret: "the key of its tokens, and the password among its programs", how: "one", restarts: ["itself"], seconds: 60 }],
  needs: {
    ingress: ({ host }) => ({ host }),
    storage: () => ({}),
    trust: () => ({}),
    mysql: ({ environment, provider }) => ({
      schema: "cp",
      tables: portalTables({ id: environment, name: environment, provider: provider.toUpperCase() }),
      reads: [{ of: "identity", ...REALM_USERS }],
    }),
    identity: ({ host }) => ({ url: `https://${host}` }),
  },
  wants: {
    secretEngine: () => ({
      paths: Object.fromEntries(SECRETS.map((kind) => [`${kind}/*`, EVERYTHING])),
      login: { kind: "appRole" },
    }),
  },
  speaks: Object.fromEntries([3333, 3334, 8090, 8092, 8093, 8094, 8095, 8900].map((port) => [port, OPENLY])),
  // The clusters and clouds that its users register are anywhere.
  calls: ["outside"],
  create: (name, { common, granted }, opts) => {
    const { Portal } = require("./portal") as typeof import("./portal");
    const { ingress, storage, trust, mysql, identity, secretEngine } = granted;
    return new Portal(
      name,
      {
        ...common,
        ingress,
        database: mysql,
        realm: identity,
        keycloakSchema: identity.schema ?? mysql.database,
        keycloakHost: new URL(identity.url).hostname,
        storageClass: storage.className,
        ...(trust.certificates ? { trust: trust.certificates } : {}),
        ...(secretEngine?.login.kind === "appRole"
          ? { vault: { url: secretEngine.url, ca: secretEngine.ca, roleName: secretEngine.role, ...secretEngine.login } }
          : {}),
      },
      opts,
    );
  },
});
