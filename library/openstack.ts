/* `kpaas/openstack`: machines on OpenStack. The only door that needs `@pulumi/openstack` to be installed. */
export type { Infrastructure, InfrastructureMachine, InfrastructureSecrets, SshAccess } from "../components/infrastructure";
export { OpenStackInfrastructure, type OpenStackInfrastructureArgs } from "../providers/openstack/infrastructure";
