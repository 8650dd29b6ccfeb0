/* `kpaas/vsphere`: machines on vSphere. Needs no SDK of it, which is not published: the bindings are our own. */
export type { Infrastructure, InfrastructureMachine, InfrastructureSecrets, SshAccess } from "../components/infrastructure";
export { VSphereInfrastructure, type VSphereInfrastructureArgs } from "../providers/vsphere/infrastructure";
export { Provider, type ProviderArgs } from "../providers/vsphere/sdk/provider";
