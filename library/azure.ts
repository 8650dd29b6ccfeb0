/* `kpaas/azure`: machines on Azure. The only door that needs `@pulumi/azure-native` to be installed. */
export type { Infrastructure, InfrastructureMachine, InfrastructureSecrets, SshAccess } from "../components/infrastructure";
export { AzureInfrastructure, type AzureInfrastructureArgs } from "../providers/azure/infrastructure";
