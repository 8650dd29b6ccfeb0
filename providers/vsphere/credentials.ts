import type { Credentials } from "../../model/cloud";
import { trySession } from "./login-try";
import type { ProviderArgs } from "./sdk/provider";

/** What credentials may hold: names of the provider's arguments. */
export const CREDENTIALS = ["allowUnverifiedSsl", "password", "user", "vsphereServer"] as const satisfies readonly (keyof ProviderArgs)[];

/** vSphere's own way: environment variables. */
export const credentials: Credentials = {
  names: CREDENTIALS,
  find({ env }) {
    const lacking = ["VSPHERE_USER", "VSPHERE_PASSWORD"].filter((name) => !env[name]);
    if (lacking.length === 2) return { there: false, where: "neither VSPHERE_USER nor VSPHERE_PASSWORD is set" };
    if (lacking.length === 1) return { there: false, where: `VSPHERE_* is set, but not ${lacking[0]}` };
    return {
      there: true,
      where: `VSPHERE_* environment variables${env.VSPHERE_SERVER ? "" : "; without VSPHERE_SERVER, the file has to name the server"}`,
    };
  },
  jobs: { secrets: ["VSPHERE_SERVER", "VSPHERE_USER", "VSPHERE_PASSWORD"] },
  url: ({ env }) => (env.VSPHERE_SERVER ? `https://${env.VSPHERE_SERVER}` : undefined),
  tries: trySession,
};
