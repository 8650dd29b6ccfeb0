import { openPorts, singles } from "../applications/application";
import { defineService, EVERY_PROFILE } from "../define-service";
import type { TableAccount } from "../grants";
import { PROXY_SPEAKS } from "../mesh";
import { PORTAL_APPS, programsFor } from "./apps";
import { CLUSTER_ACCOUNT, KARMADA_NAMESPACE } from "./names";
import { METRIC_TABLES, portalTables, REALM_USERS, TERRAMAN_TABLES } from "./schema";

/** What K-PaaS's applications do with what they keep in OpenBao: tokens of clusters and users, keys of hosts, log-ins of clouds. */
const EVERYTHING = ["create", "read", "update", "delete", "list"] as const;
const SECRETS = ["cluster", "user", "ssh-key", "AWS", "OPENSTACK", "NHN", "NAVER", "VSPHERE"];

/** The accounts of programs that do little with the database, each where its program is. The metric API cannot speak TLS to one. */
function accountsOf(
  images: readonly string[],
  withVault: boolean,
  withTerraman: boolean,
): { accounts?: Readonly<Record<string, TableAccount>> } {
  const accounts = {
    ...(programsFor("metricAccount").every((program) => images.includes(program))
      ? { metric: { tables: METRIC_TABLES, openly: true } }
      : {}),
    ...(withTerraman && programsFor("terraman").every((program) => images.includes(program))
      ? { terraman: { tables: TERRAMAN_TABLES } }
      : {}),
  };
  return withVault && Object.keys(accounts).length > 0 ? { accounts } : {};
}

/** What a reference among its options leads to. @throws Error where nobody has followed it */
function required<T>(secrets: Readonly<Record<string, T>>, path: string): T {
  const value = secrets[path];
  if (value === undefined) throw new Error(`platform.services.portal.${path} was not resolved: give \`secrets.services\`.`);
  return value;
}

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
  options: (z, { hostOrAddress, secretReferenceSchema }) => ({
    federation: z
      .strictObject({
        kubeconfig: secretReferenceSchema.describe(
          "The kubeconfig of Karmada's API, with a context karmada-apiserver that logs in by a token.",
        ),
      })
      .optional()
      .describe(
        "A Karmada that runs in this cluster, in karmada-system: several clusters are seen to at once, as the menu Federation. Default: none.",
      ),
    terraman: z
      .strictObject({
        host: hostOrAddress.describe(
          "The machine that it works on, as ubuntu: with OpenTofu, K-PaaS's installer and a kubectl that reaches the portal's pods.",
        ),
        privateKey: secretReferenceSchema.describe("The private key of ubuntu there."),
      })
      .optional()
      .describe(
        "Where K-PaaS's Terraman makes clusters for those who use the portal. Default: nowhere; an environment of its own makes one.",
      ),
    migration: z
      .boolean()
      .optional()
      .describe("Whether the tools that copy buckets between object stores are there, as the menu Migration. Default: false."),
  }),
  secrets: {
    "federation.kubeconfig": (text) => (require("./karmada") as typeof import("./karmada")).wrongKubeconfig(text),
    "terraman.privateKey": (text) => (/^-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(text) ? undefined : "is no private key as PEM"),
  },
  unsafe: ({ terraman }) =>
    terraman === undefined
      ? []
      : [
          {
            field: "terraman",
            reason:
              "whoever takes over its pod, or runs a command that it hands on unchecked, is ubuntu on that machine, and what its kubectl and sudo allow in the cluster",
            remedy:
              "name a machine that nothing else runs on, with a key that is valid there alone; or take it out, and make clusters by environments of their own",
          },
        ],
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
    mysql: ({ environment, provider, offered, images, options }) => ({
      schema: "cp",
      tables: portalTables({ id: environment, name: environment, provider: provider.toUpperCase() }),
      reads: [{ of: "identity", ...REALM_USERS }],
      ...accountsOf(images, offered.includes("secretEngine"), options.terraman !== undefined),
    }),
    identity: ({ host, options: { migration } }) => ({
      url: `https://${host}`,
      ...(migration === true ? { also: [`https://${host}/cpmigui`] } : {}),
    }),
  },
  wants: {
    charts: () => ({}),
    chaos: () => ({}),
    clusters: ({ options: { terraman } }) => (terraman === undefined ? {} : undefined),
    messages: ({ options: { federation } }) => (federation === undefined ? undefined : {}),
    secretEngine: ({ environment }) => ({
      accounts: { cluster: { serviceAccount: CLUSTER_ACCOUNT, paths: { [`cluster/${environment}`]: ["create", "update"] } } },
      paths: Object.fromEntries(SECRETS.map((kind) => [`${kind}/*`, EVERYTHING])),
      login: { kind: "appRole" },
    }),
  },
  promises: [
    { does: "list the cluster's nodes, namespaces and workloads", by: ["secretEngine"] },
    { does: "see what nodes and pods use", by: ["secretEngine", "podMetrics"] },
    { does: "deploy from the catalogue", by: ["secretEngine", "charts"] },
  ],
  foundThere: ({ federation }) => (federation === undefined ? [] : [KARMADA_NAMESPACE]),
  programs: { federation: programsFor("federation"), terraman: programsFor("terraman"), migration: programsFor("migration") },
  hindered: ({ platform: { services } }) => {
    const own = services.find(({ name }) => name === "portal")?.options?.terraman;
    if (own === undefined || !services.some(({ name }) => name === "kpaasServer")) return [];
    return [
      {
        path: "platform.services.portal.terraman",
        reason: "stands beside kpaasServer, which makes the portal's clusters in its place",
        remedy: "take one of the two out",
      },
    ];
  },
  needsWith: { federation: ["secretEngine", "messages"], terraman: ["secretEngine"] },
  // Dockerfile and application.yml of cp-portal-ui, cp-portal-api and cp-portal-common-api (server.port alone), api/api.go of cp-metrics-api.
  speaks: { ...openPorts(PORTAL_APPS), ...PROXY_SPEAKS },
  unscraped: "nothing says at which path K-PaaS's programs would; requests among those in the mesh their proxies count",
  // The clusters and clouds that its users register are anywhere; its own is called once its token is kept.
  calls: (_, claimed) => (claimed.includes("secretEngine") ? ["kubernetes", "outside"] : ["outside"]),
  create: (name, { common, granted, options, secrets, environment }, opts) => {
    const { Portal } = require("./portal") as typeof import("./portal");
    const { ingress, storage, trust, mysql, identity, secretEngine, charts, chaos, messages, clusters } = granted;
    const { federation, terraman } = options;
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
        ...(clusters ? { clusters } : {}),
        ...(chaos ? { chaosDashboardUrl: chaos.dashboardUrl } : {}),
        ...(options.migration ? { migration: true } : {}),
        ...(federation && messages
          ? { federation: { kubeconfig: required(secrets, "federation.kubeconfig"), clusterId: environment.environment, messages } }
          : {}),
        ...(terraman ? { terraman: { host: terraman.host, privateKey: required(secrets, "terraman.privateKey") } } : {}),
      },
      opts,
    );
  },
});
