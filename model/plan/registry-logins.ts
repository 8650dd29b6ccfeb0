import type { Flow, FlowPeer, SecretReference } from "./infrastructure-types";
import { serverOf, wayTo } from "./servers";

/** How nodes log in at registries, by the registry's host. */
export type RegistryLogins = Readonly<Record<string, { readonly username: string; readonly password: SecretReference }>>;

/** kubespray's variable of CRI-O's log-ins: [`roles/container-engine/cri-o`](https://github.com/kubernetes-sigs/kubespray/blob/v2.29.0/docs/CRI/cri-o.md). */
export const loginVariable = "crio_registry_auth";

/** The hosts in the order that the variable has them, whatever the file's is. */
export function loginHosts(logins: Readonly<Record<string, unknown>> = {}): string[] {
  return Object.keys(logins).sort();
}

/** The variable, with references for passwords. */
export function loginVariables(logins: RegistryLogins): Record<string, unknown> {
  return { [loginVariable]: loginHosts(logins).map((registry) => ({ registry, ...logins[registry] })) };
}

/** The fields that hold its secrets, by where they are among the variables. `hosts`: as `loginHosts` gives them. */
export function loginSecrets(hosts: readonly string[]): Record<string, string> {
  return Object.fromEntries(hosts.map((host, index) => [`${loginVariable}.${index}.password`, `cluster.registries.${host}.password`]));
}

/** The ways to the registries from every machine that pulls, as far as they are not open everywhere. */
export function registryFlows(logins: RegistryLogins, sources: readonly FlowPeer[]): Flow[] {
  return loginHosts(logins).flatMap((host) => sources.flatMap((from) => wayTo(from, serverOf(`https://${host}`), "registries of images")));
}
