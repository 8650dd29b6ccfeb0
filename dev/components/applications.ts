import type { ComponentRow } from "./row";

const PORTAL = "platform.services.portal";
const APPS = "components/platform/portal/apps.ts";
const BROKER = "belongs to the old service type, for Cloud Foundry, which K-PaaS has dropped; no release here has an image of it";

/** The portal's applications, and what they are set up by. */
export const portal: readonly ComponentRow[] = [
  ["cp-portal-ui", "in", "8090, at portal.DOMAIN; K-PaaS's image as it is, with the authority mounted", PORTAL, APPS],
  ["cp-portal-api", "in", "3333, /cpapi", PORTAL, APPS],
  ["cp-portal-common-api", "in", "3334, inside only, with a generated password", PORTAL, APPS],
  ["cp-portal-metric-api", "in", "8900, with OpenBao", PORTAL, APPS],
  [
    "cp-portal-terraman",
    "in",
    "kpaas server in its place, or as K-PaaS ships it by an option",
    "platform.services.kpaasServer",
    "platform.services.portal.terraman",
    APPS,
  ],
  ["cp-portal-catalog-api", "in", "8093, /cpcatalog, with OpenBao and ChartMuseum", "platform.services.chartmuseum", APPS],
  ["cp-portal-chaos-api", "in", "8092, /cpchaos, with OpenBao and Chaos Mesh", "platform.services.chaosMesh", APPS],
  ["cp-portal-chaos-collector", "in", "8094, likewise, inside only", "platform.services.chaosMesh", APPS],
  ["cp-portal-remote-api", "in", "8095, /cpremote, with OpenBao", "platform.services.openbao", APPS],
  [
    "cp-portal-migration-api",
    "in",
    "8901, /cpmig, by an option, with keys of this environment's",
    "platform.services.portal.migration",
    APPS,
  ],
  ["cp-portal-migration-ui", "in", "8097, /cpmigui; K-PaaS's image as it is", "platform.services.portal.migration", APPS],
  ["cp-portal-migration-auth", "in", "8911, /cpmigauth", "platform.services.portal.migration", APPS],
  [
    "cp-portal-federation-api / -collector / -ui",
    "in",
    "8000, 8001, 8002, with OpenBao, NATS and a Karmada that is there; this tool installs no Karmada",
    "platform.services.portal.federation",
    "docs/services/portal.md",
  ],
  ["cp-portal-service-broker", "not", BROKER],
  [
    "ConfigMap cp-portal-configmap keys",
    "in",
    "all of them, each by the program that reads it, and held against this list by a test",
    PORTAL,
    "components/platform/portal/",
    "test/components/platform/applications.test.ts",
  ],
  [
    "Secret cp-portal-secret keys",
    "in",
    "all of them that a program reads, each from a Secret and to that program alone; none is a fixed one",
    PORTAL,
    "components/platform/portal/",
  ],
  ["Secret cp-portal-migration-secret keys", "in", "generated, and exchanged by `kpaas rotate`", "platform.services.portal.migration"],
  [
    "cp-portal-federation-configmap / -secret",
    "in",
    "from the kubeconfig that is given, and an account of NATS of its own",
    "platform.services.portal.federation",
  ],
  ["TLS", "in", "one certificate for all hosts, or one for each by ACME", "platform.tls.kind", "components/platform/platform-tls/"],
  ["Ingress hosts", "in", "the same names below the domain", "platform.domain", "docs/environment-file.md"],
  [
    "Hard-coded in app code",
    "in",
    "each key and password that can be overridden is this environment's; the metric API's cannot be, so its port is open to cp-portal-api alone",
    PORTAL,
    "docs/services/portal.md",
  ],
  [
    "RBAC the portal makes",
    "in",
    "the portal makes them by the rights of cp-portal-cluster; tenants of the file have roles of the same names",
    "platform.tenants",
    "docs/tenants.md",
  ],
  ["Names reserved (guide §5.1)", "in", "a tenant is refused such a name", "platform.tenants", "model/environment/checks-tenants.ts"],
  [
    "Portal menus",
    "in",
    "what a visitor can do is listed with how far it was checked; Clusters, Cloud Accounts, Instance Code Template and SSH Keys are kpaas server's or Terraman's",
    PORTAL,
    "docs/services/portal.md",
  ],
  [
    "User model",
    "in",
    "Keycloak's users; who registers by himself is off unless the file says so",
    "platform.services.keycloak.selfRegistration",
  ],
];

/** The pipeline's and source control's. */
export const delivery: readonly ComponentRow[] = [
  ...(
    [
      ["cp-pipeline-ui", "port 8084, at pipeline.DOMAIN"],
      ["cp-pipeline-api", "port 8082"],
      ["cp-pipeline-common-api", "port 8081"],
      ["cp-pipeline-inspection-api", "port 8085"],
      ["cp-pipeline-config-server", "port 8080"],
      ["cp-pipeline-jenkins", "port 8080, a plain user unless the file says `privileged`"],
      ["cp-pipeline-sonarqube", "port 9000, on a volume, its administrator's password this environment's"],
      ["cp-pipeline-postgresql", "the platform's PostgreSQL, by TLS, an account for each schema"],
    ] as const
  ).map(
    ([item, how]): ComponentRow => [
      item,
      "in",
      how,
      item.endsWith("postgresql") ? "platform.services.postgresql" : "platform.services.pipeline",
      "components/platform/pipeline/",
    ],
  ),
  ["cp-pipeline-broker", "not", BROKER],
  ["cp-source-control-ui", "in", "8094, at scm.DOMAIN", "platform.services.sourceControl", "components/platform/source-control/"],
  ["cp-source-control-api", "in", "port 8091", "platform.services.sourceControl", "components/platform/source-control/"],
  [
    "cp-source-control-manager",
    "in",
    "8080, at scm.DOMAIN/scm, on a volume, its administrator's password this environment's",
    "platform.services.sourceControl",
    "components/platform/source-control/",
  ],
  ["cp-source-control-broker", "not", BROKER],
];
