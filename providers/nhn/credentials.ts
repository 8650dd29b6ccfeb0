import type { Credentials } from "../../model/cloud";
import { credentials as openstack } from "../openstack/credentials";
import { tryVersion2 } from "../openstack/login-try";

/**
 * NHN Cloud's identity service is of version 2.0: a user, the API password that is set for it in the console, and a tenant. There are no
 * application credentials.
 */
export const credentials: Credentials = {
  names: ["authUrl", "password", "tenantId", "userName"],
  find(look) {
    const { env } = look;
    if (!env.OS_CLOUD && (env.OS_APPLICATION_CREDENTIAL_ID || env.OS_APPLICATION_CREDENTIAL_NAME))
      return {
        there: false,
        where: "OS_APPLICATION_CREDENTIAL_… is set, which NHN Cloud does not know: set OS_USERNAME, OS_PASSWORD, OS_TENANT_ID",
      };
    return openstack.find(look);
  },
  jobs: { secrets: ["OS_AUTH_URL", "OS_USERNAME", "OS_PASSWORD", "OS_TENANT_ID"] },
  url: openstack.url,
  tries: tryVersion2,
};
