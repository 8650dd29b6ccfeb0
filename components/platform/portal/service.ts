import { openPorts, singles } from "../applications/application";
import { defineService, EVERY_PROFILE } from "../define-service";
import { PORTAL_APPS } from "./apps";
import { CLUSTER_ACCOUNT } from "./names";
import { METRIC_TABLES, portalTables, REALM_USERS } from "./schema";

/** What K-PaaS's applications do with what they keep in OpenBao: tokens of clusters and users, keys of hosts, log-ins of clouds. */
const EVERYTHING = ["create", "read", "update", "delete", "list"] as const;
const SECRETS = ["cluster", "user", "ssh-key", "AWS", "OPENSTACK", "NHN", "NAVER", "VSPHERE"];

export const portal = defineService({
  name: "portal",
  title: "K-PaaS portal",
  about: "the web console of K-PaaS",
  profiles: EVERY_PROFILE,
  replicas: "profile",
  enlistedFor: ["mesh"],
  autoscaling: () => ({ by: "nobody", reason: "sessions are in the memory of the pod that began them, and end with it" }),
  single: {
    ...singles(PORTAL_APPS),
    "cp-portal-cluster-token": "a token that it wrote is valid for an hour, and another pod of it writes another one at once",
  },
  host: "portal",
  options: (z) => ({
    migration: z
      .boolean()
      .optional()
      .describe("Whether the tools that copy buckets between object stores are there, as the menu Migration. Default: false."),
  }),
  rotates: ({ options = {} }) => [
    { secret: "the key of its tokens, and the passwords among its programs", how: "one", restarts: ["itself"], seconds: 60 },
    ...(options.migration === true
      ? [{ secret: "the keys of its migration tools", how: "one", restarts: ["itself"], seconds: 60 } as const]
      : []),
  ],
  needs: {
    ingress: ({ host }) => ({ host }),
    storage: () => ({}),
    trust: () => ({}),
    mysql: ({ environment, provider, offered }) => ({
      schema: "cp",
      tables: portalTables({ id: environment, name: environment, provider: provider.toUpperCase() }),
      reads: [{ of: "identity", ...REALM_USERS }],
      // The metric API, which is there with OpenBao alone, cannot speak TLS to a database.
      ...(offered.includes("secretEngine") ? { accounts: { metric: { tables: METRIC_TABLES, openly: true } } } : {}),
    }),
    identity: ({ host, options: { migration } }) => ({
      url: `https://${host}`,
      ...(migration === true ? { also: [`https://${host}/cpmigui`] } : {}),
    }),
  },
  wants: {
    charts: () => ({}),
    chaos: () => ({}),
    secretEngine: ({ environment }) => ({
      accounts: { cluster: { serviceAccount: CLUSTER_ACCOUNT, paths: { [`cluster/${environment}`]: ["create", "update"] } } },
      paths: Object.fromEntries(SECRETS.map((kind) => [`${kind}/*`, EVERYTHING])),
      login: { kind: "appRole" },
    }),
  },
  // Dockerfile and application.yml of cp-portal-ui, cp-portal-api and cp-portal-common-api (server.port alone), api/api.go of cp-metrics-api.
  speaks: openPorts(PORTAL_APPS),
  // The clusters and clouds that its users register are anywhere; its own is called once its token is kept.
  calls: (_, claimed) => (claimed.includes("secretEngine") ? ["kubernetes", "outside"] : ["outside"]),
  create: (name, { common, granted, options, environment }, opts) => {
    const { Portal } = require("./portal") as typeof import("./portal");
    const { ingress, storage, trust, mysql, identity, secretEngine, charts, chaos } = granted;
    const writer = secretEngine?.accounts?.cluster;
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
          ? {
              vault: {
                ...{ url: secretEngine.url, ca: secretEngine.ca, roleName: secretEngine.role, ...secretEngine.login },
                ...(writer ? { writer: { ...writer, clusterId: environment.environment } } : {}),
              },
            }
          : {}),
        ...(charts ? { charts } : {}),
        ...(chaos ? { chaosDashboardUrl: chaos.dashboardUrl } : {}),
        ...(options.migration ? { migration: true } : {}),
      },
      opts,
    );
  },
});
