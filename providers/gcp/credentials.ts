import { join } from "node:path";
import type { ProviderArgs } from "@pulumi/gcp/provider";
import type { Credentials } from "../../model/cloud";
import { tryKey } from "./login-try";

/** What credentials may hold: names of the provider's arguments. */
export const CREDENTIALS = ["accessToken", "credentials", "impersonateServiceAccount"] as const satisfies readonly (keyof ProviderArgs)[];

/** Google's own ways: a key or token in the environment, application default credentials of gcloud, or the machine it runs on. */
export const credentials: Credentials = {
  names: CREDENTIALS,
  find({ env, exists }) {
    for (const name of ["GOOGLE_CREDENTIALS", "GOOGLE_OAUTH_ACCESS_TOKEN"] as const)
      if (env[name]) return { there: true, where: `the ${name} environment variable` };
    const named = env.GOOGLE_APPLICATION_CREDENTIALS;
    if (named)
      return exists(named)
        ? { there: true, where: named }
        : { there: false, where: `GOOGLE_APPLICATION_CREDENTIALS names ${named}, which is not there` };
    const folder = env.CLOUDSDK_CONFIG || join(env.HOME ?? "", ".config", "gcloud");
    const usual = join(folder, "application_default_credentials.json");
    if (exists(usual)) return { there: true, where: usual };
    return {
      there: false,
      where:
        "neither GOOGLE_CREDENTIALS nor GOOGLE_APPLICATION_CREDENTIALS is set, and `gcloud auth application-default login` has left none; the account of a machine on GCP is seen only by asking",
    };
  },
  jobs: {
    github: {
      actions: [
        {
          uses: { action: "google-github-actions/auth", commit: "7c6bc770dae815cd3e89ee6cdf493a5fab2cc093", version: "v3.0.0" },
          with: { workload_identity_provider: "vars.KPAAS_GCP_PROVIDER", service_account: "vars.KPAAS_GCP_ACCOUNT" },
        },
      ],
    },
    gitlab: {
      audience: "https://iam.googleapis.com/$KPAAS_GCP_PROVIDER",
      script: [
        'export GOOGLE_APPLICATION_CREDENTIALS="$(umask 077 && mktemp)" KPAAS_TOKEN_FILE="$(umask 077 && mktemp)"',
        'printf %s "$KPAAS_ID_TOKEN" > "$KPAAS_TOKEN_FILE"',
        `node -e 'const { KPAAS_GCP_PROVIDER: provider, KPAAS_GCP_ACCOUNT: account, KPAAS_TOKEN_FILE: file } = process.env; console.log(JSON.stringify({ type: "external_account", audience: "//iam.googleapis.com/" + provider, subject_token_type: "urn:ietf:params:oauth:token-type:jwt", token_url: "https://sts.googleapis.com/v1/token", credential_source: { file }, service_account_impersonation_url: "https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/" + account + ":generateAccessToken" }))' > "$GOOGLE_APPLICATION_CREDENTIALS"`,
      ],
    },
  },
  url: ({ env }) => env.GOOGLE_COMPUTE_CUSTOM_ENDPOINT || "https://compute.googleapis.com",
  tries: tryKey,
};
