/* `kpaas/aws`: machines on AWS. The only door that needs `@pulumi/aws` to be installed. */
export type { Infrastructure, InfrastructureMachine, InfrastructureSecrets, SshAccess } from "../components/infrastructure";
export { AwsInfrastructure, type AwsInfrastructureArgs } from "../providers/aws/infrastructure";
