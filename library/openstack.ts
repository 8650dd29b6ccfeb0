/* `kpaas/openstack`: machines on OpenStack, and on NHN Cloud, which speaks its API. The only door that needs `@pulumi/openstack` to be installed. */
export type { Infrastructure, InfrastructureMachine, InfrastructureSecrets, SshAccess } from "../components/infrastructure";
export { NhnInfrastructure, type NhnInfrastructureArgs } from "../providers/nhn/infrastructure";
export { OpenStackInfrastructure, type OpenStackInfrastructureArgs } from "../providers/openstack/infrastructure";
