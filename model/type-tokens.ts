import type { ProviderName } from "./plan/types";

/*
 * The types of kpaas' own resources. They are part of every URN and stand in every state file: a change of one needs an alias on what has it.
 */

/** An environment, also where a stack holds one layer of it. */
export const ENVIRONMENT = "kpaas:index:Environment";
/** A cluster on machines. */
export const CLUSTER = "kpaas:index:Cluster";
/** What kubespray brings up: a resource of the plugin. */
export const KUBESPRAY_CLUSTER = "kpaas:kubespray:Cluster";
/** A playbook that is run on hosts: a resource of the plugin. */
export const ANSIBLE_PLAYBOOK = "kpaas:ansible:Playbook";
/** A project of a Harbor, in which images and charts are: a resource of the plugin. */
export const HARBOR_PROJECT = "kpaas:harbor:Project";
/** An account of programs at a project of a Harbor: a resource of the plugin. */
export const HARBOR_ROBOT = "kpaas:harbor:Robot";
/** All services of an environment. */
export const PLATFORM = "kpaas:index:Platform";
/** How often the secrets of its services were exchanged. */
export const FINISHED_ROTATIONS = "kpaas:index:FinishedRotations";

/** A service, by its component's name. */
export const serviceType = <Name extends string>(component: Name) => `kpaas:platform:${component}` as const;
/** The network, machines and addresses on a cloud. */
export const infrastructureType = <Name extends ProviderName>(provider: Name) => `kpaas:${provider}:Infrastructure` as const;
export const isInfrastructure = (type: string): boolean => /^kpaas:\w+:Infrastructure$/.test(type);
