import { join } from "node:path";
import type { ProviderArgs } from "@pulumi/aws/provider";
import type { Credentials } from "../../model/cloud";
import { tryKeys } from "./login-try";

/** What credentials may hold: names of the provider's arguments. */
export const CREDENTIALS = ["accessKey", "profile", "secretKey", "token"] as const satisfies readonly (keyof ProviderArgs)[];

/** AWS's own ways: keys in the environment, a token of whoever runs this, a profile in the files, or the machine it runs on. */
export const credentials: Credentials = {
  names: CREDENTIALS,
  find({ env, exists }) {
    if (env.AWS_ACCESS_KEY_ID)
      return env.AWS_SECRET_ACCESS_KEY
        ? { there: true, where: "AWS_* environment variables" }
        : { there: false, where: "AWS_ACCESS_KEY_ID is set, but not AWS_SECRET_ACCESS_KEY" };
    if (env.AWS_WEB_IDENTITY_TOKEN_FILE)
      return env.AWS_ROLE_ARN
        ? { there: true, where: `the role ${env.AWS_ROLE_ARN} by web identity` }
        : { there: false, where: "AWS_WEB_IDENTITY_TOKEN_FILE is set, but not AWS_ROLE_ARN" };
    if (env.AWS_CONTAINER_CREDENTIALS_RELATIVE_URI || env.AWS_CONTAINER_CREDENTIALS_FULL_URI)
      return { there: true, where: "the role of the container it runs in" };
    const folder = join(env.HOME ?? "", ".aws");
    const files = [env.AWS_SHARED_CREDENTIALS_FILE ?? join(folder, "credentials"), env.AWS_CONFIG_FILE ?? join(folder, "config")];
    const file = files.find(exists);
    if (file !== undefined) return { there: true, where: `profile ${env.AWS_PROFILE || "default"} of ${file}` };
    return { there: false, where: "neither AWS_ACCESS_KEY_ID nor a profile is there; the role of an EC2 machine is seen only by asking" };
  },
  jobs: {
    github: {
      actions: [
        {
          uses: {
            action: "aws-actions/configure-aws-credentials",
            commit: "e6de054238d6b7531b4efff3b6587d9aade6a06c",
            version: "v6.2.3",
          },
          with: { "role-to-assume": "vars.KPAAS_AWS_ROLE", "aws-region": "REGION" },
        },
      ],
    },
    gitlab: {
      audience: "sts.amazonaws.com",
      script: [
        'export AWS_ROLE_ARN="$KPAAS_AWS_ROLE" AWS_WEB_IDENTITY_TOKEN_FILE="$(umask 077 && mktemp)"',
        'printf %s "$KPAAS_ID_TOKEN" > "$AWS_WEB_IDENTITY_TOKEN_FILE"',
      ],
    },
  },
  url: ({ env }) =>
    env.AWS_ENDPOINT_URL ||
    (env.AWS_REGION || env.AWS_DEFAULT_REGION
      ? `https://sts.${env.AWS_REGION || env.AWS_DEFAULT_REGION}.amazonaws.com`
      : "https://sts.amazonaws.com"),
  tries: tryKeys,
};
