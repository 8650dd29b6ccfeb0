import type { LoginFault, LoginTry, Surroundings } from "../../model/cloud";
import { fields, list, parsedJson } from "../../model/data";

/** By ARM_ENVIRONMENT, where a service principal logs in, and to what. */
const PLACES: Readonly<Record<string, readonly [login: string, management: string]>> = {
  usgovernment: ["https://login.microsoftonline.us", "https://management.usgovcloudapi.net"],
  china: ["https://login.partner.microsoftonline.cn", "https://management.chinacloudapi.cn"],
};
const PUBLIC = ["https://login.microsoftonline.com", "https://management.azure.com"] as const;

/** By Microsoft Entra's numbers of errors (https://learn.microsoft.com/en-us/entra/identity-platform/reference-error-codes). */
const FAULTS: Readonly<Record<number, LoginFault>> = {
  7000215: {
    variable: "ARM_CLIENT_SECRET",
    reason: "it is not the secret of this application",
    remedy: "give the secret's value, not its id, as it was shown when it was made, or make another one",
  },
  7000222: { variable: "ARM_CLIENT_SECRET", reason: "the secret has ended", remedy: "make another one" },
  700016: {
    variable: "ARM_CLIENT_ID",
    reason: "there is no such application in the tenant",
    remedy: "give the application's (client's) id, and the tenant that it is in",
  },
  90002: { variable: "ARM_TENANT_ID", reason: "there is no such tenant", remedy: "give the directory's (tenant's) id" },
  900023: { variable: "ARM_TENANT_ID", reason: "it is no tenant's id", remedy: "give the directory's (tenant's) id" },
  7000112: { variable: "ARM_CLIENT_ID", reason: "the application is disabled", remedy: "enable it in the tenant" },
};

/**
 * Asks for a token of a service principal by its secret
 * (https://learn.microsoft.com/en-us/entra/identity-platform/v2-oauth2-client-creds-grant-flow), which makes nothing. It ends by itself.
 */
export function tryPrincipal(env: Surroundings["env"]): LoginTry {
  const [login, management] = PLACES[env.ARM_ENVIRONMENT ?? ""] ?? PUBLIC;
  const { ARM_TENANT_ID: tenant = "", ARM_CLIENT_ID: client_id = "", ARM_CLIENT_SECRET: client_secret = "" } = env;
  const form = { grant_type: "client_credentials", client_id, client_secret, scope: `${management}/.default` };
  return {
    request: {
      ...{ method: "POST", url: `${login}/${encodeURIComponent(tenant)}/oauth2/v2.0/token` },
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: new URLSearchParams(form).toString(),
    },
    judge: ({ status, body }) => {
      if (status === 200) return undefined;
      const { error_codes: codes, error } = fields(parsedJson(body));
      const known = list(codes).flatMap((code) => FAULTS[Number(code)] ?? [])[0];
      if (known !== undefined) return known;
      const said =
        list(codes).length > 0
          ? `AADSTS${list(codes).map(Number).join(", AADSTS")}`
          : typeof error === "string"
            ? error.slice(0, 100)
            : status;
      return { reason: `Azure refuses it: ${said}`, remedy: "look that up in the documentation of Microsoft Entra's errors" };
    },
  };
}

/** Where Azure's resources are managed. */
export function managementOf(env: Surroundings["env"]): string {
  return (PLACES[env.ARM_ENVIRONMENT ?? ""] ?? PUBLIC)[1];
}
