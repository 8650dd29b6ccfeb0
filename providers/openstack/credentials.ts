import { join } from "node:path";
import type { ProviderArgs } from "@pulumi/openstack/provider";
import type { Credentials, Surroundings } from "../../model/cloud";
import { isFields } from "../../model/data";
import { tryVersion3 } from "./login-try";

/** What credentials may hold: names of the provider's arguments. */
export const CREDENTIALS = [
  "applicationCredentialId",
  "applicationCredentialName",
  "applicationCredentialSecret",
  "authUrl",
  "cacertFile",
  "cert",
  "cloud",
  "defaultDomain",
  "domainId",
  "domainName",
  "endpointType",
  "key",
  "password",
  "projectDomainId",
  "projectDomainName",
  "tenantId",
  "tenantName",
  "token",
  "userDomainId",
  "userDomainName",
  "userId",
  "userName",
] as const satisfies readonly (keyof ProviderArgs)[];

/** OpenStack's own ways: a named cloud in clouds.yaml, or the variables of an openrc file. */
export const credentials: Credentials = {
  names: CREDENTIALS,
  find(look) {
    const { env } = look;
    if (env.OS_CLOUD) {
      const file = cloudsFile(look);
      if (file === undefined) return { there: false, where: "OS_CLOUD is set, but there is no clouds.yaml" };
      const there = namedCloud(look) !== undefined;
      return { there, where: there ? `cloud ${env.OS_CLOUD} of ${file}` : `${file} has no cloud ${env.OS_CLOUD}` };
    }
    if (!env.OS_AUTH_URL) return { there: false, where: "neither OS_CLOUD nor OS_AUTH_URL is set" };
    const lacking = lackingVariables(env);
    if (lacking.length === 0) return { there: true, where: "OS_* environment variables" };
    return { there: false, where: `OS_AUTH_URL is set, but not ${lacking.join(", ")}` };
  },
  jobs: { secrets: ["OS_AUTH_URL", "OS_APPLICATION_CREDENTIAL_ID", "OS_APPLICATION_CREDENTIAL_SECRET"] },
  url(look) {
    if (!look.env.OS_CLOUD) return look.env.OS_AUTH_URL || undefined;
    const auth = namedCloud(look)?.auth;
    const url = isFields(auth) ? auth.auth_url : undefined;
    return typeof url === "string" ? url : undefined;
  },
  // In the order of the provider's: its argument, for which the variable stands in, before what clouds.yaml says of the cloud.
  authority(look, given) {
    const argument = given.cacertFile || look.env.OS_CACERT;
    if (argument) return argument;
    const named = namedCloud(look, given.cloud || look.env.OS_CLOUD)?.cacert;
    return typeof named === "string" && named !== "" ? named : undefined;
  },
  tries: tryVersion3,
};

/** What a login by OpenStack's variables lacks: a token or an application credential needs no user and project. */
function lackingVariables(env: Surroundings["env"]): string[] {
  const oneOf = (...names: readonly string[]): string[] => (names.some((name) => env[name]) ? [] : [names.join(" or ")]);
  if (env.OS_TOKEN || env.OS_AUTH_TOKEN) return [];
  if (env.OS_APPLICATION_CREDENTIAL_ID || env.OS_APPLICATION_CREDENTIAL_NAME) return oneOf("OS_APPLICATION_CREDENTIAL_SECRET");
  return [
    ...oneOf("OS_USERNAME", "OS_USER_ID"),
    ...oneOf("OS_PASSWORD"),
    ...oneOf("OS_PROJECT_NAME", "OS_PROJECT_ID", "OS_TENANT_NAME", "OS_TENANT_ID"),
  ];
}

function cloudsFile({ env, root, exists }: Surroundings): string | undefined {
  const files = [join(root, "clouds.yaml"), join(env.HOME ?? "", ".config", "openstack", "clouds.yaml"), "/etc/openstack/clouds.yaml"];
  return [env.OS_CLIENT_CONFIG_FILE ?? "", ...files].find(exists);
}

/** An entry of clouds.yaml: the one that OS_CLOUD names. */
function namedCloud(look: Surroundings, name = look.env.OS_CLOUD): Readonly<Record<string, unknown>> | undefined {
  const file = cloudsFile(look);
  const content = file === undefined ? undefined : look.read(file);
  const clouds = isFields(content) && isFields(content.clouds) ? content.clouds : {};
  const cloud = clouds[name ?? ""];
  return isFields(cloud) ? cloud : undefined;
}
