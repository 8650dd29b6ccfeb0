// Single services in a cluster that is there already: a database of ours, and Keycloak on it. No cloud, no kubespray.
import { Provider } from "@pulumi/kubernetes/provider";
import { Config } from "@pulumi/pulumi";
import { Keycloak, MariaDb, MetricsServer } from "kpaas/platform";

const kubernetes = new Provider("existing", {
  kubeconfig: new Config().requireSecret("kubeconfig"),
  // Another address of the API is the same cluster, and changed Secrets are updated in place.
  clusterIdentifier: "existing",
  enableSecretMutable: true,
  enableConfigMapMutable: true,
});
const options = { providers: { kubernetes } };

new MetricsServer("metrics", { kubeletCertificates: "selfSigned" }, options);

const database = new MariaDb(
  "database",
  {
    storageClass: "standard",
    protectData: true,
    retainData: false,
    clients: ["keycloak"],
    schemas: { keycloak: { schema: "keycloak", user: "keycloak" } },
  },
  options,
);

const login = new Keycloak(
  "login",
  {
    plan: { host: "login.example.org" },
    database: database.databases.keycloak!,
    ingress: { className: "nginx", namespace: "ingress-nginx", address: "192.0.2.10" },
    after: [database.schemas],
  },
  options,
);

export const url = login.url;
export const administrator = login.administrator;
