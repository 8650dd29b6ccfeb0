import type { LoginFault, LoginTry, Surroundings } from "../../model/cloud";
import { parsedJson } from "../../model/data";

/** A host's name or address, with a port where it has one. */
const HOST = /^(\[[0-9a-fA-F:]+\]|[A-Za-z0-9.-]+)(:\d{1,5})?$/;

/**
 * Begins a session at vCenter's API and ends it again
 * (https://developer.broadcom.com/xapis/vsphere-automation-api/latest/cis/api/session/post/, vCenter 7.0 U2 and later).
 */
export function trySession(env: Surroundings["env"]): LoginTry | LoginFault {
  const { VSPHERE_SERVER: server = "", VSPHERE_USER: user = "", VSPHERE_PASSWORD: password = "" } = env;
  if (!HOST.test(server))
    return { variable: "VSPHERE_SERVER", reason: "it is no host's name or address", remedy: "give vCenter's, without https:// and path" };
  const url = `https://${server}/api/session`;
  const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;
  return {
    request: { method: "POST", url, headers: { authorization } },
    judge: ({ status }) => {
      if (status === 201 || status === 200) return undefined;
      if (status === 401 || status === 403)
        return {
          reason: "vCenter does not take user and password together",
          remedy: "see that both are right, the user with its domain (kim@vsphere.local), and that it is not locked",
        };
      return {
        variable: "VSPHERE_SERVER",
        reason: `what answers there is no vCenter of 7.0 U2 or later: it says ${status}`,
        remedy: "give vCenter's host name or address, and not an ESXi host's",
      };
    },
    undo: ({ status, body }) => {
      const token = parsedJson(body);
      return (status === 201 || status === 200) && typeof token === "string"
        ? { method: "DELETE", url, headers: { "vmware-api-session-id": token } }
        : undefined;
    },
  };
}
