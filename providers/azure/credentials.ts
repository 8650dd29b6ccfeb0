import { join } from "node:path";
import type { ProviderArgs } from "@pulumi/azure-native/provider";
import type { Credentials } from "../../model/cloud";
import { managementOf, tryPrincipal } from "./login-try";

/** What credentials may hold: names of the provider's arguments. */
export const CREDENTIALS = [
  "clientCertificatePassword",
  "clientCertificatePath",
  "clientId",
  "clientSecret",
  "oidcToken",
  "subscriptionId",
  "tenantId",
] as const satisfies readonly (keyof ProviderArgs)[];

/** Azure's own ways: a service principal or a token in the environment, the machine it runs on, or whoever is logged in with `az`. */
export const credentials: Credentials = {
  names: CREDENTIALS,
  find({ env, exists }) {
    const of = (name: string): string | undefined => env[`ARM_${name}`] || undefined;
    const client = of("CLIENT_ID");
    if (client !== undefined) {
      const proofs = [
        "CLIENT_SECRET",
        "CLIENT_CERTIFICATE_PATH",
        "OIDC_TOKEN",
        "OIDC_TOKEN_FILE_PATH",
        "OIDC_REQUEST_URL",
        "USE_MSI",
        "USE_OIDC",
      ];
      if (!proofs.some((name) => of(name) !== undefined))
        return { there: false, where: "ARM_CLIENT_ID is set, but neither ARM_CLIENT_SECRET, a certificate nor a token" };
      const lacking = ["TENANT_ID", "SUBSCRIPTION_ID"].find((name) => of(name) === undefined);
      return lacking === undefined
        ? { there: true, where: "ARM_* environment variables" }
        : { there: false, where: `ARM_CLIENT_ID is set, but not ARM_${lacking}` };
    }
    if (of("USE_MSI") === "true") return { there: true, where: "the identity of the machine it runs on" };
    if (of("USE_DEFAULT_AZURE_CREDENTIAL") === "true" || env.AZURE_CLIENT_ID)
      return of("USE_DEFAULT_AZURE_CREDENTIAL") === "true"
        ? { there: true, where: "AZURE_* environment variables, or what else Azure's libraries find" }
        : {
            there: false,
            where: "AZURE_CLIENT_ID is set, which counts with ARM_USE_DEFAULT_AZURE_CREDENTIAL=true only; or set ARM_CLIENT_ID",
          };
    const profile = join(env.AZURE_CONFIG_DIR || join(env.HOME ?? "", ".azure"), "azureProfile.json");
    if (exists(profile)) return { there: true, where: `whoever is logged in with az (${profile})` };
    return { there: false, where: "ARM_CLIENT_ID is not set, and nobody is logged in with `az login`" };
  },
  jobs: {
    github: {
      variables: {
        ARM_USE_OIDC: "true",
        ARM_CLIENT_ID: "vars.KPAAS_AZURE_CLIENT",
        ARM_TENANT_ID: "vars.KPAAS_AZURE_TENANT",
        ARM_SUBSCRIPTION_ID: "vars.KPAAS_AZURE_SUBSCRIPTION",
      },
    },
    gitlab: {
      audience: "api://AzureADTokenExchange",
      script: [
        'export ARM_USE_OIDC=true ARM_OIDC_TOKEN="$KPAAS_ID_TOKEN" ARM_CLIENT_ID="$KPAAS_AZURE_CLIENT"',
        'export ARM_TENANT_ID="$KPAAS_AZURE_TENANT" ARM_SUBSCRIPTION_ID="$KPAAS_AZURE_SUBSCRIPTION"',
      ],
    },
  },
  url: ({ env }) => managementOf(env),
  tries: tryPrincipal,
};
