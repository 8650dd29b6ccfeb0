// Keycloak beside what another team runs: cluster, database and ingress are outputs of that team's stack.
import { Provider } from "@pulumi/kubernetes/provider";
import { Config, type Output, StackReference } from "@pulumi/pulumi";
import { forwardTo, Keycloak } from "kpaas/platform";

const base = new StackReference(new Config().require("base"));
const text = (name: string): Output<string> => base.requireOutput(name).apply(String);

const kubernetes = new Provider("base", {
  kubeconfig: text("kubeconfig"),
  clusterIdentifier: "base",
  enableSecretMutable: true,
  enableConfigMapMutable: true,
});

const login = new Keycloak(
  "login",
  {
    plan: { host: "login.example.org", replicas: 2 },
    database: {
      host: text("databaseHost"),
      port: 3306,
      database: "login",
      user: "login",
      password: text("databasePassword"),
    },
    ingress: { className: text("ingressClass"), namespace: text("ingressNamespace"), address: text("ingressAddress") },
    // Realm and client are put into the server through the cluster's API.
    managedAt: forwardTo("login", text("kubeconfig"), { namespace: "keycloak", workload: "keycloak", port: 8443 }),
  },
  { providers: { kubernetes } },
);

export const url = login.url;
