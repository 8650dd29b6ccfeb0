import { secret } from "@pulumi/pulumi";
import { Kubeflow } from "../../../components/platform/kubeflow/kubeflow";
import { unwrapSecret } from "../../../testing/mocks";
import { type Build, type Common, database, route, run } from "./builds";
import { at, CANARY, servicePlan } from "./fixtures";

export const ISSUER = "https://keycloak.seoul.example.org/realms/cp-realm";
const realm = {
  ...{ url: "https://keycloak.seoul.example.org", realm: "cp-realm", realmId: "cp-realm", issuer: ISSUER, clientId: "kubeflow" },
  ...{ clientSecret: secret(`${CANARY}-client`), administratorRole: "cp-cluster-admin-role" },
};
/** What it is made of. */
export const given = (common: Common): ConstructorParameters<typeof Kubeflow>[1] => ({
  ...common,
  ...{ plan: servicePlan("kubeflow", { needs: {} }), ingress: route, realm, storageClass: "cp-storageclass" },
  ...{ database: { ...database("kubeflow"), ca: "database's authority" }, protectData: true, retainData: false },
});
/** It alone, in one place for all. */
export const kubeflow =
  (more: Partial<ConstructorParameters<typeof Kubeflow>[1]> = {}): Build =>
  (common, opts) =>
    new Kubeflow("ml", { ...given(common), ...more }, opts);
/** What is generated when secrets are exchanged. */
export const ANEW = { "random:index/randomPassword:RandomPassword": (name: string) => ({ result: `another-${name}` }) };
/** What a Secret or ConfigMap of it holds by a key. */
export const held = async (name: string, key: string, build = kubeflow()): Promise<string> => {
  const { inputs } = (await run(build)).get(name);
  return String(at(inputs.stringData === undefined ? inputs.data : unwrapSecret(inputs.stringData), key));
};
