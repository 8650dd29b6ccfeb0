/* `kpaas`: environments. What is exported here and by the other files of this folder is public; nothing else is. */
export type { SecretReference } from "../model/plan/infrastructure-types";
export type { Problem, Severity } from "../model/problems";
export { Environment, type EnvironmentArgs, type PlannedEnvironmentArgs } from "../stacks/environment";
export type { EnvironmentSecrets } from "../stacks/secrets";
export { type EnvironmentSpec, InvalidEnvironmentError } from "../stacks/spec";
