/* `kpaas/gcp`: machines on GCP. The only door that needs `@pulumi/gcp` to be installed. */
export type { Infrastructure, InfrastructureMachine, InfrastructureSecrets, SshAccess } from "../components/infrastructure";
export { GcpInfrastructure, type GcpInfrastructureArgs } from "../providers/gcp/infrastructure";
