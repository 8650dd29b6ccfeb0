import type { LoginFault, LoginTry, Surroundings } from "../../model/cloud";
import { signed } from "./signature";

const BODY = "Action=GetCallerIdentity&Version=2011-06-15";

const FAULTS: Readonly<Record<string, LoginFault>> = {
  InvalidClientTokenId: {
    variable: "AWS_ACCESS_KEY_ID",
    reason: "AWS knows no such access key, or it was made inactive",
    remedy: "give one that IAM shows as active",
  },
  SignatureDoesNotMatch: {
    variable: "AWS_SECRET_ACCESS_KEY",
    reason: "it is not the secret of this access key",
    remedy: "give the secret that was shown when the key was made, or make another key",
  },
  RequestExpired: { reason: "AWS finds the request too old", remedy: "set the clock of the service's machine" },
  OptInRequired: { reason: "the account is not signed up for the region", remedy: "enable the region in the account" },
};

/** Asks who it is that asks, which takes no permission and does nothing (https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html). */
export function tryKeys(env: Surroundings["env"], now: Date): LoginTry {
  const { AWS_REGION: region = "us-east-1", AWS_ACCESS_KEY_ID: accessKey = "", AWS_SECRET_ACCESS_KEY: secretKey = "" } = env;
  // No region is called otherwise; whatever else stands there leads to no other host.
  const host = `sts.${region.replace(/[^a-z0-9-]/g, "")}.amazonaws.com${region.startsWith("cn-") ? ".cn" : ""}`;
  const headers = { host, "content-type": "application/x-www-form-urlencoded" };
  return {
    request: {
      ...{ method: "POST", url: `https://${host}/`, body: BODY },
      headers: signed({ method: "POST", path: "/", headers, body: BODY }, { accessKey, secretKey, region, service: "sts" }, now),
    },
    judge: ({ status, body }) => {
      if (status === 200) return undefined;
      const [, code = ""] = /<Code>(\w+)<\/Code>/.exec(body) ?? [];
      return FAULTS[code] ?? { reason: `AWS refuses it: ${code || status}`, remedy: "look the code up in the documentation of AWS STS" };
    },
  };
}
