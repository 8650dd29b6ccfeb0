import { join } from "node:path";
import type { ProviderArgs } from "@pulumi/gcp/provider";
import type { Credentials } from "../../model/cloud";

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
  url: ({ env }) => env.GOOGLE_COMPUTE_CUSTOM_ENDPOINT || "https://compute.googleapis.com",
};
